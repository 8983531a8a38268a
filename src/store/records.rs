//! Canonical records in versions: what was known when.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use sqlx::{FromRow, QueryBuilder, Sqlite};
use utoipa::ToSchema;

use super::changes::Changing;
use super::error::{Result, StoreError};
use super::restatements::{Copy, Known, Taken, Version};
use super::{Store, time};
use crate::domain::{CanonicalJson, CheckedRecord, RecordKind, TenantId, sha256_hex};

/// Rows of one statement: SQLite takes 32,766 values, a record has nine.
const CHUNK: usize = 500;

/// What became of the rows handed in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct UpsertCounts {
    /// Records not known before.
    pub inserted: u64,
    /// New versions of known records.
    pub updated: u64,
    /// Rows that said what was known already.
    pub unchanged: u64,
}

impl std::ops::AddAssign for UpsertCounts {
    fn add_assign(&mut self, other: Self) {
        self.inserted += other.inserted;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
    }
}

/// A version of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecord {
    /// Id in the firm's own system.
    pub id: String,
    /// Versions are numbered from 1 in the order they were stored.
    pub version: u64,
    /// When this version became known.
    pub known_at: DateTime<Utc>,
    /// Its members, without `known_at`.
    pub body: Value,
}

#[derive(FromRow)]
struct StoredRow {
    id: String,
    version: i64,
    known_at: String,
    body: String,
}

/// Upserts in one transaction: nothing lands before [`RecordWriter::commit`].
pub struct RecordWriter {
    transaction: Changing,
    tenant: TenantId,
    /// Its number among the transactions that added versions, once it has.
    generation: Option<i64>,
}

/// A row that is a new version: its number, moment, body and digest.
type Fresh<'a> = (&'a CheckedRecord, i64, String, String, String);

/// Id, number, moment and digest of a version, and when it was restated.
type VersionRow = (String, i64, String, String, Option<String>, Option<String>);

impl Store {
    /// Begins to upsert records of the tenant; other writers wait until it ends.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub async fn begin_records(&self, tenant: &TenantId) -> Result<RecordWriter> {
        self.ensure_tenant(tenant).await?;
        Ok(RecordWriter {
            transaction: self.begin().await?,
            tenant: tenant.clone(),
            generation: None,
        })
    }

    /// Upserts records in a transaction of their own; see [`RecordWriter::upsert`].
    ///
    /// # Errors
    /// If the store cannot be written; then none landed.
    pub async fn upsert_records(
        &self,
        tenant: &TenantId,
        rows: &[CheckedRecord],
        arrived_at: DateTime<Utc>,
    ) -> Result<UpsertCounts> {
        let mut writer = self.begin_records(tenant).await?;
        let counts = writer.upsert(rows, arrived_at).await?;
        writer.commit().await?;
        Ok(counts)
    }

    /// The tenant's records of a kind as they were known at a moment: of each the version with
    /// the latest `known_at` not after it. In order of id, from after `after`, at most `limit`.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn records_as_of(
        &self,
        tenant: &TenantId,
        kind: RecordKind,
        as_of: DateTime<Utc>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredRecord>> {
        let rows: Vec<StoredRow> = sqlx::query_as(
            "SELECT r.id, r.version, r.known_at, r.body FROM records r \
             WHERE r.tenant = $1 AND r.kind = $2 AND r.known_at <= $3 AND r.id > $4 \
             AND NOT EXISTS (SELECT 1 FROM records n WHERE n.tenant = r.tenant \
              AND n.kind = r.kind AND n.id = r.id AND n.known_at <= $3 \
              AND (n.known_at > r.known_at OR (n.known_at = r.known_at AND n.version > r.version))) \
             ORDER BY r.id LIMIT $5",
        )
        .bind(tenant.as_str())
        .bind(kind.as_str())
        .bind(time::text(as_of))
        .bind(after.unwrap_or_default())
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(self.readers())
        .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// One record as it was known at a moment.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn record_as_of(
        &self,
        tenant: &TenantId,
        kind: RecordKind,
        id: &str,
        as_of: DateTime<Utc>,
    ) -> Result<Option<StoredRecord>> {
        let row: Option<StoredRow> = sqlx::query_as(
            "SELECT id, version, known_at, body FROM records \
             WHERE tenant = $1 AND kind = $2 AND id = $3 AND known_at <= $4 \
             ORDER BY known_at DESC, version DESC LIMIT 1",
        )
        .bind(tenant.as_str())
        .bind(kind.as_str())
        .bind(id)
        .bind(time::text(as_of))
        .fetch_optional(self.readers())
        .await?;
        row.map(TryInto::try_into).transpose()
    }
}

