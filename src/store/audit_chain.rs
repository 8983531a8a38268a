//! The hash chain that every decision, feedback and erasure is a link of.
//!
//! One chain a tenant. An entry's header names the salted digest of each of its parts, and
//! `entry_sha256 = SHA-256(prev_sha256 || header)`: so a part's content can be erased later
//! while the link still proves what was there. The salt goes with the content, so that what
//! was erased cannot be guessed back from its digest.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::error::Result;
use super::{keys, time};
use crate::domain::{TenantId, canonical_json, sha256_hex};

/// What the first entry of a chain links to.
pub(super) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum EntryKind {
    /// A recommendation was given.
    Recommendation,
    /// A person said what became of one.
    Feedback,
    /// Parts of earlier entries were removed.
    Erasure,
}

/// The hashed text of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    /// Format; 1.
    pub(super) v: u32,
    pub(super) tenant: TenantId,
    pub(super) seq: u64,
    pub(super) kind: EntryKind,
    pub(super) id: Uuid,
    pub(super) at: String,
    /// Part name to `SHA-256(salt || content)`.
    pub(super) parts: BTreeMap<String, String>,
}

/// An entry about to be chained.
pub(super) struct NewEntry {
    pub(super) kind: EntryKind,
    pub(super) id: Uuid,
    pub(super) at: DateTime<Utc>,
    /// Name and content of each part.
    pub(super) parts: Vec<(&'static str, String)>,
}

/// Where an entry came to stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) seq: u64,
    pub(super) sha256: String,
}

/// The digest of an entry.
pub(super) fn link_sha256(prev_sha256: &str, header: &str) -> String {
    sha256_hex(format!("{prev_sha256}{header}"))
}

/// The digest of a part.
pub(super) fn part_sha256(salt: &str, content: &str) -> String {
    sha256_hex(format!("{salt}{content}"))
}

/// Adds an entry at the end of the tenant's chain. The connection must be in a
/// transaction that holds the write lock.
pub(super) async fn append(
    connection: &mut SqliteConnection,
    tenant: &TenantId,
    entry: NewEntry,
) -> Result<Link> {
    let head: Option<(i64, String)> =
        sqlx::query_as("SELECT entries, head_sha256 FROM audit_heads WHERE tenant = $1")
            .bind(tenant.as_str())
            .fetch_optional(&mut *connection)
            .await?;
    let (entries, prev_sha256) = head.unwrap_or_else(|| (0, GENESIS.to_owned()));
    let seq = entries + 1;
    let at = time::text(entry.at);
    let mut salted = Vec::with_capacity(entry.parts.len());
    let mut parts = BTreeMap::new();
    for (name, content) in entry.parts {
        let salt = keys::random_hex::<32>()?;
        parts.insert(name.to_owned(), part_sha256(&salt, &content));
        salted.push((name, salt, content));
    }
    let header = Header {
        v: 1,
        tenant: tenant.clone(),
        seq: u64::try_from(seq).unwrap_or_default(),
        kind: entry.kind,
        id: entry.id,
        at: at.clone(),
        parts,
    };
    let text = canonical_json(&serde_json::to_value(&header)?);
    let sha256 = link_sha256(&prev_sha256, &text);
    sqlx::query(
        "INSERT INTO audit_entries \
         (tenant, seq, kind, id, at, header, prev_sha256, entry_sha256) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(tenant.as_str())
    .bind(seq)
    .bind(super::name_of(&entry.kind)?)
    .bind(entry.id.to_string())
    .bind(&at)
    .bind(&text)
    .bind(&prev_sha256)
    .bind(&sha256)
    .execute(&mut *connection)
    .await?;
    for (name, salt, content) in salted {
        sqlx::query(
            "INSERT INTO audit_parts (tenant, seq, name, salt, content) \
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(tenant.as_str())
        .bind(seq)
        .bind(name)
        .bind(salt)
        .bind(content)
        .execute(&mut *connection)
        .await?;
    }
    sqlx::query(
        "INSERT INTO audit_heads (tenant, entries, head_sha256) VALUES ($1, $2, $3) \
         ON CONFLICT (tenant) DO UPDATE \
         SET entries = excluded.entries, head_sha256 = excluded.head_sha256",
    )
    .bind(tenant.as_str())
    .bind(seq)
    .bind(&sha256)
    .execute(&mut *connection)
    .await?;
    Ok(Link {
        seq: header.seq,
        sha256,
    })
}
