//! A contact with a customer about money.

use chrono::{DateTime, NaiveDate, Utc};

use super::macros::record;
use crate::domain::codes::code_list;
use crate::domain::{Amount, Currency, RecordId};

code_list! {
    /// What happened.
    InteractionKind {
        /// We reminded.
        Reminder = "reminder",
        /// We spoke.
        Call = "call",
        /// A message went or came.
        Email = "email",
        /// The customer promised to pay.
        Promise = "promise",
        /// The customer contested.
        Dispute = "dispute",
        /// A dispute ended.
        Resolved = "resolved",
        /// Something else.
        Other = "other",
    }
}

record! {
    /// A contact with a customer about money.
    Interaction dated by |interaction| Some(interaction.time.date_naive()), checked by |_| Vec::new(),
    {
        /// Customer.
        customer_id: RecordId,
        /// Invoice it is about.
        customer_invoice_id: Option<RecordId>,
        /// When.
        time: DateTime<Utc>,
        /// What happened.
        kind: InteractionKind,
        /// By which way.
        channel: Option<String>,
        /// Day payment was promised for.
        promised_on: Option<NaiveDate>,
        /// Amount promised.
        promised_amount: Option<Amount>,
        /// Currency of the amount.
        currency: Option<Currency>,
        /// What came of it: of a promise `kept` or `broken`, in letters of any case; payments tell where it
        /// says neither.
        outcome: Option<String>,
        /// Who did it.
        employee_id: Option<RecordId>,
        /// What was said.
        note: Option<String>,
    }
}
