//! Set-ups of projects as records tell them.

use std::path::Path;

use chrono::{NaiveDate, NaiveTime, Utc};
use scrutineer::cases::project_setup::Request;
use scrutineer::cases::project_setup::request::days;
use scrutineer::domain::RecordKind;
use scrutineer::domain::records::ProjectSetup;

use super::protocol::Asked;
use crate::EvalError;
use crate::records::{needed_file, stated};
use crate::told_until::last_moment;

/// Reads `project_setup.csv` or `.ndjson` of a folder; of several versions of a set-up, the
/// last known tells what came of it, and each what it looked like then.
pub(super) fn asked(folder: &Path, cut: NaiveDate) -> Result<Asked, EvalError> {
    let mut setups = stated::<ProjectSetup>(&needed_file(folder, RecordKind::ProjectSetup)?)?;
    // Whatever the order of the file.
    setups.sort_by(|(one, _), (other, _)| one.cmp(other));
    let requests = setups.iter().filter_map(|(_, versions)| {
        Request::of_versions(versions.iter().map(|(known, setup)| (*known, setup)))
    });
    let requests: Vec<Request> = requests.collect();
    // The records tell as far as the last thing that happened in them, or became known.
    let known = setups.iter().flat_map(|(_, versions)| versions.keys());
    let steps = requests.iter().flat_map(|one| &one.trace.events);
    let told = known.copied().flatten();
    let told = told.chain(steps.map(|step| step.time.to_utc()));
    let horizon = last_moment(told, Utc::now()).map_or(f64::NEG_INFINITY, |last| days(&last));
    let cut = days(&cut.and_time(NaiveTime::MIN).and_utc());
    Ok(Asked::of_records(requests, cut, horizon))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Days};
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

    /// Sixty set-ups that were active after two days, one a day from New Year, and one that is open.
    fn sixty_and_an_open_one(done_at: &str) -> Asked {
        let first: NaiveDate = "2025-01-01".parse().unwrap();
        let done = (0..60).map(|place| {
            let begun = first + Days::new(place);
            let active = begun + Days::new(2);
            json!({"id": format!("s{place:02}"), "project_id": "p",
                "requested_at": format!("{begun}T09:00:00Z"), "planned_activation_on": active,
                "activated_at": format!("{active}T09:00:00Z")})
        });
        let open = json!({"id": "t", "project_id": "p", "requested_at": "2025-02-20T09:00:00Z",
            "planned_activation_on": "2025-08-20", "dependencies": [
                {"name": "contract", "state": "done", "done_at": "2025-02-25T09:00:00Z"},
                {"name": "tax", "state": "done", "done_at": done_at}]});
        let lines: Vec<String> = done.chain([open]).map(|one| format!("{one}\n")).collect();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("project_setup.ndjson"), lines.concat()).unwrap();
        asked(folder.path(), "2025-02-01".parse().unwrap()).unwrap()
    }

    #[test]
    fn a_step_dated_far_ahead_makes_no_open_set_up_late() {
        let at = |text: &str| days(&text.parse::<DateTime<Utc>>().unwrap());
        let end = at("2025-03-03T09:00:00Z");
        // In ten years, and mistyped by one that has passed.
        for slip in ["2036-02-26T09:00:00Z", "2026-02-26T09:00:00Z"] {
            let found = sixty_and_an_open_one(slip);
            assert_eq!(found.horizon, end, "{slip}");
            let open = &found.requests[60];
            assert_eq!(&*open.trace.id, "t");
            assert_eq!(found.late(open.late_at(0)), None, "{slip}");
            // Nor did that step happen, as far as anyone was told.
            let asks = [0, 1, 2].map(|step| found.asks(60, step));
            assert_eq!(asks, [true, true, false], "{slip}");
        }
        let found = sixty_and_an_open_one("2025-02-26T09:00:00Z");
        assert!(found.asks(60, 2));
    }
}
