//! Somebody whom we bill.

use chrono::NaiveDate;

use super::macros::record;
use crate::domain::{Amount, Country, Currency, RecordId};

record! {
    /// A customer, as its master data stands.
    Customer dated by |customer| customer.since, checked by |_| Vec::new(),
    {
        /// Legal name.
        name: String,
        /// VAT identifier.
        vat_id: Option<String>,
        /// Country, ISO 3166-1 alpha-2.
        country: Option<Country>,
        /// Industry or size, in the firm's own words.
        segment: Option<String>,
        /// E-mail address for invoices.
        email: Option<String>,
        /// Telephone number.
        phone: Option<String>,
        /// Usual currency.
        currency: Option<Currency>,
        /// Days after the invoice date that payment is due.
        payment_terms_days: Option<u16>,
        /// Credit limit in its usual currency.
        credit_limit: Option<Amount>,
        /// Employee who looks after it.
        account_manager_id: Option<RecordId>,
        /// First day.
        since: Option<NaiveDate>,
    }
}
