//! Earlier documents that another, or a record, may be a copy of.

use std::ops::RangeInclusive;

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde_json::Value;
use sqlx::{QueryBuilder, Sqlite};

use super::error::Result;
use super::{Store, time};
use crate::domain::TenantId;

/// Documents looked at by each of what is sought: the latest.
const MOST: i64 = 64;
/// Types of document that are no copy of an invoice, however much they say the same.
const OTHER_TYPES: [&str; 4] = ["pro_forma", "statement", "reminder", "other"];

/// Documents read in one statement.
const IDS_AT_A_TIME: usize = 500;

/// What the copies of a document or record share with it, at least one of these.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sought {
    /// Digest of the document itself, which is no copy of itself; empty of a record without one.
    pub sha256: String,
    /// Its total; the sign does not matter.
    pub total: Option<Decimal>,
    /// Its number, as written.
    pub number: Option<String>,
    /// Digests of documents that show its picture.
    pub pictures: Vec<String>,
}

/// A document by name.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DocumentName {
    /// Its id.
    pub id: String,
    /// Digest of its bytes.
    pub sha256: String,
}

#[derive(sqlx::FromRow)]
struct ReadRow {
    id: String,
    sha256: String,
    received_at: String,
    document_type: Option<String>,
    body: String,
}

/// One with what was read from it.
#[derive(Debug, Clone, PartialEq)]
pub struct AlikeDocument {
    /// Its id.
    pub id: String,
    /// Digest of its bytes.
    pub sha256: String,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// What it is, where that was told.
    pub document_type: Option<String>,
    /// What was read from it, by the names of the fields.
    pub fields: Value,
}

