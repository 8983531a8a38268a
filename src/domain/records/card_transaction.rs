//! One use of a company card.

use chrono::NaiveDate;

use super::macros::record;
use crate::domain::{Amount, Country, Currency, RecordId};

record! {
    /// One use of a company card.
    CardTransaction dated by |transaction| Some(transaction.transacted_on), checked by |_| Vec::new(),
    {
        /// The card, never its number.
        card_id: Option<RecordId>,
        /// Card holder.
        employee_id: Option<RecordId>,
        /// Day of purchase.
        transacted_on: NaiveDate,
        /// Day it was posted.
        posted_on: Option<NaiveDate>,
        /// Who was paid.
        merchant: Option<String>,
        /// Merchant category, by name or code.
        merchant_category: Option<String>,
        /// Text of the statement.
        description: Option<String>,
        /// Amount; negative for a credit.
        amount: Amount,
        /// Currency.
        currency: Currency,
        /// Amount in the firm's currency.
        home_amount: Option<Amount>,
        /// Country of the merchant, ISO 3166-1 alpha-2.
        country: Option<Country>,
        /// City of the merchant.
        city: Option<String>,
        /// Team charged.
        team: Option<String>,
        /// Cost centre charged.
        cost_centre: Option<String>,
    }
}
