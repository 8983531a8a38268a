//! The moments of the week at which requests end, where nearly all end at a few: what is paid goes out in
//! runs.
//!
//! Days left move in steps there: who misses a run ends with the next. A learner that counts the runs left
//! has to learn how long the work takes, and not the calendar of the runs besides.

use serde::{Deserialize, Serialize};

use crate::learn::distribution::Curve;

/// Days back over which ends are looked at: runs move now and then.
const LOOKED_BACK: f64 = 84.0;
/// Ends in that time from which they tell anything.
const LEAST_ENDS: usize = 40;
/// Share of ends that an hour of the week must have to be a run's, and that all of them must have.
const OF_A_RUN: f64 = 0.05;
const OF_ALL: f64 = 0.9;
/// Runs of a week at most: what ends at any hour of work ends in none.
const MOST: usize = 4;
/// Minutes of a week.
const WEEK: u16 = 7 * 1440;
/// Days by which an end may come after its run: an hour when clocks change, and what the run takes.
const AFTER: f64 = 1.5 / 24.0;
/// Minutes of a day.
const DAY: f64 = 1440.0;

/// What goes out together, in minutes of the week, from Monday on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Run {
    /// Before it hardly anything ends.
    from: u16,
    /// The middle of its ends.
    middle: u16,
    /// After it hardly anything ends.
    until: u16,
}

/// The runs of a week, in order; empty where requests do not end in runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Runs(Vec<Run>);

