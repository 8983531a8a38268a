//! The public logs with their protocols.

use std::path::Path;

use scrutineer_datasets::sets::RequestSet;

use super::protocol::Asked;
use super::{Known, Late, LogQuestion, RequestsOutcome, evaluate};
use crate::EvalError;

/// Days after a trip within which its declaration should be handed in.
const DAYS_TO_DECLARE: f64 = 14.0;

/// Measures a public log by its protocol; `validate` asks within the period that is fitted
/// on, as for choosing features and parameters.
///
/// # Errors
/// [`EvalError`] when the set is absent or wrong.
pub fn on_set(data: &Path, set: RequestSet, validate: bool) -> Result<RequestsOutcome, EvalError> {
    let usual = LogQuestion {
        known: Known {
            late: set.known_later(),
            early: set.known_early(),
        },
        validate,
        ..LogQuestion::default()
    };
    let (question, protocol) = match set {
        RequestSet::Domestic => (
            LogQuestion {
                settled: 0.975,
                ..usual
            },
            "every step but the last, last fifth by start",
        ),
        RequestSet::International | RequestSet::Permit => {
            (usual, "every step but the last, last fifth by start")
        }
        RequestSet::PermitTrip => (
            LogQuestion {
                late: Late::Within(DAYS_TO_DECLARE),
                at: Some("End trip".to_owned()),
                until: Some("Declaration SUBMITTED".to_owned()),
                ..usual
            },
            "at the end of the trip, last fifth by that day",
        ),
        RequestSet::Receipt => (
            LogQuestion {
                late: Late::Deadline("deadline".to_owned()),
                end: Some("enddate".to_owned()),
                first: true,
                ..usual
            },
            "at the first event, last fifth by it",
        ),
        RequestSet::O2c => (
            LogQuestion {
                late: Late::Labelled("Delayed".to_owned(), "DELAYED".to_owned()),
                first: true,
                ..usual
            },
            "when the line was created, last fifth by it",
        ),
    };
    let asked = Asked::of_log(set.load(data)?, &question)?;
    evaluate(set.name(), protocol, asked)
}
