//! What a spreadsheet would have said.

use std::collections::BTreeMap;

use scrutineer::cases::timesheet::features;

use super::{Asked, Figures};
use crate::metrics::{self, Scored};

/// Each team's own past.
pub(super) const TEAM: &str = "the team's past share";

/// Shares late before the cut, of the firm and of each team.
pub(super) struct Shares {
    /// Late is what lies above it.
    pub(super) threshold: f64,
    firm: f64,
    teams: BTreeMap<String, f64>,
}

impl Shares {
    /// Of cases that are each there once.
    pub(super) fn of(early: &[&Asked], threshold: f64) -> Self {
        let late = |one: &Asked| Some(f64::from(u8::from(one.outcome.above(threshold)?)));
        let mut teams: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for one in early.iter().copied() {
            let of_team = teams.entry(one.team.clone()).or_default();
            of_team.extend(late(one));
        }
        let share = |(team, late): (String, Vec<f64>)| {
            let share = metrics::mean(late.into_iter());
            share.map(|share| (team, share))
        };
        Self {
            threshold,
            firm: metrics::mean(early.iter().copied().filter_map(late)).unwrap_or(0.5),
            teams: teams.into_iter().filter_map(share).collect(),
        }
    }

    /// The team's share; the firm's where the team is new.
    pub(super) fn of_team(&self, one: &Asked) -> f64 {
        self.teams.get(&one.team).copied().unwrap_or(self.firm)
    }
}

/// The share late before the cut of the firm and of each team, and what was late lately.
pub(super) fn of(asked: &[Asked], shares: &Shares) -> BTreeMap<String, Figures> {
    let scored = |of: &dyn Fn(&Asked) -> f64| -> Vec<Scored> {
        asked
            .iter()
            .filter_map(|one| Some((of(one), one.outcome.above(shares.threshold)?)))
            .collect()
    };
    let last = features::NAMES
        .iter()
        .position(|name| *name == "late_share_35_days");
    let recent = |one: &Asked| {
        let own = one.row.len() - features::NAMES.len();
        let value = last.and_then(|at| one.row.get(own + at)).copied();
        value.filter(|value| value.is_finite()).unwrap_or(0.0)
    };
    let mut ranked = metrics::figures(&scored(&recent));
    // A share of sheets is no probability of this.
    ranked.retain(|name, _| matches!(name.as_str(), "auc" | "ap"));
    [
        (
            "the firm's past share",
            metrics::figures(&scored(&|_| shares.firm)),
        ),
        (TEAM, metrics::figures(&scored(&|one| shares.of_team(one)))),
        ("the team's share of late sheets lately", ranked),
    ]
    .map(|(name, figures)| (name.to_owned(), figures))
    .into()
}
