//! What the verifier of the audit chain finds.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::TenantId;

/// Faults that a report holds.
const MAX_FAULTS: usize = 100;

/// A head that was kept outside the installation: how long a chain was and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptHead {
    /// Whose chain.
    pub tenant: TenantId,
    /// Entries it had.
    pub seq: u64,
    /// `entry_sha256` of the last one.
    pub sha256: String,
}

/// The state of one tenant's chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChainState {
    /// Whose chain.
    pub tenant: String,
    /// Entries found.
    pub entries: u64,
    /// `entry_sha256` of the last one; keep it elsewhere to prove later that nothing was cut off.
    pub head_sha256: String,
    /// Parts that an erasure removed, provably.
    pub erased_parts: u64,
}

/// What is wrong with a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// Entries are gone from the middle.
    EntriesMissing,
    /// Entries are gone from the end.
    TailMissing,
    /// An entry's text or a column beside it is not what was hashed.
    EntryEdited,
    /// An entry does not follow the one before it.
    LinkBroken,
    /// Content is not what was hashed.
    PartEdited,
    /// Content is gone and no erasure says so.
    PartMissing,
    /// Content stands where none was hashed, or came back after an erasure.
    PartUnknown,
    /// The listing of recommendations or feedback disagrees with the chain.
    IndexDiffers,
    /// The stored head or a kept one disagrees with the chain.
    HeadDiffers,
}

/// One fault and where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditFault {
    /// Whose chain.
    pub tenant: String,
    /// Entry, from 1.
    pub seq: u64,
    /// What is wrong.
    pub kind: FaultKind,
    /// In words.
    pub text: String,
}

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditReport {
    /// Whether nothing is wrong.
    pub ok: bool,
    /// Every chain.
    pub chains: Vec<ChainState>,
    /// How many faults there are.
    pub fault_count: u64,
    /// The first hundred faults.
    pub faults: Vec<AuditFault>,
}

impl AuditReport {
    /// Adds a fault.
    pub(super) fn fault(
        &mut self,
        tenant: &str,
        seq: u64,
        kind: FaultKind,
        text: impl Into<String>,
    ) {
        self.fault_count += 1;
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(AuditFault {
                tenant: tenant.to_owned(),
                seq,
                kind,
                text: text.into(),
            });
        }
    }
}
