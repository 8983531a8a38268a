//! What became of what a customer promised.

mod books;

use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use rust_decimal::prelude::ToPrimitive as _;

use self::books::{Books, Debt, is_debt};
use crate::domain::Currency;
use crate::domain::records::{Interaction, InteractionKind};
use crate::history::{CENT, Receivable, ReceivablesAsOf};

/// A promise is kept if the money is there so many days after the day promised: banks take time.
const GRACE: Days = Days::new(2);
/// Days ahead for which payment can be promised.
pub const PROMISE_DAYS: u64 = 366;
const FARTHEST: Days = Days::new(PROMISE_DAYS);

/// The day that a promise is for; years ahead, or before it was made, it is a slip of the pen.
pub(super) fn meant(promise: &Interaction) -> Option<NaiveDate> {
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
    /// Of those of an amount or kept, what they come to; none where all that a promise is about is meant.
    covered: HashMap<String, Covered>,
}

impl Promises {
    /// Of all that was said.
    #[must_use]
    pub fn of(said: &[Arc<Interaction>], ledger: &ReceivablesAsOf) -> Self {
        let promises = said
            .iter()
            .filter(|one| one.kind == InteractionKind::Promise);
        let books = Books::of(ledger);
        let mut found = Self::default();
        for one in promises {
            let Some(promised_on) = meant(one) else {
                continue;
            };
            let id = one.id.as_str();
            let kept = was_kept(one, promised_on, &books);
            if let Some(kept) = kept {
                found.kept.insert(id.to_owned(), kept);
            }
            if let Some(covered) = Covered::of(one, kept, &books) {
                found.covered.insert(id.to_owned(), covered);
            }
        }
        found
    }

    /// Whether it was kept; none while it may still be.
    pub(super) fn kept(&self, promise: &Interaction) -> Option<bool> {
        self.kept.get(promise.id.as_str()).copied()
    }

    /// Whether it tells of an invoice that it is about. One that may still be kept has to come to what is
    /// open: who promised a small part is spoken to about the rest. So has one for the whole account that
    /// was broken; one that was kept tells of nothing that is still open.
    pub(super) fn covers(&self, promise: &Interaction, invoice: Option<&Receivable<'_>>) -> bool {
        let covered = self.covered.get(promise.id.as_str());
        covered.is_none_or(|covered| covered.holds(invoice))
    }
}

/// What a promise comes to.
#[derive(Debug)]
enum Covered {
    /// What was promised for the whole account came: what is open was not meant.
    Came,
    /// Whether it comes to the invoice that the promise names.
    Named(bool),
    /// Of what was billed by a day the oldest debts: in each currency up to the one of that due day and id.
    Oldest {
        billed_by: NaiveDate,
        last: BTreeMap<Currency, (NaiveDate, String)>,
    },
}

impl Covered {
    /// What a promise comes to, by what became of it. One of an invoice by name that can be kept no more
    /// tells of that invoice, whatever part of it was promised.
    fn of(promise: &Interaction, kept: Option<bool>, books: &Books<'_>) -> Option<Self> {
        let is_named = promise.customer_invoice_id.is_some();
        match kept {
            Some(_) if is_named => None,
            Some(true) => Some(Self::Came),
            Some(false) | None => {
                let amount = promise.promised_amount?.decimal().to_f64();
                Some(Self::by(promise, amount.unwrap_or_default(), books))
            }
        }
    }

    fn by(promise: &Interaction, amount: f64, books: &Books<'_>) -> Self {
        if let Some(id) = &promise.customer_invoice_id {
            let named = books.ledger.get(id.as_str());
            let named = named.filter(|one| is_debt(one) && is_of(promise, one.currency));
            return Self::Named(named.is_some_and(|one| amount - one.open_amount >= -CENT));
        }
        let billed_by = promise.time.date_naive();
        let debts = books.debts().iter();
        let debts = debts.filter(|(currency, _)| is_of(promise, **currency));
        let last = debts.filter_map(|(currency, debts)| {
            // What came since is promised no more. Money that was sent back adds nothing to it.
            let came = books.came().since(billed_by, *currency).max(0.0);
            let last = last_covered(debts, billed_by, amount - came)?;
            Some((*currency, (last.due_on, last.id.to_owned())))
        });
        Self::Oldest {
            billed_by,
            last: last.collect(),
        }
    }

