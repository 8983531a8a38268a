//! What came of a customer's invoices and what is owed of them, in an order that promises are held against.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use chrono::NaiveDate;

use crate::domain::Currency;
use crate::history::{Part, Receivable, ReceivablesAsOf};

/// What a customer's invoices say of promises that name none of them: put in order once for all such
/// promises, where there is one.
pub(super) struct Books<'a> {
    pub(super) ledger: &'a ReceivablesAsOf,
    came: OnceCell<Came>,
    debts: OnceCell<BTreeMap<Currency, Vec<Debt<'a>>>>,
}

/// What is owed of one invoice.
pub(super) struct Debt<'a> {
    pub(super) due_on: NaiveDate,
    pub(super) id: &'a str,
    pub(super) issued_on: NaiveDate,
    pub(super) open: f64,
}

impl<'a> Books<'a> {
    pub(super) const fn of(ledger: &'a ReceivablesAsOf) -> Self {
        Self {
            ledger,
            came: OnceCell::new(),
            debts: OnceCell::new(),
        }
    }

    pub(super) fn came(&self) -> &Came {
        self.came.get_or_init(|| Came::of(self.ledger))
    }

    /// Debts of each currency, oldest first.
    pub(super) fn debts(&self) -> &BTreeMap<Currency, Vec<Debt<'a>>> {
        self.debts.get_or_init(|| debts(self.ledger))
    }
}

/// Whether money is owed.
pub(super) fn is_debt(one: &Receivable<'_>) -> bool {
    one.is_collectable() && one.cleared_on.is_none() && one.open_amount > 0.0
}

fn debts(ledger: &ReceivablesAsOf) -> BTreeMap<Currency, Vec<Debt<'_>>> {
    let mut debts = BTreeMap::<Currency, Vec<Debt<'_>>>::new();
    for one in ledger.iter().filter(is_debt) {
        debts.entry(one.currency).or_default().push(Debt {
            due_on: one.due_on,
            id: one.id,
            issued_on: one.issued_on,
            open: one.open_amount,
        });
    }
    for of_currency in debts.values_mut() {
        of_currency.sort_unstable_by_key(|debt| (debt.due_on, debt.id));
    }
    debts
}

/// Money that came on a day, with the place of its invoice among all.
#[derive(Clone, Copy)]
struct CamePart {
    day: NaiveDate,
    invoice: usize,
    currency: Currency,
    amount: f64,
}

/// What came on a customer's invoices, in order of day.
pub(super) struct Came {
    /// Those that were billed.
    currencies: BTreeSet<Currency>,
    /// Of one day in order of invoice.
    parts: Vec<CamePart>,
    /// Days on which an invoice was paid in full, with its currency; a credit is none.
    cleared: Vec<(NaiveDate, Currency)>,
    /// What came from a day on, by currency and in order of day.
    since: BTreeMap<Currency, Vec<Part>>,
}

impl Came {
    fn of(ledger: &ReceivablesAsOf) -> Self {
        let mut came = Self {
            currencies: BTreeSet::new(),
            parts: Vec::new(),
            cleared: Vec::new(),
            since: since(ledger),
        };
        for (place, invoice) in ledger.iter().enumerate() {
            came.currencies.insert(invoice.currency);
            let cleared = invoice.cleared_on.filter(|_| invoice.is_collectable());
            came.cleared
                .extend(cleared.map(|day| (day, invoice.currency)));
            came.parts
                .extend(invoice.parts.iter().map(|(day, amount)| CamePart {
                    day: *day,
                    invoice: place,
                    currency: invoice.currency,
                    amount: *amount,
                }));
        }
        came.parts.sort_by_key(|part| part.day);
        came.cleared.sort_unstable();
        came
    }

    /// Whether an invoice of such a currency was paid in full within some days.
    pub(super) fn is_any_cleared(
        &self,
        days: &RangeInclusive<NaiveDate>,
        is_its: impl Fn(Currency) -> bool,
    ) -> bool {
        let from = self.cleared.partition_point(|(day, _)| day < days.start());
        let later = self.cleared.iter().skip(from);
        let mut within = later.take_while(|(day, _)| day <= days.end());
        within.any(|(_, currency)| is_its(*currency))
    }

    /// What came in a currency from a day on.
    pub(super) fn since(&self, day: NaiveDate, currency: Currency) -> f64 {
        let Some(sums) = self.since.get(&currency) else {
            return 0.0;
        };
        let from = sums.partition_point(|(came_on, _)| *came_on < day);
        sums.get(from).map_or(0.0, |(_, sum)| *sum)
    }

    /// What came within some days by currency, added up invoice by invoice: sums of binary fractions hang
    /// on their order.
    pub(super) fn within(&self, days: &RangeInclusive<NaiveDate>) -> BTreeMap<Currency, f64> {
        let from = self.parts.partition_point(|part| part.day < *days.start());
        let parts = self.parts.iter().skip(from);
        let parts = parts.take_while(|part| part.day <= *days.end());
        let mut parts: Vec<CamePart> = parts.copied().collect();
        parts.sort_by_key(|part| part.invoice);
        let nothing = self.currencies.iter().map(|currency| (*currency, 0.0));
        let mut paid: BTreeMap<Currency, f64> = nothing.collect();
        for of_invoice in parts.chunk_by(|a, b| a.invoice == b.invoice) {
            if let Some(first) = of_invoice.first() {
                let came: f64 = of_invoice.iter().map(|part| part.amount).sum();
                *paid.entry(first.currency).or_default() += came;
            }
        }
        paid
    }
}

/// What came from each day on, by currency and in order of day: summed up once, for promises are many. An
/// invoice whose record says when it was paid has no parts: all of it came then. A credit that is paid out
/// takes nothing from what came.
fn since(ledger: &ReceivablesAsOf) -> BTreeMap<Currency, Vec<Part>> {
    let mut since = BTreeMap::<Currency, Vec<Part>>::new();
    for one in ledger.iter().filter(Receivable::is_collectable) {
        let of_currency = since.entry(one.currency).or_default();
        of_currency.extend_from_slice(one.parts);
        let recorded = one.cleared_on.filter(|_| one.parts.is_empty());
        of_currency.extend(recorded.map(|day| (day, one.amount)));
    }
    for of_currency in since.values_mut() {
        of_currency.sort_by_key(|(day, _)| *day);
        let mut sum = 0.0;
        for (_, amount) in of_currency.iter_mut().rev() {
            sum += *amount;
            *amount = sum;
        }
    }
    since
}
