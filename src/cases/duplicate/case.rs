//! One invoice, claim or use of a card judged beside all that was known before it.

use serde_json::Value;
use uuid::Uuid;

use super::firm::FirmItems;
use super::recommendation::{DuplicateInput, Twin, recommend, weighed};
use super::{CopyRates, Counted, DuplicateIndex, Hit, Item, check, check_documents};
use crate::advice::{Judged, Recommendation};
use crate::cases::record_case::{JudgeError, RecordCase, RecordItem};
use crate::domain::{CanonicalJson, sha256_hex};
use crate::history::History;
use crate::learn::ranking::Ranking;

/// Most earlier records laid beside one: the likeliest.
const MOST_TWINS: usize = 5;
/// Most documents without a record laid beside it as well, so that none takes a record's place.
const MOST_DOCUMENTS: usize = 2;

/// The case; synchronous, shared freely between threads.
#[derive(Debug, Default)]
pub struct DuplicateCase;

impl DuplicateCase {
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

/// A firm's records and what people said of them, at one moment.
pub(super) struct Asked<'a> {
    history: &'a dyn History,
    rates: &'a CopyRates,
    ranking: Option<&'a Ranking>,
    model_sha256: String,
}

impl<'a> Asked<'a> {
    /// Of what the history knows.
    ///
    /// # Errors
    /// [`JudgeError::Kept`] for a defect: rates that are no numbers.
    pub(super) fn of(rates: &'a CopyRates, history: &'a dyn History) -> Result<Self, JudgeError> {
        let ranking = history.ranking();
        let model = CanonicalJson::of(&(rates, ranking))?;
        Ok(Self {
            rates,
            ranking,
            model_sha256: sha256_hex(model.as_str()),
            history,
        })
    }

    /// What is said of an item beside those filed.
    pub(super) fn read(&self, index: &DuplicateIndex, item: &Item) -> DuplicateInput {
        let pictures = item.document.as_deref();
        let pictures = pictures.map_or(&[][..], |document| self.history.same_pictures(document));
        let order = item.order.as_deref();
        let orders = order.map_or_else(Vec::new, |number| self.history.purchase_orders(number));
        let item = Item {
            same_pictures: pictures.to_vec(),
            ..item.clone()
        }
        .with_order(orders.iter().map(AsRef::as_ref));
        let documents = self.unrecorded(index, &item);
        let among_documents = check_documents(index, self.rates, &item, documents);
        let mut hits = self.likeliest(check(index, self.rates, &item), MOST_TWINS);
        hits.extend(self.likeliest(among_documents, MOST_DOCUMENTS));
        let hits = self.likeliest(hits, MOST_TWINS + MOST_DOCUMENTS);
        let twins = hits.iter().map(|hit| Twin::of(hit, self.ranking));
        DuplicateInput {
            kind: item.kind.as_str().to_owned(),
            id: item.id.clone(),
            as_of: self.history.as_of(),
            party: item.party_name.clone().or_else(|| item.party.clone()),
            known_before: index.count(&item, Counted::Before),
            answers: self.ranking.map_or(0, |ranking| ranking.answers),
            model_sha256: self.model_sha256.clone(),
            twins: twins.collect(),
        }
    }

    /// The likeliest of some, first what alarms, however likely what does not; what people said ranks
    /// again.
    fn likeliest(&self, hits: Vec<Hit>, most: usize) -> Vec<Hit> {
        let weighed = hits
            .into_iter()
            .map(|hit| (weighed(&hit, self.ranking), hit));
        let mut hits: Vec<(f64, Hit)> = weighed.collect();
        hits.sort_by(|(bits, one), (other_bits, other)| {
            let alarms = other.alarms().cmp(&one.alarms());
            let likelier = alarms.then(other_bits.total_cmp(bits));
            likelier.then_with(|| one.earlier.cmp(&other.earlier))
        });
        hits.truncate(most);
        hits.into_iter().map(|(_, hit)| hit).collect()
    }

    /// Documents that came before an item, that no record names and that share something with it.
    fn unrecorded(&self, index: &DuplicateIndex, item: &Item) -> Vec<Item> {
        let number = item.number.as_ref().map(|number| number.text.as_str());
        let alike = self.history.unrecorded().alike(
            item.known_at,
            item.amount(),
            number,
            &item.same_pictures,
        );
        let unrecorded =
            alike.filter(|document| !index.has_document(&document.sha256, self.history.as_of()));
        let home = self.history.home_currency();
        unrecorded
            .map(|document| Item::from_document(document).in_firm_of(home))
            .collect()
    }
}

impl RecordCase for DuplicateCase {
    fn judge(&self, item: &RecordItem, history: &dyn History) -> Result<Judged, JudgeError> {
        item.without_period()?;
        let firm = FirmItems::of(history);
        let index = firm.index();
        match index.named(&item.id).as_slice() {
            [] => Err(JudgeError::not_asked(
                "id",
                true,
                "names no vendor_invoice, expense_claim or card_transaction",
            )),
            [one] => Self::answer(&Asked::of(&firm.rates, history)?.read(&index, one)),
            _ => Err(JudgeError::not_asked(
                "id",
                false,
                "names records of several kinds: put the kind before it, as in expense_claim/ID",
            )),
        }
    }

    fn prepare(&self, history: &dyn History) {
        let _filed = FirmItems::of(history);
    }

    fn takes_long(&self, _item: &RecordItem, history: &dyn History) -> bool {
        !FirmItems::are_filed(history)
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
