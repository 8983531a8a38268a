//! What a spreadsheet would have said.

use std::collections::BTreeMap;

use super::{Figures, Looked};
use crate::metrics::{self, Scored};

/// Each project's own past.
pub(super) const PROJECT: &str = "the project's past share and mean";

/// The firm's share slipped and its middle slip before the cut.
pub(super) struct Before {
    share: f64,
    median: f64,
}

impl Before {
    /// Of the bills fitted on, each as it is asked about: one that slips is looked at on more days than
    /// one that is out early. One that was due and not out slipped, the median is of those that were out.
    pub(super) fn of(early: &[Looked]) -> Self {
        let once = || early.iter().filter(|looked| looked.is_asked_about());
        let slipped = once().filter_map(Looked::slipped);
        let mut days: Vec<f64> = once().filter_map(Looked::days).collect();
        days.sort_by(f64::total_cmp);
        let share = metrics::mean(slipped.map(|slipped| f64::from(u8::from(slipped))));
        Self {
            share: share.unwrap_or(0.5),
            median: days.get(days.len() / 2).copied().unwrap_or(0.0),
        }
    }

    /// Share of the project's bills that slipped; the firm's where there is none.
    pub(super) fn share_of_project(&self, looked: &Looked) -> f64 {
        looked.feature("project_slip_share").unwrap_or(self.share)
    }

    /// Figures of the firm's past, the project's and the team's.
    pub(super) fn figures(&self, asked: &[Looked]) -> BTreeMap<String, Figures> {
        let of = |share_of: &dyn Fn(&Looked) -> f64, days_of: &dyn Fn(&Looked) -> f64| {
            let scored: Vec<Scored> = asked
                .iter()
                .filter_map(|looked| Some((share_of(looked), looked.slipped()?)))
                .collect();
            let mut figures = metrics::figures(&scored);
            let errors = asked
                .iter()
                .filter_map(|looked| Some((days_of(looked) - looked.days()?).abs()));
            figures.insert("mae_days".to_owned(), metrics::mean(errors));
            figures
        };
        let days =
            |name: &'static str| move |looked: &Looked| looked.feature(name).unwrap_or(self.median);
        let team = |looked: &Looked| looked.feature("team_slip_recent").unwrap_or(self.share);
        [
            (
                "the firm's past share and median",
                of(&|_| self.share, &|_| self.median),
            ),
            (
                PROJECT,
                of(
                    &|looked| self.share_of_project(looked),
                    &days("project_days_recent"),
                ),
            ),
            (
                "the team's share and mean lately",
                of(&team, &days("team_days_recent")),
            ),
        ]
        .map(|(name, figures)| (name.to_owned(), figures))
        .into()
    }
}
