//! A folder of canonical records as facts, each known from when it says or its business
//! days tell.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Days, NaiveDate, Utc};
use scrutineer::domain::loader::{Rows, Source};
use scrutineer::domain::records::Record;
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
/// Versions that a row may stand for, at most.
const VERSIONS_OF_A_ROW: u64 = 4;

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
    facts_shown(folder, kinds, |_| {})
}

/// The same, each record shown as it is read.
///
/// # Errors
/// As [`facts_of`].
pub(crate) fn facts_shown(
    folder: &Path,
    kinds: &[RecordKind],
    mut show: impl FnMut(&CheckedRecord),
) -> Result<Facts, EvalError> {
    let mut facts = Facts::default();
    for (place, kind) in kinds.iter().copied().enumerate() {
        let path = if place == 0 {
            Some(needed_file(folder, kind)?)
        } else {
            file_of(folder, kind)
        };
        let Some(path) = path else {
            continue;
        };
        each_version(&path, kind, &mut show, |known_at, version, body| {
            facts.insert(kind, known_at, version, body)
        })?;
    }
    Ok(facts)
}

/// The versions of one record, in order of when they became known.
pub(crate) type Versions<T> = BTreeMap<(DateTime<Utc>, u64), T>;

/// The versions of every record of a kind, by id.
///
/// # Errors
/// As [`facts_of`].
pub(crate) fn versions_of<T: Record>(
    folder: &Path,
) -> Result<BTreeMap<String, Versions<T>>, EvalError> {
    let mut records = BTreeMap::new();
    let path = needed_file(folder, T::KIND)?;
    let take = |known_at, version, body| keep(&mut records, known_at, version, body);
    each_version(&path, T::KIND, |_| {}, take)?;
    Ok(records)
}

/// Adds a version of a record.
pub(crate) fn keep<T: Record>(
    records: &mut BTreeMap<String, Versions<T>>,
    known_at: DateTime<Utc>,
    version: u64,
    body: Value,
) -> Result<(), String> {
    let record: T = parsed(body)?;
    let versions = records.entry(record.id().to_string()).or_default();
    versions.insert((known_at, version), record);
    Ok(())
}

/// The versions of one record by when they became known; what does not say so comes before all that does. Of
/// two rows of one moment the later is in force, as in the store.
type Stated<T> = BTreeMap<Option<DateTime<Utc>>, T>;

/// Every record of a file by its id, in the order in which they first come there, with its versions.
///
/// # Errors
/// As [`facts_of`].
pub(crate) fn stated<T: Record>(path: &Path) -> Result<Vec<(String, Stated<T>)>, EvalError> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut records: Vec<(String, Stated<T>)> = Vec::new();
    each_row(path, T::KIND, |_, row| {
        let (known_at, record) = (row.known_at, parsed(row.body)?);
        let place = *places.entry(row.id.clone()).or_insert(records.len());
        match records.get_mut(place) {
            Some((_, versions)) => {
                versions.insert(known_at, record);
            }
            None => records.push((row.id, Stated::from([(known_at, record)]))),
        }
        Ok(())
    })?;
    Ok(records)
}

/// A record as it stands in the end.
pub(crate) struct Standing<T> {
    /// When it first was known; none where a version of it does not say.
    pub(crate) first_known: Option<DateTime<Utc>>,
    /// The version known last.
    pub(crate) record: T,
}

/// Every record of a file as it stands in the end, in the order in which they first come there.
///
/// # Errors
/// As [`facts_of`].
pub(crate) fn standing<T: Record>(path: &Path) -> Result<Vec<Standing<T>>, EvalError> {
    let told = stated(path)?.into_iter().filter_map(|(_, mut versions)| {
        let (first_known, _) = versions.first_key_value()?;
        let first_known = *first_known;
        let (_, record) = versions.pop_last()?;
        Some(Standing {
            first_known,
            record,
        })
    });
    Ok(told.collect())
}

/// The file of a kind in a folder, `KIND.csv` or `KIND.ndjson`, where there is one.
pub(crate) fn file_of(folder: &Path, kind: RecordKind) -> Option<PathBuf> {
    let paths = ["csv", "ndjson"].map(|ending| folder.join(format!("{kind}.{ending}")));
    paths.into_iter().find(|path| path.is_file())
}

/// The same of a kind that must be there.
///
/// # Errors
/// [`EvalError::Absent`] that names the file.
pub(crate) fn needed_file(folder: &Path, kind: RecordKind) -> Result<PathBuf, EvalError> {
    file_of(folder, kind).ok_or_else(|| {
        let missing = folder.join(format!("{kind}.csv"));
        EvalError::Absent(format!("{} is not there", missing.display()))
    })
}

fn parsed<T: Record>(body: Value) -> Result<T, String> {
    let Value::Object(members) = body else {
        return Err("a record is no object".to_owned());
    };
    T::from_members("", members).map_err(|problems| {
        let problems = problems.iter();
        let told = problems.map(|found| format!("`{}` {}", found.field, found.problem));
        told.collect::<Vec<String>>().join("; ")
    })
}

