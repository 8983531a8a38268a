//! What a set-up still waits for: how long each dependency will take, and which one decides.
//!
//! Learned by name from the firm's own dependencies as they stood at the moment: days from
//! begin (or, where begins are seldom stated, from the request) until done, those not done yet
//! counting as taking so long at least (Kaplan and Meier, "Nonparametric estimation from
//! incomplete observations", 1958). What waits together is taken to be independent.
//!
//! Of a name that was seldom or never seen, or of what has waited longer than those that tell,
//! nothing is known: it may take longer than all the rest. While activation waits for such a
//! dependency that one is critical, and what any of them adds is not known.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use super::request::days;
use super::survival::{Left, Spells, Survival, expected_last};
use crate::domain::records::{DependencyState, ProjectSetup, SetupDependency};

/// Finished dependencies of a name needed to say how long it takes.
const LEAST_FINISHED: usize = 5;
/// Days below which being done earlier is not worth telling.
pub const WORTH_TELLING: f64 = 0.5;
/// Of the most that one adds, or of the likeliest to be last: from here on another ties with it.
const TIES: f64 = 0.9;

/// How long dependencies took, by name.
#[derive(Debug, Clone, Default)]
pub struct DependencyHistory {
    by_name: HashMap<String, Course>,
}

/// The same as asked from one moment: what is worked out of a name serves every set-up that waits
/// for it.
#[derive(Debug)]
pub struct DependenciesAsOf<'a> {
    history: &'a DependencyHistory,
    as_of: DateTime<Utc>,
    /// By name, and whether days count from begin.
    survivals: HashMap<(&'a str, bool), Survival>,
}

#[derive(Debug, Clone, Default)]
struct Course {
    from_begin: Spells,
    from_request: Spells,
    owners: BTreeMap<String, usize>,
}

/// A dependency that is not done.
#[derive(Debug, Clone, PartialEq)]
pub struct Missing {
    /// Its name.
    pub name: String,
    /// Role that sees to it: its own, or the usual one for that name.
    pub owner_role: Option<String>,
    /// How far it is.
    pub state: DependencyState,
    /// Whether activation waits for it.
    pub required: bool,
    /// Days since it was begun, or asked for where it was not.
    pub waited_days: f64,
    /// Days it still takes, in the middle, told by its own name alone; none where too few of that were
    /// done, or this one has waited longer than those that tell.
    pub left_p50: Option<f64>,
    /// Days it still takes in nine of ten cases at most; none as above.
    pub left_p90: Option<f64>,
    /// Days by which activation would be expected earlier were it done now; 0 where it is not
    /// required. None where nothing is known of it, or of another that activation waits for.
    pub adds_days: Option<f64>,
    /// Whether activation waits for this one: nothing is known of it, or it adds the most, or,
    /// where none adds anything by itself, it is the likeliest to be the last. Several may tie.
    pub critical: bool,
}

impl DependencyHistory {
    /// Learns from set-ups as they stood at a moment: what began or was done later is not
    /// known.
    #[must_use]
    pub fn of<'a>(
        setups: impl IntoIterator<Item = &'a ProjectSetup>,
        moment: DateTime<Utc>,
    ) -> Self {
        let mut found = Self::default();
        for setup in setups {
            if setup.requested_at <= moment {
                found.add(setup, moment);
            }
        }
        for course in found.by_name.values_mut() {
            for spells in [&mut course.from_begin, &mut course.from_request] {
                spells.put_in_order();
            }
        }
        found
    }

    /// As asked from a moment, not before the one learned at: what is not over counts until then.
    #[must_use]
    pub fn at(&self, moment: DateTime<Utc>) -> DependenciesAsOf<'_> {
        DependenciesAsOf {
            history: self,
            as_of: moment,
            survivals: HashMap::new(),
        }
    }

    fn add(&mut self, setup: &ProjectSetup, moment: DateTime<Utc>) {
        // What is given up or active without it will not be done any more.
        let over = [setup.cancelled_at, setup.activated_at];
        let over = over.into_iter().flatten().filter(|over| *over <= moment);
        let over = over.min();
        for dependency in &setup.dependencies {
            if dependency.state == DependencyState::Waived {
                continue;
            }
            let course = self.by_name.entry(dependency.name.clone()).or_default();
            if let Some(owner) = &dependency.owner_role {
                *course.owners.entry(owner.clone()).or_default() += 1;
            }
            if dependency.state == DependencyState::Done && dependency.done_at.is_none() {
                // Nobody noted when: how long it took is not known.
                continue;
            }
            let last = over.unwrap_or(moment);
            let done = dependency.done().filter(|done| *done <= last);
            let end = done.or(over);
            course
                .from_request
                .add(setup.requested_at, end, done.is_some());
            let begun = dependency.started_at;
            if let Some(begun) = begun.filter(|begun| *begun <= end.unwrap_or(moment)) {
                course.from_begin.add(begun, end, done.is_some());
            }
        }
    }

    fn usual_owner(&self, name: &str) -> Option<String> {
        let owners = &self.by_name.get(name)?.owners;
        let most = owners.iter().max_by_key(|(_, count)| **count);
        most.map(|(owner, _)| owner.clone())
    }
}

