//! How customers pay on the whole and by sorts of invoice and customer: what one without a past is judged by.
//!
//! Looked at once a week, on its Monday: all invoices are walked through, and what a week adds is little beside
//! what holds for long.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};

use super::super::keys::identifier_key;
use super::super::receivable::Receivable;
use super::Receivables;
use super::sorts::{FACTS, InvoiceSort};
use crate::domain::records::Customer;

/// Days before the Monday that are looked at: a year, and what lies around a day a year ago.
const DAYS: i64 = 420;
/// Days before it that count as lately.
const LATELY_DAYS: i64 = 28;
/// A year of whole weeks, so that weekdays agree.
const YEAR_DAYS: i64 = 364;
/// Days on either side of that day a year ago.
const AROUND_DAYS: i64 = 14;
/// Weight of the firm's own level against a part of it, in invoices.
const DRAWN: f64 = 20.0;
/// Weeks kept: some twenty years of them.
const KEPT_WEEKS: usize = 1_000;

/// Invoices that fell due, and those of them that were not paid by then.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Count {
    all: u32,
    late: u32,
}

impl Count {
    const fn of(late: bool) -> Self {
        Self {
            all: 1,
            late: late as u32,
        }
    }

    const fn add(&mut self, other: Self) {
        self.all += other.all;
        self.late += other.late;
    }

    const fn less(self, other: Self) -> Self {
        Self {
            all: self.all.saturating_sub(other.all),
            late: self.late.saturating_sub(other.late),
        }
    }

    /// The share late, drawn to another by so many invoices; not a number where there is neither.
    fn share(self, level: f64, drawn: f64) -> f64 {
        let (all, late) = (f64::from(self.all), f64::from(self.late));
        if level.is_nan() {
            late / all
        } else {
            (late + drawn * level) / (all + drawn)
        }
    }
}

/// Shares late of what fell due in the 420 days before the Monday of a week, as known on that Monday.
#[derive(Debug, PartialEq, Eq)]
pub struct PaidLevels {
    monday: NaiveDate,
    all: Count,
    /// By number of the value of each fact that sorts invoices.
    by_fact: [Vec<Count>; FACTS],
    by_country: HashMap<String, Count>,
    by_segment: HashMap<String, Count>,
    /// What fell due before each day looked at, from the first one.
    due_before: Vec<Count>,
}

impl PaidLevels {
    fn new(monday: NaiveDate) -> Self {
        Self {
            monday,
            all: Count::default(),
            by_fact: Default::default(),
            by_country: HashMap::new(),
            by_segment: HashMap::new(),
            due_before: vec![Count::default(); DAYS as usize + 1],
        }
    }

    /// The place of a day among those looked at.
    fn place(&self, day: NaiveDate) -> Option<usize> {
        let before = (self.monday - day).num_days();
        (1..=DAYS)
            .contains(&before)
            .then_some((DAYS - before) as usize)
    }

    /// What an invoice adds, if it was looked at. What was owed and is open past its day is late.
    fn counted(&self, one: &Receivable<'_>) -> Option<Count> {
        self.place(one.due_on)?;
        let counts = one.is_collectable() && !one.is_paid_some_day();
        counts.then(|| Count::of(one.days_late().is_none_or(|late| late > 0)))
    }

    fn take_in(&mut self, one: &Receivable<'_>) -> Count {
        let (Some(count), Some(place)) = (self.counted(one), self.place(one.due_on)) else {
            return Count::default();
        };
        self.all.add(count);
        for (counts, value) in self.by_fact.iter_mut().zip(one.sort.0) {
            let value = usize::from(value);
            if counts.len() <= value {
                counts.resize(value + 1, Count::default());
            }
            if let Some(of_value) = counts.get_mut(value) {
                of_value.add(count);
            }
        }
        // Summed up when all are counted.
        if let Some(of_day) = self.due_before.get_mut(place + 1) {
            of_day.add(count);
        }
        count
    }