impl Runs {
    /// Of the moments at which requests ended: days as of [`super::request::days`], and days since
    /// Monday by the clock of the place.
    #[must_use]
    pub fn of(ends: &[(f64, f64)]) -> Self {
        let last = ends.iter().map(|(at, _)| *at).fold(f64::NAN, f64::max);
        let lately = ends.iter().filter(|(at, _)| *at > last - LOOKED_BACK);
        let mut minutes: Vec<u16> = lately
            .map(|(_, week)| ((week * DAY) as u16).min(WEEK - 1))
            .collect();
        minutes.sort_unstable();
        let of_an_hour = minutes.chunk_by(|one, other| one / 60 == other / 60);
        let all = minutes.len() as f64;
        let runs: Vec<&[u16]> = of_an_hour
            .filter(|ends| ends.len() as f64 >= OF_A_RUN * all)
            .collect();
        let within: usize = runs.iter().map(|ends| ends.len()).sum();
        if minutes.len() < LEAST_ENDS || runs.len() > MOST || (within as f64) < OF_ALL * all {
            return Self::default();
        }
        let run = |ends: &&[u16]| {
            let of = |hundredth: usize| ends.get((ends.len() - 1) * hundredth / 100).copied();
            Some(Run {
                from: of(1)?,
                middle: of(50)?,
                until: of(99)? + 1,
            })
        };
        Self(runs.iter().filter_map(run).collect())
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Days from a moment of the week to the `number`-th run after it, counted from 1.
    #[must_use]
    pub fn days_to(&self, week: f64, number: usize) -> f64 {
        self.run(week, number).map_or(f64::NAN, |(run, monday)| {
            monday + f64::from(run.middle) / DAY
        })
    }

    /// The run, and the days from the moment to its Monday.
    fn run(&self, week: f64, number: usize) -> Option<(&Run, f64)> {
        let at = (self.passed(week) as usize + number).checked_sub(1)?;
        let run = self.0.get(at % self.0.len().max(1))?;
        Some((run, 7.0 * (at / self.0.len()) as f64 - week))
    }

    /// Runs from a moment of the week until so many days later: of an end, the one it came with among
    /// them.
    #[must_use]
    pub fn within(&self, week: f64, days: f64) -> f64 {
        (self.passed(week + days + AFTER) - self.passed(week)).max(0.0)
    }

    /// Runs since the Monday before.
    fn passed(&self, week: f64) -> f64 {
        let turns = (week / 7.0).floor();
        let minute = (week - 7.0 * turns) * DAY;
        let of_the_week = self
            .0
            .partition_point(|run| f64::from(run.middle) <= minute);
        turns * self.0.len() as f64 + of_the_week as f64
    }

    /// Days left, told by the number of runs left, asked at a moment of the week.
    #[must_use]
    pub fn days(&self, runs_left: &Curve, most: f64, week: f64) -> Curve {
        let most = most.max(1.0) as usize;
        let (mut points, mut together) = (Vec::with_capacity(2 * most), Vec::new());
        let mut before = 1.0;
        for number in 1..=most {
            let Some((run, monday)) = self.run(week, number) else {
                break;
            };
            let at = |minute: u16| monday + f64::from(minute) / DAY;
            let above = runs_left.above(number as f64);
            points.extend([(at(run.from), before), (at(run.until), above)]);
            together.push((at(run.from) - AFTER, at(run.until) + AFTER));
            before = above;
        }
        Curve::measured(points, together)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::super::facts::{FactNames, Scope};
    use super::super::features::NAMES;
    use super::*;

    /// Mondays at 17:31 and Thursdays at 17:31, for twelve weeks.
    fn ends() -> Vec<(f64, f64)> {
        let end = |week: f64, day: f64| {
            let of_week = day + (17.0 * 60.0 + 31.0) / 1440.0;
            (18_627.0 + 7.0 * week + of_week, of_week)
        };
        let weeks = (0..12).map(f64::from);
        weeks
            .flat_map(|week| [0.0, 3.0, 3.0, 0.0].map(|day| end(week, day)))
            .collect()
    }

    #[test]
    fn runs_are_found_where_nearly_all_ends_fall_on_them() {
        let runs = Runs::of(&ends());
        let run = |day: u16| Run {
            from: day * 1440 + 1051,
            middle: day * 1440 + 1051,
            until: day * 1440 + 1052,
        };
        assert_eq!(runs, Runs(vec![run(0), run(3)]));
        let mut scattered = ends();
        for (number, (_, week)) in scattered.iter_mut().step_by(5).enumerate() {
            *week = number as f64 / 2.0;
        }
        assert!(Runs::of(&scattered).is_empty());
        assert!(Runs::of(&ends()[..20]).is_empty());
        assert!(Runs::of(&[]).is_empty());
        // What ends at any hour of any day.
        let always: Vec<(f64, f64)> = (0..2000_i32)
            .map(|hour| (f64::from(hour) / 24.0, f64::from(hour % 168) / 24.0))
            .collect();
        assert!(Runs::of(&always).is_empty());
    }

    #[test]
    fn an_end_is_counted_with_its_run_though_the_clocks_were_changed() {
        let runs = Runs::of(&ends());
        let monday_noon = 0.5;
        let first = runs.days_to(monday_noon, 1);
        assert!((first - 331.0 / 1440.0).abs() < 1e-9);
        for (days, count) in [
            (first, 1.0),
            (first - 1.0 / 24.0, 1.0),
            (first + 1.0 / 24.0, 1.0),
            (first + 3.0, 2.0),
            (first + 7.0, 3.0),
            (0.1, 0.0),
        ] {
            assert_eq!(runs.within(monday_noon, days), count, "{days}");
        }
    }

    #[test]
    fn days_follow_from_runs() {
        let runs = Runs::of(&ends());
        // One, two or three runs left.
        let points = vec![(0.0, 1.0), (1.0, 0.6), (2.0, 0.2), (3.0, 0.0)];
        let left = Curve::measured(points, Vec::new());
        let days = runs.days(&left, 3.0, 0.5);
        let first = runs.days_to(0.5, 1);
        assert_eq!(days.above(0.0), 1.0);
        assert!((days.above(first + 0.01) - 0.6).abs() < 1e-9);
        assert!((days.above(first + 2.9) - 0.6).abs() < 1e-9);
        assert!((days.above(first + 3.01) - 0.2).abs() < 1e-9);
        assert!((days.quantile(0.5) - (first + 3.0)).abs() < 2.0 / DAY);
        assert_eq!(days.above(first + 7.01), 0.0);
        // All of a run is in an interval, or nothing.
        let (low, high) = days.between(0.45, 0.55);
        assert!((low - (first + 3.0 - AFTER)).abs() < 2.0 / DAY);
        assert!((high - (first + 3.0 + AFTER)).abs() < 3.0 / DAY);
    }

    #[test]
    fn the_moment_of_the_week_stands_where_it_is_looked_for() {
        assert_eq!(
            NAMES.get(super::super::features::TIME_OF_WEEK),
            Some(&"time_of_week")
        );
        for scope in [Scope::EveryStep, Scope::OneStep, Scope::FirstStep] {
            let names = FactNames {
                scope,
                ..FactNames::default()
            };
            let features = names.features();
            assert_eq!(
                features[super::super::features::TIME_OF_WEEK],
                "time_of_week"
            );
        }
    }

    proptest! {
        #[test]
        fn runs_ahead_rise_and_are_counted(week in 0.0..7.0f64, number in 1..30_usize) {
            let runs = Runs::of(&ends());
            let (this, next) = (runs.days_to(week, number), runs.days_to(week, number + 1));
            prop_assert!(this > 0.0 && next > this + 2.9);
            prop_assert_eq!(runs.within(week, this), number as f64);
        }
    }
}
