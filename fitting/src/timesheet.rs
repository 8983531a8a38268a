//! Late sheets of a team and period, and of one sheet, from the firm's own past.

use std::sync::Arc;

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use scrutineer::cases::timesheet::features;
use scrutineer::cases::timesheet::{SHEET_NAMES, TOLERATED_PERCENT, TeamPeriod};
use scrutineer::history::{Facts, FactsAsOf, History as _, WorkAsOf};

use crate::boost::BoostParams;
use crate::collections::moment;
use crate::distribution::{DistributionPlan, Learners, OwnShare};
use crate::sample::GOLDEN;

/// Days before [`TeamPeriod::asked_at`] in which sheets begin to come in.
const LAST_DAYS: TimeDelta = TimeDelta::days(2);
/// Time before the first sheet is due at which a period is looked at for the last time.
const BEFORE_DUE: TimeDelta = TimeDelta::hours(2);
const DAYS_OF_A_WEEK: i32 = 7;

/// Where in its course a period is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// At the first moment of its first day.
    FirstDay,
    /// At any hour from then to [`Self::Asked`].
    Running,
    /// At any hour of the last two days before [`Self::Asked`].
    LastDays,
    /// When a backtest asks: [`TeamPeriod::asked_at`].
    Asked,
    /// At any hour from then to [`Self::BeforeDue`].
    Closing,
    /// Two hours before the first sheet is due.
    BeforeDue,
}

impl Moment {
    /// Every one, in the order of a period's course.
    pub const ALL: [Self; 6] = [
        Self::FirstDay,
        Self::Running,
        Self::LastDays,
        Self::Asked,
        Self::Closing,
        Self::BeforeDue,
    ];

    /// What figures call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FirstDay => "first_day",
            Self::Running => "running",
            Self::LastDays => "last_days",
            Self::Asked => "asked",
            Self::Closing => "closing",
            Self::BeforeDue => "before_due",
        }
    }
}

/// The moments at which a period is looked at, in order of time, so that a forecast can be asked for at any
/// of them: from its first day on, and before the first of its sheets is due. A short one has fewer.
///
/// How much of what is missing will be late depends on the hour: on a Monday nothing is in, and on the
/// morning when sheets are due most of what is not will be late. Some moments therefore fall on other hours from one
/// period to the next, so that every hour of a week was looked at.
#[must_use]
pub fn moments(period: &TeamPeriod) -> Vec<(Moment, DateTime<Utc>)> {
    let (first_day, asked_at) = (moment(period.start), period.asked_at());
    let last_days = first_day.max(asked_at - LAST_DAYS);
    let before_due = period.first_due_at() - BEFORE_DUE;
    let turn = f64::from(period.end.num_days_from_ce() / DAYS_OF_A_WEEK) * GOLDEN;
    let running = between(first_day, asked_at, turn);
    let in_last_days = between(last_days, asked_at, turn + 1.0 / 3.0);
    let closing = between(asked_at, before_due, turn + 2.0 / 3.0);
    let earlier = [
        (Moment::FirstDay, first_day),
        (Moment::Running, running),
        (Moment::LastDays, in_last_days),
    ];
    let earlier = earlier.into_iter().filter(|(_, on)| *on < asked_at);
    let mut moments: Vec<(Moment, DateTime<Utc>)> = earlier.collect();
    moments.extend([
        (Moment::Asked, asked_at),
        (Moment::Closing, closing),
        (Moment::BeforeDue, before_due),
    ]);
    moments.sort_by_key(|(_, on)| *on);
    moments.dedup_by_key(|(_, on)| *on);
    moments
}

/// A whole minute between two moments, at what is left of a number without its whole part.
fn between(from: DateTime<Utc>, to: DateTime<Utc>, turn: f64) -> DateTime<Utc> {
    let minutes = (to - from).num_minutes() as f64 * turn.fract();
    from + TimeDelta::minutes(minutes as i64)
}