    fn take_in_customer(&mut self, customer: &Customer, count: Count) {
        let [country, segment] = sort_of(customer);
        for (counts, value) in [
            (&mut self.by_country, country),
            (&mut self.by_segment, segment),
        ] {
            if let Some(value) = value {
                counts.entry(value).or_default().add(count);
            }
        }
    }

    fn summed_up(mut self) -> Self {
        let mut before = Count::default();
        for of_day in &mut self.due_before {
            before.add(*of_day);
            *of_day = before;
        }
        self
    }

    /// What fell due from a day to another, both within.
    fn between(&self, from: NaiveDate, to: NaiveDate) -> Count {
        let before = |day: NaiveDate| {
            let place = DAYS - (self.monday - day).num_days();
            let place = usize::try_from(place.clamp(0, DAYS)).unwrap_or(0);
            self.due_before.get(place).copied().unwrap_or_default()
        };
        before(to + TimeDelta::days(1)).less(before(from))
    }

    /// The same without one invoice, which tells nothing of itself.
    #[must_use]
    pub fn besides(&self, own: Option<&Receivable<'_>>) -> LevelsBesides<'_> {
        let count = own.and_then(|own| self.counted(own)).unwrap_or_default();
        let all = self.all.less(count);
        LevelsBesides {
            levels: self,
            own: count,
            own_due: own.map(|own| own.due_on),
            level: all.share(0.5, 2.0),
            any: all.all > 0,
        }
    }
}

/// [`PaidLevels`] without one invoice.
#[derive(Debug)]
pub struct LevelsBesides<'a> {
    levels: &'a PaidLevels,
    own: Count,
    own_due: Option<NaiveDate>,
    level: f64,
    any: bool,
}

impl LevelsBesides<'_> {
    /// Share late of all; not a number where nothing fell due.
    #[must_use]
    pub const fn all(&self) -> f64 {
        if self.any { self.level } else { f64::NAN }
    }

    fn drawn(&self, count: Count) -> f64 {
        count.share(self.all(), DRAWN)
    }

    fn due(&self, from: NaiveDate, to: NaiveDate) -> Count {
        let is_own = self.own_due.is_some_and(|due| from <= due && due <= to);
        let count = self.levels.between(from, to);
        if is_own { count.less(self.own) } else { count }
    }

    /// Of what fell due in the four weeks before.
    #[must_use]
    pub fn lately(&self) -> f64 {
        let monday = self.levels.monday;
        self.drawn(self.due(monday - TimeDelta::days(LATELY_DAYS), monday))
    }

    /// Of what fell due about a year before a day; not a number where nothing did.
    #[must_use]
    pub fn a_year_before(&self, day: NaiveDate) -> f64 {
        let before = |days: i64| day.checked_sub_signed(TimeDelta::days(days));
        let ends = before(YEAR_DAYS + AROUND_DAYS).zip(before(YEAR_DAYS - AROUND_DAYS));
        let Some((from, to)) = ends else {
            return f64::NAN;
        };
        let count = self.due(from, to);
        if count.all == 0 {
            f64::NAN
        } else {
            self.drawn(count)
        }
    }

    /// Of invoices of a business unit, of a kind of document and on terms; not a number where none is stated.
    #[must_use]
    pub fn of_sort(&self, sort: InvoiceSort) -> [f64; FACTS] {
        let mut shares = [f64::NAN; FACTS];
        let facts = self.levels.by_fact.iter().zip(sort.0);
        for (share, (counts, value)) in shares.iter_mut().zip(facts) {
            if value > 0 {
                let count = counts.get(usize::from(value)).copied().unwrap_or_default();
                *share = self.drawn(count.less(self.own));
            }
        }
        shares
    }

    /// Of customers of the same country and of the same segment; not a number where its record states none.
    #[must_use]
    pub fn of_customer(&self, customer: Option<&Customer>) -> [f64; 2] {
        let [country, segment] = customer.map_or([None, None], sort_of);
        let share = |counts: &HashMap<String, Count>, value: Option<String>| {
            value.map_or(f64::NAN, |value| {
                let count = counts.get(&value).copied().unwrap_or_default();
                self.drawn(count.less(self.own))
            })
        };
        [
            share(&self.levels.by_country, country),
            share(&self.levels.by_segment, segment),
        ]
    }
}

