//! What people said of pairs that may be copies, and what it teaches.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};

use super::{Service, ServiceError};
use crate::advice::Case;
use crate::cases::duplicate;
use crate::domain::TenantId;
use crate::learn::ranking::{Answered, Ranking};

/// Tenants whose answers stay in memory.
const MAX_TENANTS: usize = 16;

/// What was said, tenant by tenant, held until more is said.
#[derive(Debug, Default)]
pub(super) struct ReviewedPairs {
    by_tenant: Mutex<HashMap<TenantId, Arc<Reviewed>>>,
}

#[derive(Debug)]
struct Reviewed {
    until: (i64, i64),
    /// When it was said, and of what.
    answers: Vec<(DateTime<Utc>, Answered)>,
    /// Of all of them.
    ranking: Option<Arc<Ranking>>,
}

impl Reviewed {
    /// What was known at a moment.
    fn at(&self, as_of: DateTime<Utc>) -> Option<Arc<Ranking>> {
        if self.answers.iter().all(|(given_at, _)| *given_at <= as_of) {
            return self.ranking.clone();
        }
        let then = self
            .answers
            .iter()
            .filter(|(given_at, _)| *given_at <= as_of);
        let then: Vec<Answered> = then.map(|(_, answered)| answered.clone()).collect();
        Ranking::fit(&then).map(Arc::new)
    }
}

impl Service {
    /// What people said of pairs until a moment taught.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub(super) async fn ranking(
        &self,
        tenant: &TenantId,
        as_of: DateTime<Utc>,
    ) -> Result<Option<Arc<Ranking>>, ServiceError> {
        Ok(self.reviewed(tenant).await?.at(as_of))
    }

    async fn reviewed(&self, tenant: &TenantId) -> Result<Arc<Reviewed>, ServiceError> {
        let until = self.store().said_until(tenant, Case::Duplicate).await?;
        let lock = || {
            let held = self.reviewed_pairs.by_tenant.lock();
            held.unwrap_or_else(PoisonError::into_inner)
        };
        let held = lock().get(tenant).map(Arc::clone);
        if let Some(held) = held.filter(|held| held.until == until) {
            return Ok(held);
        }
        let said = self.store().said_of(tenant, Case::Duplicate).await?;
        let mut said: Vec<_> = said.into_iter().collect();
        // One order, so that sums are always the same.
        said.sort_by(|(one, said), (other, also)| {
            (said.given_at, one).cmp(&(also.given_at, other))
        });
        let answers: Vec<(DateTime<Utc>, Answered)> = said
            .iter()
            .filter_map(|(_, said)| {
                let answered = duplicate::answered(&said.answer, said.feedback.confirms())?;
                Some((said.given_at, answered))
            })
            .collect();
        let all: Vec<Answered> = answers
            .iter()
            .map(|(_, answered)| answered.clone())
            .collect();
        let reviewed = Arc::new(Reviewed {
            until,
            answers,
            ranking: Ranking::fit(&all).map(Arc::new),
        });
        let mut by_tenant = lock();
        if by_tenant.len() >= MAX_TENANTS {
            by_tenant.clear();
        }
        by_tenant.insert(tenant.clone(), Arc::clone(&reviewed));
        Ok(reviewed)
    }
}
