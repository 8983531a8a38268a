//! Something that happened in a case.

use chrono::{DateTime, Utc};

use super::macros::record;
use crate::domain::RecordId;
use crate::domain::codes::code_list;

code_list! {
    /// Which moment of an activity it is.
    Lifecycle {
        /// It was put on somebody's list.
        Schedule = "schedule",
        /// It began.
        Start = "start",
        /// It was interrupted.
        Suspend = "suspend",
        /// It went on.
        Resume = "resume",
        /// It ended.
        Complete = "complete",
        /// It was given up.
        Abort = "abort",
    }
}

record! {
    /// Something that happened in a case.
    Event dated by |event| Some(event.time.date_naive()), checked by |_| Vec::new(),
    {
        /// Case it belongs to.
        case_id: RecordId,
        /// Process the case is of.
        process: Option<String>,
        /// What happened.
        activity: String,
        /// When.
        time: DateTime<Utc>,
        /// Which moment of the activity; complete when absent.
        lifecycle: Option<Lifecycle>,
        /// Who or what did it.
        resource: Option<String>,
        /// In which role.
        role: Option<String>,
        /// Kind of record it is about.
        subject_kind: Option<String>,
        /// Id of that record.
        subject_id: Option<RecordId>,
    }
}
