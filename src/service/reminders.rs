//! Reminders of single sheets, where the firm has turned them on.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Service, ServiceError, on_own_thread};
use crate::cases::timesheet::Reminder;
use crate::domain::TenantId;

/// Name of the list.
pub const REMINDERS: &str = "reminders";

/// Sheets to remind of at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReminderList {
    /// The moment.
    pub as_of: DateTime<Utc>,
    /// By period, then by sheet.
    pub reminders: Vec<Reminder>,
}

impl Service {
    /// The sheets to remind of. Nothing is kept of it: it tells of persons, and says nothing
    /// that the records do not give again.
    ///
    /// # Errors
    /// [`ServiceError::SwitchedOff`] unless the firm has turned it on, or what kept it from
    /// being computed.
    pub async fn reminders(
        &self,
        tenant: &TenantId,
        now: DateTime<Utc>,
    ) -> Result<ReminderList, ServiceError> {
        let switch = self.records().reminders.as_ref();
        let reminders = Arc::clone(switch.ok_or(ServiceError::SwitchedOff {
            setting: "timesheet.remind_submitters",
        })?);
        let history = self.store().history(tenant, now).await?;
        let found = on_own_thread(move || reminders.due(&history)).await?;
        Ok(ReminderList {
            as_of: now,
            reminders: found,
        })
    }
}
