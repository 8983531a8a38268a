//! What all set-ups of a firm say together: worked out once for all questions between two changes.

use std::sync::Arc;

use super::dependencies::DependencyHistory;
use super::facts::FactNames;
use super::replay::rows_of;
use super::request::Request;
use crate::domain::records::ProjectSetup;
use crate::history::SetupsAsOf;

/// Set-ups that must be active to say anything.
const LEAST_ACTIVE: usize = 20;
/// Those that must have met their day, and missed it, to tell one from the other.
const LEAST_OF_EACH: usize = 5;

/// The firm's set-ups as seen from a moment.
#[derive(Debug)]
pub(super) struct FirmSetups {
    /// What the rows are made from.
    names: FactNames,
    setups: Vec<Arc<ProjectSetup>>,
    /// The features of each set-up that is open, as of its last step.
    rows: Vec<Option<Vec<f64>>>,
    pub(super) dependencies: DependencyHistory,
    /// Whether enough is known to say anything.
    pub(super) enough: bool,
}

/// A set-up with the row by which it is judged; none where it is active or was given up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) setup: &'a ProjectSetup,
    pub(super) row: Option<&'a [f64]>,
}

impl FirmSetups {
    /// Those of a moment, at hand where they were asked for before.
    pub(super) fn at(seen: &SetupsAsOf, names: &FactNames) -> Arc<Self> {
        let firm = seen.worked_out(|then| Self::of(then, names));
        if firm.names == *names {
            return firm;
        }
        // Kept for another model.
        Arc::new(Self::of(seen, names))
    }

    fn of(seen: &SetupsAsOf, names: &FactNames) -> Self {
        let setups = seen.all();
        // As fitting sees them: by what was known as each step was taken.
        let requests: Vec<Request> = setups
            .iter()
            .map(|one| {
                let known = Request::of_known(&seen.versions(one.id.as_str()));
                known.unwrap_or_else(|| Request::of_setup(one))
            })
            .collect();
        let now: Vec<Option<Request>> = setups
            .iter()
            .zip(&requests)
            .map(|(one, request)| is_open(one).then(|| request.asked_now(one)).flatten())
            .collect();
        let requests: Vec<&Request> = requests.iter().collect();
        let now = requests.iter().zip(&now);
        let now: Vec<&Request> = now
            .map(|(then, now)| now.as_ref().unwrap_or(then))
            .collect();
        let asked = |request: usize, event: usize| {
            let open = setups.get(request).is_some_and(|setup| is_open(setup));
            let request = requests.get(request);
            open && request.is_some_and(|one| event + 1 == one.trace.events.len())
        };
        let mut of_open = vec![None; setups.len()];
        for found in rows_of(names, &requests, &now, asked) {
            if let Some(row) = of_open.get_mut(found.request) {
                *row = Some(found.row);
            }
        }
        let moment = seen.as_of();
        Self {
            names: names.clone(),
            rows: of_open,
            dependencies: DependencyHistory::of(setups.iter().map(|one| &**one), moment),
            enough: is_enough(&requests),
            setups,
        }
    }

    /// The set-up with this id.
    pub(super) fn find(&self, id: &str) -> Option<Found<'_>> {
        let at = self.setups.binary_search_by(|one| one.id.as_str().cmp(id));
        self.found(at.ok()?)
    }

    /// Every set-up that is open, in order of id.
    pub(super) fn open(&self) -> impl Iterator<Item = Found<'_>> {
        let all = (0..self.setups.len()).filter_map(|at| self.found(at));
        all.filter(|found| found.row.is_some())
    }

    fn found(&self, at: usize) -> Option<Found<'_>> {
        Some(Found {
            setup: self.setups.get(at)?,
            row: self.rows.get(at)?.as_deref(),
        })
    }
}

fn is_open(setup: &ProjectSetup) -> bool {
    setup.activated_at.is_none() && setup.cancelled_at.is_none()
}

/// Whether so many are active, and so many of them met their day and missed it.
fn is_enough(requests: &[&Request]) -> bool {
    let active = requests.iter().filter(|one| one.ended.is_some());
    let (missed, met): (Vec<&Request>, Vec<&Request>) =
        active.partition(|one| one.late().is_some_and(|(late, _)| late));
    missed.len() + met.len() >= LEAST_ACTIVE && missed.len().min(met.len()) >= LEAST_OF_EACH
}