impl RecordWriter {
    /// Upserts records. A row is a new version only if it differs from what was known of its
    /// record at its `known_at` (`arrived_at` where it has none); the same rows again change nothing, and
    /// rows that state their moment may arrive in any order, but for this: of rows that only said again what
    /// was in force, the first and the last are remembered. One that arrives late, and was known between
    /// those, holds until the last.
    ///
    /// # Errors
    /// If the store cannot be written; then the whole transaction is lost.
    pub async fn upsert(
        &mut self,
        rows: &[CheckedRecord],
        arrived_at: DateTime<Utc>,
    ) -> Result<UpsertCounts> {
        let mut by_kind: BTreeMap<RecordKind, Vec<&CheckedRecord>> = BTreeMap::new();
        for row in rows {
            by_kind.entry(row.kind).or_default().push(row);
        }
        let mut counts = UpsertCounts::default();
        for (kind, rows) in by_kind {
            for chunk in rows.chunks(CHUNK) {
                counts += self.upsert_chunk(kind, chunk, arrived_at).await?;
            }
        }
        Ok(counts)
    }

    /// Makes everything upserted durable at once.
    ///
    /// # Errors
    /// If the store cannot be written; then none landed.
    pub async fn commit(self) -> Result<()> {
        self.transaction.commit().await
    }

    /// The number of this transaction, drawn with the first version that it adds: rows that say nothing
    /// new leave alone what was made from the records. That a version was restated is seen by nobody
    /// before a row arrives late, and that row is a version.
    async fn generation(&mut self) -> Result<i64> {
        if let Some(generation) = self.generation {
            return Ok(generation);
        }
        let generation: i64 = sqlx::query_scalar(
            "UPDATE tenants SET records_generation = records_generation + 1 WHERE id = $1 \
             RETURNING records_generation",
        )
        .bind(self.tenant.as_str())
        .fetch_one(&mut *self.transaction)
        .await?;
        self.generation = Some(generation);
        Ok(generation)
    }

    async fn upsert_chunk(
        &mut self,
        kind: RecordKind,
        rows: &[&CheckedRecord],
        arrived_at: DateTime<Utc>,
    ) -> Result<UpsertCounts> {
        let mut versions = self.versions(kind, rows).await?;
        let mut counts = UpsertCounts::default();
        let (mut fresh, mut copies) = (Vec::new(), Vec::new());
        for row in rows.iter().copied() {
            let body = CanonicalJson::of(&row.body)?.into_string();
            let sha256 = sha256_hex(&body);
            let known_at = time::text(row.known_at.unwrap_or(arrived_at));
            let known = versions.entry(row.id.clone()).or_default();
            let Taken::New(number, copy) = known.take(&known_at, row.known_at.is_some(), &sha256)
            else {
                counts.unchanged += 1;
                continue;
            };
            if number == 1 {
                counts.inserted += 1;
            } else {
                counts.updated += 1;
            }
            copies.extend(copy.map(|copy| (row.id.as_str(), copy)));
            fresh.push((row, number, known_at, body, sha256));
        }
        if !fresh.is_empty() {
            self.insert(kind, fresh).await?;
        }
        for (id, copy) in &copies {
            self.copy(kind, id, copy).await?;
        }
        self.mark(kind, &versions).await?;
        Ok(counts)
    }