/// Takes the versions of all records of a file, each with when it became known and a number that rises
/// from row to row: of two of one moment the later row is in force, as in the store. Of rows of one record
/// that do not say when they were known only the last counts, for nothing else puts them in order.
fn each_version(
    path: &Path,
    kind: RecordKind,
    mut show: impl FnMut(&CheckedRecord),
    mut take: impl FnMut(DateTime<Utc>, u64, Value) -> Result<(), String>,
) -> Result<(), EvalError> {
    let mut put = |row: u64, record: CheckedRecord| -> Result<(), String> {
        for (version, (known_at, body)) in (row * VERSIONS_OF_A_ROW..).zip(moments(record)) {
            take(known_at, version, body)?;
        }
        Ok(())
    };
    let mut undated: HashMap<String, (u64, CheckedRecord)> = HashMap::new();
    each_row(path, kind, |row, record| {
        show(&record);
        if record.known_at.is_some() {
            return put(row, record);
        }
        undated.insert(record.id.clone(), (row, record));
        Ok(())
    })?;
    let mut undated: Vec<(u64, CheckedRecord)> = undated.into_values().collect();
    undated.sort_unstable_by_key(|(row, _)| *row);
    for (row, record) in undated {
        put(row, record).map_err(wrong_in(path))?;
    }
    Ok(())
}

/// Takes every row of a file, numbered from 1.
fn each_row(
    path: &Path,
    kind: RecordKind,
    mut take: impl FnMut(u64, CheckedRecord) -> Result<(), String>,
) -> Result<(), EvalError> {
    let wrong = wrong_in(path);
    let file = File::open(path).map_err(|error| wrong(error.to_string()))?;
    let source = Source {
        name: path.display().to_string(),
        kind,
        format: None,
    };
    for (row, item) in (1_u64..).zip(Rows::new(file, source)) {
        let record = item.map_err(|problem| wrong(problem.to_string()))?.record;
        take(row, record).map_err(&wrong)?;
    }
    Ok(())
}

fn wrong_in(path: &Path) -> impl Fn(String) -> EvalError {
    move |message| EvalError::File {
        path: path.display().to_string(),
        message,
    }
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
            // How one stands that is not cleared was known at some time; when, is not.
            let states = |name: &str| record.body.get(name).is_some();
            let stands = (states("status") || states("open_amount")).then(|| moment(END));
            let last = settled.or(stands);
            known.extend(last.map(|known_at| (known_at, record.body)));
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
    use scrutineer::domain::records::{Bill, Employee};
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

    #[test]
    fn how_an_invoice_stands_that_is_not_cleared_is_known_in_the_end() {
        let invoice = |status: &str, cleared_on: Option<&str>| {
            let body = json!({"id": "i", "customer_id": "c", "issued_on": "2026-03-02",
                "due_on": "2026-03-16", "currency": "EUR", "total": "100", "status": status,
                "cleared_on": cleared_on});
            known(RecordKind::CustomerInvoice, body)
        };
        let withdrawn = invoice("cancelled", None);
        assert!(withdrawn[0].0.starts_with("2026-03-02"));
        assert!(withdrawn[0].1.get("status").is_none());
        assert!(withdrawn[1].0.starts_with("9999") && withdrawn[1].1["status"] == "cancelled");
        let cleared = invoice("paid", Some("2026-03-20"));
        assert_eq!(cleared.len(), 2);
        assert!(cleared[1].0.starts_with("2026-03-21"));
    }

    #[test]
    fn of_several_rows_of_one_record_the_last_is_in_force() {
        let folder = tempfile::tempdir().unwrap();
        // Planned and sent, of one moment or of none.
        let head = "id,project_id,planned_on,issued_on,currency,known_at\n";
        for known_at in ["", "2026-04-01T09:00:00Z"] {
            let rows = format!(
                "{head}b,p,2026-04-06,,EUR,{known_at}\nb,p,2026-04-06,2026-04-09,EUR,{known_at}\n"
            );
            std::fs::write(folder.path().join("bill.csv"), rows).unwrap();
            let bills = versions_of::<Bill>(folder.path()).unwrap();
            let (_, stands) = bills["b"].last_key_value().unwrap();
            let issued_on: NaiveDate = "2026-04-09".parse().unwrap();
            assert_eq!(stands.issued_on, Some(issued_on), "{known_at}");
        }
    }

    #[test]
    fn a_record_stands_as_it_was_known_last_whatever_the_order_of_its_rows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("employee.csv");
        let stands = |rows: &[&str]| {
            std::fs::write(&path, format!("id,role,known_at\n{}\n", rows.join("\n"))).unwrap();
            let found = file_of(folder.path(), RecordKind::Employee).unwrap();
            let found = standing::<Employee>(&found).unwrap().into_iter();
            let told = found.map(|one| {
                let first_known = one.first_known.map(|at| at.date_naive().to_string());
                (one.record.id.to_string(), one.record.role, first_known)
            });
            told.collect::<Vec<_>>()
        };
        let one = |role: &str, first_known: Option<&str>| {
            let first_known = first_known.map(str::to_owned);
            ("e".to_owned(), Some(role.to_owned()), first_known)
        };
        let (clerk, lead) = (
            "e,clerk,2026-03-02T09:00:00Z",
            "e,lead,2026-06-02T09:00:00Z",
        );
        let of_march = Some("2026-03-02");
        assert_eq!(stands(&[clerk, lead]), [one("lead", of_march)]);
        assert_eq!(stands(&[lead, clerk]), [one("lead", of_march)]);
        // The later row of one moment, and of none.
        let second = "e,partner,2026-06-02T09:00:00Z";
        assert_eq!(stands(&[lead, second, clerk]), [one("partner", of_march)]);
        assert_eq!(stands(&["e,clerk,", "e,lead,"]), [one("lead", None)]);
        assert_eq!(stands(&[lead, "e,clerk,"]), [one("lead", None)]);
        let other = ("d".to_owned(), None, None);
        assert_eq!(
            stands(&[lead, "d,,", clerk]),
            [one("lead", of_march), other]
        );
    }
}
