//! Documents by the digest of their bytes.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::error::{Result, StoreError};
use super::{Store, blobs, time};
use crate::documents::Media;
use crate::domain::{TenantId, sha256_hex};

/// A document about to be stored.
#[derive(Debug, Clone)]
pub struct NewDocument {
    /// The file's bytes.
    pub bytes: Arc<[u8]>,
    /// What they are, by content.
    pub media: Media,
    /// The name the sender gave, for people only.
    pub filename: Option<String>,
}

/// A stored document, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DocumentRow {
    /// UUID version 7.
    pub id: Uuid,
    /// Lower-case hex SHA-256 of the bytes.
    pub sha256: String,
    /// What the bytes are, by content.
    pub media: Media,
    /// Bytes.
    pub size: u64,
    /// The name the first sender gave; absent when none was or after erasure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// When the bytes first came.
    pub received_at: DateTime<Utc>,
    /// When the content was removed, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erased_at: Option<DateTime<Utc>>,
}

/// What became of a document that was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutDocument {
    /// The stored document: the earlier one if the same bytes came before.
    pub row: DocumentRow,
    /// Whether these bytes are new to the tenant.
    pub created: bool,
}

#[derive(FromRow)]
struct StoredRow {
    id: String,
    sha256: String,
    media: String,
    size: i64,
    filename: Option<String>,
    received_at: String,
    erased_at: Option<String>,
}

impl TryFrom<StoredRow> for DocumentRow {
    type Error = StoreError;

    fn try_from(row: StoredRow) -> Result<Self> {
        Ok(Self {
            id: super::parse_uuid(&row.id)?,
            sha256: row.sha256,
            media: super::from_name(&row.media)?,
            size: u64::try_from(row.size).unwrap_or_default(),
            filename: row.filename,
            received_at: time::parse(&row.received_at)?,
            erased_at: row.erased_at.as_deref().map(time::parse).transpose()?,
        })
    }
}

impl Store {
    /// Stores a document durably. The same bytes again are the same document; bytes that
    /// come again after erasure bring the document back under its old id.
    ///
    /// # Errors
    /// [`StoreError::Full`], [`StoreError::ReadOnly`] or what else the disk said.
    pub async fn put_document(
        &self,
        tenant: &TenantId,
        document: NewDocument,
    ) -> Result<PutDocument> {
        self.ensure_tenant(tenant).await?;
        let sha256 = sha256_hex(&document.bytes);
        let size = i64::try_from(document.bytes.len())
            .map_err(|_| StoreError::Invalid("the document is too large".to_owned()))?;
        // Bytes first: a row must never point at nothing.
        self.write_bytes(tenant, &sha256, &document.bytes).await?;
        let mut transaction = self.begin_unmarked().await?;
        let inserted = sqlx::query(
            "INSERT INTO documents (tenant, id, sha256, media, size, filename, received_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant, sha256) DO NOTHING",
        )
        .bind(tenant.as_str())
        .bind(Uuid::now_v7().to_string())
        .bind(&sha256)
        .bind(super::name_of(&document.media)?)
        .bind(size)
        .bind(document.filename.as_deref())
        .bind(time::text(time::now()))
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        let restored = sqlx::query(
            "UPDATE documents SET erased_at = NULL, filename = $3 \
             WHERE tenant = $1 AND sha256 = $2 AND erased_at IS NOT NULL",
        )
        .bind(tenant.as_str())
        .bind(&sha256)
        .bind(document.filename.as_deref())
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        if restored > 0 {
            // Whoever erased it may have removed them since; while this is held nobody does (`leftovers`).
            self.write_bytes(tenant, &sha256, &document.bytes).await?;
        }
        let row: StoredRow =
            sqlx::query_as("SELECT * FROM documents WHERE tenant = $1 AND sha256 = $2")
                .bind(tenant.as_str())
                .bind(&sha256)
                .fetch_one(&mut *transaction)
                .await?;
        transaction.commit().await?;
        Ok(PutDocument {
            row: row.try_into()?,
            created: inserted + restored > 0,
        })
    }

    async fn write_bytes(&self, tenant: &TenantId, sha256: &str, bytes: &Arc<[u8]>) -> Result<()> {
        let target = blobs::path(self.data_dir(), tenant, sha256);
        let folders = Arc::clone(self.durable_folders());
        let bytes = Arc::clone(bytes);
        blobs::off_thread(move || folders.write(&target, &bytes)).await
    }

    /// Whether the tenant has, or had before an erasure, a document of these bytes.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn knows_document(&self, tenant: &TenantId, bytes: &[u8]) -> Result<bool> {
        let found: Option<i64> =
            sqlx::query_scalar("SELECT 1 FROM documents WHERE tenant = $1 AND sha256 = $2")
                .bind(tenant.as_str())
                .bind(sha256_hex(bytes))
                .fetch_optional(self.readers())
                .await?;
        Ok(found.is_some())
    }

    /// Ids of the documents with these digests that have pages to be drawn, by digest.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn drawable_documents(
        &self,
        tenant: &TenantId,
        digests: &[String],
    ) -> Result<HashMap<String, Uuid>> {
        let mut found = HashMap::new();
        for digest in digests {
            let row: Option<StoredRow> = sqlx::query_as(
                "SELECT * FROM documents WHERE tenant = $1 AND sha256 = $2 AND erased_at IS NULL",
            )
            .bind(tenant.as_str())
            .bind(digest)
            .fetch_optional(self.readers())
            .await?;
            let row: Option<DocumentRow> = row.map(TryInto::try_into).transpose()?;
            let drawable = row.filter(|row| matches!(row.media, Media::Pdf | Media::Image));
            found.extend(drawable.map(|row| (row.sha256, row.id)));
        }
        Ok(found)
    }

    /// The document with this id, if the tenant has it.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn document(&self, tenant: &TenantId, id: Uuid) -> Result<Option<DocumentRow>> {
        let row: Option<StoredRow> =
            sqlx::query_as("SELECT * FROM documents WHERE tenant = $1 AND id = $2")
                .bind(tenant.as_str())
                .bind(id.to_string())
                .fetch_optional(self.readers())
                .await?;
        row.map(TryInto::try_into).transpose()
    }

    /// The bytes of a document, checked against its digest; `None` if the tenant has
    /// no such document or it was erased.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if the file is not the one stored.
    pub async fn document_bytes(&self, tenant: &TenantId, id: Uuid) -> Result<Option<Vec<u8>>> {
        let Some(row) = self.document(tenant, id).await? else {
            return Ok(None);
        };
        if row.erased_at.is_some() {
            return Ok(None);
        }
        let source = blobs::path(self.data_dir(), tenant, &row.sha256);
        blobs::off_thread(move || blobs::read(&source, &row.sha256).map(Some)).await
    }
}
