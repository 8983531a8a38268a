//! Erasing a document, a record or a person: content goes, a provable gap stays.

use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::audit_chain::{self, EntryKind, NewEntry};
use super::error::{Result, StoreError};
use super::subjects::about;
use super::tenant_states::TenantState;
use super::{Store, idempotency, time};
use crate::domain::{CanonicalJson, RecordKind, TenantId};

/// Whose traces go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErasureTarget {
    /// A document: its bytes, name, analysis, everything answered about it, and answers about
    /// expenses and copies that lay it beside a record, with what people said of those.
    Document(Uuid),
    /// A record: all its versions and everything answered, likewise; of an interaction also the answers
    /// on collections that its note was read for.
    Record(RecordKind, String),
    /// An employee: their record, every record that names them as `employee_id`, and everything
    /// answered about those.
    Person(String),
}

impl ErasureTarget {
    const fn name(&self) -> &'static str {
        match self {
            Self::Document(_) => "document",
            Self::Record(kind, _) => kind.as_str(),
            Self::Person(_) => RecordKind::Employee.as_str(),
        }
    }
}

/// What was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Erasure {
    /// Id of the erasure's own entry in the chain.
    pub id: Uuid,
    /// Entries of the chain whose content was removed.
    pub entries: u64,
    /// Versions of records that were removed.
    pub record_versions: u64,
    /// Link in the audit chain.
    pub decision_sha256: String,
    /// Whether the database's log was emptied, which holds what was erased until then. If not, somebody
    /// reads from the store for long: the next erasure does it, or whoever closes the store last.
    pub log_emptied: bool,
}

/// The content of an erasure's entry: places only, nothing about whom.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Erased {
    pub(super) entries: Vec<i64>,
    reason: String,
    actor: String,
}

/// Kind and id of something that recommendations are about.
type SubjectKey = (String, String);

/// How often something of a tenant's had been erased when it was read.
///
/// Answers take a while to be made, and another process may erase meanwhile: chained after that, they would
/// bring back what is gone, and no later erasure would find it. So whoever reads takes this number along, and it
/// is compared within the transaction that writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Erasures(i64);

impl Erasures {
    pub(super) const fn of(state: &TenantState) -> Self {
        Self::counted(state.records_erasures)
    }

    /// As many as the tenant's row counts.
    pub(super) const fn counted(count: i64) -> Self {
        Self(count)
    }
}

impl Store {
    /// How often something of the tenant's was erased by now.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn erasures(&self, tenant: &TenantId) -> Result<Erasures> {
        let state = self.tenant_states().of(tenant).await?.unwrap_or_default();
        Ok(Erasures::of(&state))
    }

    /// Removes content for good: inputs, features, answers, labels, records and bytes, and all
    /// answers kept for idempotency. The chain keeps salted digests, whose salts go too, and
    /// an entry that says which content was removed, why and by whom.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if the tenant has no such document, or nothing at all about the
    /// record or the person; then no entry is made either.
    pub async fn erase(
        &self,
        tenant: &TenantId,
        target: &ErasureTarget,
        reason: &str,
        actor: &str,
    ) -> Result<Erasure> {
        self.ensure_tenant(tenant).await?;
        let mut transaction = self.begin().await?;
        let mut document = None;
        let mut record_versions = 0;
        let subjects = match target {
            ErasureTarget::Document(id) => {
                document = Some(erase_document(&mut transaction, tenant, *id).await?);
                vec![("document".to_owned(), id.to_string())]
            }
            ErasureTarget::Record(kind, id) => {
                let subject = (kind.as_str().to_owned(), id.clone());
                record_versions = erase_records(&mut transaction, tenant, &[&subject]).await?;
                vec![subject]
            }
            ErasureTarget::Person(id) => {
                let subjects = subjects_of_person(&mut transaction, tenant, id).await?;
                let keys: Vec<_> = subjects.iter().collect();
                record_versions = erase_records(&mut transaction, tenant, &keys).await?;
                subjects
            }
        };
        let mut entries = Vec::new();
        for (kind, id) in &subjects {
            entries.extend(entries_about(&mut transaction, tenant, kind, id).await?);
        }
        if document.is_none() && record_versions == 0 && entries.is_empty() {
            return Err(StoreError::Missing(target.name()));
        }
        idempotency::forget_answers(&mut transaction, tenant).await?;
        for statement in [
            // What is held in memory is to be dropped, and what is being made of it made anew.
            "UPDATE tenants SET records_erasures = records_erasures + 1 WHERE id = $1",
            // Lists may name what is erased, and rest on what was answered about it.
            "DELETE FROM worklist_runs WHERE tenant = $1",
        ] {
            sqlx::query(statement)
                .bind(tenant.as_str())
                .execute(&mut *transaction)
                .await?;
        }
        entries.sort_unstable();
        entries.dedup();
        for seq in &entries {
            empty_entry(&mut transaction, tenant, *seq).await?;
        }
        let content = Erased {
            entries,
            reason: reason.to_owned(),
            actor: actor.to_owned(),
        };
        let id = Uuid::now_v7();
        let entry = NewEntry {
            kind: EntryKind::Erasure,
            id,
            at: time::now(),
            parts: vec![("erased", CanonicalJson::of(&content)?.into_string())],
        };
        let link = audit_chain::append(&mut transaction, tenant, entry).await?;
        transaction.commit().await?;
        self.head_file().append(&[(tenant, &link)]).await?;
        if let Some(sha256) = document {
            self.remove_erased_bytes(tenant, &sha256).await?;
        }
        Ok(Erasure {
            id,
            entries: content.entries.len() as u64,
            record_versions,
            decision_sha256: link.sha256,
            log_emptied: self.empty_log().await?,
        })
    }
}

