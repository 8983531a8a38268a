//! A dismissed pair stays dismissed until there is new evidence, which is named.

use std::collections::BTreeMap;

use super::{Hit, Verdict};
use crate::domain::sha256_hex;

/// Bits by which a score must rise to be new evidence by itself: odds eight times as high.
const RISE: f64 = 3.0;

/// What was known of a pair when it was judged. Values are kept as digests alone.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct EvidenceSeen {
    verdict: String,
    bits: f64,
    fields: BTreeMap<String, FieldSeen>,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
struct FieldSeen {
    likeness: String,
    digest: String,
}

/// What is new since a pair was dismissed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum NewEvidence {
    /// A field now agrees, or agrees better.
    Field {
        /// Its name.
        field: String,
    },
    /// The pair is now another kind of copy, one that alarms.
    Verdict {
        /// What it was.
        was: String,
        /// What it is.
        is: String,
    },
    /// The odds that it is a copy have risen eightfold or more.
    Score,
}

impl EvidenceSeen {
    /// Of a hit as it stands.
    #[must_use]
    pub fn of(hit: &Hit) -> Self {
        let fields = hit.twin.iter().map(|field| {
            // Sorted, so that it does not matter which side came first.
            let mut sides = [&field.later, &field.earlier];
            sides.sort();
            let seen = FieldSeen {
                likeness: field.likeness.as_str().to_owned(),
                digest: sha256_hex(format!("{sides:?}").as_bytes()),
            };
            (field.field.to_owned(), seen)
        });
        Self {
            verdict: hit.verdict.as_str().to_owned(),
            bits: hit.score.bits,
            fields: fields.collect(),
        }
    }

    /// What is seen now that was not then; empty while the dismissal holds.
    #[must_use]
    pub fn new_in(&self, now: &Self) -> Vec<NewEvidence> {
        let mut new: Vec<NewEvidence> = now
            .fields
            .iter()
            .filter(|(name, seen)| {
                let before = self.fields.get(*name);
                let changed = before.is_none_or(|before| before.digest != seen.digest);
                // That a value changed and still does not agree speaks for no copy.
                changed && ["same", "similar"].contains(&seen.likeness.as_str())
            })
            .map(|(name, _)| NewEvidence::Field {
                field: name.clone(),
            })
            .collect();
        if now.verdict != self.verdict && now.is_told_apart() {
            new.push(NewEvidence::Verdict {
                was: self.verdict.clone(),
                is: now.verdict.clone(),
            });
        }
        if now.bits - self.bits >= RISE {
            new.push(NewEvidence::Score);
        }
        new
    }

    /// Whether the verdict alarms and says more than that amounts are the same.
    fn is_told_apart(&self) -> bool {
        let mut told = Verdict::ALL
            .iter()
            .filter(|verdict| verdict.alarms() && **verdict != Verdict::SameAmount);
        told.any(|verdict| verdict.as_str() == self.verdict)
    }
}
