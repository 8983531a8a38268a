//! The clerk's inbox: documents with what was made of them, filtered and counted.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, QueryBuilder, Sqlite};
use utoipa::ToSchema;
use uuid::Uuid;

use super::cursor::{Cursor, Page, bounded};
use super::error::{Result, StoreError};
use super::{Store, time};
use crate::advice::Verdict;
use crate::domain::TenantId;

/// Which documents to list; an empty filter lists all that are not erased.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InboxFilter {
    /// Recommendation status, such as `scored`; `pending` for documents without an analysis.
    pub status: Option<String>,
    /// Document type, such as `credit_note`.
    #[serde(rename = "type")]
    pub document_type: Option<String>,
    /// Level, such as `high`.
    pub level: Option<String>,
    /// Whether a person should look.
    pub needs_review: Option<bool>,
    /// Whether a person has said what became of it.
    pub decided: Option<bool>,
    /// Part of the file name, seller, number, buyer, order number or total, in any case.
    pub text: Option<String>,
    /// Received at or after.
    pub received_from: Option<DateTime<Utc>>,
    /// Received before.
    pub received_before: Option<DateTime<Utc>>,
    /// Issued on or after.
    pub issued_from: Option<NaiveDate>,
    /// Issued on or before.
    pub issued_to: Option<NaiveDate>,
}

/// One document in the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InboxRow {
    /// The document.
    pub document_id: Uuid,
    /// The name the sender gave.
    pub filename: Option<String>,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// Recommendation status, or `pending`.
    pub status: String,
    /// Document type, where one was told.
    #[serde(rename = "type")]
    pub document_type: Option<String>,
    /// Attention asked for.
    pub level: Option<String>,
    /// Whether a person should look.
    pub needs_review: bool,
    /// How much was found.
    pub findings: u32,
    /// Seller name.
    pub seller: Option<String>,
    /// Invoice number.
    pub number: Option<String>,
    /// Issue date, ISO 8601.
    pub issue_date: Option<String>,
    /// Due date, ISO 8601.
    pub due_date: Option<String>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// Total with tax, plain decimal.
    pub total: Option<String>,
    /// The recommendation.
    pub recommendation_id: Option<Uuid>,
    /// The last verdict on the whole recommendation.
    pub verdict: Option<Verdict>,
}

/// How many documents a filter leaves, and of which sort.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct InboxCounts {
    /// All of them.
    pub total: u64,
    /// Those a person should look at and has not.
    pub needs_review: u64,
    /// Those a person has decided.
    pub decided: u64,
    /// By status.
    pub by_status: BTreeMap<String, u64>,
    /// By document type, where one was told.
    pub by_type: BTreeMap<String, u64>,
    /// By level.
    pub by_level: BTreeMap<String, u64>,
}

#[derive(FromRow)]
struct StoredRow {
    id: String,
    filename: Option<String>,
    received_at: String,
    status: String,
    document_type: Option<String>,
    level: Option<String>,
    needs_review: bool,
    findings: i64,
    seller: Option<String>,
    number: Option<String>,
    issue_date: Option<String>,
    due_date: Option<String>,
    currency: Option<String>,
    total: Option<String>,
    recommendation_id: Option<String>,
    verdict: Option<String>,
}

#[derive(FromRow)]
struct StoredCount {
    status: String,
    document_type: Option<String>,
    level: Option<String>,
    needs_review: bool,
    decided: bool,
    documents: i64,
}

impl TryFrom<StoredRow> for InboxRow {
    type Error = StoreError;

    fn try_from(row: StoredRow) -> Result<Self> {
        Ok(Self {
            document_id: super::parse_uuid(&row.id)?,
            filename: row.filename,
            received_at: time::parse(&row.received_at)?,
            status: row.status,
            document_type: row.document_type,
            level: row.level,
            needs_review: row.needs_review,
            findings: u32::try_from(row.findings).unwrap_or_default(),
            seller: row.seller,
            number: row.number,
            issue_date: row.issue_date,
            due_date: row.due_date,
            currency: row.currency,
            total: row.total,
            recommendation_id: row
                .recommendation_id
                .as_deref()
                .map(super::parse_uuid)
                .transpose()?,
            verdict: row.verdict.as_deref().map(super::from_name).transpose()?,
        })
    }
}

impl Store {
    /// The tenant's documents that the filter leaves, newest first.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn list_documents(
        &self,
        tenant: &TenantId,
        filter: &InboxFilter,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<InboxRow>> {
        let limit = bounded(limit);
        let mut query = QueryBuilder::new("SELECT * FROM ");
        push_inbox(&mut query, tenant, filter);
        if let Some(cursor) = cursor {
            query.push(" AND id < ").push_bind(cursor.key().to_owned());
        }
        // A version 7 id begins with the time: its order is the order of arrival.
        query.push(" ORDER BY id DESC LIMIT ");
        query.push_bind(i64::try_from(limit + 1).unwrap_or(i64::MAX));
        let rows: Vec<StoredRow> = query.build_query_as().fetch_all(self.readers()).await?;
        let rows = rows
            .into_iter()
            .map(InboxRow::try_from)
            .collect::<Result<_>>()?;
        Ok(Page::cut(rows, limit, |row| row.document_id.to_string()))
    }

