//! A folder of canonical records as facts, each known from when it says or its business
//! days tell.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use chrono::{DateTime, Days, NaiveDate, Utc};
use scrutineer::domain::loader::{Rows, Source};
use scrutineer::domain::{CheckedRecord, Currency, RecordKind};
use scrutineer::history::Facts;
use scrutineer_fitting::collections::moment;
use serde_json::Value;

use crate::EvalError;

/// A day after all others.
pub(crate) const END: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};
/// Days before the day planned from which a bill without a period is taken to be planned.
const PLANNED_BEFORE: u64 = 30;

/// The currency that most amounts are in, which is taken to be the firm's.
pub(crate) fn home_of(currencies: impl Iterator<Item = Currency>) -> Option<Currency> {
    let mut counts: BTreeMap<Currency, usize> = BTreeMap::new();
    for currency in currencies {
        *counts.entry(currency).or_default() += 1;
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count);
    most.map(|(currency, _)| currency)
}

/// Reads `KIND.csv` or `KIND.ndjson` of a folder; the first kind must be there.
///
/// # Errors
/// [`EvalError`] that names the file, the line and the member.
pub(crate) fn facts_of(folder: &Path, kinds: &[RecordKind]) -> Result<Facts, EvalError> {
    let mut facts = Facts::default();
    for (place, kind) in kinds.iter().copied().enumerate() {
        let path = ["csv", "ndjson"]
            .map(|ending| folder.join(format!("{kind}.{ending}")))
            .into_iter()
            .find(|path| path.is_file());
        let Some(path) = path else {
            if place == 0 {
                let missing = folder.join(format!("{kind}.csv"));
                return Err(EvalError::Absent(format!(
                    "{} is not there",
                    missing.display()
                )));
            }
            continue;
        };
        let wrong = |message: String| EvalError::File {
            path: path.display().to_string(),
            message,
        };
        let file = File::open(&path).map_err(|error| wrong(error.to_string()))?;
        let source = Source {
            name: path.display().to_string(),
            kind,
            format: None,
        };
        for item in Rows::new(file, source) {
            let item = item.map_err(|problem| wrong(problem.to_string()))?;
            for (version, (known_at, body)) in (1..).zip(moments(item.record)) {
                facts
                    .insert(kind, known_at, version, body)
                    .map_err(&wrong)?;
            }
        }
    }
    Ok(facts)
}

/// When the facts of a record became known: when it says, else on its business days. What
/// ends with a day is known on the day after.
pub(crate) fn moments(record: CheckedRecord) -> Vec<(DateTime<Utc>, Value)> {
    if let Some(known_at) = record.known_at {
        return vec![(known_at, record.body)];
    }
    let business = record.business_date;
    let on = |day: Option<NaiveDate>| day.map_or(DateTime::<Utc>::MIN_UTC, moment);
    let after = |day: NaiveDate| moment(day + Days::new(1));
    let day = |name: &str| -> Option<NaiveDate> { record.body.get(name)?.as_str()?.parse().ok() };
    let time =
        |name: &str| -> Option<DateTime<Utc>> { record.body.get(name)?.as_str()?.parse().ok() };
    match record.kind {
        RecordKind::CustomerInvoice => {
            let issued = without(&record.body, &["cleared_on", "open_amount", "status"]);
            let mut known = vec![(on(business), issued)];
            // Paid before it was issued: known from its first day.
            let settled = day("cleared_on").map(|day| after(day).max(on(business)));
            known.extend(settled.map(|known_at| (known_at, record.body)));
            known
        }
        RecordKind::Payment => vec![(on(business.map(|day| day + Days::new(1))), record.body)],
        RecordKind::Interaction => {
            let said = time("time").unwrap_or_else(|| on(business));
            vec![(said, record.body)]
        }
        RecordKind::Timesheet => {
            // That a sheet is to come is known when its period begins, what it says when
            // it comes.
            let (submitted, approved) = (time("submitted_at"), time("approved_at"));
            let expected = [
                "submitted_at",
                "approved_at",
                "hours",
                "billable_hours",
                "lines",
            ];
            let mut known = vec![(on(day("period_start")), without(&record.body, &expected))];
            known.extend(submitted.map(|at| (at, without(&record.body, &["approved_at"]))));
            known.extend(
                approved.map(|at| (submitted.map_or(at, |came| came.max(at)), record.body)),
            );
            known
        }
        RecordKind::Bill => {
            let planned = day("planned_on").map(|day| day - Days::new(PLANNED_BEFORE));
            let from =
                day("period_start").map_or(planned, |start| planned.map(|day| day.min(start)));
            let later = [
                "issued_on",
                "amount",
                "status",
                "hold_reason",
                "revisions",
                "customer_invoice_id",
            ];
            let plan = without(&record.body, &later);
            // How a bill that never went out stands was known at some time; when, is not.
            let over = day("issued_on").map_or_else(|| moment(END), after);
            vec![(on(from), plan), (over.max(on(from)), record.body)]
        }
        RecordKind::Approval => {
            let asked = time("requested_at").unwrap_or_else(|| on(business));
            let open = without(&record.body, &["decided_at", "outcome", "comment"]);
            let mut known = vec![(asked, open)];
            known.extend(time("decided_at").map(|at| (at.max(asked), record.body)));
            known
        }
        _ => vec![(DateTime::<Utc>::MIN_UTC, record.body)],
    }
}

/// A record before some of its members were known.
fn without(body: &Value, later: &[&str]) -> Value {
    let mut earlier = body.clone();
    if let Some(members) = earlier.as_object_mut() {
        members.retain(|name, _| !later.contains(&name.as_str()));
    }
    earlier
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn known(kind: RecordKind, body: Value) -> Vec<(String, Value)> {
        let Value::Object(members) = body else {
            panic!("no object")
        };
        let found = moments(kind.check(members).unwrap()).into_iter();
        found.map(|(at, body)| (at.to_rfc3339(), body)).collect()
    }

    #[test]
    fn records_that_do_not_say_when_are_known_from_their_business_days() {
        let sheet = json!({"id": "s", "employee_id": "e", "period_start": "2026-03-02",
            "period_end": "2026-03-08", "submitted_at": "2026-03-10T09:00:00Z", "hours": "40"});
        let sheet = known(RecordKind::Timesheet, sheet);
        assert_eq!(sheet.len(), 2);
        assert!(sheet[0].0.starts_with("2026-03-02") && sheet[0].1.get("hours").is_none());
        assert!(sheet[1].0.starts_with("2026-03-10") && sheet[1].1["hours"] == "40");
        let bill = json!({"id": "b", "project_id": "p", "planned_on": "2026-04-06", "currency": "EUR",
            "period_start": "2026-03-01", "issued_on": "2026-04-09", "status": "issued"});
        let bill = known(RecordKind::Bill, bill);
        assert!(bill[0].0.starts_with("2026-03-01") && bill[0].1.get("status").is_none());
        assert!(bill[1].0.starts_with("2026-04-10") && bill[1].1["issued_on"] == "2026-04-09");
        let approval = json!({"id": "a", "subject_kind": "bill", "subject_id": "b", "step": "review",
            "requested_at": "2026-04-01T09:00:00Z", "decided_at": "2026-04-03T09:00:00Z"});
        let approval = known(RecordKind::Approval, approval);
        assert!(approval[0].1.get("decided_at").is_none());
        assert!(approval[1].0.starts_with("2026-04-03"));
    }
}
