//! The facts of a tenant in memory, brought up to date from the records.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{FromRow, QueryBuilder, Sqlite, SqliteConnection};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::JoinError;

use super::erasure::Erasures;
use super::error::{Result, StoreError};
use super::tenant_states::{self, TenantState};
use super::{Store, time};
use crate::domain::{Currency, RecordKind, TenantId};
use crate::error::BrokenOff;
use crate::history::{Facts, FactsAsOf};

/// Tenants whose facts stay in memory.
const MAX_TENANTS: usize = 16;
/// Rows read at once.
const PAGE: i64 = 5_000;
/// Tenants of which all records are read at once, and of which what is new. Each holds one of the four
/// connections that everything is read by, for as long as it takes: one is always left for the others.
const WHOLE_AT_ONCE: usize = 2;
const NEWER_AT_ONCE: usize = 1;

/// Facts in memory.
#[derive(Debug)]
pub(crate) struct FactsCache {
    by_tenant: Mutex<ByTenant>,
    /// Held by whoever brings a tenant's facts up to date: so that nothing is read twice, and nobody takes
    /// facts away that another adds to. What one tenant waits for holds no other up; there are as many as
    /// tenants that were asked about.
    turns: Mutex<HashMap<TenantId, Turn>>,
    /// Apart, so that whoever lacks little does not wait for whoever lacks everything.
    whole: Semaphore,
    newer: Semaphore,
    home: OnceLock<Currency>,
}

type Turn = Arc<tokio::sync::Mutex<()>>;

/// The facts that stay in memory, each with when it was last asked for.
#[derive(Debug, Default)]
struct ByTenant {
    held: HashMap<TenantId, (u64, Held)>,
    /// Questions so far.
    asked: u64,
}

impl ByTenant {
    fn get(&mut self, tenant: &TenantId) -> Option<&Held> {
        self.asked += 1;
        let (last, held) = self.held.get_mut(tenant)?;
        *last = self.asked;
        Some(&*held)
    }

    fn take(&mut self, tenant: &TenantId) -> Option<Held> {
        self.held.remove(tenant).map(|(_, held)| held)
    }

    /// Keeps a tenant's facts, and gives those that were asked for longest ago where they are too many.
    fn put(&mut self, tenant: &TenantId, held: Held) -> Option<Held> {
        self.asked += 1;
        self.held.insert(tenant.clone(), (self.asked, held));
        if self.held.len() <= MAX_TENANTS {
            return None;
        }
        let longest_ago = self.held.iter().min_by_key(|(_, (last, _))| *last);
        let longest_ago = longest_ago.map(|(tenant, _)| tenant.clone())?;
        self.take(&longest_ago)
    }
}

#[derive(Debug, Clone)]
struct Held {
    facts: Arc<Facts>,
    generation: i64,
    erasures: Erasures,
}

impl Held {
    fn of(facts: Facts, state: &TenantState) -> Self {
        Self {
            facts: Arc::new(facts),
            generation: state.records_generation,
            erasures: Erasures::of(state),
        }
    }

    fn seen_from(self, as_of: DateTime<Utc>) -> (FactsAsOf, Erasures) {
        (FactsAsOf::new(self.facts, as_of), self.erasures)
    }
}

/// Frees what is held no longer, on another thread: many records take a while.
fn drop_aside(gone: Held) {
    tokio::task::spawn_blocking(move || drop(gone));
}

/// Where a page ends: generation, kind, id and version of its last row.
type Place = (i64, String, String, i64);

#[derive(FromRow)]
struct StoredVersion {
    generation: i64,
    kind: String,
    id: String,
    version: i64,
    known_at: String,
    known_at_stated: bool,
    body: String,
}

impl StoredVersion {
    fn place(&self) -> Place {
        let (kind, id) = (self.kind.clone(), self.id.clone());
        (self.generation, kind, id, self.version)
    }
}

impl Default for FactsCache {
    fn default() -> Self {
        Self {
            by_tenant: Mutex::default(),
            turns: Mutex::default(),
            whole: Semaphore::new(WHOLE_AT_ONCE),
            newer: Semaphore::new(NEWER_AT_ONCE),
            home: OnceLock::new(),
        }
    }
}

impl FactsCache {
    fn lock(&self) -> MutexGuard<'_, ByTenant> {
        // A map is whole also where somebody panicked beside it.
        self.by_tenant
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The tenant's facts, if they are as new as what was read of its state.
    fn current(&self, tenant: &TenantId, state: &TenantState) -> Option<Held> {
        let mut by_tenant = self.lock();
        let held = by_tenant.get(tenant)?;
        // Both numbers only rise: what was read later is newer.
        let is_new =
            held.erasures >= Erasures::of(state) && held.generation >= state.records_generation;
        is_new.then(|| held.clone())
    }

