//! The review queue of copies, and which pairs people have decided.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::history::Wanted;
use super::{Service, ServiceError};
use crate::advice::{Case, Recommendation, Subject};
use crate::cases::duplicate::{DuplicateAdvice, DuplicateCase, DuplicateRun, NewEvidence, Twin};
use crate::domain::TenantId;
use crate::store::Said;

/// Name of the worklist.
pub const DUPLICATES: &str = "duplicates";

/// The queue without what people have decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DuplicateQueue {
    /// The run; decided records are taken out.
    pub run: DuplicateRun,
    /// Records of the run that people decided.
    pub decided: usize,
    /// Pairs decided once that show something new since.
    pub again: Vec<PairAgain>,
}

/// Something new about a record that was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PairAgain {
    /// The later record, as in `vendor_invoice/ID`.
    pub record: String,
    /// The earlier.
    pub twin: String,
    /// What is new; nothing of a pair that was not there then.
    pub new: Vec<NewEvidence>,
}

impl Service {
    /// The queue as it stands: the last run, or a new one where the day or what is known has
    /// changed since, without what people decided. A decided record stays away until a pair of
    /// it is new, or has new evidence, which is named.
    ///
    /// # Errors
    /// [`ServiceError`] if it could not be computed or kept.
    pub async fn duplicate_queue(
        &self,
        tenant: &TenantId,
        now: DateTime<Utc>,
    ) -> Result<DuplicateQueue, ServiceError> {
        let run = self
            .run(
                tenant,
                DUPLICATES,
                Wanted::CopiesSince(DuplicateCase::looks_at_since(now)),
                now,
                move |history, _| {
                    let made = DuplicateCase::run(&history)?;
                    Ok((made.run, made.answers))
                },
            )
            .await?;
        let said = self.store().said_of(tenant, Case::Duplicate).await?;
        Ok(without_decided(run, &said))
    }
}

fn without_decided(mut run: DuplicateRun, said: &HashMap<Subject, Said>) -> DuplicateQueue {
    let mut again = Vec::new();
    let before = run.queue.len();
    run.queue.retain(|answer| {
        let Some(then) = said.get(&answer.subject) else {
            return true;
        };
        let news = news(answer, &then.answer);
        again.extend(news.iter().cloned());
        !news.is_empty()
    });
    DuplicateQueue {
        decided: before - run.queue.len(),
        run,
        again,
    }
}

/// The pairs that alarm and are new since, or show something new.
fn news(now: &Recommendation, then: &Recommendation) -> Vec<PairAgain> {
    let known = twins(then);
    let record = format!("{}/{}", now.subject.kind, now.subject.id);
    let alarming = twins(now).into_iter().filter(|twin| twin.alarms);
    alarming
        .filter_map(|twin| {
            let named = known.iter().find(|known| known.record == twin.record);
            // A document that was recorded since is the same twin.
            let recorded = |known: &&Twin| {
                known.is_document()
                    && known
                        .document()
                        .is_some_and(|one| twin.document() == Some(one))
            };
            let before = named.or_else(|| known.iter().find(recorded));
            let new = before.map(|before| before.seen.new_in(&twin.seen));
            if new.as_ref().is_some_and(Vec::is_empty) {
                return None;
            }
            Some(PairAgain {
                record: record.clone(),
                twin: twin.record,
                new: new.unwrap_or_default(),
            })
        })
        .collect()
}

fn twins(answer: &Recommendation) -> Vec<Twin> {
    let advice = answer.suggestion.clone();
    let advice: Option<DuplicateAdvice> =
        advice.and_then(|advice| serde_json::from_value(advice).ok());
    advice.map(|advice| advice.twins).unwrap_or_default()
}
