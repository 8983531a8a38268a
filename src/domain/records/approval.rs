//! A step of a workflow.

use chrono::{DateTime, Utc};

use super::macros::record;
use crate::domain::codes::code_list;
use crate::domain::{Amount, Currency, RecordId};

code_list! {
    /// How a step ended.
    ApprovalOutcome {
        /// Agreed to.
        Approved = "approved",
        /// Refused.
        Rejected = "rejected",
        /// Sent back for change.
        Returned = "returned",
        /// Passed on.
        Delegated = "delegated",
        /// Nobody answered.
        Expired = "expired",
    }
}

record! {
    /// A step of a workflow and its outcome.
    Approval dated by |approval| Some(approval.requested_at.date_naive()), checked by |_| Vec::new(),
    {
        /// Kind of record it is about, such as `vendor_invoice`.
        subject_kind: String,
        /// Id of that record.
        subject_id: RecordId,
        /// Name of the step.
        step: String,
        /// Role asked.
        role: Option<String>,
        /// Employee asked.
        approver_id: Option<RecordId>,
        /// When it was asked.
        requested_at: DateTime<Utc>,
        /// When it was decided.
        decided_at: Option<DateTime<Utc>>,
        /// How it ended.
        outcome: Option<ApprovalOutcome>,
        /// Amount approved.
        amount: Option<Amount>,
        /// Currency of the amount.
        currency: Option<Currency>,
        /// What the approver wrote.
        comment: Option<String>,
    }
}
