//! What random draws are made with.

use super::Store;
use super::error::{Result, StoreError};
use super::keys::random_hex;
use crate::domain::TenantId;

/// Bytes of a key.
const BYTES: usize = 32;

impl Store {
    /// The tenant's key for random draws, made when it is first asked for: whoever does not know it
    /// cannot foretell what is drawn, and the same is drawn tomorrow.
    ///
    /// # Errors
    /// If the store cannot be read or written, or the system gives no random bytes.
    pub async fn draw_key(&self, tenant: &TenantId) -> Result<String> {
        if let Some(key) = self.kept_draw_key(tenant).await? {
            return Ok(key);
        }
        let made = random_hex::<BYTES>()?;
        self.ensure_tenant(tenant).await?;
        let mut transaction = self.begin_unmarked().await?;
        // Whoever came first stays.
        sqlx::query(
            "INSERT INTO draw_keys (tenant, secret) VALUES ($1, $2) ON CONFLICT (tenant) DO NOTHING",
        )
        .bind(tenant.as_str())
        .bind(made)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let key = self.kept_draw_key(tenant).await?;
        key.ok_or(StoreError::Missing("draw key"))
    }

    async fn kept_draw_key(&self, tenant: &TenantId) -> Result<Option<String>> {
        let key = sqlx::query_scalar("SELECT secret FROM draw_keys WHERE tenant = $1")
            .bind(tenant.as_str())
            .fetch_optional(self.readers())
            .await?;
        Ok(key)
    }
}
