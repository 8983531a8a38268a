//! Canonical records in versions: what was known when.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use sqlx::{FromRow, QueryBuilder, Sqlite};
use utoipa::ToSchema;

use super::changes::Changing;
use super::error::{Result, StoreError};
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
    generation: i64,
}

/// What is known of the versions of one record.
struct Version {
    number: i64,
    known_at: String,
    sha256: String,
}

impl Store {
    /// Begins to upsert records of the tenant; other writers wait until it ends.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub async fn begin_records(&self, tenant: &TenantId) -> Result<RecordWriter> {
        self.ensure_tenant(tenant).await?;
        let mut transaction = self.begin().await?;
        let generation = sqlx::query_scalar(
            "UPDATE tenants SET records_generation = records_generation + 1 WHERE id = $1 \
             RETURNING records_generation",
        )
        .bind(tenant.as_str())
        .fetch_one(&mut *transaction)
        .await?;
        Ok(RecordWriter {
            transaction,
            tenant: tenant.clone(),
            generation,
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
    /// record at its `known_at` (`arrived_at` where it has none); the same rows again change nothing.
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

    async fn upsert_chunk(
        &mut self,
        kind: RecordKind,
        rows: &[&CheckedRecord],
        arrived_at: DateTime<Utc>,
    ) -> Result<UpsertCounts> {
        let mut versions = self.versions(kind, rows).await?;
        let mut counts = UpsertCounts::default();
        let mut insert = QueryBuilder::<Sqlite>::new(
            "INSERT INTO records \
             (tenant, kind, id, version, known_at, known_at_stated, business_date, body, \
              body_sha256, generation) ",
        );
        let mut fresh = Vec::new();
        for row in rows {
            let body = CanonicalJson::of(&row.body)?.into_string();
            let sha256 = sha256_hex(&body);
            let known_at = time::text(row.known_at.unwrap_or(arrived_at));
            let known = versions.entry(row.id.clone()).or_default();
            if says_nothing_new(known, &known_at, &sha256) {
                counts.unchanged += 1;
                continue;
            }
            let number = known
                .iter()
                .map(|version| version.number)
                .max()
                .unwrap_or(0)
                + 1;
            if number == 1 {
                counts.inserted += 1;
            } else {
                counts.updated += 1;
            }
            known.push(Version {
                number,
                known_at: known_at.clone(),
                sha256: sha256.clone(),
            });
            fresh.push((row, number, known_at, body, sha256));
        }
        if fresh.is_empty() {
            return Ok(counts);
        }
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
                    .push_bind(self.generation);
            },
        );
        insert.build().execute(&mut *self.transaction).await?;
        Ok(counts)
    }

    /// The versions there are of the records in a chunk.
    async fn versions(
        &mut self,
        kind: RecordKind,
        rows: &[&CheckedRecord],
    ) -> Result<HashMap<String, Vec<Version>>> {
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT id, version, known_at, body_sha256 FROM records WHERE tenant = ",
        );
        query.push_bind(self.tenant.as_str());
        query.push(" AND kind = ").push_bind(kind.as_str());
        query.push(" AND id IN (");
        let mut ids = query.separated(", ");
        for row in rows {
            ids.push_bind(row.id.as_str());
        }
        query.push(")");
        let found: Vec<(String, i64, String, String)> = query
            .build_query_as()
            .fetch_all(&mut *self.transaction)
            .await?;
        let mut versions: HashMap<String, Vec<Version>> = HashMap::new();
        for (id, number, known_at, sha256) in found {
            versions.entry(id).or_default().push(Version {
                number,
                known_at,
                sha256,
            });
        }
        Ok(versions)
    }
}

/// Whether the version in force at that moment, or another of the same moment, says the same.
fn says_nothing_new(known: &[Version], known_at: &str, sha256: &str) -> bool {
    let repeated = |version: &Version| version.known_at == known_at && version.sha256 == sha256;
    let in_force = known
        .iter()
        .filter(|version| version.known_at.as_str() <= known_at)
        .max_by(|a, b| (&a.known_at, a.number).cmp(&(&b.known_at, b.number)));
    in_force.is_some_and(|version| version.sha256 == sha256) || known.iter().any(repeated)
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
