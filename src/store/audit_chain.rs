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

use super::erasure::Erasures;
use super::error::{Result, StoreError};
use super::lots::Lots;
use super::{keys, time};
use crate::domain::{CanonicalJson, TenantId, sha256_hex_of};

/// What the first entry of a chain links to.
pub(super) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Random bytes before each part.
const SALT_BYTES: usize = 32;

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
    sha256_hex_of([prev_sha256, header])
}

/// The digest of a part.
pub(super) fn part_sha256(salt: &str, content: &str) -> String {
    sha256_hex_of([salt, content])
}

/// Where a tenant's chain ends.
#[derive(Debug)]
pub(super) struct Head {
    entries: i64,
    sha256: String,
}

impl Head {
    /// What a transaction that writes must know of the tenant, by one look: how often something
    /// of theirs was erased by now, and where the chain ends.
    pub(super) async fn within(
        connection: &mut SqliteConnection,
        tenant: &TenantId,
    ) -> Result<(Erasures, Self)> {
        let row: Option<(i64, Option<i64>, Option<String>)> = sqlx::query_as(
            "SELECT records_erasures, entries, head_sha256 FROM tenants \
             LEFT JOIN audit_heads ON audit_heads.tenant = tenants.id WHERE tenants.id = $1",
        )
        .bind(tenant.as_str())
        .fetch_optional(connection)
        .await?;
        let (erasures, entries, sha256) = row.unwrap_or_default();
        let head = Self {
            entries: entries.unwrap_or_default(),
            sha256: sha256.unwrap_or_else(|| GENESIS.to_owned()),
        };
        Ok((Erasures::counted(erasures), head))
    }
}

/// An entry whose parts are digested: all that is done before its place is known.
#[derive(Debug, Clone)]
pub(super) struct SealedEntry {
    kind: EntryKind,
    id: Uuid,
    at: String,
    /// Name, salt and content of each part.
    parts: Vec<(&'static str, String, String)>,
    digests: BTreeMap<String, String>,
}

impl NewEntry {
    /// Salts and digests the parts.
    pub(super) fn seal(self) -> Result<SealedEntry> {
        let mut parts = Vec::with_capacity(self.parts.len());
        let mut digests = BTreeMap::new();
        let salts = keys::random_hexes::<SALT_BYTES>(self.parts.len())?;
        for ((name, content), salt) in self.parts.into_iter().zip(salts) {
            digests.insert(name.to_owned(), part_sha256(&salt, &content));
            parts.push((name, salt, content));
        }
        Ok(SealedEntry {
            kind: self.kind,
            id: self.id,
            at: time::text(self.at),
            parts,
            digests,
        })
    }
}

/// Adds an entry at the end of the tenant's chain. The connection must be in a
/// transaction that holds the write lock.
pub(super) async fn append(
    connection: &mut SqliteConnection,
    tenant: &TenantId,
    entry: NewEntry,
) -> Result<Link> {
    let (_, head) = Head::within(&mut *connection, tenant).await?;
    let mut lots = Lots::new();
    let links = link_all(&mut lots, tenant, head, &[&entry.seal()?])?;
    lots.run(connection).await?;
    let missing = || StoreError::Damaged("an entry was not chained".to_owned());
    links.into_iter().next().ok_or_else(missing)
}

/// Says what adds entries at the end of the tenant's chain, in their order: to be run in the
/// transaction that read its end under the write lock.
pub(super) fn link_all(
    lots: &mut Lots,
    tenant: &TenantId,
    head: Head,
    entries: &[&SealedEntry],
) -> Result<Vec<Link>> {
    let (mut seq, mut prev_sha256) = (head.entries, head.sha256);
    let mut chained = Vec::with_capacity(entries.len());
    for entry in entries {
        seq += 1;
        let header = Header {
            v: 1,
            tenant: tenant.clone(),
            seq: u64::try_from(seq).unwrap_or_default(),
            kind: entry.kind,
            id: entry.id,
            at: entry.at.clone(),
            parts: entry.digests.clone(),
        };
        let text = CanonicalJson::of(&header)?.into_string();
        let sha256 = link_sha256(&prev_sha256, &text);
        let before = std::mem::replace(&mut prev_sha256, sha256.clone());
        chained.push((entry, seq, text, before, sha256));
    }
    let kinds: Vec<String> = entries
        .iter()
        .map(|entry| super::name_of(&entry.kind))
        .collect::<Result<_>>()?;
    let rows: Vec<_> = chained.iter().zip(&kinds).collect();
    let columns = "audit_entries (tenant, seq, kind, id, at, header, prev_sha256, entry_sha256)";
    lots.insert(columns, &rows, |mut row, one| {
        row.push_bind(one.map(|_| tenant.as_str()));
        row.push_bind(one.map(|((_, seq, ..), _)| *seq));
        row.push_bind(one.map(|(_, kind)| kind.as_str()));
        row.push_bind(one.map(|((entry, ..), _)| entry.id.to_string()));
        row.push_bind(one.map(|((entry, ..), _)| entry.at.as_str()));
        row.push_bind(one.map(|((_, _, header, ..), _)| header.as_str()));
        row.push_bind(one.map(|((_, _, _, before, _), _)| before.as_str()));
        row.push_bind(one.map(|((.., sha256), _)| sha256.as_str()));
    });
    let parts: Vec<_> = chained
        .iter()
        .flat_map(|(entry, seq, ..)| entry.parts.iter().map(move |part| (*seq, part)))
        .collect();
    let columns = "audit_parts (tenant, seq, name, salt, content)";
    lots.insert(columns, &parts, |mut row, one| {
        row.push_bind(one.map(|_| tenant.as_str()));
        row.push_bind(one.map(|(seq, _)| *seq));
        row.push_bind(one.map(|(_, (name, ..))| *name));
        row.push_bind(one.map(|(_, (_, salt, _))| salt.as_str()));
        row.push_bind(one.map(|(_, (.., content))| content.as_str()));
    });
    lots.upsert(
        "audit_heads (tenant, entries, head_sha256)",
        |mut row| {
            row.push_bind(tenant.as_str());
            row.push_bind(seq);
            row.push_bind(prev_sha256.as_str());
        },
        "ON CONFLICT (tenant) DO UPDATE \
         SET entries = excluded.entries, head_sha256 = excluded.head_sha256",
    );
    let links = chained.into_iter().map(|(_, seq, _, _, sha256)| Link {
        seq: u64::try_from(seq).unwrap_or_default(),
        sha256,
    });
    Ok(links.collect())
}
