//! One line of an expense report.

use chrono::{DateTime, NaiveDate, Utc};

use super::macros::record;
use crate::domain::codes::code_list;
use crate::domain::{Amount, Country, Currency, RecordId, Sha256Hex};

code_list! {
    /// Whose money was spent.
    PaidBy {
        /// The claimant's own.
        Employee = "employee",
        /// A company card.
        CompanyCard = "company_card",
        /// The firm's, directly.
        Company = "company",
    }
}

record! {
    /// One line of an expense report.
    ExpenseClaim dated by |claim| Some(claim.incurred_on), checked by |_| Vec::new(),
    {
        /// Report it is a line of.
        report_id: Option<RecordId>,
        /// Claimant.
        employee_id: RecordId,
        /// Day of the expense.
        incurred_on: NaiveDate,
        /// When the report was handed in.
        submitted_at: Option<DateTime<Utc>>,
        /// Kind of expense.
        category: Option<String>,
        /// Who was paid.
        merchant: Option<String>,
        /// What the merchant sells.
        merchant_category: Option<String>,
        /// Purpose, as claimed.
        description: Option<String>,
        /// Amount claimed.
        amount: Amount,
        /// Currency.
        currency: Currency,
        /// Amount in the firm's currency.
        home_amount: Option<Amount>,
        /// Country of the expense, ISO 3166-1 alpha-2.
        country: Option<Country>,
        /// City of the expense.
        city: Option<String>,
        /// Nights, kilometres or persons.
        quantity: Option<Amount>,
        /// Persons who took part.
        attendees: Option<u32>,
        /// Whose money was spent.
        paid_by: Option<PaidBy>,
        /// Whether there is a receipt.
        receipt: Option<bool>,
        /// Digest of the receipt's bytes.
        receipt_sha256: Option<Sha256Hex>,
        /// Card transaction it explains.
        card_transaction_id: Option<RecordId>,
        /// Team charged.
        team: Option<String>,
        /// Project charged.
        project_id: Option<RecordId>,
        /// Cost centre charged.
        cost_centre: Option<String>,
        /// Who approved it.
        approver_id: Option<RecordId>,
        /// When it was approved.
        approved_at: Option<DateTime<Utc>>,
    }
}