impl DependenciesAsOf<'_> {
    /// The moment.
    #[must_use]
    pub const fn as_of(&self) -> DateTime<Utc> {
        self.as_of
    }

    /// The dependencies of a set-up that are not done; the one that adds most first. Activation is
    /// expected in so many days `at_most`, and none adds more than that.
    #[must_use]
    pub fn missing(&mut self, setup: &ProjectSetup, at_most: f64) -> Vec<Missing> {
        let (history, moment) = (self.history, self.as_of);
        let open = setup
            .dependencies
            .iter()
            .filter(|one| one.state != DependencyState::Waived)
            .filter(|one| match one.done() {
                Some(done) => done > moment,
                None => one.state != DependencyState::Done,
            });
        let open: Vec<Waiting> = open
            .map(|one| Waiting {
                one,
                left: self.left(setup, one),
            })
            .collect();
        let adds = adds(&open, at_most);
        let critical = critical(&open, &adds);
        let mut missing: Vec<Missing> = open
            .iter()
            .zip(adds.into_iter().zip(critical))
            .map(|(Waiting { one, left }, (adds_days, critical))| {
                let quantile = |share| left.as_ref().and_then(|left| left.quantile(share));
                let usual_owner = || history.usual_owner(&one.name);
                Missing {
                    name: one.name.clone(),
                    owner_role: one.owner_role.clone().or_else(usual_owner),
                    state: one.state,
                    required: required(one),
                    waited_days: days(&moment) - days(&begun(setup, one, moment)),
                    left_p50: quantile(0.5),
                    left_p90: quantile(0.9),
                    adds_days,
                    critical,
                }
            })
            .collect();
        // The highest first, and what is not known before all others.
        let known = |value: Option<f64>| value.unwrap_or(f64::INFINITY);
        missing.sort_by(|a, b| {
            let critical = b.critical.cmp(&a.critical);
            let adds = known(b.adds_days).total_cmp(&known(a.adds_days));
            let left = known(b.left_p50).total_cmp(&known(a.left_p50));
            critical
                .then(adds)
                .then(left)
                .then_with(|| a.name.cmp(&b.name))
        });
        missing
    }

    /// How long it still takes, given how long it has; none where that is not known.
    fn left(&mut self, setup: &ProjectSetup, one: &SetupDependency) -> Option<Left> {
        let (history, moment) = (self.history, self.as_of);
        let (name, course) = history.by_name.get_key_value(&one.name)?;
        let since = begun(setup, one, moment);
        let from_begin = since != setup.requested_at && course.from_begin.done() >= LEAST_FINISHED;
        let (spells, from) = if from_begin {
            (&course.from_begin, since)
        } else {
            (&course.from_request, setup.requested_at)
        };
        if spells.done() < LEAST_FINISHED {
            return None;
        }
        let survival = self
            .survivals
            .entry((name.as_str(), from_begin))
            .or_insert_with(|| spells.survival(moment));
        let waited = (days(&moment) - days(&from)).max(0.0);
        let left = survival.left(waited);
        // What mostly lies beyond all that was seen is not known.
        left.quantile(0.5).is_some().then_some(left)
    }
}

fn required(one: &SetupDependency) -> bool {
    one.required.unwrap_or(true)
}

fn begun(setup: &ProjectSetup, one: &SetupDependency, moment: DateTime<Utc>) -> DateTime<Utc> {
    let begun = one.started_at.filter(|begun| *begun <= moment);
    begun.unwrap_or(setup.requested_at)
}

/// A dependency that is not done.
struct Waiting<'a> {
    one: &'a SetupDependency,
    /// None where that is not known.
    left: Option<Left>,
}

impl Waiting<'_> {
    /// Whether activation waits for it, nobody knows how long.
    fn is_unknown(&self) -> bool {
        required(self.one) && self.left.is_none()
    }
}

/// What is known of all that activation waits for, but for the one at a place.
fn but<'a>(open: &'a [Waiting<'a>], place: usize) -> impl Iterator<Item = &'a Left> + Clone {
    let others = open.iter().enumerate().filter(move |(at, _)| *at != place);
    let waited_for = others.filter(|(_, waiting)| required(waiting.one));
    waited_for.filter_map(|(_, waiting)| waiting.left.as_ref())
}

/// Days that each adds: see [`Missing::adds_days`].
fn adds(open: &[Waiting<'_>], at_most: f64) -> Vec<Option<f64>> {
    let held_up = open.iter().any(Waiting::is_unknown);
    let all = expected_last(but(open, usize::MAX));
    let of_one = |(at, waiting): (usize, &Waiting<'_>)| match (required(waiting.one), held_up) {
        (false, _) => Some(0.0),
        (true, true) => None,
        (true, false) => Some((all - expected_last(but(open, at))).min(at_most).max(0.0)),
    };
    open.iter().enumerate().map(of_one).collect()
}

/// Which activation waits for: see [`Missing::critical`].
fn critical(open: &[Waiting<'_>], adds: &[Option<f64>]) -> Vec<bool> {
    if open.iter().any(Waiting::is_unknown) {
        return open.iter().map(Waiting::is_unknown).collect();
    }
    let highest = |values: &[f64]| values.iter().copied().fold(0.0, f64::max);
    let mut weights: Vec<f64> = adds.iter().map(|adds| adds.unwrap_or(0.0)).collect();
    if highest(&weights) < WORTH_TELLING {
        let last = |(at, waiting): (usize, &Waiting<'_>)| match &waiting.left {
            Some(left) if required(waiting.one) => left.is_last(but(open, at)),
            _ => 0.0,
        };
        weights = open.iter().enumerate().map(last).collect();
    }
    let most = highest(&weights);
    weights
        .iter()
        .map(|weight| *weight > 0.0 && *weight >= TIES * most)
        .collect()
}
