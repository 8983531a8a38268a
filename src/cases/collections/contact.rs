//! What was said about an invoice, and to and by its customer.

use std::sync::Arc;

use chrono::{Days, NaiveDate};
use rust_decimal::prelude::ToPrimitive as _;
use serde::{Deserialize, Serialize};

use crate::domain::records::{Interaction, InteractionKind};
use crate::history::{CENT, Receivable, ReceivablesAsOf};

/// A promise is kept if the money is there so many days after the day promised: banks take time.
const GRACE: Days = Days::new(2);
/// Days ahead for which payment can be promised.
pub const PROMISE_DAYS: u64 = 366;
const FARTHEST: Days = Days::new(PROMISE_DAYS);
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
    /// Reminders of the invoice.
    pub reminders: u32,
    /// Promises of the customer that were kept.
    pub promises_kept: u32,
    /// Promises of the customer that were not.
    pub promises_broken: u32,
}

impl Contact {
    /// What was said of one invoice.
    #[must_use]
    pub fn of(invoice: &str, said: &[Arc<Interaction>], ledger: &ReceivablesAsOf) -> Self {
        let today = ledger.today();
        let issued_on = ledger.get(invoice).map(|invoice| invoice.issued_on);
        let mut found = Self::default();
        for one in said {
            let about = one.customer_invoice_id.as_ref().map(|id| id.as_str());
            let here = about.is_none_or(|id| id == invoice);
            let day = one.time.date_naive();
            match one.kind {
                InteractionKind::Reminder | InteractionKind::Call | InteractionKind::Email => {
                    found.last_contact_on = Some(day);
                    found.recent_contacts += u32::from(day + RECENT >= today);
                    let reminded = one.kind == InteractionKind::Reminder;
                    found.reminders += u32::from(reminded && about == Some(invoice));
                }
                InteractionKind::Dispute if here => found.disputed = true,
                InteractionKind::Resolved if here => found.disputed = false,
                InteractionKind::Promise => {
                    // Years ahead it is a slip of the pen.
                    let meant = one
                        .promised_on
                        .filter(|promised| *promised <= day + FARTHEST);
                    let Some(promised_on) = meant else {
                        continue;
                    };
                    // Nobody promised to pay what was billed later.
                    let was_there = issued_on.is_none_or(|issued_on| issued_on <= day);
                    let Some(kept) = was_kept(one, promised_on, ledger) else {
                        if about == Some(invoice) || (here && was_there) {
                            found.promised_on = Some(promised_on);
                            found.promise_broken = false;
                        }
                        continue;
                    };
                    found.promises_kept += u32::from(kept);
                    found.promises_broken += u32::from(!kept);
                    if about == Some(invoice) {
                        found.promised_on = None;
                        found.promise_broken = !kept;
                    }
                }
                InteractionKind::Dispute | InteractionKind::Resolved | InteractionKind::Other => {}
            }
        }
        found
    }
}

/// Whether what was promised came: as the record says, else as payments say. None while it may still
/// come in time.
fn was_kept(
    promise: &Interaction,
    promised_on: NaiveDate,
    ledger: &ReceivablesAsOf,
) -> Option<bool> {
    if promised_on >= ledger.today() {
        return None;
    }
    match promise.outcome.as_deref() {
        Some("kept") => return Some(true),
        Some("broken") => return Some(false),
        _ => {}
    }
    let made_on = promise.time.date_naive();
    let about = promise.customer_invoice_id.as_ref().map(|id| id.as_str());
    let is_it = |invoice: &Receivable<'_>| about.is_none_or(|id| id == invoice.id);
    // Who promised a part has kept it once as much came.
    let in_part = promise.promised_amount.is_some_and(|promised| {
        let parts = ledger.iter().filter(is_it).flat_map(|one| one.parts);
        let in_time = parts.filter(|(day, _)| *day >= made_on && *day <= promised_on + GRACE);
        let paid: f64 = in_time.map(|(_, part)| part).sum();
        let promised = promised.decimal().to_f64().unwrap_or_default();
        promised > 0.0 && paid + CENT >= promised
    });
    let came = in_part
        || ledger.iter().filter(is_it).any(|invoice| {
            let cleared =
                |day: NaiveDate| day <= promised_on + GRACE && (about.is_some() || day >= made_on);
            invoice.cleared_on.is_some_and(cleared)
        });
    (came || ledger.today() > promised_on + GRACE).then_some(came)
}
