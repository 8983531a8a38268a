//! What a customer's other invoices say on a day, worked out once for all questions of the day.

use chrono::{Datelike as _, NaiveDate};

use super::features::Subject;
use super::similarity;
use crate::cases::numbers::{HalfLife, days, flag, log_amount, mean, weighed};
use crate::domain::Currency;
use crate::domain::records::CustomerInvoiceStatus;
use crate::history::{Receivable, ReceivablesAsOf};

/// Payments looked back at, the latest: bounds time for a customer with many.
const MAX_SETTLED: usize = 2_000;
/// Lateness counted at most, early and late, so that one forgotten invoice does not
/// outweigh a year of payments.
const EARLIEST: f64 = -30.0;
const LATEST: f64 = 60.0;
/// Age at which a payment, and what fell due, counts half in what is recent.
static PAID: HalfLife = HalfLife::days(60.0);
static FELL_DUE: HalfLife = HalfLife::days(20.0);

/// A payment of the past, seen from today; small, since a firm has millions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settled {
    /// Monday is 0.
    pub(super) due_weekday: u8,
    pub(super) due_day: u8,
    currency: Currency,
    /// Days late, as they were.
    late: i32,
    /// Natural logarithm of the amount, in its currency.
    log_amount: f64,
    /// What it counts among those that are like another.
    pub(super) weight: f64,
}

/// What is neither paid nor said to be, seen from today.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open {
    place: usize,
    pub(super) due_on: NaiveDate,
    /// What is not yet paid of it.
    pub(super) amount: f64,
    pub(super) currency: Currency,
}

/// An invoice whose due date has passed, paid or not.
#[derive(Debug, Clone, Copy)]
struct Due {
    place: u32,
    /// Days, as they are counted.
    late: i8,
    /// Days since.
    age: u32,
}

/// What invoices say of how their customer pays.
#[derive(Debug)]
pub(super) struct Past {
    /// The latest payments, oldest first.
    pub(super) settled: Vec<Settled>,
    /// How the customer has paid so far.
    pub(super) habits: [f64; 7],
    /// Share late, and days late, of all that is settled.
    pub(super) late_share: f64,
    level: f64,
    /// Days of payment of the last three months, their mean distance, and the usual weekday.
    payment_days: f64,
    payment_gap: f64,
    usual_weekday: Option<u32>,
    /// How many were due on each weekday, how many of them were late, and by how many days in all.
    by_weekday: [(f64, f64, f64); 7],
    open: Vec<Open>,
    due: Vec<Due>,
    /// Days on which each of all is due, with its place.
    due_days: Vec<(NaiveDate, u32)>,
}

impl Settled {
    /// Days late.
    pub(super) fn late(&self) -> f64 {
        f64::from(self.late)
    }

    /// Natural logarithm of the amount; missing in another currency.
    pub(super) fn amount(&self, currency: Currency) -> f64 {
        if self.currency == currency {
            self.log_amount
        } else {
            f64::NAN
        }
    }

    fn of(paid: &Receivable<'_>, today: NaiveDate) -> Option<Self> {
        Some(Self {
            due_weekday: paid.due_on.weekday().num_days_from_monday() as u8,
            due_day: paid.due_on.day() as u8,
            currency: paid.currency,
            late: i32::try_from(paid.days_late()?).ok()?,
            log_amount: log_amount(paid.amount),
            weight: similarity::weight(paid.due_on, today),
        })
    }
}

