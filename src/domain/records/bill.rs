//! A planned bill of a project.

use chrono::NaiveDate;

use super::macros::{in_order, record};
use crate::domain::codes::code_list;
use crate::domain::{Amount, Currency, RecordId};

code_list! {
    /// How far a bill is.
    BillStatus {
        /// Not begun.
        Planned = "planned",
        /// Being drawn up.
        Draft = "draft",
        /// With its reviewer.
        InReview = "in_review",
        /// Held back.
        OnHold = "on_hold",
        /// Sent.
        Issued = "issued",
        /// Given up.
        Cancelled = "cancelled",
    }
}

impl Bill {
    /// Whether it is neither sent nor given up. One that is marked as sent, or that an invoice was
    /// made of, is sent, even where no day is known.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let gone = matches!(
            self.status,
            Some(BillStatus::Issued | BillStatus::Cancelled)
        );
        self.issued_on.is_none() && self.customer_invoice_id.is_none() && !gone
    }
}

record! {
    /// A planned bill and what became of it.
    Bill dated by |bill| Some(bill.planned_on), checked by |bill| in_order(bill.period_start, bill.period_end, "period_end", "period_start"),
    {
        /// Project.
        project_id: RecordId,
        /// Customer.
        customer_id: Option<RecordId>,
        /// First day billed.
        period_start: Option<NaiveDate>,
        /// Last day billed.
        period_end: Option<NaiveDate>,
        /// Day it should be sent.
        planned_on: NaiveDate,
        /// Day it was sent.
        issued_on: Option<NaiveDate>,
        /// Amount planned.
        planned_amount: Option<Amount>,
        /// Amount billed.
        amount: Option<Amount>,
        /// Currency.
        currency: Currency,
        /// How far it is.
        status: Option<BillStatus>,
        /// Why it is held back.
        hold_reason: Option<String>,
        /// How often it was redrawn.
        revisions: Option<u32>,
        /// Invoice it became.
        customer_invoice_id: Option<RecordId>,
    }
}