    /// The generation of the records that are held of a tenant, if any are.
    fn generation(&self, tenant: &TenantId) -> Option<i64> {
        let by_tenant = self.lock();
        by_tenant.held.get(tenant).map(|(_, held)| held.generation)
    }

    fn turn(&self, tenant: &TenantId) -> Turn {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(tenant.clone()).or_default())
    }
}

async fn permit(of: &Semaphore) -> Result<SemaphorePermit<'_>> {
    let closed = |_| StoreError::Invalid("the store is closed".to_owned());
    of.acquire().await.map_err(closed)
}

impl Store {
    /// Says what the firms' currency is, before any is asked about: the first word counts.
    pub fn set_home_currency(&self, home: Currency) {
        let _said_before = self.facts_cache().home.set(home);
    }

    /// The tenant's records as they were known at a moment, for cases to ask. What is in
    /// memory is brought up to date first, by what was added since.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn history(&self, tenant: &TenantId, as_of: DateTime<Utc>) -> Result<FactsAsOf> {
        let (history, _) = self.history_read(tenant, as_of).await?;
        Ok(history)
    }

    /// The same with how often something had been erased when it was read, for answers that are to be
    /// kept.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn history_read(
        &self,
        tenant: &TenantId,
        as_of: DateTime<Utc>,
    ) -> Result<(FactsAsOf, Erasures)> {
        let state = self.tenant_states().of(tenant).await?.unwrap_or_default();
        let cache = self.facts_cache();
        if let Some(held) = cache.current(tenant, &state) {
            return Ok(held.seen_from(as_of));
        }
        let turn = cache.turn(tenant).lock_owned().await;
        // Whoever had the turn before may have done it.
        if let Some(held) = cache.current(tenant, &state) {
            return Ok(held.seen_from(as_of));
        }
        // Goes on where whoever asked waits no longer: the next one finds it done.
        let (store, tenant) = (self.clone(), tenant.clone());
        let loading = tokio::spawn(async move {
            let _turn = turn;
            store.load(&tenant).await
        });
        let held = loading.await.map_err(|error| broke_off("read", error))??;
        Ok(held.seen_from(as_of))
    }

    /// The tenants whose records are all held in memory when each has been asked about.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn tenants_held(&self) -> Result<Vec<TenantId>> {
        let tenants: Vec<String> =
            sqlx::query_scalar("SELECT id FROM tenants ORDER BY id LIMIT $1")
                .bind(i64::try_from(MAX_TENANTS).unwrap_or(i64::MAX))
                .fetch_all(self.readers())
                .await?;
        let tenants = tenants.iter().map(|id| TenantId::new(id));
        tenants
            .map(|tenant| tenant.map_err(|error| StoreError::Damaged(error.to_string())))
            .collect()
    }

    /// Brings a tenant's facts up to date, for whoever has its turn.
    async fn load(&self, tenant: &TenantId) -> Result<Held> {
        let held = match self.add_to_held(tenant).await? {
            Some(held) => held,
            None => self.read_whole(tenant).await?,
        };
        let gone = self.facts_cache().lock().put(tenant, held.clone());
        if let Some(gone) = gone {
            drop_aside(gone);
        }
        Ok(held)
    }

    /// What is held with what was stored since; none where nothing is, or something was erased since.
    async fn add_to_held(&self, tenant: &TenantId) -> Result<Option<Held>> {
        let cache = self.facts_cache();
        if cache.generation(tenant).is_none() {
            return Ok(None);
        }
        let _permit = permit(&cache.newer).await?;
        let mut snapshot = self.readers().begin().await?;
        let state = state_of(&mut snapshot, tenant).await?;
        // It may have had to go meanwhile.
        let Some(since) = cache.generation(tenant) else {
            return Ok(None);
        };
        // As a rule all that is new; read first, so that what is held stays held where it cannot be.
        let first = (since, String::new(), String::new(), 0);
        let page = newer_page(&mut snapshot, tenant, since, first).await?;
        let taken = cache.lock().take(tenant);
        let Some(held) = taken else {
            return Ok(None);
        };
        if held.erasures != Erasures::of(&state) {
            drop_aside(held);
            return Ok(None);
        }
        // Copied only if somebody still looks at the older state; that takes a while.
        let copying = move || Arc::unwrap_or_clone(held.facts);
        let copied = tokio::task::spawn_blocking(copying).await;
        let facts = copied.map_err(|error| broke_off("copied", error))?;
        let facts = add_newer(&mut snapshot, tenant, since, (page, facts)).await?;
        Ok(Some(Held::of(facts, &state)))
    }

    async fn read_whole(&self, tenant: &TenantId) -> Result<Held> {
        let cache = self.facts_cache();
        let _permit = permit(&cache.whole).await?;
        let mut snapshot = self.readers().begin().await?;
        let state = state_of(&mut snapshot, tenant).await?;
        let home = cache.home.get().copied();
        let facts = home.map_or_else(Facts::default, Facts::of_firm);
        let facts = add_all(&mut snapshot, tenant, facts).await?;
        Ok(Held::of(facts, &state))
    }
}