    async fn insert(&mut self, kind: RecordKind, fresh: Vec<Fresh<'_>>) -> Result<()> {
        let generation = self.generation().await?;
        let mut insert = QueryBuilder::<Sqlite>::new(
            "INSERT INTO records \
             (tenant, kind, id, version, known_at, known_at_stated, business_date, body, \
              body_sha256, generation) ",
        );
        insert.push_values(
            fresh,
            |mut values, (row, number, known_at, body, sha256)| {
                values
                    .push_bind(self.tenant.as_str())
                    .push_bind(kind.as_str())
                    .push_bind(row.id.as_str())
                    .push_bind(number)
                    .push_bind(known_at)
                    .push_bind(row.known_at.is_some())
                    .push_bind(row.business_date.map(|day| day.to_string()))
                    .push_bind(body)
                    .push_bind(sha256)
                    .push_bind(generation);
            },
        );
        insert.build().execute(&mut *self.transaction).await?;
        Ok(())
    }

    /// Says a version once more, at a later moment.
    async fn copy(&mut self, kind: RecordKind, id: &str, copy: &Copy) -> Result<()> {
        let generation = self.generation().await?;
        sqlx::query(
            "INSERT INTO records \
             (tenant, kind, id, version, known_at, known_at_stated, business_date, body, \
              body_sha256, generation) \
             SELECT tenant, kind, id, $1, $2, TRUE, business_date, body, body_sha256, $3 \
             FROM records WHERE tenant = $4 AND kind = $5 AND id = $6 AND version = $7",
        )
        .bind(copy.number)
        .bind(&copy.known_at)
        .bind(generation)
        .bind(self.tenant.as_str())
        .bind(kind.as_str())
        .bind(id)
        .bind(copy.of)
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Keeps when versions were restated.
    async fn mark(&mut self, kind: RecordKind, versions: &HashMap<String, Known>) -> Result<()> {
        let of_id = |(id, known)| Known::marked(known).map(move |version| (id, version));
        let marked: Vec<(&String, &Version)> = versions.iter().flat_map(of_id).collect();
        for lot in marked.chunks(CHUNK) {
            let mut query =
                QueryBuilder::<Sqlite>::new("WITH marks (id, version, first_at, last_at) AS (");
            query.push_values(lot, |mut values, (id, version)| {
                let restated = version.restated.as_ref();
                values
                    .push_bind(id.as_str())
                    .push_bind(version.number)
                    .push_bind(restated.map(|(first, _)| first.as_str()))
                    .push_bind(restated.map(|(_, last)| last.as_str()));
            });
            query.push(
                ") UPDATE records SET restated_first = first_at, restated_last = last_at \
                 FROM marks WHERE records.id = marks.id AND records.version = marks.version \
                 AND records.tenant = ",
            );
            query.push_bind(self.tenant.as_str());
            query.push(" AND records.kind = ").push_bind(kind.as_str());
            query.build().execute(&mut *self.transaction).await?;
        }
        Ok(())
    }

    /// The versions there are of the records in a chunk.
    async fn versions(
        &mut self,
        kind: RecordKind,
        rows: &[&CheckedRecord],
    ) -> Result<HashMap<String, Known>> {
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT id, version, known_at, body_sha256, restated_first, restated_last \
             FROM records WHERE tenant = ",
        );
        query.push_bind(self.tenant.as_str());
        query.push(" AND kind = ").push_bind(kind.as_str());
        query.push(" AND id IN (");
        let mut ids = query.separated(", ");
        for row in rows {
            ids.push_bind(row.id.as_str());
        }
        query.push(")");
        let found: Vec<VersionRow> = query
            .build_query_as()
            .fetch_all(&mut *self.transaction)
            .await?;
        let mut versions: HashMap<String, Known> = HashMap::new();
        for (id, number, known_at, sha256, first, last) in found {
            versions.entry(id).or_default().add(Version {
                number,
                known_at,
                sha256,
                restated: first.zip(last),
                is_marked: false,
            });
        }
        Ok(versions)
    }
}

impl TryFrom<StoredRow> for StoredRecord {
    type Error = StoreError;

    fn try_from(row: StoredRow) -> Result<Self> {
        Ok(Self {
            id: row.id,
            version: u64::try_from(row.version).unwrap_or_default(),
            known_at: time::parse(&row.known_at)?,
            body: serde_json::from_str(&row.body)?,
        })
    }
}