    /// The documents that the filter leaves next to this one: the next newer and the
    /// next older. The document itself need not pass the filter.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn neighbours(
        &self,
        tenant: &TenantId,
        filter: &InboxFilter,
        id: Uuid,
    ) -> Result<(Option<Uuid>, Option<Uuid>)> {
        let mut found = [None, None];
        let sides = [
            (" AND id > ", " ORDER BY id ASC LIMIT 1"),
            (" AND id < ", " ORDER BY id DESC LIMIT 1"),
        ];
        for (side, (condition, order)) in found.iter_mut().zip(sides) {
            let mut query = QueryBuilder::new("SELECT id FROM ");
            push_inbox(&mut query, tenant, filter);
            query.push(condition).push_bind(id.to_string());
            query.push(order);
            let next: Option<String> = query
                .build_query_scalar()
                .fetch_optional(self.readers())
                .await?;
            *side = next.as_deref().map(super::parse_uuid).transpose()?;
        }
        let [newer, older] = found;
        Ok((newer, older))
    }

    /// How many documents the filter leaves, by status, type and level.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn count_documents(
        &self,
        tenant: &TenantId,
        filter: &InboxFilter,
    ) -> Result<InboxCounts> {
        let mut query = QueryBuilder::new(
            "SELECT status, document_type, level, needs_review, \
             verdict IS NOT NULL AS decided, COUNT(*) AS documents FROM ",
        );
        push_inbox(&mut query, tenant, filter);
        query.push(" GROUP BY status, document_type, level, needs_review, verdict IS NOT NULL");
        let rows: Vec<StoredCount> = query.build_query_as().fetch_all(self.readers()).await?;
        let mut counts = InboxCounts::default();
        for row in rows {
            let documents = u64::try_from(row.documents).unwrap_or_default();
            counts.total += documents;
            if row.decided {
                counts.decided += documents;
            } else if row.needs_review {
                counts.needs_review += documents;
            }
            *counts.by_status.entry(row.status).or_default() += documents;
            if let Some(name) = row.document_type {
                *counts.by_type.entry(name).or_default() += documents;
            }
            if let Some(name) = row.level {
                *counts.by_level.entry(name).or_default() += documents;
            }
        }
        Ok(counts)
    }
}

/// Adds the inbox of one tenant as a derived table, and the filter's conditions on it.
fn push_inbox(query: &mut QueryBuilder<Sqlite>, tenant: &TenantId, filter: &InboxFilter) {
    query.push(
        "(SELECT d.id, d.filename, d.received_at, COALESCE(a.status, 'pending') AS status, \
         a.document_type, a.level, COALESCE(a.needs_review, FALSE) AS needs_review, \
         COALESCE(a.findings, 0) AS findings, a.seller, a.number, a.issue_date, a.due_date, \
         a.currency, a.total, a.recommendation_id, \
         COALESCE(a.search_text, LOWER(d.filename), '') AS search_text, \
         (SELECT f.verdict FROM feedback f WHERE f.tenant = d.tenant \
          AND f.recommendation_id = a.recommendation_id AND f.about IS NULL \
          ORDER BY f.seq DESC LIMIT 1) AS verdict \
         FROM documents d \
         LEFT JOIN analyses a ON a.tenant = d.tenant AND a.document_id = d.id \
         WHERE d.erased_at IS NULL AND d.tenant = ",
    );
    query.push_bind(tenant.as_str().to_owned());
    query.push(") AS inbox WHERE 1 = 1");
    let equal = [
        (" AND status = ", &filter.status),
        (" AND document_type = ", &filter.document_type),
        (" AND level = ", &filter.level),
    ];
    for (condition, value) in equal {
        if let Some(value) = value {
            query.push(condition).push_bind(value.clone());
        }
    }
    if let Some(needs_review) = filter.needs_review {
        query.push(" AND needs_review = ").push_bind(needs_review);
    }
    match filter.decided {
        Some(true) => _ = query.push(" AND verdict IS NOT NULL"),
        Some(false) => _ = query.push(" AND verdict IS NULL"),
        None => {}
    }
    if let Some(text) = &filter.text {
        query.push(" AND search_text LIKE ");
        query.push_bind(format!("%{}%", escape_like(&text.to_lowercase())));
        query.push(" ESCAPE '\\'");
    }
    let ordered = [
        (" AND received_at >= ", filter.received_from.map(time::text)),
        (
            " AND received_at < ",
            filter.received_before.map(time::text),
        ),
        (
            " AND issue_date >= ",
            filter.issued_from.map(|day| day.to_string()),
        ),
        (
            " AND issue_date <= ",
            filter.issued_to.map(|day| day.to_string()),
        ),
    ];
    for (condition, value) in ordered {
        if let Some(value) = value {
            query.push(condition).push_bind(value);
        }
    }
}

/// Takes the special meaning from the pattern characters of `LIKE`.
fn escape_like(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
