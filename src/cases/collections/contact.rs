//! What was said about an invoice, and to and by its customer.

mod promises;

use std::sync::Arc;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

pub use promises::{PROMISE_DAYS, Promises};

use self::promises::meant;
use crate::domain::records::{Interaction, InteractionKind};
use crate::history::ReceivablesAsOf;

/// Days back that contacts are counted.
const RECENT: Days = Days::new(30);

/// What was said, as it was known on the day of the question.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Whether the invoice, or the customer's account as a whole, is contested.
    pub disputed: bool,
    /// Day for which payment is promised: today or later, or so lately that the bank may still be at it.
    pub promised_on: Option<NaiveDate>,
    /// Whether the last promise about the invoice has passed without payment.
    pub promise_broken: bool,
    /// Day of the last reminder, call or message.
    pub last_contact_on: Option<NaiveDate>,
    /// Reminders, calls and messages of the last 30 days.
    pub recent_contacts: u32,
    /// Reminders of the invoice, or of all that was open when it was.
    pub reminders: u32,
    /// Promises of the customer that were kept.
    pub promises_kept: u32,
    /// Promises of the customer that were not.
    pub promises_broken: u32,
}

impl Contact {
    /// What was said of one invoice, with what became of each promise.
    #[must_use]
    pub fn of(
        invoice: &str,
        said: &[Arc<Interaction>],
        promises: &Promises,
        ledger: &ReceivablesAsOf,
    ) -> Self {
        let today = ledger.today();
        let asked = ledger.get(invoice);
        let mut found = Self::default();
        for one in said {
            let about = one.customer_invoice_id.as_ref().map(|id| id.as_str());
            let here = about.is_none_or(|id| id == invoice);
            let day = one.time.date_naive();
            // Nobody was reminded of what was billed later, or promised to pay it.
            let was_there = asked.is_none_or(|asked| asked.issued_on <= day);
            let about_it = about == Some(invoice) || (here && was_there);
            match one.kind {
                InteractionKind::Reminder | InteractionKind::Call | InteractionKind::Email => {
                    found.last_contact_on = Some(day);
                    found.recent_contacts += u32::from(day + RECENT >= today);
                    let reminded = one.kind == InteractionKind::Reminder;
                    found.reminders += u32::from(reminded && about_it);
                }
                InteractionKind::Dispute if here => found.disputed = true,
                InteractionKind::Resolved if here => found.disputed = false,
                InteractionKind::Promise => {
                    let Some(promised_on) = meant(one) else {
                        continue;
                    };
                    let kept = promises.kept(one);
                    found.promises_kept += u32::from(kept == Some(true));
                    found.promises_broken += u32::from(kept == Some(false));
                    // What was promised last holds, whatever was promised before.
                    if about_it && promises.covers(one, asked.as_ref()) {
                        found.promised_on = kept.is_none().then_some(promised_on);
                        found.promise_broken = kept == Some(false);
                    }
                }
                InteractionKind::Dispute | InteractionKind::Resolved | InteractionKind::Other => {}
            }
        }
        found
    }
}
