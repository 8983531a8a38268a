//! What the firm's records say that bears on one document.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::findings::{EarlierInvoice, FirmKnowledge, KnownVendor};
use super::input::Firm;
use super::{copies, detected};
use crate::documents::{FieldName, Reading};
use crate::domain::records::Vendor;
use crate::history::{History, KnownInvoice, VendorKey, identifier_key};

/// Vendors the document may be from, the order it names, their earlier invoices, what
/// detectors find and what it may be a copy of, as known at the moment that the firm's history looks from. An earlier
/// record of the same file, told by its digest, is not an earlier invoice.
pub(super) fn knowledge(
    firm: &Firm,
    reading: &Reading,
    document_id: &str,
    sha256: &str,
) -> FirmKnowledge {
    let history = &*firm.history;
    let value = |name| reading.fields.get(&name).map(|field| field.value.as_str());
    let vendors = pointed_at(history, reading);
    let (mut known, mut earlier) = (Vec::new(), Vec::new());
    for vendor in &vendors {
        let mut invoices = history.invoices_of(vendor.id.as_str());
        invoices.retain(|invoice| !invoice.is_of_document(sha256));
        known.push(KnownVendor {
            id: vendor.id.as_str().to_owned(),
            name: vendor.name.clone(),
            trading_name: vendor.trading_name.clone(),
            vat_id: vendor.vat_id.clone(),
            ibans: vendor.ibans.clone(),
            invoiced_ibans: invoiced(&invoices, value(FieldName::Number)),
        });
        earlier.extend(invoices.iter().map(|invoice| EarlierInvoice {
            id: invoice.id.to_string(),
            seller: vendor.name.clone(),
            seller_trading_name: vendor.trading_name.clone(),
            seller_vat: vendor.vat_id.clone(),
            number: invoice.number.clone(),
        }));
    }
    let orders = history.keeps_purchase_orders().then(|| {
        value(FieldName::OrderNumber)
            .into_iter()
            .flat_map(|number| history.purchase_orders(number))
            .map(|order| order.number.clone())
            .collect::<BTreeSet<_>>()
    });
    let detected = detected::look(firm, reading, &vendors, document_id, sha256);
    FirmKnowledge {
        flags: detected.flags,
        account_flags: detected.of_accounts,
        copies: copies::copies(firm, reading, &vendors, document_id, sha256),
        unfit: detected::unfit(reading, &vendors, document_id),
        vendors: known,
        orders,
        earlier,
    }
}

/// The vendors whom a document's words may mean, in order of id.
pub(super) fn pointed_at(history: &dyn History, reading: &Reading) -> Vec<Arc<Vendor>> {
    let value = |name| reading.fields.get(&name).map(|field| field.value.as_str());
    let keys = [
        value(FieldName::SellerVat).map(VendorKey::VatId),
        value(FieldName::Seller).map(VendorKey::Name),
    ];
    let accounts = reading.accounts();
    let accounts = accounts.map(|account| VendorKey::Iban(&account.value));
    let keys = keys.into_iter().flatten().chain(accounts);
    let mut vendors: Vec<_> = keys.flat_map(|key| history.vendors_by(key)).collect();
    vendors.sort_by(|a, b| a.id.as_str().cmp(b.id.as_str()));
    vendors.dedup_by(|a, b| a.id == b.id);
    vendors
}

/// Accounts that other invoices of a vendor asked to be paid to, each once: not those of one that
/// nobody is going to pay, nor those of a record of the very invoice, told by its number.
fn invoiced(invoices: &[Arc<KnownInvoice>], number: Option<&str>) -> Vec<String> {
    let number = number.map(identifier_key);
    let vouching = invoices
        .iter()
        .filter(|invoice| !invoice.is_void() && Some(identifier_key(&invoice.number)) != number);
    let accounts: BTreeSet<&String> = vouching.filter_map(|one| one.iban.as_ref()).collect();
    accounts.into_iter().cloned().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::records::VendorInvoice;
    use crate::history::read;

    #[test]
    fn accounts_are_vouched_for_by_other_invoices_that_somebody_may_pay() {
        let invoice = |number: &str, iban: &str, status: &str| {
            let body = json!({"id": number, "number": number, "vendor_id": "v1", "issued_on": "2024-01-05",
                "currency": "EUR", "total": "1", "iban": iban, "status": status});
            Arc::new(KnownInvoice::from(read::<VendorInvoice>(body).unwrap()))
        };
        let invoices = [
            invoice("A-1", "DE02120300000000202051", "paid"),
            invoice("A-2", "FR7630006000011234567890189", "rejected"),
            invoice("A-3", "NL91ABNA0417164300", "posted"),
            invoice("A-4", "DE02120300000000202051", "posted"),
        ];
        assert_eq!(invoiced(&invoices, Some("a3")), ["DE02120300000000202051"]);
    }
}
