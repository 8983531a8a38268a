//! What was made of a document, as it is shown to clients.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use uuid::Uuid;

use super::audit_chain::EntryKind;
use super::error::{Result, StoreError};
use super::{Store, time};
use crate::domain::TenantId;

/// Documents looked up in one statement.
const DIGESTS_AT_A_TIME: usize = 500;

/// A stored analysis.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysis {
    /// The document.
    pub document_id: Uuid,
    /// When it was analysed.
    pub analysed_at: DateTime<Utc>,
    /// The JSON as it was put.
    pub body: Value,
}

/// The columns that the inbox filters by and shows, taken from the analysis.
struct Summary<'a> {
    body: &'a Value,
}

impl<'a> Summary<'a> {
    fn text(&self, pointer: &str) -> Option<&'a str> {
        self.body.pointer(pointer).and_then(Value::as_str)
    }

    fn field(&self, name: &str) -> Option<&'a str> {
        self.text(&format!("/fields/{name}/value"))
    }

    fn status(&self) -> &'a str {
        self.text("/recommendation/status")
            .or_else(|| self.text("/status"))
            .unwrap_or("degraded")
    }

    /// A person should look: advice asks for something, or there is no score.
    fn needs_review(&self) -> bool {
        let asks = self
            .text("/recommendation/effect")
            .is_some_and(|effect| !matches!(effect, "none" | "suggest"));
        asks || self.status() != "scored"
    }

    fn findings(&self) -> i64 {
        self.body
            .pointer("/findings")
            .and_then(Value::as_array)
            .map_or(0, |found| i64::try_from(found.len()).unwrap_or(i64::MAX))
    }

    fn search_text(&self, filename: Option<&str>) -> String {
        let fields = ["seller", "number", "buyer", "order_number", "total"];
        filename
            .into_iter()
            .chain(fields.iter().filter_map(|name| self.field(name)))
            .map(str::to_lowercase)
            .collect::<Vec<_>>()
            .join("\n")
    }
}

/// Status of what could not be read.
const DEGRADED: &str = "degraded";

/// What is kept of a document that was read.
struct Read {
    sha256: String,
    status: String,
    body: Value,
}

impl Store {
    /// Stores what was made of a document, in place of an earlier analysis.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if the tenant has no such document.
    pub async fn put_analysis(
        &self,
        tenant: &TenantId,
        document_id: Uuid,
        body: &Value,
    ) -> Result<()> {
        let mut transaction = self.begin_unmarked().await?;
        put(&mut transaction, tenant, document_id, body).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// What was last made of a document; `None` if the tenant has none.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn analysis(&self, tenant: &TenantId, document_id: Uuid) -> Result<Option<Analysis>> {
        let row: Option<(String, String)> = sqlx::query_as(
            "SELECT analysed_at, body FROM analyses WHERE tenant = $1 AND document_id = $2",
        )
        .bind(tenant.as_str())
        .bind(document_id.to_string())
        .fetch_optional(self.readers())
        .await?;
        row.map(|(analysed_at, body)| {
            Ok(Analysis {
                document_id,
                analysed_at: time::parse(&analysed_at)?,
                body: serde_json::from_str(&body)?,
            })
        })
        .transpose()
    }

