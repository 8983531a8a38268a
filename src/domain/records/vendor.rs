//! Somebody who sends us invoices.

use chrono::NaiveDate;

use super::macros::record;
use crate::domain::{Country, Currency};

record! {
    /// A vendor, as its master data stands.
    Vendor dated by |vendor| vendor.created_on, checked by |_| Vec::new(),
    {
        /// Legal name.
        name: String,
        /// Name it trades under.
        trading_name: Option<String>,
        /// VAT identifier.
        vat_id: Option<String>,
        /// National tax number.
        tax_number: Option<String>,
        /// Number in a public register.
        registration_id: Option<String>,
        /// Street and number.
        street: Option<String>,
        /// City.
        city: Option<String>,
        /// Post code.
        post_code: Option<String>,
        /// Country, ISO 3166-1 alpha-2.
        country: Option<Country>,
        /// E-mail address.
        email: Option<String>,
        /// Telephone number.
        phone: Option<String>,
        /// Bank accounts that it may be paid to.
        ibans: Vec<String>,
        /// Usual currency.
        currency: Option<Currency>,
        /// Days after the invoice date that payment is due.
        payment_terms_days: Option<u16>,
        /// What it supplies, in the firm's own words.
        category: Option<String>,
        /// Whether it may be paid now.
        active: Option<bool>,
        /// Day its master data was created.
        created_on: Option<NaiveDate>,
    }
}