impl Past {
    /// Of all invoices but one.
    pub(super) fn without(ledger: &ReceivablesAsOf, except: Option<usize>) -> Self {
        let today = ledger.today();
        let mut all = Vec::with_capacity(ledger.len());
        // A credit or what was withdrawn is no debt: nobody was late with it.
        all.extend(
            ledger
                .iter()
                .filter(|one| Some(one.place) != except && one.is_collectable()),
        );
        let paid = settled(&all);
        let settled = paid.iter().filter_map(|paid| Settled::of(paid, today));
        let settled: Vec<Settled> = settled.collect();
        let late = |paid: &Settled| flag(paid.late() > 0.0);
        let mut by_weekday = [(0.0, 0.0, 0.0); 7];
        for paid in &settled {
            if let Some((count, lates, total)) = by_weekday.get_mut(usize::from(paid.due_weekday)) {
                *count += 1.0;
                *lates += late(paid);
                *total += bounded(paid.late());
            }
        }
        let cleared: Vec<NaiveDate> = paid.iter().filter_map(|paid| paid.cleared_on).collect();
        let (payment_days, payment_gap) = payment_days(&cleared, today);
        let mut due_days: Vec<_> = all
            .iter()
            .map(|one| (one.due_on, one.place as u32))
            .collect();
        due_days.sort_unstable();
        Self {
            habits: habits(&settled, &cleared, today),
            late_share: mean(settled.iter().map(late)),
            level: mean(settled.iter().map(|paid| bounded(paid.late()))),
            payment_days,
            payment_gap,
            usual_weekday: usual_weekday(&cleared),
            by_weekday,
            open: all.iter().filter(|one| is_open(one)).map(open).collect(),
            due: due(&all, today),
            due_days,
            settled,
        }
    }

    /// What is open besides the invoice at a place.
    pub(super) fn open_besides(&self, own: Option<usize>) -> impl Iterator<Item = &Open> {
        self.open.iter().filter(move |one| Some(one.place) != own)
    }

    /// How many are due on a day, besides the invoice at a place.
    pub(super) fn due_on(&self, day: NaiveDate, own: Option<usize>) -> f64 {
        let from = self.due_days.partition_point(|(due_on, _)| *due_on < day);
        let same = self.due_days.iter().skip(from);
        let same = same.take_while(|(due_on, _)| *due_on == day);
        same.filter(|(_, place)| Some(*place as usize) != own)
            .count() as f64
    }

    /// What is known of every invoice whose due date has passed, paid or not, but the one at a place:
    /// share late and days late of recent ones, and share late of those of two months.
    pub(super) fn already_due(&self, own: Option<usize>) -> [f64; 3] {
        let is_other = |one: &&Due| Some(one.place as usize) != own;
        let others = || self.due.iter().filter(is_other);
        let recent = |one: &Due| FELL_DUE.at(f64::from(one.age));
        let lately = others().filter(|one| one.age <= 60);
        [
            weighed(others().map(|one| (flag(one.late > 0), recent(one)))),
            weighed(others().map(|one| (f64::from(one.late), recent(one)))),
            mean(lately.map(|one| flag(one.late > 0))),
        ]
    }

    /// On which days the customer pays: how many of them lately, how far apart, and days from the due
    /// date to the usual weekday.
    pub(super) fn rhythm(&self, due_on: NaiveDate) -> [f64; 3] {
        let weekday = due_on.weekday().num_days_from_monday();
        let until = self.usual_weekday.map(|usual| (usual + 7 - weekday) % 7);
        [
            self.payment_days,
            self.payment_gap,
            until.map_or(f64::NAN, f64::from),
        ]
    }

    /// Lateness of invoices due on the same weekday, and of those of a like amount, drawn
    /// towards the customer's own level where there are few.
    pub(super) fn same_sort(&self, subject: &Subject<'_>, amount: f64) -> [f64; 3] {
        const DRAWN: f64 = 2.0;
        let weekday = subject.due_on.weekday().num_days_from_monday() as usize;
        let same = self.by_weekday.get(weekday).copied();
        let (count, late, total) = same.unwrap_or_default();
        let like = self.settled.iter().filter_map(|paid| {
            let apart = (paid.amount(subject.currency) - amount).abs();
            (!apart.is_nan()).then(|| (flag(paid.late() > 0.0), (-apart).exp()))
        });
        [
            (late + DRAWN * self.late_share) / (count + DRAWN),
            (total + DRAWN * self.level) / (count + DRAWN),
            weighed(like),
        ]
    }
}