    /// How often documents of the tenant were read for the first time or erased.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn documents_changed(&self, tenant: &TenantId) -> Result<i64> {
        // An erasure takes a document's analysis away, so that it counts for two.
        let count = sqlx::query_scalar(
            "SELECT (SELECT COUNT(*) FROM analyses WHERE tenant = $1) + \
             2 * (SELECT COUNT(*) FROM audit_entries WHERE tenant = $1 AND kind = $2)",
        )
        .bind(tenant.as_str())
        .bind(super::name_of(&EntryKind::Erasure)?)
        .fetch_one(self.readers())
        .await?;
        Ok(count)
    }

    /// What was found in documents with these digests that came until a moment: the codes, by digest.
    /// Documents that did not come, were erased or could not be read are left out.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn findings_of(
        &self,
        tenant: &TenantId,
        digests: &[String],
        as_of: DateTime<Utc>,
    ) -> Result<HashMap<String, Vec<String>>> {
        let read = self.bodies_of(tenant, digests, as_of).await?;
        let found = read.into_iter().filter(|one| one.status != DEGRADED);
        Ok(found
            .map(|one| {
                let findings = one.body["findings"].as_array().into_iter().flatten();
                let codes = findings.filter_map(|finding| finding["code"].as_str());
                (one.sha256, codes.map(str::to_owned).collect())
            })
            .collect())
    }

    /// What was read from documents with these digests that came until a moment: digest and fields.
    /// Documents that did not come, were erased or could not be read are left out.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn fields_of(
        &self,
        tenant: &TenantId,
        digests: &[String],
        as_of: DateTime<Utc>,
    ) -> Result<Vec<(String, Value)>> {
        let read = self.bodies_of(tenant, digests, as_of).await?;
        let fields = read
            .into_iter()
            .map(|mut one| (one.sha256, one.body["fields"].take()));
        Ok(fields.collect())
    }

    async fn bodies_of(
        &self,
        tenant: &TenantId,
        digests: &[String],
        as_of: DateTime<Utc>,
    ) -> Result<Vec<Read>> {
        let mut read = Vec::new();
        for digests in digests.chunks(DIGESTS_AT_A_TIME) {
            let mut query = QueryBuilder::<Sqlite>::new(
                "SELECT d.sha256, a.status, a.body FROM documents d \
                 JOIN analyses a ON a.tenant = d.tenant AND a.document_id = d.id \
                 WHERE d.erased_at IS NULL AND d.tenant = ",
            );
            query.push_bind(tenant.as_str());
            query.push(" AND d.received_at <= ");
            query.push_bind(time::text(as_of));
            query.push(" AND d.sha256 IN (");
            let mut list = query.separated(", ");
            for digest in digests {
                list.push_bind(digest);
            }
            query.push(")");
            let rows: Vec<(String, String, String)> =
                query.build_query_as().fetch_all(self.readers()).await?;
            for (sha256, status, body) in rows {
                let body = serde_json::from_str(&body)?;
                read.push(Read {
                    sha256,
                    status,
                    body,
                });
            }
        }
        Ok(read)
    }
}

/// Stores an analysis within a transaction that holds the write lock.
pub(super) async fn put(
    connection: &mut SqliteConnection,
    tenant: &TenantId,
    document_id: Uuid,
    body: &Value,
) -> Result<()> {
    let (filename,): (Option<String>,) = sqlx::query_as(
        "SELECT filename FROM documents WHERE tenant = $1 AND id = $2 AND erased_at IS NULL",
    )
    .bind(tenant.as_str())
    .bind(document_id.to_string())
    .fetch_optional(&mut *connection)
    .await?
    .ok_or(StoreError::Missing("document"))?;
    let summary = Summary { body };
    sqlx::query(
        "INSERT INTO analyses \
         (tenant, document_id, analysed_at, body, recommendation_id, status, document_type, \
          level, needs_review, findings, seller, number, issue_date, due_date, currency, \
          total, search_text) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) \
         ON CONFLICT (tenant, document_id) DO UPDATE SET \
         analysed_at = excluded.analysed_at, body = excluded.body, \
         recommendation_id = excluded.recommendation_id, status = excluded.status, \
         document_type = excluded.document_type, level = excluded.level, \
         needs_review = excluded.needs_review, findings = excluded.findings, \
         seller = excluded.seller, number = excluded.number, \
         issue_date = excluded.issue_date, due_date = excluded.due_date, \
         currency = excluded.currency, total = excluded.total, \
         search_text = excluded.search_text",
    )
    .bind(tenant.as_str())
    .bind(document_id.to_string())
    .bind(time::text(time::now()))
    .bind(body.to_string())
    .bind(summary.text("/recommendation/recommendation_id"))
    .bind(summary.status())
    .bind(summary.text("/type/value"))
    .bind(summary.text("/recommendation/level").unwrap_or("low"))
    .bind(summary.needs_review())
    .bind(summary.findings())
    .bind(summary.field("seller"))
    .bind(summary.field("number"))
    .bind(summary.field("issue_date"))
    .bind(summary.field("due_date"))
    .bind(summary.field("currency"))
    .bind(summary.field("total"))
    .bind(summary.search_text(filename.as_deref()))
    .execute(connection)
    .await?;
    Ok(())
}
