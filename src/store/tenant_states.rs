//! How far each tenant's records and keys are, read together for all who ask together.
//!
//! What is held in memory is used only if nothing was added or withdrawn since, by this
//! process or another, and only the database knows. Asking it costs more than most
//! answers, so whoever comes while one read runs shares the next. Everybody gets what was read
//! after they asked, as if each had read alone. While [`Changes`] tells that nothing changed, what was
//! read before is what would be read again.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use sqlx::sqlite::{SqliteExecutor, SqlitePool};
use sqlx::{FromRow, QueryBuilder, Sqlite};
use tokio::sync::{mpsc, oneshot};

use super::changes::Changes;
use super::error::{Result, StoreError};
use crate::domain::TenantId;

/// Askers that wait to be taken up; more wait until there is room.
const MAX_WAITING: usize = 1024;
/// Askers of one read.
const MAX_TOGETHER: usize = 256;

/// How far a tenant is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, FromRow)]
pub(super) struct TenantState {
    /// Number of the last transaction that added records.
    pub(super) records_generation: i64,
    /// Number of erasures.
    pub(super) records_erasures: i64,
    /// Number of changes to its keys.
    pub(super) keys_generation: i64,
}

#[derive(FromRow)]
struct Row {
    id: String,
    #[sqlx(flatten)]
    state: TenantState,
}

struct Waiting {
    tenant: TenantId,
    answer: oneshot::Sender<Result<Option<TenantState>>>,
}

/// The way to the task that reads.
#[derive(Debug, Clone)]
pub(crate) struct TenantStates {
    waiting: mpsc::Sender<Waiting>,
    changes: Changes,
    held: Arc<Held>,
}

/// What was read last of each tenant, under which number of [`Changes`].
#[derive(Debug, Default)]
struct Held {
    by_tenant: RwLock<HashMap<String, (u64, TenantState)>>,
}

impl Held {
    fn get(&self, tenant: &TenantId, number: u64) -> Option<TenantState> {
        let held = self
            .by_tenant
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let (under, state) = held.get(tenant.as_str())?;
        (*under == number).then_some(*state)
    }

    fn put(&self, states: &HashMap<String, TenantState>, number: u64) {
        let held = self.by_tenant.write();
        let mut held = held.unwrap_or_else(PoisonError::into_inner);
        held.extend(
            states
                .iter()
                .map(|(id, state)| (id.clone(), (number, *state))),
        );
    }
}

impl TenantStates {
    /// Starts the task; it ends when nobody can ask any more.
    pub(super) fn start(readers: SqlitePool, changes: Changes) -> Self {
        let (waiting, mut taken) = mpsc::channel::<Waiting>(MAX_WAITING);
        let states = Self {
            waiting,
            changes: changes.clone(),
            held: Arc::default(),
        };
        let held = Arc::clone(&states.held);
        tokio::spawn(async move {
            let mut together = Vec::new();
            while taken.recv_many(&mut together, MAX_TOGETHER).await > 0 {
                let reading = Reading {
                    readers: &readers,
                    changes: &changes,
                    held: &held,
                };
                reading.answer(std::mem::take(&mut together)).await;
            }
        });
        states
    }

    /// How far a tenant is now; `None` if there is no such tenant.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub(super) async fn of(&self, tenant: &TenantId) -> Result<Option<TenantState>> {
        let settled = self.changes.settled();
        if let Some(state) = settled.and_then(|number| self.held.get(tenant, number)) {
            return Ok(Some(state));
        }
        let (answer, state) = oneshot::channel();
        let waiting = Waiting {
            tenant: tenant.clone(),
            answer,
        };
        let closed = || StoreError::Invalid("the store is closed".to_owned());
        self.waiting.send(waiting).await.map_err(|_| closed())?;
        state.await.map_err(|_| closed())?
    }
}

/// What the task reads with.
struct Reading<'a> {
    readers: &'a SqlitePool,
    changes: &'a Changes,
    held: &'a Held,
}

impl Reading<'_> {
    async fn answer(&self, together: Vec<Waiting>) {
        let mut asked: Vec<&TenantId> = together.iter().map(|waiting| &waiting.tenant).collect();
        asked.sort_unstable();
        asked.dedup();
        let before = self.changes.settled();
        match read(self.readers, &asked).await {
            Ok(states) => {
                // Under a number that was the same all along, so that it tells of what changes next.
                if let Some(number) = before.filter(|_| before == self.changes.settled()) {
                    self.held.put(&states, number);
                }
                for waiting in together {
                    let state = states.get(waiting.tenant.as_str()).copied();
                    // Whoever asked may have gone away.
                    let _ = waiting.answer.send(Ok(state));
                }
            }
            Err(_) if together.len() > 1 => {
                // Each is told what went wrong with its own.
                for waiting in together {
                    Box::pin(self.answer(vec![waiting])).await;
                }
            }
            Err(error) => {
                if let Some(waiting) = together.into_iter().next() {
                    let _ = waiting.answer.send(Err(error));
                }
            }
        }
    }
}

/// How far each of these tenants is, by id; an unknown one has no entry.
pub(super) async fn read(
    executor: impl SqliteExecutor<'_>,
    tenants: &[&TenantId],
) -> Result<HashMap<String, TenantState>> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "SELECT id, records_generation, records_erasures, keys_generation \
         FROM tenants WHERE id IN (",
    );
    let mut ids = query.separated(", ");
    for tenant in tenants {
        ids.push_bind(tenant.as_str());
    }
    query.push(")");
    let rows: Vec<Row> = query.build_query_as().fetch_all(executor).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.state)).collect())
}
