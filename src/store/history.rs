//! The facts of a tenant in memory, brought up to date from the records.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::{FromRow, QueryBuilder, Sqlite, SqliteConnection};
use tokio::sync::Mutex;

use super::error::{Result, StoreError};
use super::{Store, time};
use crate::domain::{RecordKind, TenantId};
use crate::history::{Facts, FactsAsOf};

/// Tenants whose facts stay in memory.
const MAX_TENANTS: usize = 16;
/// Rows read at once.
const PAGE: i64 = 5_000;

/// Facts in memory, by tenant.
#[derive(Debug, Default)]
pub(crate) struct FactsCache {
    by_tenant: Mutex<HashMap<TenantId, Held>>,
}

#[derive(Debug)]
struct Held {
    facts: Arc<Facts>,
    generation: i64,
    erasures: i64,
}

#[derive(FromRow)]
struct StoredVersion {
    kind: String,
    id: String,
    version: i64,
    known_at: String,
    body: String,
}

impl Store {
    /// The tenant's records as they were known at a moment, for cases to ask. What is in
    /// memory is brought up to date first, by what was added since.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn history(&self, tenant: &TenantId, as_of: DateTime<Utc>) -> Result<FactsAsOf> {
        let mut by_tenant = self.facts_cache().by_tenant.lock().await;
        let mut snapshot = self.readers().begin().await?;
        let state: Option<(i64, i64)> = sqlx::query_as(
            "SELECT records_generation, records_erasures FROM tenants WHERE id = $1",
        )
        .bind(tenant.as_str())
        .fetch_optional(&mut *snapshot)
        .await?;
        let (generation, erasures) = state.unwrap_or_default();
        let held = by_tenant.remove(tenant);
        let held = match held.filter(|held| held.erasures == erasures) {
            Some(held) if held.generation == generation => held,
            older => {
                let since = older.as_ref().map_or(-1, |held| held.generation);
                let mut facts = older.map(|held| held.facts).unwrap_or_default();
                // Copied only if somebody still looks at the older state.
                load(&mut snapshot, tenant, since, Arc::make_mut(&mut facts)).await?;
                Held {
                    facts,
                    generation,
                    erasures,
                }
            }
        };
        let facts = Arc::clone(&held.facts);
        if by_tenant.len() >= MAX_TENANTS {
            by_tenant.clear();
        }
        by_tenant.insert(tenant.clone(), held);
        Ok(FactsAsOf::new(facts, as_of))
    }
}

/// Adds every version that was stored after a generation.
async fn load(
    snapshot: &mut SqliteConnection,
    tenant: &TenantId,
    since: i64,
    facts: &mut Facts,
) -> Result<()> {
    for kind in Facts::KINDS {
        let mut last = (String::new(), 0);
        loop {
            let page = page(snapshot, tenant, since, *kind, &last).await?;
            let Some(end) = page.last() else { break };
            last = (end.id.clone(), end.version);
            for row in page {
                insert(facts, row)?;
            }
        }
    }
    Ok(())
}

async fn page(
    snapshot: &mut SqliteConnection,
    tenant: &TenantId,
    since: i64,
    kind: RecordKind,
    last: &(String, i64),
) -> Result<Vec<StoredVersion>> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "SELECT kind, id, version, known_at, body FROM records WHERE tenant = ",
    );
    query.push_bind(tenant.as_str());
    query.push(" AND kind = ").push_bind(kind.as_str());
    query
        .push(" AND (id, version) > (")
        .push_bind(last.0.as_str());
    query.push(", ").push_bind(last.1).push(")");
    query.push(" AND generation > ").push_bind(since);
    query.push(" ORDER BY id, version LIMIT ").push_bind(PAGE);
    Ok(query.build_query_as().fetch_all(snapshot).await?)
}

fn insert(facts: &mut Facts, row: StoredVersion) -> Result<()> {
    let kind: RecordKind = super::from_name(&row.kind)?;
    let version = u64::try_from(row.version).unwrap_or_default();
    let known_at = time::parse(&row.known_at)?;
    facts
        .insert(kind, known_at, version, serde_json::from_str(&row.body)?)
        .map_err(|problem| StoreError::Damaged(format!("{kind} {}: {problem}", row.id)))
}