/// Empties a document's rows and gives the digest that its file is named by.
async fn erase_document(
    connection: &mut SqliteConnection,
    tenant: &TenantId,
    id: Uuid,
) -> Result<String> {
    let sha256: Option<String> =
        sqlx::query_scalar("SELECT sha256 FROM documents WHERE tenant = $1 AND id = $2")
            .bind(tenant.as_str())
            .bind(id.to_string())
            .fetch_optional(&mut *connection)
            .await?;
    let sha256 = sha256.ok_or(StoreError::Missing("document"))?;
    for statement in [
        "DELETE FROM analyses WHERE tenant = $1 AND document_id = $2",
        "DELETE FROM look_bands WHERE tenant = $1 AND document_id = $2",
        "DELETE FROM looks WHERE tenant = $1 AND document_id = $2",
        "UPDATE jobs SET problem = NULL WHERE tenant = $1 AND document_id = $2",
    ] {
        sqlx::query(statement)
            .bind(tenant.as_str())
            .bind(id.to_string())
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query(
        "UPDATE documents SET filename = NULL, erased_at = $3 WHERE tenant = $1 AND id = $2",
    )
    .bind(tenant.as_str())
    .bind(id.to_string())
    .bind(time::text(time::now()))
    .execute(&mut *connection)
    .await?;
    Ok(sha256)
}

async fn erase_records(
    connection: &mut SqliteConnection,
    tenant: &TenantId,
    records: &[&SubjectKey],
) -> Result<u64> {
    let mut versions = 0;
    for (kind, id) in records {
        versions += sqlx::query("DELETE FROM records WHERE tenant = $1 AND kind = $2 AND id = $3")
            .bind(tenant.as_str())
            .bind(kind)
            .bind(id)
            .execute(&mut *connection)
            .await?
            .rows_affected();
    }
    Ok(versions)
}

/// The employee and every record that ever named them.
async fn subjects_of_person(
    connection: &mut SqliteConnection,
    tenant: &TenantId,
    id: &str,
) -> Result<Vec<SubjectKey>> {
    // Bodies are canonical JSON: a member stands in them in exactly one spelling. Replacing is
    // the portable way to look for a text with regard to case.
    let member = format!("\"employee_id\":{}", serde_json::Value::from(id));
    let mut subjects: Vec<SubjectKey> = sqlx::query_as(
        "SELECT DISTINCT kind, id FROM records \
         WHERE tenant = $1 AND REPLACE(body, $2, '') <> body",
    )
    .bind(tenant.as_str())
    .bind(member)
    .fetch_all(&mut *connection)
    .await?;
    subjects.push((RecordKind::Employee.as_str().to_owned(), id.to_owned()));
    Ok(subjects)
}

/// The recommendations about a subject, or that lay it beside theirs, and what was said about them.
async fn entries_about(
    connection: &mut SqliteConnection,
    tenant: &TenantId,
    kind: &str,
    id: &str,
) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar(about!(
        ", named AS (SELECT tenant, seq, id FROM about \
         UNION SELECT r.tenant, r.seq, r.id FROM mentions m CROSS JOIN recommendations r \
         WHERE r.tenant = m.tenant AND r.seq = m.seq \
         AND m.tenant = $1 AND m.kind = $2 AND m.id = $3) \
         SELECT seq FROM named UNION SELECT f.seq FROM feedback f \
         JOIN named ON named.tenant = f.tenant AND named.id = f.recommendation_id"
    ))
    .bind(tenant.as_str())
    .bind(kind)
    .bind(id)
    .fetch_all(connection)
    .await?)
}

async fn empty_entry(connection: &mut SqliteConnection, tenant: &TenantId, seq: i64) -> Result<()> {
    for statement in [
        "UPDATE audit_parts SET salt = NULL, content = NULL WHERE tenant = $1 AND seq = $2",
        "DELETE FROM recommendations WHERE tenant = $1 AND seq = $2",
        "DELETE FROM mentions WHERE tenant = $1 AND seq = $2",
        "DELETE FROM feedback WHERE tenant = $1 AND seq = $2",
    ] {
        sqlx::query(statement)
            .bind(tenant.as_str())
            .bind(seq)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