impl Store {
    /// Documents that came until a moment, were not erased and share something with another; in the
    /// order in which they came.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn documents_alike(
        &self,
        tenant: &TenantId,
        sought: &Sought,
        as_of: DateTime<Utc>,
    ) -> Result<Vec<AlikeDocument>> {
        let mut found = Vec::new();
        if let Some(total) = sought.total {
            let written = as_written(total);
            found.extend(self.latest(tenant, "total", &written).await?);
        }
        if let Some(number) = &sought.number {
            let number = std::slice::from_ref(number);
            found.extend(self.latest(tenant, "number", number).await?);
        }
        if !sought.pictures.is_empty() {
            let mut query = QueryBuilder::<Sqlite>::new("SELECT id FROM documents WHERE tenant = ");
            query.push_bind(tenant.as_str()).push(" AND sha256 IN (");
            one_of(&mut query, &sought.pictures);
            query.push(")");
            let showing = query.build_query_scalar().fetch_all(self.readers());
            found.extend(showing.await?);
        }
        found.sort_unstable();
        found.dedup();
        let mut read = self.bills(tenant, &found, as_of).await?;
        read.retain(|document| document.sha256 != sought.sha256);
        Ok(read)
    }

    /// Documents that came within a span of time and were not erased: all, or those that share
    /// something with another. In the order in which they came.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn documents_between(
        &self,
        tenant: &TenantId,
        span: RangeInclusive<DateTime<Utc>>,
        sought: Option<&Sought>,
    ) -> Result<Vec<DocumentName>> {
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT id, sha256 FROM documents WHERE erased_at IS NULL AND tenant = ",
        );
        let first = first_id(*span.start());
        query.push_bind(tenant.as_str());
        query.push(" AND received_at BETWEEN ");
        query.push_bind(time::text(*span.start())).push(" AND ");
        query.push_bind(time::text(*span.end()));
        if let Some(sought) = sought {
            query.push(" AND sha256 <> ").push_bind(&sought.sha256);
            query.push(" AND id IN (SELECT document_id FROM analyses WHERE tenant = ");
            query.push_bind(tenant.as_str());
            query.push(" AND document_id >= ").push_bind(&first);
            query.push(" AND total IN (");
            one_of(&mut query, sought.total.map(as_written).unwrap_or_default());
            query.push(") UNION SELECT document_id FROM analyses WHERE tenant = ");
            query.push_bind(tenant.as_str());
            query.push(" AND document_id >= ").push_bind(&first);
            query.push(" AND number = ").push_bind(&sought.number);
            query.push(" UNION SELECT id FROM documents WHERE tenant = ");
            query.push_bind(tenant.as_str()).push(" AND sha256 IN (");
            one_of(&mut query, &sought.pictures);
            query.push("))");
        } else {
            query.push(" AND id >= ").push_bind(&first);
        }
        query.push(" ORDER BY received_at, id");
        Ok(query.build_query_as().fetch_all(self.readers()).await?)
    }

    /// What was read from documents with these ids, as far as they came until a moment, were not
    /// erased and are of a kind that asks for money; in the order in which they came.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn bills(
        &self,
        tenant: &TenantId,
        ids: &[String],
        as_of: DateTime<Utc>,
    ) -> Result<Vec<AlikeDocument>> {
        let mut read = Vec::new();
        for ids in ids.chunks(IDS_AT_A_TIME) {
            let mut query = QueryBuilder::<Sqlite>::new(
                "SELECT d.id, d.sha256, d.received_at, a.document_type, a.body \
                 FROM documents d \
                 JOIN analyses a ON a.tenant = d.tenant AND a.document_id = d.id \
                 WHERE d.erased_at IS NULL AND d.tenant = ",
            );
            query.push_bind(tenant.as_str());
            query.push(" AND d.received_at <= ");
            query.push_bind(time::text(as_of));
            query.push(" AND (a.document_type IS NULL OR a.document_type NOT IN (");
            one_of(&mut query, OTHER_TYPES);
            query.push(")) AND d.id IN (");
            one_of(&mut query, ids);
            query.push(")");
            let rows: Vec<ReadRow> = query.build_query_as().fetch_all(self.readers()).await?;
            for row in rows {
                let mut body: Value = serde_json::from_str(&row.body)?;
                read.push(AlikeDocument {
                    id: row.id,
                    sha256: row.sha256,
                    received_at: time::parse(&row.received_at)?,
                    document_type: row.document_type,
                    fields: body["fields"].take(),
                });
            }
        }
        read.sort_by(|one, other| (one.received_at, &one.id).cmp(&(other.received_at, &other.id)));
        Ok(read)
    }

    /// Ids of the latest documents of which a column of the analysis is one of these.
    async fn latest(
        &self,
        tenant: &TenantId,
        column: &'static str,
        values: &[String],
    ) -> Result<Vec<String>> {
        let mut query = QueryBuilder::<Sqlite>::new("SELECT document_id FROM analyses WHERE ");
        query.push("tenant = ").push_bind(tenant.as_str());
        query.push(" AND ").push(column).push(" IN (");
        one_of(&mut query, values);
        query.push(") ORDER BY document_id DESC LIMIT ");
        query.push_bind(MOST);
        Ok(query.build_query_scalar().fetch_all(self.readers()).await?)
    }
}

fn one_of<T: ToString>(query: &mut QueryBuilder<Sqlite>, values: impl IntoIterator<Item = T>) {
    let mut list = query.separated(", ");
    for value in values {
        list.push_bind(value.to_string());
    }
}

/// What no id is below of a document that came at a moment or later: ids begin with the milliseconds at
/// which they were made.
fn first_id(since: DateTime<Utc>) -> String {
    // A clock may have been put right between the two.
    let since = (since - TimeDelta::days(1)).timestamp_millis().max(0);
    format!("{:08x}-{:04x}", since >> 16, since & 0xffff)
}

/// The ways in which an amount stands in fields: with up to ten decimals, of either sign.
fn as_written(total: Decimal) -> Vec<String> {
    let plain = total.abs().normalize();
    let least = plain.scale();
    (least..=least.max(10))
        .flat_map(|places| {
            let mut written = plain;
            written.rescale(places);
            [written.to_string(), (-written).to_string()]
        })
        .collect()
}
