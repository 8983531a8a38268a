//! One use of a company card.

use chrono::NaiveDate;

use super::macros::record;
use super::{ExpenseClaim, PaidBy};
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

impl CardTransaction {
    /// The same told as a line of expenses: spent by the holder, else by the card, else by nobody
    /// that other lines are of.
    #[must_use]
    pub fn as_line(&self) -> ExpenseClaim {
        let holder = self.employee_id.as_ref().or(self.card_id.as_ref());
        ExpenseClaim {
            id: self.id.clone(),
            report_id: None,
            employee_id: holder.unwrap_or(&self.id).clone(),
            incurred_on: self.transacted_on,
            submitted_at: None,
            category: None,
            merchant: self.merchant.clone(),
            merchant_category: self.merchant_category.clone(),
            description: self.description.clone(),
            amount: self.amount,
            currency: self.currency,
            home_amount: self.home_amount,
            country: self.country.clone(),
            city: self.city.clone(),
            quantity: None,
            attendees: None,
            paid_by: Some(PaidBy::CompanyCard),
            receipt: None,
            receipt_sha256: None,
            card_transaction_id: None,
            team: self.team.clone(),
            project_id: None,
            cost_centre: self.cost_centre.clone(),
            approver_id: None,
            approved_at: None,
            known_at: self.known_at,
            attributes: self.attributes.clone(),
        }
    }
}
