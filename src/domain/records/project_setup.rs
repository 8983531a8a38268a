//! The opening of a project.

use chrono::{DateTime, NaiveDate, Utc};

use super::macros::{record, record_part};
use crate::domain::codes::code_list;
use crate::domain::fields::problem;
use crate::domain::{FieldProblem, RecordId};

code_list! {
    /// How far a dependency is.
    DependencyState {
        /// Not begun.
        Open = "open",
        /// Being worked on.
        InProgress = "in_progress",
        /// Cannot go on.
        Blocked = "blocked",
        /// Done.
        Done = "done",
        /// Not needed.
        Waived = "waived",
    }
}

record! {
    /// The opening of a project, with what it depends on.
    ProjectSetup dated by |setup| Some(setup.requested_at.date_naive()), checked by problems_between,
    {
        /// Project.
        project_id: RecordId,
        /// When it was asked for.
        requested_at: DateTime<Utc>,
        /// Employee who asked.
        requester_id: Option<RecordId>,
        /// Team.
        team: Option<String>,
        /// Kind of set-up.
        template: Option<String>,
        /// Day the project should be active.
        planned_activation_on: NaiveDate,
        /// When it became active.
        activated_at: Option<DateTime<Utc>>,
        /// When it was given up.
        cancelled_at: Option<DateTime<Utc>>,
        /// What it depends on.
        dependencies: Vec<SetupDependency>,
    }
}

record_part! {
    /// Something a set-up depends on.
    SetupDependency {
        /// Name, such as `contract signed`.
        name: String,
        /// Role that sees to it.
        owner_role: Option<String>,
        /// Whether activation waits for it; yes when absent.
        required: Option<bool>,
        /// How far it is.
        state: DependencyState,
        /// Day it should be done.
        due_on: Option<NaiveDate>,
        /// When it was begun.
        started_at: Option<DateTime<Utc>>,
        /// When it was done.
        done_at: Option<DateTime<Utc>>,
    }
}

impl SetupDependency {
    /// When it was done; none while its state is another, whatever day is noted.
    #[must_use]
    pub fn done(&self) -> Option<DateTime<Utc>> {
        self.done_at.filter(|_| self.state == DependencyState::Done)
    }
}

/// What cannot be so together: active before it was asked for, active and given up, done before begun.
fn problems_between(setup: &ProjectSetup) -> Vec<FieldProblem> {
    let asked = Some(setup.requested_at);
    let mut found = in_order(asked, setup.activated_at, "activated_at", "requested_at");
    if setup.activated_at.is_some() && setup.cancelled_at.is_some() {
        found.extend(problem("cancelled_at", "is there beside `activated_at`"));
    }
    for (place, one) in setup.dependencies.iter().enumerate() {
        let name = format!("dependencies[{place}].done_at");
        found.extend(in_order(one.started_at, one.done_at, &name, "started_at"));
    }
    found
}

/// A problem when the second of two moments, both given, lies before the first.
fn in_order(
    first: Option<DateTime<Utc>>,
    second: Option<DateTime<Utc>>,
    name: &str,
    earlier: &str,
) -> Vec<FieldProblem> {
    match (first, second) {
        (Some(first), Some(second)) if second < first => {
            problem(name, format!("lies before `{earlier}`"))
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::FieldSet as _;
    use crate::domain::records::Record as _;

    /// The members that contradict others, of a set-up with these besides.
    fn contradicted(members: Value) -> Vec<String> {
        let mut body = json!({"id": "s", "project_id": "p", "requested_at": "2026-03-02T09:00:00Z",
            "planned_activation_on": "2026-03-20", "dependencies": []});
        for (name, value) in members.as_object().unwrap() {
            body[name] = value.clone();
        }
        let Value::Object(body) = body else {
            unreachable!()
        };
        let setup = ProjectSetup::from_members("", body).unwrap();
        let problems = setup.contradictions().into_iter();
        problems.map(|problem| problem.field).collect()
    }

    #[test]
    fn what_cannot_be_so_together_is_named() {
        let dependency = |started: &str, done: &str| json!({"name": "contract", "state": "done", "started_at": started, "done_at": done});
        let (early, late) = ("2026-03-01T09:00:00Z", "2026-03-05T09:00:00Z");
        for (members, expected) in [
            (json!({}), None),
            (json!({"activated_at": late}), None),
            (json!({"activated_at": "2026-03-02T09:00:00Z"}), None),
            (json!({"activated_at": early}), Some("activated_at")),
            (json!({"cancelled_at": late}), None),
            (
                json!({"activated_at": late, "cancelled_at": late}),
                Some("cancelled_at"),
            ),
            // Begun before the set-up was asked for, as a frame contract may be.
            (json!({"dependencies": [dependency(early, late)]}), None),
            (
                json!({"dependencies": [dependency(early, late), dependency(late, early)]}),
                Some("dependencies[1].done_at"),
            ),
        ] {
            let expected: Vec<&str> = expected.into_iter().collect();
            assert_eq!(contradicted(members.clone()), expected, "{members}");
        }
    }

    #[test]
    fn a_day_noted_for_what_is_not_done_tells_nothing() {
        let done_at = Some("2026-03-05T09:00:00Z".parse().unwrap());
        let one = |state: DependencyState| SetupDependency {
            name: "contract".to_owned(),
            owner_role: None,
            required: None,
            state,
            due_on: None,
            started_at: None,
            done_at,
        };
        assert_eq!(one(DependencyState::Done).done(), done_at);
        for state in [DependencyState::Open, DependencyState::Blocked] {
            assert_eq!(one(state).done(), None);
        }
    }
}