    /// Whether an invoice that the promise is about is among it.
    fn holds(&self, invoice: Option<&Receivable<'_>>) -> bool {
        match self {
            Self::Came => false,
            Self::Named(holds) => *holds,
            Self::Oldest { billed_by, last } => invoice.is_some_and(|one| {
                let last = last.get(&one.currency);
                let is_older =
                    last.is_some_and(|(due_on, id)| (one.due_on, one.id) <= (*due_on, id.as_str()));
                is_older && is_debt(one) && one.issued_on <= *billed_by
            }),
        }
    }
}

/// Whether a promise is of a currency; one that says none is of any. Of another currency nobody here can
/// say what it comes to.
fn is_of(promise: &Interaction, currency: Currency) -> bool {
    promise.currency.is_none_or(|its| its == currency)
}

/// The last debt that an amount comes to, of those that were billed by a day; none where nothing is left
/// of the amount.
fn last_covered<'a, 'b>(
    debts: &'b [Debt<'a>],
    billed_by: NaiveDate,
    amount: f64,
) -> Option<&'b Debt<'a>> {
    if amount <= CENT {
        return None;
    }
    let mut left = amount;
    let billed = debts.iter().filter(|debt| debt.issued_on <= billed_by);
    let covered = billed.take_while(|debt| {
        left -= debt.open;
        left >= -CENT
    });
    covered.last()
}

/// Whether what was promised came: as the record says, else as payments say. None while it may still
/// come in time.
fn was_kept(promise: &Interaction, promised_on: NaiveDate, books: &Books<'_>) -> Option<bool> {
    let recorded = recorded(promise);
    if recorded.is_some() {
        return recorded;
    }
    let today = books.ledger.today();
    if promised_on >= today {
        return None;
    }
    let in_time = promise.time.date_naive()..=promised_on + GRACE;
    let came = match &promise.customer_invoice_id {
        Some(id) => books.ledger.get(id.as_str()).is_some_and(|invoice| {
            let cleared = invoice.cleared_on.is_some_and(|day| day <= *in_time.end());
            cleared || came_in_part(promise, || paid_on(&invoice, &in_time))
        }),
        None => {
            let came = books.came();
            let is_its = |currency| is_of(promise, currency);
            came.is_any_cleared(&in_time, is_its) || came_in_part(promise, || came.within(&in_time))
        }
    };
    (came || today > *in_time.end()).then_some(came)
}

/// Whether it was kept, where the record says so in one of the two words; none of any other.
fn recorded(promise: &Interaction) -> Option<bool> {
    let outcome = promise.outcome.as_deref()?.trim().to_ascii_lowercase();
    match outcome.as_str() {
        "kept" => Some(true),
        "broken" => Some(false),
        _ => None,
    }
}

/// Who promised a part has kept it once as much came, in one currency: that of the promise, if it says so.
fn came_in_part(promise: &Interaction, paid: impl FnOnce() -> BTreeMap<Currency, f64>) -> bool {
    promise.promised_amount.is_some_and(|promised| {
        let promised = promised.decimal().to_f64().unwrap_or_default();
        let is_enough =
            |(currency, paid): (Currency, f64)| is_of(promise, currency) && paid + CENT >= promised;
        promised > 0.0 && paid().into_iter().any(is_enough)
    })
}

