//! Recomputing every chain from its stored content.
//!
//! Found are: edits of any column that is hashed or listed, deletions in the middle and at the
//! end, reordering, swapped content, and content removed without an erasure. Whoever can
//! write the database *and* `audit.head` can make a whole new chain that is right in itself:
//! only a head kept elsewhere ([`KeptHead`]) shows that.

use std::collections::{BTreeSet, HashMap, HashSet};

use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::Store;
use super::audit_chain::GENESIS;
use super::audit_check::{Checked, IndexRow, StoredEntry, StoredPart};
use super::audit_report::{AuditReport, ChainState, FaultKind, KeptHead};
use super::committer::MAX_TOGETHER;
use super::error::{Result, StoreError};

/// Entries held in memory at once.
const PAGE: usize = 200;
/// Entries that `audit.head` may lack altogether: of the first commit, whose process died before it wrote
/// the line.
const FIRST_LAG: u64 = MAX_TOGETHER as u64;
/// The same at its end: of such a commit, and after a power failure of those that ran since the file was
/// last synced.
const HEAD_LAG: u64 = 8 * FIRST_LAG;

impl Store {
    /// Recomputes every chain and compares it with the listings, the stored heads,
    /// `audit.head` and the heads kept elsewhere.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn audit_verify(&self, kept: &[KeptHead]) -> Result<AuditReport> {
        // Before the snapshot: every line was added after its entry was committed.
        let remembered = self.head_file().read().await?;
        let mut snapshot = self.readers().begin().await?;
        let mut report = AuditReport::default();
        let mut tenants = tenants(&mut snapshot).await?;
        tenants.extend(remembered.keys().cloned());
        tenants.extend(kept.iter().map(|head| head.tenant.to_string()));
        for tenant in &tenants {
            let mut heads: Vec<(u64, String)> = remembered.get(tenant).cloned().unwrap_or_default();
            let last_line = heads.iter().map(|(seq, _)| *seq).max().unwrap_or(0);
            heads.extend(
                kept.iter()
                    .filter(|head| head.tenant.as_str() == tenant)
                    .map(|head| (head.seq, head.sha256.clone())),
            );
            let mut chain = Chain {
                tenant,
                erased: erased(&mut snapshot, tenant).await?,
                heads: HashMap::new(),
                report: &mut report,
            };
            for (seq, sha256) in heads {
                chain.heads.entry(seq).or_default().push(sha256);
            }
            let state = chain.verify(&mut snapshot).await?;
            let lag = if last_line == 0 { FIRST_LAG } else { HEAD_LAG };
            if last_line + lag < state.entries {
                let text = format!("`audit.head` remembers {last_line} entries only");
                report.fault(tenant, last_line, FaultKind::HeadDiffers, text);
            }
            report.chains.push(state);
        }
        report.ok = report.fault_count == 0;
        Ok(report)
    }
}

struct Chain<'a> {
    tenant: &'a str,
    /// Entries that an erasure names.
    erased: HashSet<i64>,
    /// What the entry at a place should be, by files and heads outside the database.
    heads: HashMap<u64, Vec<String>>,
    report: &'a mut AuditReport,
}

impl Chain<'_> {
    async fn verify(&mut self, snapshot: &mut SqliteConnection) -> Result<ChainState> {
        let mut state = ChainState {
            tenant: self.tenant.to_owned(),
            entries: 0,
            head_sha256: GENESIS.to_owned(),
            erased_parts: 0,
        };
        loop {
            let after = i64::try_from(state.entries).unwrap_or(i64::MAX);
            let entries: Vec<StoredEntry> = sqlx::query_as(
                "SELECT seq, kind, id, at, header, prev_sha256, entry_sha256 FROM audit_entries \
                 WHERE tenant = $1 AND seq > $2 ORDER BY seq LIMIT $3",
            )
            .bind(self.tenant)
            .bind(after)
            .bind(i64::try_from(PAGE).unwrap_or(i64::MAX))
            .fetch_all(&mut *snapshot)
            .await?;
            // The last page also covers everything beyond the last entry.
            let last = entries.len() < PAGE;
            let up_to = match entries.last() {
                Some(entry) if !last => entry.seq,
                _ => i64::MAX,
            };
            let beside = Beside::load(snapshot, self.tenant, after, up_to).await?;
            self.verify_page(&entries, beside, &mut state);
            if last {
                break;
            }
        }
        self.verify_heads(snapshot, &state).await?;
        Ok(state)
    }

    fn verify_page(&mut self, entries: &[StoredEntry], mut beside: Beside, state: &mut ChainState) {
        for entry in entries {
            let seq = u64::try_from(entry.seq).unwrap_or_default();
            if seq > state.entries + 1 {
                let text = format!("entries {} to {} are gone", state.entries + 1, seq - 1);
                let kind = FaultKind::EntriesMissing;
                self.report
                    .fault(self.tenant, state.entries + 1, kind, text);
            } else if entry.prev_sha256 != state.head_sha256 {
                let text = "it does not follow the entry before it";
                self.report
                    .fault(self.tenant, seq, FaultKind::LinkBroken, text);
            }
            let parts = beside.parts.remove(&entry.seq).unwrap_or_default();
            let index = beside.index.remove(&(entry.kind.clone(), entry.seq));
            let checked = Checked {
                tenant: self.tenant,
                entry,
                parts: &parts,
                index: index.as_ref(),
                erased: self.erased.contains(&entry.seq),
            };
            state.erased_parts += checked.check(self.report);
            for expected in self.heads.remove(&seq).unwrap_or_default() {
                if expected != entry.entry_sha256 {
                    let text = "it is not the entry that was remembered outside the database";
                    self.report
                        .fault(self.tenant, seq, FaultKind::HeadDiffers, text);
                }
            }
            state.entries = seq;
            state.head_sha256.clone_from(&entry.entry_sha256);
        }
        for seq in beside.parts.into_keys() {
            let seq = u64::try_from(seq).unwrap_or_default();
            let text = "content without an entry";
            self.report
                .fault(self.tenant, seq, FaultKind::PartUnknown, text);
        }
        for (kind, seq) in beside.index.into_keys() {
            let seq = u64::try_from(seq).unwrap_or_default();
            let text = format!("a listed {kind} without an entry");
            self.report
                .fault(self.tenant, seq, FaultKind::IndexDiffers, text);
        }
    }

    async fn verify_heads(
        &mut self,
        snapshot: &mut SqliteConnection,
        state: &ChainState,
    ) -> Result<()> {
        let stored: Option<(i64, String)> =
            sqlx::query_as("SELECT entries, head_sha256 FROM audit_heads WHERE tenant = $1")
                .bind(self.tenant)
                .fetch_optional(&mut *snapshot)
                .await?;
        let (entries, sha256) = stored.unwrap_or_else(|| (0, GENESIS.to_owned()));
        let entries = u64::try_from(entries).unwrap_or_default();
        if entries > state.entries {
            let text = format!("entries {} to {entries} are gone", state.entries + 1);
            let kind = FaultKind::TailMissing;
            self.report
                .fault(self.tenant, state.entries + 1, kind, text);
        } else if entries < state.entries || sha256 != state.head_sha256 {
            let text = "the stored head is not that of the chain";
            self.report
                .fault(self.tenant, entries, FaultKind::HeadDiffers, text);
        }
        if let Some(longest) = self
            .heads
            .keys()
            .max()
            .copied()
            .filter(|_| entries <= state.entries)
        {
            let text = format!(
                "the chain had {longest} entries, as remembered outside the database; {} are left",
                state.entries
            );
            let kind = FaultKind::TailMissing;
            self.report
                .fault(self.tenant, state.entries + 1, kind, text);
        }
        Ok(())
    }
}

