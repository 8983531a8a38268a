//! What is kept, and the promise that an answered write survives.
//!
//! One SQLite database in write-ahead mode with `synchronous=FULL`, the
//! documents' bytes as files beside it, and `audit.head`, a file that remembers how long
//! each tenant's audit chain was. Writes go through one connection, reads through a pool.
//! Every method takes the tenant whose rows it may see, and no query can leave it out.

mod alike;
mod analyses;
mod audit_chain;
mod audit_check;
mod audit_head;
mod audit_report;
mod audit_verify;
mod blobs;
mod changes;
mod checkpoints;
mod committer;
mod cursor;
mod decisions;
mod documents;
mod draw_keys;
mod erasure;
mod error;
mod feedback;
mod history;
mod idempotency;
mod import;
mod inbox;
mod jobs;
mod keys;
mod leftovers;
mod looks;
mod lots;
mod mentions;
mod open;
mod records;
mod restatements;
mod subjects;
mod tenant_states;
mod time;
mod worklist;
mod worklist_runs;

#[cfg(test)]
mod tests;

pub use alike::{AlikeDocument, DocumentName, Sought};
pub use analyses::Analysis;
pub use audit_report::{AuditFault, AuditReport, ChainState, FaultKind, KeptHead};
pub use cursor::{Cursor, InvalidCursor, Page};
pub use decisions::{Decision, DecisionFilter, NewDecision};
pub use documents::{DocumentRow, NewDocument, PutDocument};
pub use erasure::{Erasure, ErasureTarget, Erasures};
pub use error::{Result, StoreError};
pub use feedback::{Said, StoredFeedback};
pub use idempotency::{IDEMPOTENCY_RENEWAL, IdempotencyStart, StoredResponse};
pub use import::{ImportOptions, ImportReport};
pub use inbox::{InboxCounts, InboxFilter, InboxRow};
pub use jobs::{Job, JobState};
pub use keys::{ApiKey, CreatedKey, NewKey};
pub use open::Store;
pub use records::{RecordWriter, StoredRecord, UpsertCounts};
pub use worklist::{WORKLISTS, Worklist, WorklistCursor, WorklistPage};
pub use worklist_runs::WorklistRun;

/// The wire name of a unit variant, as it is stored.
fn name_of(value: &impl serde::Serialize) -> Result<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => Ok(name),
        _ => Err(StoreError::Invalid("the value has no name".to_owned())),
    }
}

/// The unit variant of a stored wire name.
fn from_name<T: serde::de::DeserializeOwned>(name: &str) -> Result<T> {
    Ok(serde_json::from_value(name.into())?)
}

fn parse_uuid(text: &str) -> Result<uuid::Uuid> {
    text.parse()
        .map_err(|_| StoreError::Damaged(format!("`{text}` is not an id")))
}
