//! What became of earlier bills, seen from a moment.

use std::sync::Arc;

use chrono::{Days, NaiveDate};

use crate::cases::numbers::{days, flag, half_life, mean, weighed};
use crate::domain::records::{Bill, BillStatus, Project};
use crate::history::{ProjectsOf, WorkAsOf};

/// Days looked back at bills.
const LOOKED_BACK: u64 = 400;
/// Days ahead in which bills are planned that wait in the same queue.
const LOOKED_AHEAD: u64 = 31;
/// Projects of a team or customer looked at, the latest: bounds time where there are many.
const MAX_PROJECTS: usize = 400;
/// Age at which a bill counts half, in days.
const HALF_LIFE: f64 = 90.0;
/// Days that a slip counts at most, so that one forgotten bill does not outweigh a year.
const LONGEST: f64 = 60.0;

/// A bill that was due by now.
#[derive(Debug, Clone)]
pub(super) struct Due {
    pub(super) bill: Arc<Bill>,
    /// Days after the day planned, so far at least; negative when early.
    pub(super) days: f64,
}

/// Bills of one project, manager, team or customer.
#[derive(Debug, Clone, Default)]
pub(super) struct Past {
    today: NaiveDate,
    /// Oldest first.
    pub(super) due: Vec<Due>,
    /// Not out yet, whenever planned.
    pub(super) open: Vec<Arc<Bill>>,
}

impl Past {
    /// The bills of some projects but one.
    pub(super) fn of<'a>(
        projects: impl Iterator<Item = &'a str>,
        but: &str,
        work: &WorkAsOf,
    ) -> Self {
        let today = work.today();
        let (from, to) = (
            today - Days::new(LOOKED_BACK),
            today + Days::new(LOOKED_AHEAD),
        );
        let mut past = Self {
            today,
            ..Self::default()
        };
        let bills = projects.flat_map(|project| work.bills_of(project, from, to));
        for bill in bills.filter(|bill| bill.id.as_str() != but) {
            if bill.status == Some(BillStatus::Cancelled) {
                continue;
            }
            if bill.is_open() {
                past.open.push(Arc::clone(&bill));
            } else if bill.issued_on.is_none() {
                // Out, and nobody knows since when.
                continue;
            }
            // Planned for a day to come and not out yet: nothing is known of it.
            let out = bill.issued_on.unwrap_or(today);
            if bill.issued_on.is_some() || bill.planned_on < today {
                let days = days(bill.planned_on, out).clamp(-LONGEST, LONGEST);
                past.due.push(Due { bill, days });
            }
        }
        past.due.sort_by(|a, b| {
            let (a, b) = (&a.bill, &b.bill);
            (a.planned_on, a.id.as_str()).cmp(&(b.planned_on, b.id.as_str()))
        });
        past
    }

    /// Those of the latest projects of somebody.
    pub(super) fn whose(whose: ProjectsOf<'_>, but: &str, work: &WorkAsOf) -> Self {
        let mut projects: Vec<Arc<Project>> = work.projects_of(whose);
        projects.sort_by_key(|project| std::cmp::Reverse(project.starts_on));
        projects.truncate(MAX_PROJECTS);
        let ids = projects.iter().map(|project| project.id.as_str());
        Self::of(ids, but, work)
    }

    pub(super) fn slip_share(&self) -> f64 {
        mean(self.due.iter().map(|due| flag(due.days > 0.0)))
    }

    /// Share slipped and days on average, recent ones counting more.
    pub(super) fn recent(&self) -> [f64; 2] {
        self.recent_where(|_| true)
    }

    /// The same of some bills.
    pub(super) fn recent_where(&self, which: impl Fn(&Bill) -> bool) -> [f64; 2] {
        let of = |value: fn(f64) -> f64| {
            let some = self.due.iter().filter(|due| which(&due.bill));
            weighed(some.map(|due| {
                let age = days(due.bill.planned_on, self.today).max(0.0);
                (value(due.days), half_life(age, HALF_LIFE))
            }))
        };
        [of(|days| flag(days > 0.0)), of(|days| days)]
    }

    /// Bills not out yet that are planned about a day.
    pub(super) fn waiting_about(&self, day: NaiveDate) -> f64 {
        let near = |bill: &&Arc<Bill>| days(bill.planned_on, day).abs() <= 5.0;
        self.open.iter().filter(near).count() as f64
    }
}
