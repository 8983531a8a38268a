//! How documents look that are pictures, and which show one picture.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::{QueryBuilder, Sqlite};
use uuid::Uuid;

use super::error::{Result, StoreError};
use super::{Store, time};
use crate::documents::picture::Look;
use crate::domain::TenantId;

/// Values of one band.
const BAND_VALUES: i64 = 1 << 16;

impl Store {
    /// Keeps how a document looks; the same again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if the tenant has no such document or it was erased; if the store cannot
    /// be written.
    pub async fn put_look(&self, tenant: &TenantId, document_id: Uuid, look: Look) -> Result<()> {
        let document_id = document_id.to_string();
        let mut transaction = self.begin_unmarked().await?;
        // An erasure may have come since the document was read.
        let known: Option<i64> = sqlx::query_scalar(
            "SELECT 1 FROM documents WHERE tenant = $1 AND id = $2 AND erased_at IS NULL",
        )
        .bind(tenant.as_str())
        .bind(&document_id)
        .fetch_optional(&mut *transaction)
        .await?;
        if known.is_none() {
            return Err(StoreError::Missing("document"));
        }
        let inserted = sqlx::query(
            "INSERT INTO looks (tenant, document_id, look) VALUES ($1, $2, $3) \
             ON CONFLICT (tenant, document_id) DO NOTHING",
        )
        .bind(tenant.as_str())
        .bind(&document_id)
        .bind(look.to_string())
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        if inserted > 0 {
            let mut query =
                QueryBuilder::<Sqlite>::new("INSERT INTO look_bands (tenant, band, document_id) ");
            query.push_values(bands(look), |mut row, band| {
                row.push_bind(tenant.as_str());
                row.push_bind(band);
                row.push_bind(&document_id);
            });
            query.build().execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// For each of these digests the other documents that show its picture, among those that came
    /// until a moment: digests in order. Those without any are left out.
    ///
    /// # Errors
    /// If the store cannot be read or a look in it is damaged.
    pub async fn same_pictures(
        &self,
        tenant: &TenantId,
        digests: &[String],
        as_of: DateTime<Utc>,
    ) -> Result<HashMap<String, Vec<String>>> {
        let mut found = HashMap::new();
        for digest in digests {
            let look: Option<String> = sqlx::query_scalar(
                "SELECT l.look FROM documents d \
                 JOIN looks l ON l.tenant = d.tenant AND l.document_id = d.id \
                 WHERE d.tenant = $1 AND d.sha256 = $2 AND d.received_at <= $3 \
                 AND d.erased_at IS NULL",
            )
            .bind(tenant.as_str())
            .bind(digest)
            .bind(time::text(as_of))
            .fetch_optional(self.readers())
            .await?;
            let Some(look) = look.as_deref().map(parse).transpose()? else {
                continue;
            };
            let same = self.showing(tenant, look, digest, as_of).await?;
            if !same.is_empty() {
                found.insert(digest.clone(), same);
            }
        }
        Ok(found)
    }

    /// Digests, in order, of the documents but one that show a picture, among those that came until a
    /// moment and were not erased.
    ///
    /// # Errors
    /// If the store cannot be read or a look in it is damaged.
    pub async fn showing(
        &self,
        tenant: &TenantId,
        look: Look,
        but: &str,
        as_of: DateTime<Utc>,
    ) -> Result<Vec<String>> {
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT DISTINCT d.sha256, l.look FROM look_bands b \
             JOIN looks l ON l.tenant = b.tenant AND l.document_id = b.document_id \
             JOIN documents d ON d.tenant = b.tenant AND d.id = b.document_id \
             WHERE d.erased_at IS NULL AND b.tenant = ",
        );
        query.push_bind(tenant.as_str());
        query.push(" AND d.received_at <= ");
        query.push_bind(time::text(as_of));
        query.push(" AND d.sha256 <> ");
        query.push_bind(but);
        query.push(" AND b.band IN (");
        let mut list = query.separated(", ");
        for band in bands(look) {
            list.push_bind(band);
        }
        query.push(") ORDER BY d.sha256");
        let rows: Vec<(String, String)> = query.build_query_as().fetch_all(self.readers()).await?;
        let mut same = Vec::new();
        for (other, text) in rows {
            if parse(&text)?.is_of_one_picture(look) {
                same.push(other);
            }
        }
        Ok(same)
    }
}

fn bands(look: Look) -> impl Iterator<Item = i64> {
    let bands = (0_i64..).zip(look.bands());
    bands.map(|(place, bits)| place * BAND_VALUES + i64::from(bits))
}

fn parse(text: &str) -> Result<Look> {
    let damaged = |_| StoreError::Damaged("the look of a document".to_owned());
    text.parse().map_err(damaged)
}
