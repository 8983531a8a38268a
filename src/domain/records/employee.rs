//! A person of the firm.

use chrono::NaiveDate;

use super::macros::{in_order, record};
use crate::domain::{Country, RecordId, Sha256Hex};

record! {
    /// An employee, for matching only: no name, and bank account, address, telephone and tax number as salted hashes.
    Employee dated by |employee| employee.joined_on, checked by |employee| in_order(employee.joined_on, employee.left_on, "left_on", "joined_on"),
    {
        /// Team.
        team: Option<String>,
        /// Role.
        role: Option<String>,
        /// Grade or level.
        grade: Option<String>,
        /// Employee they report to.
        manager_id: Option<RecordId>,
        /// Cost centre.
        cost_centre: Option<String>,
        /// Country of work, ISO 3166-1 alpha-2.
        country: Option<Country>,
        /// First day.
        joined_on: Option<NaiveDate>,
        /// Last day.
        left_on: Option<NaiveDate>,
        /// Salted hash of the bank account.
        bank_account_hash: Option<Sha256Hex>,
        /// Salted hash of the address.
        address_hash: Option<Sha256Hex>,
        /// Salted hash of the telephone number.
        phone_hash: Option<Sha256Hex>,
        /// Salted hash of the tax number.
        tax_id_hash: Option<Sha256Hex>,
    }
}
