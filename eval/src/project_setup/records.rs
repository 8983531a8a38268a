//! Set-ups of projects as records tell them.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use scrutineer::cases::project_setup::Request;
use scrutineer::cases::project_setup::request::days;
use scrutineer::domain::loader::{Rows, Source};
use scrutineer::domain::records::ProjectSetup;
use scrutineer::domain::{FieldSet as _, RecordKind};
use serde_json::Value;

use super::protocol::Asked;
use crate::EvalError;

/// The versions of a set-up, in order of when they became known.
type Versions = BTreeMap<Option<DateTime<Utc>>, ProjectSetup>;

/// Reads `project_setup.csv` or `.ndjson` of a folder; of several versions of a set-up, the
/// last known tells what came of it, and each what it looked like then.
pub(super) fn asked(folder: &Path, cut: NaiveDate) -> Result<Asked, EvalError> {
    let kind = RecordKind::ProjectSetup;
    let path = ["csv", "ndjson"]
        .map(|ending| folder.join(format!("{kind}.{ending}")))
        .into_iter()
        .find(|path| path.is_file())
        .ok_or_else(|| {
            let missing = folder.join(format!("{kind}.csv"));
            EvalError::Absent(format!("{} is not there", missing.display()))
        })?;
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
    let mut setups: BTreeMap<String, Versions> = BTreeMap::new();
    let mut horizon = f64::NEG_INFINITY;
    for item in Rows::new(file, source) {
        let record = item.map_err(|problem| wrong(problem.to_string()))?.record;
        let known = record.known_at;
        let Value::Object(members) = record.body else {
            return Err(wrong(format!("{}: a set-up is an object", record.id)));
        };
        let setup = ProjectSetup::from_members("", members).map_err(|problems| {
            let first = problems.first();
            let first = first.map(|found| format!("`{}` {}", found.field, found.problem));
            wrong(format!("{}: {}", record.id, first.unwrap_or_default()))
        })?;
        horizon = horizon.max(known.map_or(f64::NEG_INFINITY, |known| days(&known)));
        setups.entry(record.id).or_default().insert(known, setup);
    }
    let requests: Vec<Request> = setups
        .values()
        .filter_map(|versions| {
            Request::of_versions(versions.iter().map(|(known, setup)| (*known, setup)))
        })
        .collect();
    // The records tell as far as the last thing that happened in them.
    let happened = requests.iter().filter_map(|one| one.trace.ended());
    let horizon = happened.map(|time| days(&time)).fold(horizon, f64::max);
    let cut = days(&cut.and_time(NaiveTime::MIN).and_utc());
    Ok(Asked::of_records(requests, cut, horizon))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn set_ups_are_read_as_they_stood_and_given_up_ones_are_not_late() {
        // The last version first: the order of the file says nothing.
        let versions = [
            ("12", "2026-02-20", Some("2026-01-12T09:00:00Z")),
            ("08", "2026-02-20", None),
            ("05", "2026-01-20", None),
        ];
        let lines = versions.map(|(known_on, planned, cancelled)| {
            let done = (known_on > "05").then_some("2026-01-08T09:00:00Z");
            let version = json!({
                "id": "s1", "project_id": "p", "requested_at": "2026-01-05T09:00:00Z",
                "planned_activation_on": planned, "cancelled_at": cancelled,
                "dependencies": [{"name": "contract", "done_at": done,
                    "state": if done.is_some() { "done" } else { "open" }}],
                "known_at": format!("2026-01-{known_on}T09:00:00Z"),
            });
            format!("{version}\n")
        });
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("project_setup.ndjson");
        std::fs::write(file, lines.concat()).unwrap();
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let found = asked(folder.path(), day("2026-01-01")).unwrap();
        let request = &found.requests[0];
        let end_of = |text: &str| days(&day(text).and_time(NaiveTime::MIN).and_utc()) + 1.0;
        let due = [0, 1].map(|step| request.due_at(step));
        let planned = ["2026-01-20", "2026-02-20"].map(|day| Some(end_of(day)));
        assert_eq!(due, planned);
        assert_eq!(request.late(), None);
        // After its last step it was still open, and was asked about.
        assert!(found.asks(0, 0) && found.asks(0, 1));
    }
}
