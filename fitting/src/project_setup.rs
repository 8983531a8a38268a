//! Days that requests still take, and whether they come late, from the firm's own past.

use anyhow::ensure;
use scrutineer::cases::project_setup::{AskedRow, FactNames, Request, Runs, Scope, features};
use scrutineer::learn::distribution::{Curve, Distribution, Level};

use crate::boost::BoostParams;
use crate::distribution::{
    DistributionPlan, Example, LEAST_EXAMPLES, LEAST_OF_A_SIDE, Learners, Outcome, OwnShare,
};
use crate::sample::spread;

/// Thresholds of days left.
const THRESHOLDS: usize = 30;
/// Share of others like a request that came late, where that is looked at.
const LIKE_LATE: &str = "like_late_share";
/// Runs within which half of what is left has to end for runs to be counted.
const FEW_RUNS: f64 = 4.0;
/// Steps fitted on, at most: bounds the time of a fit. Of more, evenly spread ones are taken.
const MOST_STEPS: usize = 40_000;
/// Complete requests needed to say anything.
pub const LEAST_REQUESTS: usize = 40;
/// Requests that came late, and such that did not, needed to tell one from the other.
pub const LEAST_OF_EACH: usize = 5;

/// What is fitted of a firm's requests.
#[derive(Debug, Clone)]
pub struct Forecaster {
    /// Facts that the features are made from.
    pub names: FactNames,
    /// Days left, or runs where requests end in such: what the service answers by.
    pub left: Distribution,
    /// Whether a request comes late, asked by itself: what the service does not have. None where
    /// too few did, or too few did not.
    pub late: Option<Level>,
}

/// What was foretold of one step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Foretold {
    /// Days left, in the middle.
    pub median: f64,
    /// Days left that are passed below with a tenth of probability, as far as intervals go.
    pub low: f64,
    /// The same above.
    pub high: f64,
    /// Probability of taking longer than until the moment due, as the service gives it; none
    /// where nothing is due.
    pub late: Option<f64>,
    /// Probability of coming late as a classifier of that alone gives it, which the service does
    /// not have.
    pub late_by_itself: Option<f64>,
}

impl Forecaster {
    /// Fits on what was known at a moment: rows of steps taken before it, in order of time.
    ///
    /// # Errors
    /// Too few complete requests or steps, too few that came late or that did not, days that are
    /// always the same, or what the booster refuses.
    pub fn fit(
        names: FactNames,
        requests: &[&Request],
        rows: &[AskedRow],
        known: f64,
    ) -> anyhow::Result<Self> {
        let complete = requests
            .iter()
            .filter(|request| request.ended.is_some_and(|ended| ended < known))
            .count();
        ensure!(
            complete >= LEAST_REQUESTS,
            "{complete} complete requests are too few; {LEAST_REQUESTS} are needed"
        );
        for (wanted, what) in [(true, "late"), (false, "in time")] {
            let told = requests.iter().filter_map(|request| request.late());
            let of_those = told.filter(|(late, at)| *late == wanted && *at < known);
            let count = of_those.count();
            ensure!(
                count >= LEAST_OF_EACH,
                "{count} requests that came {what} are too few; {LEAST_OF_EACH} are needed"
            );
        }
        let before: Vec<&AskedRow> = rows.iter().filter(|row| row.at < known).collect();
        let sampled: Vec<&AskedRow> = spread(before.len(), MOST_STEPS)
            .filter_map(|at| before.get(at).copied())
            .collect();
        let names = FactNames {
            in_runs: !names.runs.is_empty() && ends_soon(&names.runs, requests, &sampled, known),
            ..names
        };
        let left = examples(&names, requests, &sampled, known);
        ensure!(
            left.len() >= LEAST_EXAMPLES,
            "{} steps are too few; {LEAST_EXAMPLES} are needed",
            left.len()
        );
        let late: Vec<Example> = sampled
            .iter()
            .filter_map(|row| {
                let request = requests.get(row.request)?;
                Some(example(row, lateness(row, request, known)?))
            })
            .collect();
        Ok(Self {
            left: days_plan(&names)?.fit(&left)?,
            late: lateness_level(&names, &late)?,
            names,
        })
    }