/// What was paid on one invoice within some days.
fn paid_on(invoice: &Receivable<'_>, days: &RangeInclusive<NaiveDate>) -> BTreeMap<Currency, f64> {
    let parts = invoice.parts.iter().filter(|(day, _)| days.contains(day));
    BTreeMap::from([(invoice.currency, parts.map(|(_, part)| part).sum())])
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use chrono::DateTime;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::RecordKind;
    use crate::history::{Facts, FactsAsOf, History as _};

    const CURRENCIES: [&str; 2] = ["EUR", "JPY"];

    fn day(day: u32) -> String {
        format!("2026-03-{day:02}")
    }

    fn moment(day: u32) -> DateTime<chrono::Utc> {
        format!("2026-03-{day:02}T00:00:00Z").parse().unwrap()
    }

    /// Days of issue and payment, days until due, hundreds and currency.
    type Billed = (u32, Option<u32>, u32, u32, usize);
    /// Invoice, day and hundreds.
    type Money = (usize, u32, u32);
    /// Invoice, day, days until the day promised, hundreds and currency.
    type Promised = (Option<usize>, u32, u32, Option<u32>, Option<usize>);

    fn facts(billed: &[Billed], money: &[Money], promised: &[Promised]) -> Facts {
        let mut facts = Facts::default();
        let mut put = |kind: RecordKind, known: u32, body: Value| {
            facts.insert(kind, moment(known), 1, body).unwrap();
        };
        for (at, (issued, cleared, term, amount, currency)) in billed.iter().enumerate() {
            let body = json!({"id": format!("i{at}"), "customer_id": "c", "issued_on": day(*issued),
                "due_on": day(issued + term), "currency": CURRENCIES[*currency],
                "total": (amount * 100).to_string(), "cleared_on": cleared.map(day)});
            put(RecordKind::CustomerInvoice, *issued, body);
        }
        for (at, (invoice, paid, amount)) in money.iter().enumerate() {
            let invoice = invoice % billed.len();
            let body = json!({"id": format!("m{at}"), "invoice_id": format!("i{invoice}"),
                "paid_on": day(*paid), "currency": CURRENCIES[billed[invoice].4],
                "amount": (amount * 100).to_string()});
            put(RecordKind::Payment, *paid, body);
        }
        for (at, (invoice, made, ahead, amount, currency)) in promised.iter().enumerate() {
            let body = json!({"id": format!("p{at}"), "customer_id": "c", "kind": "promise",
                "customer_invoice_id": invoice.map(|at| format!("i{at}")),
                "time": moment(*made), "promised_on": day(made + ahead),
                "promised_amount": amount.map(|amount| (amount * 100).to_string()),
                "currency": currency.map(|at| CURRENCIES[at])});
            put(RecordKind::Interaction, *made, body);
        }
        facts
    }

    /// Whether it was kept, by a walk through all invoices.
    fn kept_by_walk(one: &Interaction, ledger: &ReceivablesAsOf) -> Option<bool> {
        let promised_on = meant(one).unwrap();
        if promised_on >= ledger.today() {
            return None;
        }
        let made_on = one.time.date_naive();
        let about = one.customer_invoice_id.as_ref().map(|id| id.as_str());
        let its = || {
            let its = ledger.iter();
            its.filter(move |invoice| about.is_none_or(|id| id == invoice.id))
        };
        let in_part = one.promised_amount.is_some_and(|promised| {
            let mut paid = BTreeMap::<Currency, f64>::new();
            for invoice in its() {
                let in_time = |day: NaiveDate| day >= made_on && day <= promised_on + GRACE;
                let parts = invoice.parts.iter().filter(|(day, _)| in_time(*day));
                let parts = parts.map(|(_, part)| part).sum::<f64>();
                *paid.entry(invoice.currency).or_default() += parts;
            }
            paid.retain(|own, _| one.currency.is_none_or(|currency| currency == *own));
            let promised = promised.decimal().to_f64().unwrap();
            paid.values().any(|paid| paid + CENT >= promised)
        });
        let is_in_time =
            |day: NaiveDate| day <= promised_on + GRACE && (about.is_some() || day >= made_on);
        let is_meant =
            |own: Currency| about.is_some() || one.currency.is_none_or(|currency| currency == own);
        let mut meant = its().filter(|invoice| is_meant(invoice.currency));
        let came = in_part || meant.any(|invoice| invoice.cleared_on.is_some_and(is_in_time));
        (came || ledger.today() > promised_on + GRACE).then_some(came)
    }

    /// What came in a currency from a day on, as payments say, else as the record of the invoice does.
    fn came_since(from: NaiveDate, currency: Currency, ledger: &ReceivablesAsOf) -> f64 {
        let its = ledger.iter().filter(|invoice| invoice.currency == currency);
        let of_invoice = |invoice: Receivable<'_>| {
            if invoice.parts.is_empty() && invoice.cleared_on.is_some_and(|day| day >= from) {
                return invoice.amount;
            }
            let parts = invoice.parts.iter().filter(|(day, _)| *day >= from);
            parts.map(|(_, part)| part).sum()
        };
        its.map(of_invoice).sum()
    }

    /// The invoices that it comes to, by a walk through all.
    fn covered_by_walk(one: &Interaction, ledger: &ReceivablesAsOf) -> HashSet<String> {
        let made_on = one.time.date_naive();
        let about = one.customer_invoice_id.as_ref().map(|id| id.as_str());
        let is_it = |invoice: &Receivable<'_>| match about {
            Some(id) => id == invoice.id,
            None => invoice.issued_on <= made_on,
        };
        let debts = ledger.iter().filter(is_debt).filter(is_it);
        let is_its = |own: Currency| one.currency.is_none_or(|currency| currency == own);
        let mut debts: Vec<Receivable<'_>> = debts.filter(|one| is_its(one.currency)).collect();
        debts.sort_by_key(|one| (one.due_on, one.id));
        let amount = one.promised_amount.unwrap().decimal().to_f64().unwrap();
        let left_of = |currency: Currency| match about {
            Some(_) => amount,
            None => amount - came_since(made_on, currency, ledger),
        };
        let mut left = BTreeMap::<Currency, f64>::new();
        let mut found = HashSet::new();
        for one in debts {
            let currency = one.currency;
            let left = left.entry(currency).or_insert_with(|| left_of(currency));
            *left -= one.open_amount;
            if *left < -CENT {
                *left = f64::NEG_INFINITY;
            } else {
                found.insert(one.id.to_owned());
            }
        }
        found
    }

    proptest! {
        #[test]
        fn what_is_put_in_order_once_says_what_a_walk_for_each_promise_would(
            billed in prop::collection::vec((1..12_u32, prop::option::of(8..20_u32), 0..10_u32, 1..4_u32, 0..2_usize), 1..8),
            money in prop::collection::vec((0..8_usize, 4..20_u32, 1..4_u32), 0..8),
            promised in prop::collection::vec(
                (prop::option::of(0..9_usize), 2..19_u32, 0..9_u32, prop::option::of(1..7_u32), prop::option::of(0..2_usize)),
                1..8,
            ),
        ) {
            let history = FactsAsOf::new(Arc::new(facts(&billed, &money, &promised)), moment(20));
            let (said, ledger) = (history.interactions_with("c"), history.receivables("c"));
            prop_assert_eq!(said.len(), promised.len());
            let promises = Promises::of(&said, &ledger);
            for one in &said {
                let kept = kept_by_walk(one, &ledger);
                prop_assert_eq!(promises.kept(one), kept);
                let about = one.customer_invoice_id.as_ref().map(|id| id.as_str());
                let covered = match kept {
                    Some(_) if about.is_some() => continue,
                    Some(true) => HashSet::new(),
                    _ if one.promised_amount.is_none() => continue,
                    _ => covered_by_walk(one, &ledger),
                };
                for invoice in ledger.iter().filter(|it| about.is_none_or(|id| id == it.id)) {
                    let covers = promises.covers(one, Some(&invoice));
                    prop_assert_eq!(covers, covered.contains(invoice.id), "{:?} {}", one, invoice.id);
                }
            }
        }
    }
}