async fn state_of(snapshot: &mut SqliteConnection, tenant: &TenantId) -> Result<TenantState> {
    let states = tenant_states::read(&mut *snapshot, &[tenant]).await?;
    Ok(states.get(tenant.as_str()).copied().unwrap_or_default())
}

/// Why records are not held where the work on them broke off.
fn broke_off(what: &str, error: JoinError) -> StoreError {
    let how = BrokenOff::from(error);
    StoreError::Damaged(format!("records were not {what}: {how}"))
}

/// Adds a page of what was stored after a generation, and all that comes after it.
async fn add_newer(
    snapshot: &mut SqliteConnection,
    tenant: &TenantId,
    since: i64,
    (mut page, mut facts): (Vec<StoredVersion>, Facts),
) -> Result<Facts> {
    while let Some(end) = page.last().map(StoredVersion::place) {
        // One that is not full is the last.
        let is_last = i64::try_from(page.len()).is_ok_and(|rows| rows < PAGE);
        facts = take_in(facts, page).await?;
        if is_last {
            break;
        }
        page = newer_page(snapshot, tenant, since, end).await?;
    }
    Ok(facts)
}

/// Versions that were stored after a generation, from after a place: few as a rule, so they are looked for
/// by their generation.
async fn newer_page(
    snapshot: &mut SqliteConnection,
    tenant: &TenantId,
    since: i64,
    (generation, kind, id, version): Place,
) -> Result<Vec<StoredVersion>> {
    let newer = "SELECT generation, kind, id, version, known_at, known_at_stated, body FROM records \
        WHERE tenant = $1 AND generation > $2 AND (generation, kind, id, version) > ($3, $4, $5, $6) \
        ORDER BY generation, kind, id, version LIMIT $7";
    let page: Vec<StoredVersion> = sqlx::query_as(newer)
        .bind(tenant.as_str())
        .bind(since)
        .bind(generation)
        .bind(kind)
        .bind(id)
        .bind(version)
        .bind(PAGE)
        .fetch_all(snapshot)
        .await?;
    Ok(page)
}

/// Adds every version there is. One page is taken in while the next is read.
async fn add_all(
    snapshot: &mut SqliteConnection,
    tenant: &TenantId,
    mut facts: Facts,
) -> Result<Facts> {
    let mut waiting = Vec::new();
    for kind in Facts::KINDS {
        let mut last = (String::new(), 0);
        loop {
            let (page, taken) = tokio::join!(
                page(snapshot, tenant, *kind, &last),
                take_in(facts, std::mem::take(&mut waiting)),
            );
            (waiting, facts) = (page?, taken?);
            let Some(end) = waiting.last() else { break };
            last = (end.id.clone(), end.version);
        }
    }
    take_in(facts, waiting).await
}

/// Adds versions on another thread.
async fn take_in(mut facts: Facts, page: Vec<StoredVersion>) -> Result<Facts> {
    if page.is_empty() {
        return Ok(facts);
    }
    let work = tokio::task::spawn_blocking(move || {
        for row in page {
            if Facts::KINDS.iter().any(|kind| kind.as_str() == row.kind) {
                insert(&mut facts, row)?;
            }
        }
        Ok(facts)
    });
    work.await.map_err(|error| broke_off("taken in", error))?
}

