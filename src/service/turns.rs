//! Turns to make worklists.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

use crate::domain::TenantId;

/// Held by whoever makes a list.
type Turn = Arc<tokio::sync::Mutex<()>>;

/// One turn for each list of each tenant, so that no list waits for another: as many as there are of both.
#[derive(Debug, Default)]
pub(super) struct Turns {
    by_list: Mutex<HashMap<(TenantId, &'static str), Turn>>,
}

impl Turns {
    /// Waits until nobody else makes this list of the tenant's.
    pub(super) async fn take(&self, tenant: &TenantId, list: &'static str) -> OwnedMutexGuard<()> {
        self.of(tenant, list).lock_owned().await
    }

    fn of(&self, tenant: &TenantId, list: &'static str) -> Turn {
        // A map is whole also where somebody panicked beside it.
        let mut by_list = self.by_list.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = by_list.entry((tenant.clone(), list)).or_default();
        Arc::clone(turn)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn a_list_waits_for_itself_and_for_no_other() {
        let turns = Turns::default();
        let take = async |name: &str, list: &'static str| {
            let tenant = TenantId::new(name).unwrap();
            let taking = turns.take(&tenant, list);
            timeout(Duration::from_millis(20), taking).await.ok()
        };
        let first = take("a", "delays").await;
        assert!(first.is_some());
        assert!(take("a", "delays").await.is_none());
        let other_list = take("a", "expenses").await;
        let other_tenant = take("b", "delays").await;
        assert!(other_list.is_some() && other_tenant.is_some());
        drop(first);
        assert!(take("a", "delays").await.is_some());
    }
}