    /// The curve of the days left to the request of a row.
    #[must_use]
    pub fn days_left(&self, row: &[f64]) -> Curve {
        self.names.days_left(&self.left, row)
    }

    /// What a row says of a request that is due in so many days, if it is.
    #[must_use]
    pub fn foretell(&self, row: &[f64], due_in: Option<f64>) -> Foretold {
        let curve = self.days_left(row);
        let (low, high) = self.left.interval(row, &curve);
        Foretold {
            median: curve.quantile(0.5),
            low,
            high,
            late: due_in.map(|days| curve.above(days)),
            late_by_itself: self.late.as_ref().map(|level| level.probability(row)),
        }
    }
}

fn examples(
    names: &FactNames,
    requests: &[&Request],
    rows: &[&AskedRow],
    known: f64,
) -> Vec<Example> {
    let told = rows.iter().filter_map(|row| {
        let left = days_left(row, requests.get(row.request)?, known);
        Some(example(
            row,
            left.told_in(|days| names.counted(&row.row, days)),
        ))
    });
    told.collect()
}

/// Whether half of what is left ends with one of the next few runs. Where most waits for longer, the days
/// between two runs are little beside all, and days are foretold as well.
fn ends_soon(runs: &Runs, requests: &[&Request], rows: &[&AskedRow], known: f64) -> bool {
    let counted = rows.iter().filter_map(|row| {
        let ended = requests.get(row.request)?.ended?;
        let week = features::time_of_week(&row.row);
        (ended < known).then(|| runs.within(week, ended - row.at))
    });
    let (soon, later): (Vec<f64>, Vec<f64>) = counted.partition(|runs| *runs <= FEW_RUNS);
    soon.len() > later.len()
}

fn example(row: &AskedRow, outcome: Outcome) -> Example {
    Example {
        group: Some(row.request),
        ..Example::new(row.row.clone(), outcome, row.at)
    }
}

/// Days left as known at a moment; not over by then, or by when it was given up, is so many at
/// least.
fn days_left(row: &AskedRow, request: &Request, known: f64) -> Outcome {
    let before = request.ended.filter(|ended| *ended < known);
    let watched = request.watched_until(known) - row.at;
    Outcome::watched(before.map(|ended| ended - row.at), watched)
}

/// Above 0 for late, as far as it was known at a moment. A request still open when it is due
/// is late; one that ended early is only counted once its day has passed, as those that came
/// late are.
fn lateness(row: &AskedRow, request: &Request, known: f64) -> Option<Outcome> {
    let (late, at) = request.late_at(row.event)?;
    (at < known).then(|| Outcome::known(if late { 1.0 } else { -1.0 }))
}

/// Whether a request comes late, asked by itself; none of too few steps of either outcome.
fn lateness_level(names: &FactNames, late: &[Example]) -> anyhow::Result<Option<Level>> {
    let count = |side: bool| {
        let of_those = late
            .iter()
            .filter(|one| one.outcome.above(0.0) == Some(side));
        of_those.count()
    };
    if count(true).min(count(false)) < LEAST_OF_A_SIDE {
        return Ok(None);
    }
    Ok(Some(late_plan(names)?.fit_level(late, 0.0)?))
}

fn days_plan(names: &FactNames) -> anyhow::Result<DistributionPlan> {
    // Of one step of each request there are few rows, which fewer columns at a time fit less closely.
    let (trees, learning_rate, column_share) = match names.scope {
        Scope::EveryStep => (160, 0.06, 0.5),
        Scope::OneStep | Scope::FirstStep => (120, 0.08, 0.3),
    };
    let boost = BoostParams {
        trees,
        depth: 8,
        leaves: 15,
        learning_rate,
        l2: 10.0,
        least_cover: 10.0,
        bins: 128,
        row_share: 0.7,
        column_share,
        seed: 11,
    };
    Ok(DistributionPlan {
        features: names.features(),
        whole: names.in_runs,
        thresholds: THRESHOLDS,
        required: Vec::new(),
        coverage: 0.8,
        groups: groups(&names.features()),
        boost: boost.check()?,
        learners: Learners::Either,
        own: None,
    })
}

