//! What the record of a bill said from one moment to the next.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use scrutineer::domain::records::{Bill, BillStatus};
use scrutineer_fitting::collections::moment;

use crate::records::{END, Versions};

/// A bill as it stood at a moment, with what its record had said until then.
pub(super) struct Course<'a> {
    /// Each version with the moment from which on it was in force, in order.
    versions: Vec<(DateTime<Utc>, &'a Bill)>,
    /// The last of them.
    pub(super) stands: &'a Bill,
}

/// When a bill is asked about: on the first moment of a day, so many days before the one planned for it
/// then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ahead {
    pub(super) lead: u64,
    pub(super) on: NaiveDate,
    pub(super) planned_on: NaiveDate,
}

/// Every bill as it stood at a moment, in order of the day planned by then, but cancelled ones and
/// those that had gone out on a day that is not known.
pub(super) fn courses(
    bills: &BTreeMap<String, Versions<Bill>>,
    by: DateTime<Utc>,
) -> Vec<Course<'_>> {
    let mut courses: Vec<Course<'_>> = bills
        .values()
        .filter_map(|versions| Course::of(versions, by))
        .filter(|course| course.stands.status != Some(BillStatus::Cancelled))
        .filter(|course| course.stands.is_open() || course.stands.issued_on.is_some())
        .collect();
    courses.sort_by_key(|course| (course.stands.planned_on, course.stands.id.as_str()));
    courses
}

impl<'a> Course<'a> {
    /// What nobody dated may have been known by any moment: that a bill was withdrawn takes it out from
    /// the start.
    fn of(versions: &'a Versions<Bill>, by: DateTime<Utc>) -> Option<Self> {
        let undated = moment(END);
        let known = versions.iter().map(|((known, _), bill)| (*known, bill));
        let known = known.filter(|(known, _)| *known <= by || *known == undated);
        let versions: Vec<(DateTime<Utc>, &Bill)> = known.collect();
        let (_, stands) = versions.last().copied()?;
        Some(Self { versions, stands })
    }

    /// The first day on whose first moment the bill was planned for so many days later; none where it was
    /// not known or its plan passed that over.
    pub(super) fn ahead(&self, lead: u64) -> Option<Ahead> {
        let moved = self.versions.iter().skip(1).map(|(known, _)| *known);
        let mut in_force = self
            .versions
            .iter()
            .zip(moved.chain([DateTime::<Utc>::MAX_UTC]));
        in_force.find_map(|((known, bill), moved)| {
            let on = bill.planned_on.checked_sub_days(Days::new(lead))?;
            let is_so = *known <= moment(on) && moment(on) < moved;
            is_so.then_some(Ahead {
                lead,
                on,
                planned_on: bill.planned_on,
            })
        })
    }
}
