//! What was said about an invoice, and to and by its customer.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use rust_decimal::prelude::ToPrimitive as _;
use serde::{Deserialize, Serialize};

use crate::domain::Currency;
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
    /// What was said of one invoice, with what became of each promise.
    #[must_use]
    pub fn of(
        invoice: &str,
        said: &[Arc<Interaction>],
        promises: &Promises,
        ledger: &ReceivablesAsOf,
    ) -> Self {
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
                    let Some(promised_on) = meant(one) else {
                        continue;
                    };
                    // Nobody promised to pay what was billed later.
                    let was_there = issued_on.is_none_or(|issued_on| issued_on <= day);
                    let Some(kept) = promises.kept(one) else {
                        let about_it = about == Some(invoice) || (here && was_there);
                        if about_it && promises.covers(one, invoice) {
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

/// The day that a promise is for; years ahead, or before it was made, it is a slip of the pen.
fn meant(promise: &Interaction) -> Option<NaiveDate> {
    let made_on = promise.time.date_naive();
    let is_meant = |promised: &NaiveDate| *promised >= made_on && *promised <= made_on + FARTHEST;
    promise.promised_on.filter(is_meant)
}

/// What became of a customer's promises: worked out once for all its invoices, for each is a walk
/// through them.
#[derive(Debug, Default)]
pub struct Promises {
    /// Whether it was kept, of those that can be kept no more, by id.
    kept: HashMap<String, bool>,
    /// Of those of an amount that may still be kept, the invoices that it comes to.
    covered: HashMap<String, HashSet<String>>,
}

impl Promises {
    /// Of all that was said.
    #[must_use]
    pub fn of(said: &[Arc<Interaction>], ledger: &ReceivablesAsOf) -> Self {
        let promises = said
            .iter()
            .filter(|one| one.kind == InteractionKind::Promise);
        let mut found = Self::default();
        for one in promises {
            let Some(promised_on) = meant(one) else {
                continue;
            };
            let id = one.id.as_str().to_owned();
            if let Some(kept) = was_kept(one, promised_on, ledger) {
                found.kept.insert(id, kept);
            } else if let Some(amount) = one.promised_amount {
                let amount = amount.decimal().to_f64().unwrap_or_default();
                found.covered.insert(id, covered(one, amount, ledger));
            }
        }
        found
    }

    /// Whether it was kept; none while it may still be.
    fn kept(&self, promise: &Interaction) -> Option<bool> {
        self.kept.get(promise.id.as_str()).copied()
    }

    /// Whether it comes to what is open of an invoice: who promised a small part is spoken to about the
    /// rest.
    fn covers(&self, promise: &Interaction, invoice: &str) -> bool {
        let covered = self.covered.get(promise.id.as_str());
        covered.is_none_or(|covered| covered.contains(invoice))
    }
}

/// The invoices that a promised amount comes to, oldest debts first in each currency.
fn covered(promise: &Interaction, amount: f64, ledger: &ReceivablesAsOf) -> HashSet<String> {
    let made_on = promise.time.date_naive();
    let about = promise.customer_invoice_id.as_ref().map(|id| id.as_str());
    let is_it = |one: &Receivable<'_>| match about {
        Some(id) => id == one.id,
        None => one.issued_on <= made_on,
    };
    let mut debts: Vec<Receivable<'_>> = ledger
        .iter()
        .filter(|one| one.is_collectable() && one.cleared_on.is_none() && one.open_amount > 0.0)
        .filter(is_it)
        // Of another currency nobody here can say what it comes to.
        .filter(|one| {
            promise
                .currency
                .is_none_or(|currency| currency == one.currency)
        })
        .collect();
    debts.sort_by_key(|one| (one.due_on, one.id));
    let mut left = BTreeMap::<Currency, f64>::new();
    let mut found = HashSet::new();
    for one in debts {
        let left = left.entry(one.currency).or_insert(amount);
        *left -= one.open_amount;
        if *left < -CENT {
            *left = f64::NEG_INFINITY;
        } else {
            found.insert(one.id.to_owned());
        }
    }
    found
}

/// Whether what was promised came: as the record says, else as payments say. None while it may still
/// come in time.
fn was_kept(
    promise: &Interaction,
    promised_on: NaiveDate,
    ledger: &ReceivablesAsOf,
) -> Option<bool> {
    match promise.outcome.as_deref() {
        Some("kept") => return Some(true),
        Some("broken") => return Some(false),
        _ => {}
    }
    if promised_on >= ledger.today() {
        return None;
    }
    let made_on = promise.time.date_naive();
    let about = promise.customer_invoice_id.as_ref().map(|id| id.as_str());
    let is_it = |invoice: &Receivable<'_>| about.is_none_or(|id| id == invoice.id);
    // Who promised a part has kept it once as much came, in one currency: that of the promise, if it
    // says so.
    let in_part = promise.promised_amount.is_some_and(|promised| {
        let is_its = |own: Currency| promise.currency.is_none_or(|currency| currency == own);
        let mut paid = BTreeMap::<Currency, f64>::new();
        for invoice in ledger
            .iter()
            .filter(is_it)
            .filter(|one| is_its(one.currency))
        {
            let in_time = |day: NaiveDate| day >= made_on && day <= promised_on + GRACE;
            let parts = invoice.parts.iter().filter(|(day, _)| in_time(*day));
            *paid.entry(invoice.currency).or_default() += parts.map(|(_, part)| part).sum::<f64>();
        }
        let promised = promised.decimal().to_f64().unwrap_or_default();
        promised > 0.0 && paid.values().any(|paid| paid + CENT >= promised)
    });
    let came = in_part
        || ledger.iter().filter(is_it).any(|invoice| {
            let cleared =
                |day: NaiveDate| day <= promised_on + GRACE && (about.is_some() || day >= made_on);
            invoice.cleared_on.is_some_and(cleared)
        });
    (came || ledger.today() > promised_on + GRACE).then_some(came)
}
