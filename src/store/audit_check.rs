//! Checking one entry of a chain against its parts and its place in the listings.

use std::collections::BTreeMap;

use serde_json::Value;
use sqlx::FromRow;

use super::audit_chain::{EntryKind, Header, link_sha256, part_sha256};
use super::audit_report::{AuditReport, FaultKind};

/// An entry as it is stored.
#[derive(FromRow)]
pub(super) struct StoredEntry {
    pub(super) seq: i64,
    pub(super) kind: String,
    pub(super) id: String,
    pub(super) at: String,
    pub(super) header: String,
    pub(super) prev_sha256: String,
    pub(super) entry_sha256: String,
}

/// A part as it is stored.
#[derive(FromRow)]
pub(super) struct StoredPart {
    pub(super) seq: i64,
    pub(super) name: String,
    pub(super) salt: Option<String>,
    pub(super) content: Option<String>,
}

/// A row of a listing: its id and its other columns, in an order fixed by [`expected_index`].
#[derive(Debug, PartialEq, Eq)]
pub(super) struct IndexRow {
    pub(super) id: String,
    pub(super) columns: Vec<Option<String>>,
}

/// An entry with everything that stands beside it.
pub(super) struct Checked<'a> {
    pub(super) tenant: &'a str,
    pub(super) entry: &'a StoredEntry,
    pub(super) parts: &'a [StoredPart],
    pub(super) index: Option<&'a IndexRow>,
    /// Whether a later erasure names this entry.
    pub(super) erased: bool,
}

impl Checked<'_> {
    /// Reports what is wrong with the entry in itself and gives the number of its erased parts.
    pub(super) fn check(&self, report: &mut AuditReport) -> u64 {
        let entry = self.entry;
        let mut fault =
            |kind, text: &str| report.fault(self.tenant, self.seq(), kind, text.to_owned());
        if link_sha256(&entry.prev_sha256, &entry.header) != entry.entry_sha256 {
            fault(FaultKind::EntryEdited, "its digest is not that of its text");
        }
        let header: Header = match serde_json::from_str(&entry.header) {
            Ok(header) => header,
            Err(_) => {
                fault(FaultKind::EntryEdited, "its text is not that of an entry");
                return 0;
            }
        };
        let same = header.tenant.as_str() == self.tenant
            && header.seq == self.seq()
            && header.id.to_string() == entry.id
            && header.at == entry.at
            && super::name_of(&header.kind).is_ok_and(|kind| kind == entry.kind);
        if !same {
            fault(
                FaultKind::EntryEdited,
                "its columns are not what its text says",
            );
        }
        let gone = self.check_parts(&header, report);
        self.check_index(&header, report);
        gone
    }

    fn seq(&self) -> u64 {
        u64::try_from(self.entry.seq).unwrap_or_default()
    }

    fn check_parts(&self, header: &Header, report: &mut AuditReport) -> u64 {
        let mut gone = 0;
        let mut fault = |kind, text: String| report.fault(self.tenant, self.seq(), kind, text);
        let found: BTreeMap<&str, &StoredPart> = self
            .parts
            .iter()
            .map(|part| (part.name.as_str(), part))
            .collect();
        for (name, digest) in &header.parts {
            match found
                .get(name.as_str())
                .map(|part| (&part.salt, &part.content))
            {
                Some((Some(salt), Some(content))) => {
                    if self.erased {
                        fault(
                            FaultKind::PartUnknown,
                            format!("`{name}` came back after its erasure"),
                        );
                    } else if part_sha256(salt, content) != *digest {
                        fault(
                            FaultKind::PartEdited,
                            format!("`{name}` is not what was hashed"),
                        );
                    }
                }
                Some((None, None)) if self.erased => gone += 1,
                _ => fault(
                    FaultKind::PartMissing,
                    format!("`{name}` is gone and no erasure says so"),
                ),
            }
        }
        for name in found
            .keys()
            .filter(|name| !header.parts.contains_key(**name))
        {
            fault(FaultKind::PartUnknown, format!("`{name}` was never hashed"));
        }
        gone
    }

    fn check_index(&self, header: &Header, report: &mut AuditReport) {
        let expected = if self.erased {
            None
        } else {
            self.expected_index(header)
        };
        if expected.as_ref() != self.index {
            let text = match (&expected, self.index) {
                (Some(_), None) => "it is not listed",
                (None, Some(_)) => "it is listed but should not be",
                _ => "it is listed with other values",
            };
            report.fault(self.tenant, self.seq(), FaultKind::IndexDiffers, text);
        }
    }

    /// What the listing should hold, from the entry's own content.
    fn expected_index(&self, header: &Header) -> Option<IndexRow> {
        let (part, pointers): (_, &[&str]) = match header.kind {
            EntryKind::Recommendation => (
                "output",
                &["/case", "/subject/type", "/subject/id", "/status", "/level"],
            ),
            EntryKind::Feedback => (
                "feedback",
                &["/recommendation_id", "/feedback/verdict", "/feedback/about"],
            ),
            EntryKind::Erasure => return None,
        };
        let content = self
            .parts
            .iter()
            .find(|stored| stored.name == part)
            .and_then(|stored| stored.content.as_deref())?;
        let content: Value = serde_json::from_str(content).ok()?;
        let mut columns: Vec<Option<String>> = pointers
            .iter()
            .map(|pointer| {
                let value = content.pointer(pointer).and_then(Value::as_str);
                value.map(str::to_owned)
            })
            .collect();
        columns.push(Some(header.at.clone()));
        Some(IndexRow {
            id: header.id.to_string(),
            columns,
        })
    }
}
