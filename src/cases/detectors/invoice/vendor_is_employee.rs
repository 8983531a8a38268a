//! A vendor that shares an account, a telephone, a tax number or an address with an employee.
//!
//! Employees are known by salted hashes alone, so the vendor's data are hashed alike:
//! SHA-256 over salt and value, the value without anything but letters and digits, in capitals.

use sha2::{Digest as _, Sha256};

use super::super::Found;
use super::InvoiceView;
use crate::domain::Sha256Hex;
use crate::domain::records::Employee;
use crate::history::identifier_key;

/// What is shared, and where an employee's record holds it.
type Shared = (&'static str, fn(&Employee) -> Option<&Sha256Hex>);

const ACCOUNT: Shared = ("bank account", |employee| {
    employee.bank_account_hash.as_ref()
});
const PHONE: Shared = ("telephone number", |employee| employee.phone_hash.as_ref());
const TAX_ID: Shared = ("tax number", |employee| employee.tax_id_hash.as_ref());
const ADDRESS: Shared = ("address", |employee| employee.address_hash.as_ref());

pub(in super::super) fn check(view: &InvoiceView<'_>) -> Option<Found> {
    let salt = view.salt?;
    let mut known: Vec<(Shared, String)> = view
        .accounts()
        .into_iter()
        .map(|account| (ACCOUNT, account))
        .collect();
    if let Some(vendor) = view.vendor {
        known.extend(vendor.phone.iter().map(|phone| (PHONE, phone.clone())));
        let numbers = vendor.tax_number.iter().chain(&vendor.vat_id);
        known.extend(numbers.map(|number| (TAX_ID, number.clone())));
        let address = [&vendor.street, &vendor.post_code, &vendor.city].map(Option::as_ref);
        if let [Some(street), Some(code), Some(city)] = address {
            known.push((ADDRESS, format!("{street} {code} {city}")));
        }
    }
    for ((what, hash_of), value) in known {
        let value = identifier_key(&value);
        if value.is_empty() {
            continue;
        }
        let hash = hex::encode(
            Sha256::new()
                .chain_update(salt)
                .chain_update(&value)
                .finalize(),
        );
        let shares = |employee: &&std::sync::Arc<Employee>| {
            hash_of(employee).is_some_and(|known| known.as_str() == hash)
        };
        if let Some(employee) = view.employees.iter().find(shares) {
            let text = format!("The {what} of the vendor is that of an employee.");
            return Some(Found::new(text).beside("employee", [&employee.id]));
        }
    }
    None
}
