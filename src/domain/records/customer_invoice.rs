//! What we billed.

use chrono::NaiveDate;

use super::macros::record;
use crate::domain::codes::code_list;
use crate::domain::{Amount, Currency, RecordId};

code_list! {
    /// How far an invoice of ours is.
    CustomerInvoiceStatus {
        /// Not paid.
        Open = "open",
        /// Paid in part.
        PartlyPaid = "partly_paid",
        /// Paid.
        Paid = "paid",
        /// Contested.
        Disputed = "disputed",
        /// Given up.
        WrittenOff = "written_off",
        /// Withdrawn.
        Cancelled = "cancelled",
    }
}

record! {
    /// An invoice of ours.
    CustomerInvoice dated by |invoice| Some(invoice.issued_on), checked by |_| Vec::new(),
    {
        /// Invoice number.
        number: Option<String>,
        /// Customer.
        customer_id: RecordId,
        /// Project.
        project_id: Option<RecordId>,
        /// Part of the firm that bills.
        business_unit: Option<String>,
        /// Kind of document, in the firm's own words.
        document_type: Option<String>,
        /// Invoice date.
        issued_on: NaiveDate,
        /// Day payment is due.
        due_on: NaiveDate,
        /// Day it was posted.
        posted_on: Option<NaiveDate>,
        /// Currency.
        currency: Currency,
        /// Total with tax; negative for a credit.
        total: Amount,
        /// What is not yet paid.
        open_amount: Option<Amount>,
        /// Payment terms, by code or in words.
        payment_terms: Option<String>,
        /// Day it was paid in full.
        cleared_on: Option<NaiveDate>,
        /// How far it is.
        status: Option<CustomerInvoiceStatus>,
    }
}
