//! What the firm sets for collections.

use serde::{Deserialize, Serialize};

use crate::cases::collections::Policy;

/// What the firm sets for collections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Collections {
    /// Days late beyond which an invoice is very late.
    pub very_late_days: u32,
    /// Days from a contact on, its own counted, in which no other is proposed.
    pub contact_pause_days: u32,
    /// Customers that the team can contact in a day.
    pub contacts_a_day: u32,
}

impl Default for Collections {
    fn default() -> Self {
        Self {
            very_late_days: 30,
            contact_pause_days: 3,
            contacts_a_day: 20,
        }
    }
}

impl Collections {
    /// Customers that a worklist can be asked for at most.
    pub const MOST_CONTACTS: u32 = 1000;

    /// What the case is to know.
    #[must_use]
    pub const fn policy(&self) -> Policy {
        Policy {
            very_late_days: self.very_late_days,
            contact_pause_days: self.contact_pause_days,
        }
    }
}
