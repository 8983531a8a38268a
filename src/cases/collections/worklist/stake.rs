//! What is at stake with an invoice: its money times the days that a contact can move.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::rows::InvoiceRow;
use crate::cases::collections::model::MOVABLE_DAYS;
use crate::domain::Currency;

/// Days overdue from which on an invoice counts at least the days beyond. Near the longest lateness ever seen
/// a forecast says little and beyond it nothing, while what was open for so long does not come by itself.
const OLD_DAYS: f64 = 90.0;
/// Days by which a forecast has to be raised for that to be told.
const NOTABLE_DAYS: f64 = 1.0;

/// Days that an invoice counts at least, with a forecast and without: none sinks for being old, or jumps where
/// the forecasts end.
fn least_days(days_overdue: i64) -> f64 {
    (days_overdue as f64 - OLD_DAYS).clamp(0.0, MOVABLE_DAYS)
}

/// Days that an invoice with a forecast counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Foretold {
    pub(super) days: f64,
    /// Whether they are notably more than they would be by the forecast, for no broken promise is to count
    /// for payment.
    pub(super) promises_aside: bool,
}

impl Foretold {
    /// By the forecast, and by the forecast had no promise been broken, where one was.
    pub(super) fn of(days: f64, had_none_been_broken: Option<f64>, days_overdue: i64) -> Self {
        let own = days.max(least_days(days_overdue));
        let days = had_none_been_broken.map_or(own, |days| days.max(own));
        Self {
            days,
            promises_aside: days - own >= NOTABLE_DAYS,
        }
    }
}

/// Days that invoices with a forecast count on average, by what is asked of them.
pub(super) fn usual_days<'a>(
    counted: impl Iterator<Item = (&'a str, f64)>,
) -> BTreeMap<String, f64> {
    let mut sums = BTreeMap::<String, (f64, f64)>::new();
    for (asked, days) in counted {
        let (sum, count) = sums.entry(asked.to_owned()).or_default();
        *sum += days;
        *count += 1.0;
    }
    let means = sums.into_iter();
    means
        .map(|(asked, (sum, count))| (asked, sum / count))
        .collect()
}

/// What money and days are told by.
#[derive(Debug, Clone, Copy)]
pub(in crate::cases::collections) struct Measures<'a> {
    /// Median open invoice of each currency.
    pub(in crate::cases::collections) amounts: &'a BTreeMap<Currency, f64>,
    /// Days that invoices with a forecast count on average, by what is asked.
    pub(in crate::cases::collections) days: &'a BTreeMap<String, f64>,
}

impl Measures<'_> {
    pub(in crate::cases::collections) fn usual_amount(&self, currency: Currency) -> f64 {
        let usual = self.amounts.get(&currency).copied();
        usual.unwrap_or(1.0).max(1e-9)
    }

    /// Of an amount that counts so many days.
    pub(super) fn stake(&self, open: Decimal, currency: Currency, days: f64) -> f64 {
        open.to_f64().unwrap_or_default() / self.usual_amount(currency) * days
    }

    /// Days of an invoice of which nothing is foretold: those of others of which the same is asked.
    pub(super) fn plain_days(&self, asked: &str, days_overdue: i64) -> f64 {
        let usual = self.days.get(asked).copied().unwrap_or_default();
        usual.max(least_days(days_overdue))
    }

    /// Of an invoice of which nothing was foretold, by these measures.
    pub(in crate::cases::collections) fn plain_stake(&self, one: &InvoiceRow) -> f64 {
        let days = self.plain_days(&one.score_kind, one.days_overdue);
        self.stake(one.open_amount, one.currency, days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_debt_neither_sinks_before_the_forecasts_end_nor_jumps_where_they_do() {
        // What forecasts near their end may say: next to nothing more.
        let scored = |overdue: i64| Foretold::of(0.4, None, overdue).days;
        let days = BTreeMap::from([("open_in_30_days".to_owned(), 20.0)]);
        let measures = Measures {
            amounts: &BTreeMap::new(),
            days: &days,
        };
        let unscored = |overdue: i64| measures.plain_days("open_in_30_days", overdue);
        let ages = [40, 90, 150, 180, 400];
        assert!(ages.map(scored).is_sorted() && ages.map(unscored).is_sorted());
        for overdue in [120, 150, 180, 400] {
            let jump = unscored(overdue + 1) - scored(overdue);
            assert!((0.0..=1.0).contains(&jump), "{overdue}: {jump}");
        }
        assert_eq!((scored(40), scored(150), scored(400)), (0.4, 60.0, 90.0));
        // A forecast that says more holds, and what was foretold of nobody counts as others do.
        assert_eq!(Foretold::of(60.0, None, 20).days, 60.0);
        assert_eq!(unscored(8), 20.0);
        assert_eq!(measures.plain_days("paid_very_late", 98), 8.0);
        assert_eq!(measures.plain_days("paid_late", -8), 0.0);
    }

    #[test]
    fn what_is_usual_is_the_mean_of_those_of_which_the_same_is_asked() {
        let counted = [("late", 2.0), ("very_late", 30.0), ("late", 4.0)];
        let usual = usual_days(counted.into_iter());
        let expected = [("late", 3.0), ("very_late", 30.0)];
        let expected = expected.map(|(asked, days)| (asked.to_owned(), days));
        assert_eq!(usual, BTreeMap::from(expected));
    }

    #[test]
    fn a_broken_promise_raises_days_and_lowers_none() {
        let counted = |had_none_been_broken, overdue| {
            let told = Foretold::of(10.0, had_none_been_broken, overdue);
            (told.days, told.promises_aside)
        };
        assert_eq!(counted(None, 5), (10.0, false));
        assert_eq!(counted(Some(25.0), 5), (25.0, true));
        assert_eq!(counted(Some(4.0), 5), (10.0, false));
        assert_eq!(counted(Some(10.4), 5), (10.4, false), "not worth telling");
        // What is old counts as much without.
        assert_eq!(counted(Some(25.0), 140), (50.0, false));
    }
}