/// How the share of late sheets is fitted, in sheets of a hundred.
///
/// # Errors
/// Parameters out of range.
pub fn plan() -> anyhow::Result<DistributionPlan> {
    let boost = BoostParams {
        trees: 140,
        depth: 4,
        leaves: 7,
        learning_rate: 0.05,
        l2: 10.0,
        least_cover: 4.0,
        bins: 64,
        row_share: 0.7,
        column_share: 0.4,
        seed: 13,
    };
    Ok(DistributionPlan {
        features: features::NAMES.map(str::to_owned).to_vec(),
        whole: true,
        thresholds: 12,
        required: vec![0.0, TOLERATED_PERCENT],
        coverage: 0.8,
        groups: (features::HISTORY, vec![12.0, 52.0]),
        boost: boost.check()?,
        learners: Learners::Either,
        own: Some(OwnShare::plain("late_share")),
    })
}

/// How days late of one sheet are fitted; zero and less is in time.
///
/// # Errors
/// Parameters out of range.
pub fn sheet_plan() -> anyhow::Result<DistributionPlan> {
    Ok(DistributionPlan {
        features: SHEET_NAMES.map(str::to_owned).to_vec(),
        required: vec![0.0],
        thresholds: 6,
        groups: (0, vec![12.0]),
        own: Some(OwnShare::plain("own_late_share")),
        ..plan()?
    })
}

/// What is known at a moment.
#[must_use]
pub fn known(facts: &Arc<Facts>, at: DateTime<Utc>) -> WorkAsOf {
    FactsAsOf::new(Arc::clone(facts), at).work()
}

#[cfg(test)]
mod tests {
    use chrono::{Days, NaiveDate};
    use scrutineer::history::KnownSheet;

    use super::*;

    /// A period of one sheet, due so many hours after its last day began.
    fn period(start: &str, days: u64, due: i64) -> TeamPeriod {
        let start: NaiveDate = start.parse().unwrap();
        let end = start + Days::new(days - 1);
        let sheet = KnownSheet {
            id: "s".to_owned(),
            employee: "e".to_owned(),
            team: None,
            period_start: start,
            period_end: end,
            due_at: moment(end) + TimeDelta::hours(due),
            submitted_at: None,
            approved_at: None,
            approver: None,
            hours: None,
            planned_hours: None,
            away: Vec::new(),
            projects: Vec::new(),
        };
        TeamPeriod {
            start,
            end,
            sheets: vec![Arc::new(sheet)],
        }
    }

    #[test]
    fn a_week_is_looked_at_from_its_first_day_until_its_sheets_are_due() {
        let mut hours = Vec::new();
        for week in 0..20_u64 {
            let monday = NaiveDate::from_ymd_opt(2026, 1, 5).unwrap() + Days::new(7 * week);
            let week = period(&monday.to_string(), 7, 34);
            let looked = moments(&week);
            assert_eq!(looked[0], (Moment::FirstDay, moment(monday)));
            assert!(looked.contains(&(Moment::Asked, week.asked_at())));
            let last = week.first_due_at() - TimeDelta::hours(2);
            assert_eq!(looked[looked.len() - 1], (Moment::BeforeDue, last));
            assert!(looked.is_sorted_by(|(_, on), (_, next)| on < next));
            assert_eq!(looked.len(), Moment::ALL.len());
            let running = looked.iter().find(|(moment, _)| *moment == Moment::Running);
            hours.push((running.unwrap().1 - moment(monday)).num_hours());
        }
        // On every one of its days until its last, and never twice at the same hour.
        let days: std::collections::BTreeSet<i64> = hours.iter().map(|hour| hour / 24).collect();
        assert_eq!(days.into_iter().collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
        hours.sort_unstable();
        hours.dedup();
        assert_eq!(hours.len(), 20);
    }

    #[test]
    fn a_short_period_and_one_due_before_it_begins_are_looked_at_less_often() {
        let named = |period: &TeamPeriod| -> Vec<Moment> {
            let moments = moments(period).into_iter();
            moments.map(|(moment, _)| moment).collect()
        };
        let late = [Moment::Asked, Moment::Closing, Moment::BeforeDue];
        // A day alone, and a week whose sheets are due on the day before it.
        assert_eq!(named(&period("2026-03-02", 1, 34)), late);
        assert_eq!(named(&period("2026-03-02", 7, -168)), late);
    }
}
