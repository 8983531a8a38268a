//! Lines of spending by when they came.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use super::spending::{Lines, SpendingAsOf};
use super::versions::Came;
use crate::domain::records::ExpenseClaim;

/// The day of a line, and when it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// Day of the expense or invoice.
    pub day: NaiveDate,
    /// When its record first was known: where that does not say so, when it arrived.
    pub known_at: DateTime<Utc>,
    /// When it came as the record itself says: when it was known, as said when it came first, or handed
    /// in, whichever is later.
    pub stated: Option<DateTime<Utc>>,
}

impl Arrival {
    fn new<T>(came: &Came<'_, T>, day: NaiveDate, stated: Option<DateTime<Utc>>) -> Self {
        Self {
            day,
            known_at: came.since,
            stated,
        }
    }
}

impl SpendingAsOf {
    /// The lines of which `is_so` holds by when they came, in order of id. All are walked through, which
    /// only queues ask for.
    #[must_use]
    pub fn that_came(&self, of: Lines, is_so: impl Fn(&Arrival) -> bool) -> Vec<Arc<ExpenseClaim>> {
        let (spending, as_of) = (self.facts.spending(), self.as_of);
        let mut lines: Vec<Arc<ExpenseClaim>> = match of {
            Lines::Claims => {
                let claims = spending.claims.as_they_came(as_of).filter(|claim| {
                    let record = claim.record;
                    let stated = claim.first.known_at.max(record.submitted_at);
                    is_so(&Arrival::new(claim, record.incurred_on, stated))
                });
                claims.map(|claim| Arc::clone(claim.record)).collect()
            }
            Lines::Cards => {
                let used = spending.cards.as_they_came(as_of).filter(|used| {
                    let day = used.record.transacted_on;
                    is_so(&Arrival::new(used, day, used.first.known_at))
                });
                used.map(|used| Arc::new(used.record.as_line())).collect()
            }
            Lines::Invoices => {
                let invoices = self.facts.invoices_as_they_came(as_of).filter(|invoice| {
                    let day = invoice.record.issued_on;
                    is_so(&Arrival::new(invoice, day, invoice.first.known_at))
                });
                let invoices = invoices.map(|invoice| Arc::new(invoice.record.as_line()));
                invoices.collect()
            }
        };
        lines.sort_by(|one, other| one.id.cmp(&other.id));
        lines
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use serde_json::{Value, json};

    use super::*;
    use crate::domain::RecordKind;
    use crate::history::Facts;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_line_tells_when_it_first_was_known_and_what_it_says_of_that_itself() {
        let mut facts = Facts::default();
        let mut put = |known: &str, version: u64, body: Value| {
            let kind = RecordKind::ExpenseClaim;
            facts.insert(kind, at(known), version, body).unwrap();
        };
        let claim = |id: &str, known: Option<&str>, submitted: Option<&str>| {
            json!({"id": id, "employee_id": "e1", "incurred_on": "2026-01-04", "amount": "12",
                "currency": "EUR", "known_at": known, "submitted_at": submitted})
        };
        let (first, second) = ("2026-03-05T08:00:00Z", "2026-03-09T08:00:00Z");
        put(first, 1, claim("arrived", None, None));
        // What it says when it changed is not when it came.
        put(second, 2, claim("arrived", Some(second), None));
        put(first, 1, claim("handed in", Some(first), Some(second)));
        put(second, 1, claim("said", Some(second), None));
        let spending = SpendingAsOf::new(Arc::new(facts), at("2026-03-10T00:00:00Z"));
        let seen = |spending: &SpendingAsOf| {
            let asked = RefCell::new(Vec::new());
            let lines = spending.that_came(Lines::Claims, |arrival| {
                asked.borrow_mut().push(*arrival);
                true
            });
            let mut seen = asked.into_inner();
            seen.sort_by_key(|arrival| (arrival.known_at, arrival.stated));
            let ids: Vec<String> = lines.iter().map(|line| line.id.to_string()).collect();
            (ids, seen)
        };
        let arrival = |known: &str, stated: Option<&str>| Arrival {
            day: "2026-01-04".parse().unwrap(),
            known_at: at(known),
            stated: stated.map(at),
        };
        let (ids, arrivals) = seen(&spending);
        assert_eq!(ids, ["arrived", "handed in", "said"]);
        assert_eq!(
            arrivals,
            [
                arrival(first, None),
                arrival(first, Some(second)),
                arrival(second, Some(second))
            ]
        );
        let (ids, _) = seen(&spending.at(at("2026-03-06T00:00:00Z")));
        assert_eq!(ids, ["arrived", "handed in"], "the third is a leak here");
    }
}
