//! Keys of callers: a public prefix and a secret of which only a digest is kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{FromRow, SqliteConnection};
use subtle::ConstantTimeEq as _;
use utoipa::ToSchema;

use super::error::{Result, StoreError};
use super::{Store, time};
use crate::domain::{Scopes, TenantId, sha256_hex};

const PREFIX_BYTES: usize = 6;
const SECRET_BYTES: usize = 32;
/// Keys held in memory; past it they are read again.
const MAX_HELD: usize = 10_000;

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

/// Keys looked up before, by prefix.
#[derive(Debug, Default)]
pub(super) struct KeysCache {
    by_prefix: Mutex<HashMap<String, Arc<HeldKey>>>,
}

impl KeysCache {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<HeldKey>>> {
        // A map is whole also where somebody panicked beside it.
        self.by_prefix
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
struct HeldKey {
    key: ApiKey,
    secret_sha256: String,
    /// Of the tenant's keys, when this one was read.
    generation: i64,
}

#[derive(FromRow)]
struct FoundKey {
    #[sqlx(flatten)]
    key: StoredKey,
    keys_generation: i64,
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
        let mut transaction = self.begin().await?;
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
        .execute(&mut *transaction)
        .await?;
        keys_changed(&mut transaction, tenant).await?;
        transaction.commit().await?;
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
        let mut transaction = self.begin().await?;
        let changed = sqlx::query(
            "UPDATE api_keys SET revoked_at = $3 \
             WHERE tenant = $1 AND prefix = $2 AND revoked_at IS NULL",
        )
        .bind(tenant.as_str())
        .bind(prefix)
        .bind(time::text(time::now()))
        .execute(&mut *transaction)
        .await?;
        keys_changed(&mut transaction, tenant).await?;
        transaction.commit().await?;
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
        let held = self.held_key(prefix).await?;
        // The digest is taken and compared also when there is no such prefix.
        let given = sha256_hex(secret);
        let kept = held.as_ref().map_or("", |held| held.secret_sha256.as_str());
        let same: bool = given.as_bytes().ct_eq(kept.as_bytes()).into();
        let Some(held) = held.filter(|_| same) else {
            return Ok(None);
        };
        let key = &held.key;
        let expired = key.expires_at.is_some_and(|end| end <= now);
        Ok((key.revoked_at.is_none() && !expired).then(|| key.clone()))
    }

    /// The key of a prefix as it stands now, from memory while the tenant's keys are the same.
    async fn held_key(&self, prefix: &str) -> Result<Option<Arc<HeldKey>>> {
        let cache = self.keys_cache();
        let held = cache.lock().get(prefix).cloned();
        if let Some(held) = held {
            let state = self.tenant_states().of(&held.key.tenant).await?;
            if state.is_some_and(|state| state.keys_generation == held.generation) {
                return Ok(Some(held));
            }
        }
        let found: Option<FoundKey> = sqlx::query_as(
            "SELECT k.*, t.keys_generation FROM api_keys k \
             JOIN tenants t ON t.id = k.tenant WHERE k.prefix = $1",
        )
        .bind(prefix)
        .fetch_optional(self.readers())
        .await?;
        let Some(found) = found else {
            return Ok(None);
        };
        let held = Arc::new(HeldKey {
            secret_sha256: found.key.secret_sha256.clone(),
            key: ApiKey::try_from(found.key)?,
            generation: found.keys_generation,
        });
        let mut by_prefix = cache.lock();
        if by_prefix.len() >= MAX_HELD {
            by_prefix.clear();
        }
        by_prefix.insert(prefix.to_owned(), Arc::clone(&held));
        Ok(Some(held))
    }
}

/// Tells every process that what it holds of the tenant's keys is old.
async fn keys_changed(connection: &mut SqliteConnection, tenant: &TenantId) -> Result<()> {
    sqlx::query("UPDATE tenants SET keys_generation = keys_generation + 1 WHERE id = $1")
        .bind(tenant.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

fn split_token(token: &str) -> Option<(&str, &str)> {
    let (prefix, secret) = token.strip_prefix("scr_")?.split_once('_')?;
    (prefix.len() == PREFIX_BYTES * 2 && secret.len() == SECRET_BYTES * 2)
        .then_some((prefix, secret))
}

/// Random bytes of the operating system, in hexadecimal.
pub(super) fn random_hex<const N: usize>() -> Result<String> {
    Ok(hex::encode(random::<N>()?))
}

/// So many of them, by one draw.
pub(super) fn random_hexes<const N: usize>(count: usize) -> Result<Vec<String>> {
    let mut bytes = vec![[0_u8; N]; count];
    draw(bytes.as_flattened_mut())?;
    Ok(bytes.iter().map(hex::encode).collect())
}

/// Random bytes of the operating system.
pub(super) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0_u8; N];
    draw(&mut bytes)?;
    Ok(bytes)
}

fn draw(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|error| StoreError::Damaged(format!("no random bytes: {error}")))
}