/// What sorts customers, spelling aside.
fn sort_of(customer: &Customer) -> [Option<String>; 2] {
    let country = customer.country.as_ref().map(|one| one.as_str().to_owned());
    let segment = customer.segment.as_deref().map(identifier_key);
    [country, segment.filter(|key| !key.is_empty())]
}

impl Receivables {
    /// How customers pay on the whole, as known on the Monday of the week of a moment. `customer` finds the record
    /// of one at a moment.
    pub(in super::super) fn levels(
        &self,
        as_of: DateTime<Utc>,
        customer: impl Fn(&str, DateTime<Utc>) -> Option<Arc<Customer>>,
    ) -> Arc<PaidLevels> {
        let monday = as_of.date_naive().week(Weekday::Mon).first_day();
        self.levels
            .get_or_make(monday, || self.walked_through(monday, customer))
    }

    fn walked_through(
        &self,
        monday: NaiveDate,
        customer: impl Fn(&str, DateTime<Utc>) -> Option<Arc<Customer>>,
    ) -> PaidLevels {
        let moment = first_moment(monday);
        let mut found = PaidLevels::new(monday);
        for (id, ledger) in self.by_customer.iter() {
            let mut of_customer = Count::default();
            for (at, invoice) in ledger.entries().iter().enumerate() {
                let known = invoice.at(moment);
                // Most are of other years, and need not be looked at closely.
                if known.is_none_or(|state| found.place(state.due_on).is_none()) {
                    continue;
                }
                if let Some(seen) = self.seen(at, invoice, id, moment) {
                    of_customer.add(found.take_in(&Receivable::from(&seen)));
                }
            }
            if of_customer.all > 0
                && let Some(customer) = customer(id, moment)
            {
                found.take_in_customer(&customer, of_customer);
            }
        }
        found.summed_up()
    }

    /// A customer's record became known.
    pub(in super::super) fn customer_changed(&mut self, known_at: DateTime<Utc>) {
        self.levels.change(known_at);
    }
}

/// What was worked out of weeks, by their Monday. A copy goes on with the same.
#[derive(Debug, Default)]
pub(super) struct Weeks {
    kept: Mutex<BTreeMap<NaiveDate, Arc<OnceLock<Arc<PaidLevels>>>>>,
}

impl Clone for Weeks {
    fn clone(&self) -> Self {
        Self {
            kept: Mutex::new(self.lock().clone()),
        }
    }
}

impl Weeks {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<NaiveDate, Arc<OnceLock<Arc<PaidLevels>>>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get_or_make(&self, monday: NaiveDate, make: impl FnOnce() -> PaidLevels) -> Arc<PaidLevels> {
        let cell = {
            let mut kept = self.lock();
            if kept.len() >= KEPT_WEEKS && !kept.contains_key(&monday) {
                kept.pop_first();
            }
            Arc::clone(kept.entry(monday).or_default())
        };
        // Made without the lock, so that nobody waits who asks about another week.
        Arc::clone(cell.get_or_init(|| Arc::new(make())))
    }

    /// Something came in that was known at a moment: what is of a Monday since then does not hold.
    pub(super) fn change(&mut self, known_at: DateTime<Utc>) {
        let kept = self.kept.get_mut().unwrap_or_else(PoisonError::into_inner);
        let is_before = |monday: &NaiveDate| first_moment(*monday) < known_at;
        if kept
            .last_key_value()
            .is_some_and(|(last, _)| !is_before(last))
        {
            kept.retain(|monday, _| is_before(monday));
        }
    }
}

fn first_moment(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}