/// Quick stages and slow ones, where the history by step is looked at.
fn groups(features: &[String]) -> (usize, Vec<f64>) {
    let usual = features
        .iter()
        .position(|name| name == features::USUAL_LEFT);
    usual.map_or((0, Vec::new()), |usual| (usual, vec![3.0, 10.0, 30.0]))
}

fn late_plan(names: &FactNames) -> anyhow::Result<DistributionPlan> {
    let boost = BoostParams {
        trees: 300,
        depth: 6,
        leaves: 8,
        learning_rate: 0.04,
        l2: 20.0,
        least_cover: 3.0,
        bins: 128,
        row_share: 0.6,
        column_share: 0.3,
        seed: 11,
    };
    let days = days_plan(names)?;
    Ok(DistributionPlan {
        boost: boost.check()?,
        own: days
            .features
            .iter()
            .any(|name| name == LIKE_LATE)
            .then(|| OwnShare::plain(LIKE_LATE)),
        ..days
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use scrutineer::eventlog::{Attributes, Trace};

    use super::*;

    /// A request due on the 10th day and given up on the 3rd.
    fn given_up() -> Request {
        Request {
            given_up: Some(3.0),
            due: Some(10.0),
            ..Request::finished(Trace {
                id: Arc::from("c"),
                attributes: Attributes::new(),
                events: Vec::new(),
            })
        }
    }

    fn row(at: f64) -> AskedRow {
        AskedRow {
            request: 0,
            event: 0,
            at,
            row: Vec::new(),
        }
    }

    #[test]
    fn what_was_given_up_tells_nothing_of_the_days_after() {
        let request = given_up();
        // Two years on, it is known to have taken two days more and no longer.
        let left = days_left(&row(1.0), &request, 730.0);
        assert_eq!((left.quantity(), left.number()), (None, 2.0));
        assert_eq!([1.5, 2.5].map(|days| left.above(days)), [Some(true), None]);
        assert_eq!(lateness(&row(1.0), &request, 730.0), None);
        // Before it was given up nobody knew that it would be.
        assert_eq!(days_left(&row(1.0), &request, 2.0).number(), 1.0);
        // Where it was due by then it came late.
        let due = Request {
            due: Some(2.0),
            ..request
        };
        let late = lateness(&row(1.0), &due, 730.0);
        assert_eq!(late, Some(Outcome::known(1.0)));
    }

    #[test]
    fn those_like_it_are_looked_at_alone_where_they_are_looked_at() {
        let own = |scope| {
            late_plan(&FactNames::default().asked(scope, true))
                .unwrap()
                .own
        };
        assert!(own(Scope::EveryStep).is_some() && own(Scope::FirstStep).is_none());
    }

    #[test]
    fn lateness_by_itself_needs_steps_of_either_outcome_and_hides_no_other_failure() {
        let names = FactNames::default();
        let steps = |late: usize, columns: usize| -> Vec<Example> {
            let step = |at: usize| {
                let row = AskedRow {
                    row: vec![at as f64; columns],
                    ..row(0.0)
                };
                example(&row, Outcome::known(if at < late { 1.0 } else { -1.0 }))
            };
            (0..60).map(step).collect()
        };
        let columns = names.features().len();
        let fitted = |late: usize, columns: usize| lateness_level(&names, &steps(late, columns));
        for few in [0, LEAST_OF_A_SIDE - 1, 60] {
            assert!(fitted(few, columns).unwrap().is_none(), "{few}");
        }
        assert!(fitted(30, columns).unwrap().is_some());
        assert!(fitted(30, columns + 1).is_err());
    }

    #[test]
    fn what_public_protocols_count_as_never_done_takes_for_ever_and_is_late() {
        let request = Request {
            never_done: true,
            ..given_up()
        };
        let left = days_left(&row(1.0), &request, 730.0);
        assert_eq!(left.above(700.0), Some(true));
        let late = lateness(&row(1.0), &request, 730.0);
        assert_eq!(late, Some(Outcome::known(1.0)));
    }
}
