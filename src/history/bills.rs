//! Every version of bills, and what was worked out of all of them.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::dated::Dated;
use super::moments::DayMoments;
use crate::domain::records::Bill;

/// Bills, found by their project.
#[derive(Debug, Clone)]
pub(super) struct Bills {
    pub(super) known: Dated<Bill>,
    /// What is seen of a bill hangs on its versions and on the day alone.
    pub(super) worked_out: DayMoments,
}

impl Default for Bills {
    fn default() -> Self {
        Self {
            known: Dated::new(|bill| {
                let keys = vec![format!("project:{}", bill.project_id.as_str())];
                (keys, bill.planned_on)
            }),
            worked_out: DayMoments::default(),
        }
    }
}

impl Bills {
    /// Adds a version as it is stored.
    ///
    /// # Errors
    /// The first member that is not what the kind asks for.
    pub(super) fn take_in(
        &mut self,
        known_at: DateTime<Utc>,
        version: u64,
        body: Value,
    ) -> Result<(), String> {
        self.worked_out.change(known_at);
        self.known.take_in::<Bill>(known_at, version, body)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::sync::Arc;

    use serde_json::json;

    use super::super::{Facts, WorkAsOf};
    use super::*;
    use crate::domain::RecordKind;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_worked_out_holds_for_a_day_until_a_bill_changes() {
        let mut facts = Arc::new(Facts::default());
        let put = |facts: &mut Arc<Facts>, id: &str, known_at: &str, issued_on: Option<&str>| {
            let body = json!({"id": id, "project_id": "p", "planned_on": "2026-03-02",
                "currency": "EUR", "issued_on": issued_on});
            Arc::make_mut(facts)
                .insert(RecordKind::Bill, at(known_at), 1, body)
                .unwrap();
        };
        let made = Cell::new(0);
        // How many were out, and how often that was counted so far.
        let out = |facts: &Arc<Facts>, moment: &str| {
            let seen = WorkAsOf::new(Arc::clone(facts), at(moment));
            let count = seen.worked_out_of_bills(|then| {
                made.set(made.get() + 1);
                let bills = then.bills_in_no_order();
                bills.filter(|bill| bill.issued_on.is_some()).count()
            });
            (*count, made.get())
        };
        put(&mut facts, "a", "2026-03-01T09:00:00Z", Some("2026-03-04"));
        put(&mut facts, "b", "2026-03-05T09:00:00Z", Some("2026-03-05"));
        assert_eq!(out(&facts, "2026-03-06T10:00:00Z"), (2, 1));
        assert_eq!(out(&facts, "2026-03-06T11:00:00Z"), (2, 1));
        // Earlier days see neither what was known later nor what is dated later.
        assert_eq!(out(&facts, "2026-03-05T08:00:00Z"), (1, 2));
        assert_eq!(out(&facts, "2026-03-03T08:00:00Z"), (0, 3));
        assert_eq!(out(&facts, "2026-03-06T12:00:00Z"), (2, 3));
        put(&mut facts, "c", "2026-03-05T10:00:00Z", Some("2026-03-05"));
        assert_eq!(out(&facts, "2026-03-03T09:00:00Z"), (0, 3));
        assert_eq!(out(&facts, "2026-03-06T12:00:00Z"), (3, 4));
    }
}
