//! Keys of callers: a public prefix and a secret of which only a digest is kept.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::FromRow;
use subtle::ConstantTimeEq as _;
use utoipa::ToSchema;

use super::error::{Result, StoreError};
use super::{Store, time};
use crate::domain::{Scopes, TenantId, sha256_hex};

const PREFIX_BYTES: usize = 6;
const SECRET_BYTES: usize = 32;

/// A key about to be made.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// What it is for, in a person's words.
    pub label: String,
    /// What it may do.
    pub scopes: Scopes,
    /// When it stops working.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A key as it is listed: never its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ApiKey {
    /// The public part, 12 hexadecimal digits.
    pub prefix: String,
    /// Whose rows it may see.
    pub tenant: TenantId,
    /// What it is for.
    pub label: String,
    /// What it may do.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it stops working.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A new key with its token, which is shown once and never again.
#[derive(Clone)]
pub struct CreatedKey {
    /// The key as it will be listed.
    pub key: ApiKey,
    /// `scr_<prefix>_<secret>`, to be sent as a bearer token.
    pub token: String,
}

impl std::fmt::Debug for CreatedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedKey")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

#[derive(FromRow)]
struct StoredKey {
    prefix: String,
    tenant: String,
    secret_sha256: String,
    label: String,
    scopes: String,
    created_at: String,
    expires_at: Option<String>,
    revoked_at: Option<String>,
}

impl TryFrom<StoredKey> for ApiKey {
    type Error = StoreError;

    fn try_from(row: StoredKey) -> Result<Self> {
        let damaged = |error: String| StoreError::Damaged(error);
        Ok(Self {
            prefix: row.prefix,
            tenant: TenantId::new(&row.tenant).map_err(|error| damaged(error.to_string()))?,
            label: row.label,
            scopes: row
                .scopes
                .parse()
                .map_err(|error: crate::domain::InvalidScope| damaged(error.to_string()))?,
            created_at: time::parse(&row.created_at)?,
            expires_at: row.expires_at.as_deref().map(time::parse).transpose()?,
            revoked_at: row.revoked_at.as_deref().map(time::parse).transpose()?,
        })
    }
}

impl Store {
    /// Makes a key with a secret of 256 random bits.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for an empty list of scopes or a label over 200 characters.
    pub async fn create_key(&self, tenant: &TenantId, new: NewKey) -> Result<CreatedKey> {
        if new.scopes.is_empty() {
            return Err(StoreError::Invalid("a key needs a scope".to_owned()));
        }
        if new.label.chars().count() > 200 {
            return Err(StoreError::Invalid(
                "the label is over 200 characters".to_owned(),
            ));
        }
        self.ensure_tenant(tenant).await?;
        let prefix = random_hex::<PREFIX_BYTES>()?;
        let secret = random_hex::<SECRET_BYTES>()?;
        let key = ApiKey {
            prefix,
            tenant: tenant.clone(),
            label: new.label,
            scopes: new.scopes,
            created_at: time::now(),
            expires_at: new.expires_at,
            revoked_at: None,
        };
        sqlx::query(
            "INSERT INTO api_keys \
             (prefix, tenant, secret_sha256, label, scopes, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&key.prefix)
        .bind(tenant.as_str())
        .bind(sha256_hex(&secret))
        .bind(&key.label)
        .bind(key.scopes.to_string())
        .bind(time::text(key.created_at))
        .bind(key.expires_at.map(time::text))
        .execute(self.writer())
        .await?;
        let token = format!("scr_{}_{secret}", key.prefix);
        Ok(CreatedKey { key, token })
    }

    /// The tenant's keys, oldest first, withdrawn ones among them.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn list_keys(&self, tenant: &TenantId) -> Result<Vec<ApiKey>> {
        let rows: Vec<StoredKey> =
            sqlx::query_as("SELECT * FROM api_keys WHERE tenant = $1 ORDER BY created_at, prefix")
                .bind(tenant.as_str())
                .fetch_all(self.readers())
                .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// Withdraws a key at once; `false` if the tenant has no such working key.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub async fn revoke_key(&self, tenant: &TenantId, prefix: &str) -> Result<bool> {
        let changed = sqlx::query(
            "UPDATE api_keys SET revoked_at = $3 \
             WHERE tenant = $1 AND prefix = $2 AND revoked_at IS NULL",
        )
        .bind(tenant.as_str())
        .bind(prefix)
        .bind(time::text(time::now()))
        .execute(self.writer())
        .await?;
        Ok(changed.rows_affected() > 0)
    }

    /// The key that a token belongs to; `None` if it is malformed, unknown, wrong,
    /// withdrawn or expired at `now`. Secrets are compared in constant time.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn authenticate(&self, token: &str, now: DateTime<Utc>) -> Result<Option<ApiKey>> {
        let Some((prefix, secret)) = split_token(token) else {
            return Ok(None);
        };
        let row: Option<StoredKey> = sqlx::query_as("SELECT * FROM api_keys WHERE prefix = $1")
            .bind(prefix)
            .fetch_optional(self.readers())
            .await?;
        // The digest is taken and compared also when there is no such prefix.
        let given = sha256_hex(secret);
        let kept = row.as_ref().map_or("", |row| row.secret_sha256.as_str());
        let same: bool = given.as_bytes().ct_eq(kept.as_bytes()).into();
        let Some(row) = row.filter(|_| same) else {
            return Ok(None);
        };
        let key = ApiKey::try_from(row)?;
        let expired = key.expires_at.is_some_and(|end| end <= now);
        Ok((key.revoked_at.is_none() && !expired).then_some(key))
    }
}

fn split_token(token: &str) -> Option<(&str, &str)> {
    let (prefix, secret) = token.strip_prefix("scr_")?.split_once('_')?;
    (prefix.len() == PREFIX_BYTES * 2 && secret.len() == SECRET_BYTES * 2)
        .then_some((prefix, secret))
}

/// Random bytes of the operating system, in hexadecimal.
pub(super) fn random_hex<const N: usize>() -> Result<String> {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| StoreError::Damaged(format!("no random bytes: {error}")))?;
    Ok(hex::encode(bytes))
}
