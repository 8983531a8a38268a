//! The opening of a project.

use chrono::{DateTime, NaiveDate, Utc};

use super::macros::{record, record_part};
use crate::domain::RecordId;
use crate::domain::codes::code_list;

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
    ProjectSetup dated by |setup| Some(setup.requested_at.date_naive()), checked by |_| Vec::new(),
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
