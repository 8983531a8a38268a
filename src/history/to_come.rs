//! What is still to come on a day: moments at which records come to say more than they did.

use std::collections::BTreeSet;
use std::ops::Bound::{Excluded, Unbounded};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::Value;

use super::sharded::Sharded;
use crate::domain::RecordKind;

/// Moments that are kept of a day, the last ones: nearly all that a firm has lie behind whoever asks.
const KEPT: usize = 32;
/// How long the same is taken to be seen while more may be to come than is kept.
const MEANWHILE: TimeDelta = TimeDelta::minutes(1);

/// The last of each day's moments at which something becomes known, or is seen that was known before.
#[derive(Debug, Clone, Default)]
pub(super) struct ToCome {
    by_day: Sharded<NaiveDate, BTreeSet<DateTime<Utc>>>,
}

impl ToCome {
    /// A version came in as it is stored.
    pub(super) fn take_in(&mut self, kind: RecordKind, known_at: DateTime<Utc>, body: &Value) {
        for moment in stated(kind, body).chain([known_at]) {
            if let Some(day) = self.by_day.entry(moment.date_naive()) {
                day.insert(moment);
                if day.len() > KEPT {
                    day.pop_first();
                }
            }
        }
    }

    /// The first moment after one, and of its day; an earlier one where some may have been let go.
    pub(super) fn next(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let day = self.by_day.get(&after.date_naive())?;
        let next = *day.range((Excluded(after), Unbounded)).next()?;
        let some_let_go = day.len() >= KEPT && day.first() == Some(&next);
        let soon = after.checked_add_signed(MEANWHILE).filter(|_| some_let_go);
        Some(soon.map_or(next, |soon| next.min(soon)))
    }
}

/// The moments of which a record of this kind tells nothing before they have come; those of set-ups are
/// kept with them.
fn stated(kind: RecordKind, body: &Value) -> impl Iterator<Item = DateTime<Utc>> {
    let from: &[&str] = match kind {
        RecordKind::Interaction => &["time"],
        RecordKind::Timesheet => &["submitted_at", "approved_at"],
        RecordKind::Approval => &["requested_at", "decided_at"],
        _ => &[],
    };
    let from = from.iter().filter_map(move |name| moment(body, name));
    let is_sheet = kind == RecordKind::Timesheet;
    let due = is_sheet.then(|| moment(body, "due_at")).flatten();
    // At the very moment when it is due it is not late yet.
    let late = due.and_then(|at| at.checked_add_signed(TimeDelta::nanoseconds(1)));
    from.chain(late)
}

fn moment(body: &Value, name: &str) -> Option<DateTime<Utc>> {
    body.get(name)?.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::super::{Facts, FactsAsOf};
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    /// Moments of one day one after another, as whoever asks at its beginning and then at each of them is
    /// told.
    fn told(facts: &Arc<Facts>, day: &str) -> Vec<String> {
        let mut asked = at(&format!("{day}T00:00:00Z"));
        let mut told = Vec::new();
        while let Some(next) = FactsAsOf::new(Arc::clone(facts), asked).next_change() {
            assert!(next > asked);
            told.push(next.format("%H:%M:%S%.f").to_string());
            asked = next;
        }
        told
    }

    #[test]
    fn what_a_record_states_is_to_come_until_its_moment_and_of_a_sheet_until_it_is_late() {
        let mut facts = Facts::default();
        let mut put = |kind, body| {
            let known = at("2026-03-02T08:00:00Z");
            facts.insert(kind, known, 1, body).unwrap();
        };
        put(
            RecordKind::Interaction,
            json!({"id": "call", "customer_id": "c", "kind": "call", "time": "2026-03-02T15:00:00+01:00"}),
        );
        put(
            RecordKind::Timesheet,
            json!({"id": "sheet", "employee_id": "e", "period_start": "2026-02-23", "period_end": "2026-03-01",
                "due_at": "2026-03-02T10:00:00Z", "submitted_at": "2026-03-02T11:00:00Z",
                "approved_at": "2026-03-03T09:00:00Z", "lines": []}),
        );
        put(
            RecordKind::Approval,
            json!({"id": "step", "subject_kind": "bill", "subject_id": "b", "step": "review",
                "requested_at": "2026-03-02T12:00:00Z", "decided_at": "2026-03-02T13:00:00Z"}),
        );
        put(
            RecordKind::ProjectSetup,
            json!({"id": "setup", "project_id": "p", "requested_at": "2026-03-02T16:00:00Z",
                "planned_activation_on": "2026-03-20", "dependencies": [{"name": "contract", "state": "done",
                "started_at": "2026-03-02T17:00:00Z", "done_at": "2026-03-03T17:00:00Z"}]}),
        );
        let facts = Arc::new(facts);
        assert_eq!(
            told(&facts, "2026-03-02"),
            [
                "08:00:00",
                "10:00:00.000000001",
                "11:00:00",
                "12:00:00",
                "13:00:00",
                "14:00:00",
                "16:00:00",
                "17:00:00"
            ]
        );
        assert_eq!(told(&facts, "2026-03-03"), ["09:00:00", "17:00:00"]);
        assert!(told(&facts, "2026-03-01").is_empty(), "of its day alone");
    }

    #[test]
    fn where_more_is_to_come_than_is_kept_nothing_holds_for_longer_than_a_minute() {
        let mut to_come = ToCome::default();
        let noon = at("2026-03-02T12:00:00Z");
        let second = |of: usize| noon + TimeDelta::seconds(i64::try_from(of).unwrap());
        for of in (0..2 * KEPT).rev() {
            to_come.take_in(RecordKind::Vendor, second(10 * of), &Value::Null);
        }
        let first_kept = second(10 * KEPT);
        assert_eq!(to_come.next(noon), Some(noon + MEANWHILE));
        let just_before = first_kept - TimeDelta::seconds(1);
        assert_eq!(to_come.next(just_before), Some(first_kept));
        assert_eq!(to_come.next(first_kept), Some(second(10 * (KEPT + 1))));
        assert_eq!(to_come.next(second(20 * KEPT)), None);
    }
}