async fn page(
    snapshot: &mut SqliteConnection,
    tenant: &TenantId,
    kind: RecordKind,
    last: &(String, i64),
) -> Result<Vec<StoredVersion>> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "SELECT generation, kind, id, version, known_at, known_at_stated, body FROM records WHERE tenant = ",
    );
    query.push_bind(tenant.as_str());
    query.push(" AND kind = ").push_bind(kind.as_str());
    query
        .push(" AND (id, version) > (")
        .push_bind(last.0.as_str());
    query.push(", ").push_bind(last.1).push(")");
    query.push(" ORDER BY id, version LIMIT ").push_bind(PAGE);
    Ok(query.build_query_as().fetch_all(snapshot).await?)
}

fn insert(facts: &mut Facts, row: StoredVersion) -> Result<()> {
    let kind: RecordKind = super::from_name(&row.kind)?;
    let version = u64::try_from(row.version).unwrap_or_default();
    let known_at = time::parse(&row.known_at)?;
    let mut body: Value = serde_json::from_str(&row.body)?;
    if row.known_at_stated {
        body["known_at"] = Value::from(row.known_at);
    }
    facts
        .insert(kind, known_at, version, body)
        .map_err(|problem| StoreError::Damaged(format!("{kind} {}: {problem}", row.id)))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;
    use tokio::time::timeout;

    use super::super::tests::{open, record, tenant};
    use super::*;
    use crate::history::History as _;

    #[test]
    fn those_asked_for_longest_ago_go_where_there_are_too_many() {
        let held = || Held::of(Facts::default(), &TenantState::default());
        let named = |number: usize| tenant(&format!("t{number}"));
        let mut kept = ByTenant::default();
        for number in 0..MAX_TENANTS {
            assert!(kept.put(&named(number), held()).is_none());
        }
        assert!(kept.get(&named(0)).is_some());
        assert!(kept.put(&named(MAX_TENANTS), held()).is_some());
        assert!(kept.get(&named(1)).is_none());
        assert!(kept.get(&named(0)).is_some());
        assert_eq!(kept.held.len(), MAX_TENANTS);
        // What is put anew takes no other's place.
        assert!(kept.put(&named(0), held()).is_none());
    }

    #[tokio::test]
    async fn who_waits_for_one_tenant_s_records_holds_up_nobody_else() {
        let (_folder, store) = open().await;
        let (a, b) = (tenant("a"), tenant("b"));
        let now = Utc::now();
        let later = now + chrono::TimeDelta::days(1);
        let turn = store.facts_cache().turn(&a).lock_owned().await;
        let waiting = timeout(Duration::from_millis(50), store.history(&a, now)).await;
        assert!(waiting.is_err());
        let other = timeout(Duration::from_secs(20), store.history(&b, now)).await;
        assert!(other.unwrap().is_ok());
        drop(turn);
        assert!(store.history(&a, now).await.is_ok());
        // What is new of one is added also while as many as may are read whole.
        let whole = store.facts_cache().whole.acquire_many(WHOLE_AT_ONCE as u32);
        let whole = whole.await.unwrap();
        let new = [record(
            RecordKind::Vendor,
            json!({"id": "v", "name": "Acme"}),
        )];
        store.upsert_records(&b, &new, now).await.unwrap();
        let other = timeout(Duration::from_secs(20), store.history(&b, later)).await;
        assert!(other.unwrap().unwrap().vendor("v").is_some());
        drop(whole);
    }

    #[tokio::test]
    async fn what_is_held_stays_held_where_what_is_new_cannot_be_read() {
        let (_folder, store) = open().await;
        let a = tenant("a");
        let now = Utc::now();
        let later = now + chrono::TimeDelta::days(1);
        let vendor = |id: &str| record(RecordKind::Vendor, json!({"id": id, "name": "Acme"}));
        store.upsert_records(&a, &[vendor("v")], now).await.unwrap();
        assert!(store.history(&a, later).await.is_ok());
        let held = store.facts_cache().generation(&a);
        assert!(held.is_some());
        store.upsert_records(&a, &[vendor("w")], now).await.unwrap();
        let statement = "UPDATE records SET body = CAST(body AS BLOB) WHERE id = 'w'";
        let damaged = sqlx::query(statement).execute(store.writer()).await;
        assert_eq!(damaged.unwrap().rows_affected(), 1);
        assert!(store.history(&a, later).await.is_err());
        assert_eq!(store.facts_cache().generation(&a), held);
        let statement = "UPDATE records SET body = CAST(body AS TEXT) WHERE id = 'w'";
        sqlx::query(statement)
            .execute(store.writer())
            .await
            .unwrap();
        let history = store.history(&a, later).await.unwrap();
        assert!(history.vendor("v").is_some() && history.vendor("w").is_some());
        assert_ne!(store.facts_cache().generation(&a), held);
    }
}
