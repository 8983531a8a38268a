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

/// Reads `project_setup.csv` or `.ndjson` of a folder; of several versions of a set-up, the
/// last known tells what came of it.
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
    let mut last: BTreeMap<String, (Option<DateTime<Utc>>, ProjectSetup)> = BTreeMap::new();
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
        let older = last.get(&record.id).is_some_and(|(seen, _)| *seen > known);
        if !older {
            last.insert(record.id, (known, setup));
        }
    }
    let requests: Vec<Request> = last
        .into_values()
        .map(|(_, setup)| Request::of_setup(&setup))
        .collect();
    // The records tell as far as the last thing that happened in them.
    let happened = requests.iter().filter_map(|one| one.trace.ended());
    let horizon = happened.map(|time| days(&time)).fold(horizon, f64::max);
    let cut = days(&cut.and_time(NaiveTime::MIN).and_utc());
    Ok(Asked::of_records(requests, cut, horizon))
}
