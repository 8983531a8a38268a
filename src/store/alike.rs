//! Earlier documents that another may be a copy of.

use chrono::{DateTime, Utc};
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

/// What the copies of a document share with it, at least one of these.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sought {
    /// Digest of the document itself, which is no copy of itself.
    pub sha256: String,
    /// Its total; the sign does not matter.
    pub total: Option<Decimal>,
    /// Its number, as written.
    pub number: Option<String>,
    /// Digests of documents that show its picture.
    pub pictures: Vec<String>,
}

/// One that shares something.
#[derive(Debug, Clone, PartialEq)]
pub struct AlikeDocument {
    /// Its id.
    pub id: String,
    /// Digest of its bytes.
    pub sha256: String,
    /// When it came.
    pub received_at: DateTime<Utc>,
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
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT d.id, d.sha256, d.received_at, a.body FROM documents d \
             JOIN analyses a ON a.tenant = d.tenant AND a.document_id = d.id \
             WHERE d.erased_at IS NULL AND d.tenant = ",
        );
        query.push_bind(tenant.as_str());
        query.push(" AND d.received_at <= ");
        query.push_bind(time::text(as_of));
        query.push(" AND d.sha256 <> ");
        query.push_bind(&sought.sha256);
        query.push(" AND (a.document_type IS NULL OR a.document_type NOT IN (");
        one_of(&mut query, OTHER_TYPES);
        query.push(")) AND (d.id IN (");
        one_of(&mut query, &found);
        query.push(") OR d.sha256 IN (");
        one_of(&mut query, &sought.pictures);
        query.push(")) ORDER BY d.received_at, d.id");
        let rows: Vec<(String, String, String, String)> =
            query.build_query_as().fetch_all(self.readers()).await?;
        rows.into_iter()
            .map(|(id, sha256, received_at, body)| {
                let mut body: Value = serde_json::from_str(&body)?;
                Ok(AlikeDocument {
                    id,
                    sha256,
                    received_at: time::parse(&received_at)?,
                    fields: body["fields"].take(),
                })
            })
            .collect()
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

/// The ways in which an amount stands in fields: with up to four decimals, of either sign.
fn as_written(total: Decimal) -> Vec<String> {
    let plain = total.abs().normalize();
    let least = plain.scale();
    (least..=least.max(4))
        .flat_map(|places| {
            let mut written = plain;
            written.rescale(places);
            [written.to_string(), (-written).to_string()]
        })
        .collect()
}
