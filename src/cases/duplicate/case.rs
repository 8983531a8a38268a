//! One invoice, claim or use of a card judged beside all that was known before it.

use std::sync::Arc;

use serde_json::Value;
use uuid::Uuid;

use super::firm::FirmItems;
use super::recommendation::{DuplicateInput, Twin, recommend};
use super::{Item, check};
use crate::advice::{Judged, Recommendation};
use crate::cases::record_case::{JudgeError, RecordCase, RecordItem};
use crate::domain::{CanonicalJson, sha256_hex};
use crate::history::History;

/// Most earlier records laid beside one: the likeliest.
const MOST_TWINS: usize = 5;

/// The case; synchronous, shared freely between threads.
#[derive(Debug, Default)]
pub struct DuplicateCase;

impl DuplicateCase {
    /// All that is known, filed.
    pub(super) fn firm(history: &dyn History) -> Arc<FirmItems> {
        let spending = history.spending();
        spending.worked_out(|all| FirmItems::of(history, all))
    }

    /// What is said of an item.
    pub(super) fn read(firm: &FirmItems, item: &Item, history: &dyn History) -> DuplicateInput {
        let hits = check(&firm.index, item);
        // What alarms comes first, however likely what does not.
        let (alarming, benign): (Vec<_>, Vec<_>) = hits.iter().partition(|hit| hit.alarms());
        let twins = alarming.into_iter().chain(benign).take(MOST_TWINS);
        DuplicateInput {
            kind: item.kind.as_str().to_owned(),
            id: item.id.clone(),
            as_of: history.as_of(),
            party: item.party_name.clone().or_else(|| item.party.clone()),
            known_before: firm.index.count(item, super::Counted::Before),
            twins: twins.map(Twin::of).collect(),
        }
    }

    /// Answers, and keeps what the answer is made from.
    pub(super) fn answer(input: &DuplicateInput) -> Result<Judged, JudgeError> {
        let bits: Vec<f64> = input.twins.iter().map(|twin| twin.bits).collect();
        let features = CanonicalJson::of(&bits)?;
        let digest = sha256_hex(features.as_str());
        Ok(Judged {
            recommendation: recommend(input, digest, Uuid::now_v7())?,
            input: CanonicalJson::of(input)?,
            features,
        })
    }
}

impl RecordCase for DuplicateCase {
    fn judge(&self, item: &RecordItem, history: &dyn History) -> Result<Judged, JudgeError> {
        if item.period_end.is_some() {
            return Err(JudgeError::not_asked(
                "period_end",
                false,
                "is not for this case",
            ));
        }
        let firm = Self::firm(history);
        match firm.named(&item.id).as_slice() {
            [] => Err(JudgeError::not_asked(
                "id",
                true,
                "names no vendor_invoice, expense_claim or card_transaction",
            )),
            [one] => Self::answer(&Self::read(&firm, one, history)),
            _ => Err(JudgeError::not_asked(
                "id",
                false,
                "names records of several kinds: put the kind before it, as in expense_claim/ID",
            )),
        }
    }

    fn takes_long(&self, _item: &RecordItem, history: &dyn History) -> bool {
        !history.spending().is_worked_out::<FirmItems>()
    }

    fn replay(
        &self,
        input: &Value,
        features: &Value,
        recommendation_id: Uuid,
    ) -> Result<Recommendation, JudgeError> {
        let input: DuplicateInput = serde_json::from_value(input.clone())?;
        let digest = sha256_hex(CanonicalJson::of(features)?.as_str());
        Ok(recommend(&input, digest, recommendation_id)?)
    }
}