/// What stands beside a page of entries.
struct Beside {
    parts: HashMap<i64, Vec<StoredPart>>,
    index: HashMap<(String, i64), IndexRow>,
}

impl Beside {
    async fn load(
        snapshot: &mut SqliteConnection,
        tenant: &str,
        after: i64,
        up_to: i64,
    ) -> Result<Self> {
        let mut parts: HashMap<i64, Vec<StoredPart>> = HashMap::new();
        let stored: Vec<StoredPart> = sqlx::query_as(
            "SELECT seq, name, salt, content FROM audit_parts \
             WHERE tenant = $1 AND seq > $2 AND seq <= $3",
        )
        .bind(tenant)
        .bind(after)
        .bind(up_to)
        .fetch_all(&mut *snapshot)
        .await?;
        for part in stored {
            parts.entry(part.seq).or_default().push(part);
        }
        let mut index = HashMap::new();
        let listings = [
            (
                "recommendation",
                "SELECT seq, id, case_name, subject_kind, subject_id, status, level, decided_at \
                 FROM recommendations WHERE tenant = $1 AND seq > $2 AND seq <= $3",
            ),
            (
                "feedback",
                "SELECT seq, id, recommendation_id, verdict, about, given_at \
                 FROM feedback WHERE tenant = $1 AND seq > $2 AND seq <= $3",
            ),
        ];
        for (kind, query) in listings {
            let rows: Vec<SqliteRow> = sqlx::query(query)
                .bind(tenant)
                .bind(after)
                .bind(up_to)
                .fetch_all(&mut *snapshot)
                .await?;
            for row in rows {
                let columns = (2..row.len())
                    .map(|position| row.try_get(position))
                    .collect::<Result<_, sqlx::Error>>()?;
                let listed = IndexRow {
                    id: row.try_get(1)?,
                    columns,
                };
                index.insert((kind.to_owned(), row.try_get(0)?), listed);
            }
        }
        Ok(Self { parts, index })
    }
}

async fn tenants(snapshot: &mut SqliteConnection) -> Result<BTreeSet<String>> {
    let tenants: Vec<String> = sqlx::query_scalar(
        "SELECT tenant FROM audit_entries UNION SELECT tenant FROM audit_heads \
         UNION SELECT tenant FROM audit_parts UNION SELECT tenant FROM recommendations \
         UNION SELECT tenant FROM feedback",
    )
    .fetch_all(snapshot)
    .await?;
    Ok(tenants.into_iter().collect())
}

/// The entries that the tenant's erasures name. An erasure names earlier entries only.
async fn erased(snapshot: &mut SqliteConnection, tenant: &str) -> Result<HashSet<i64>> {
    let erasures: Vec<(i64, Option<String>)> = sqlx::query_as(
        "SELECT e.seq, p.content FROM audit_entries e \
         JOIN audit_parts p ON p.tenant = e.tenant AND p.seq = e.seq AND p.name = 'erased' \
         WHERE e.tenant = $1 AND e.kind = 'erasure'",
    )
    .bind(tenant)
    .fetch_all(snapshot)
    .await?;
    let mut named = HashSet::new();
    for (seq, content) in erasures {
        let content = content.unwrap_or_default();
        let erasure: super::erasure::Erased = serde_json::from_str(&content)
            .map_err(|_| StoreError::Damaged(format!("erasure {seq} cannot be read")))?;
        named.extend(erasure.entries.into_iter().filter(|earlier| *earlier < seq));
    }
    Ok(named)
}