/// The latest that were paid, oldest payment first.
fn settled<'a>(all: &[Receivable<'a>]) -> Vec<Receivable<'a>> {
    let paid = all.iter().rev().filter(|one| one.cleared_on.is_some());
    let mut settled: Vec<Receivable<'_>> = paid.take(MAX_SETTLED).copied().collect();
    settled.sort_by_key(|paid| (paid.cleared_on, paid.due_on));
    settled
}

fn habits(settled: &[Settled], cleared: &[NaiveDate], today: NaiveDate) -> [f64; 7] {
    let late = |paid: &Settled| flag(paid.late() > 0.0);
    let age = |day: &NaiveDate| days(*day, today);
    let recent = || cleared.iter().map(|day| PAID.at(age(day)));
    let level = mean(settled.iter().map(|paid| bounded(paid.late())));
    let spread = mean(
        settled
            .iter()
            .map(|paid| (bounded(paid.late()) - level).powi(2)),
    );
    let last = settled.last();
    [
        settled.len() as f64,
        mean(settled.iter().map(late)),
        weighed(settled.iter().map(late).zip(recent())),
        weighed(
            settled
                .iter()
                .map(|paid| bounded(paid.late()))
                .zip(recent()),
        ),
        spread.sqrt(),
        last.map_or(f64::NAN, |paid| bounded(paid.late())),
        cleared.last().map_or(f64::NAN, age),
    ]
}

fn due(all: &[Receivable<'_>], today: NaiveDate) -> Vec<Due> {
    let passed = all
        .iter()
        .filter(|one| one.due_on < today && !one.is_paid_some_day());
    let due = passed.map(|one| {
        let age = days(one.due_on, today);
        // Unpaid by now is late by so much at least.
        let late = one.days_late().map_or(age, |late| late as f64);
        Due {
            place: one.place as u32,
            late: bounded(late) as i8,
            age: age as u32,
        }
    });
    due.collect()
}

/// On how many days of the last three months money came, and how far they lie apart.
fn payment_days(cleared: &[NaiveDate], today: NaiveDate) -> (f64, f64) {
    let lately = cleared.iter().filter(|day| days(**day, today) <= 90.0);
    let mut payment_days: Vec<NaiveDate> = lately.copied().collect();
    payment_days.dedup();
    let gaps = payment_days.windows(2).filter_map(|pair| match pair {
        [a, b] => Some(days(*a, *b)),
        _ => None,
    });
    (payment_days.len() as f64, mean(gaps))
}

/// The weekday on which most money came; Monday is 0.
fn usual_weekday(cleared: &[NaiveDate]) -> Option<u32> {
    let mut by_weekday = [0_u32; 7];
    for day in cleared {
        let at = day.weekday().num_days_from_monday() as usize;
        if let Some(count) = by_weekday.get_mut(at) {
            *count += 1;
        }
    }
    // The first of equals, so that the answer does not hang on an order.
    let usual = (0..7_u32)
        .zip(by_weekday)
        .max_by_key(|(at, count)| (*count, 7 - at));
    usual
        .filter(|(_, count)| *count > 0)
        .map(|(usual, _)| usual)
}

/// What was given up is owed no more.
fn is_open(one: &Receivable<'_>) -> bool {
    one.cleared_on.is_none()
        && !one.is_paid_some_day()
        && one.status != Some(CustomerInvoiceStatus::WrittenOff)
}

fn open(one: &Receivable<'_>) -> Open {
    Open {
        place: one.place,
        due_on: one.due_on,
        amount: one.open_amount,
        currency: one.currency,
    }
}

const fn bounded(late: f64) -> f64 {
    late.clamp(EARLIEST, LATEST)
}
