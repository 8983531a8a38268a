//! Is it a copy of something, and which kind of copy?

mod case;
mod compare;
mod context;
mod dismissal;
mod firm;
mod index;
mod item;
mod keys;
mod number;
mod queue;
mod rates;
mod recommendation;
mod score;
#[cfg(test)]
mod tests;
mod twin;
mod verdict;

pub use case::DuplicateCase;
pub use compare::{AmountLevel, Comparison, DateLevel, DocumentLevel, PartyLevel};
pub use context::Context;
pub use dismissal::{EvidenceSeen, NewEvidence};
pub use firm::FirmItems;
pub use index::{CAP, Counted, DuplicateIndex, Slot};
pub use item::{Item, bare_name};
pub use number::{Number, NumberLevel};
pub use queue::DuplicateRun;
pub use rates::CopyRates;
pub(crate) use recommendation::level_of;
pub use recommendation::{DuplicateAdvice, Field, Part, Twin, answered};
pub use score::{Contribution, Score};
pub use twin::{Likeness, TwinField};
pub use verdict::{Seen, Verdict};

/// Chance from which a pair is raised, one in about seven hundred: a second payment costs far more than
/// a look, and pairs are looked at from the likeliest down.
pub const RAISED_FROM: f64 = 0.0015;

/// A pair that met, judged.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Hit {
    /// Name of the earlier record or document, as in `vendor_invoice/ID`.
    pub earlier: String,
    /// Digest of the earlier's document, where it is known.
    pub document: Option<String>,
    /// What kind of copy.
    pub verdict: Verdict,
    /// How likely, and why.
    pub score: Score,
    /// Both sides, field by field.
    pub twin: Vec<TwinField>,
}

impl Hit {
    /// Whether a person should look: the benign kinds are named and do not alarm.
    #[must_use]
    pub fn alarms(&self) -> bool {
        self.verdict.alarms() && self.score.probability() >= RAISED_FROM
    }

    /// What the two have in common, in words: `same amount, date; number RE-1O for RE-10`.
    #[must_use]
    pub fn alike(&self) -> String {
        let names = |likeness| {
            let fields = self.twin.iter();
            fields.filter(move |field| field.likeness == likeness)
        };
        let same: Vec<&str> = names(Likeness::Same).map(|field| field.field).collect();
        let nearly = names(Likeness::Similar).filter_map(|field| {
            let (later, earlier) = (field.later.as_ref()?, field.earlier.as_ref()?);
            // Digests tell a person nothing.
            Some(match field.field {
                "document" => "its picture, saved anew".to_owned(),
                name => format!("{name} {later} for {earlier}"),
            })
        });
        let same = (!same.is_empty()).then(|| format!("same {}", same.join(", ")));
        let parts: Vec<String> = same.into_iter().chain(nearly).collect();
        parts.join("; ")
    }
}

/// Judges a pair.
#[must_use]
pub fn judge(
    index: &DuplicateIndex,
    rates: &CopyRates,
    later: &Item,
    earlier: &Item,
    counted: Counted,
) -> Hit {
    let compared = Comparison::of(later, earlier);
    let context = Context::of(index, later, earlier, &compared, counted);
    judge_in(&context, &compared, rates, later, earlier)
}

fn judge_in(
    context: &Context,
    compared: &Comparison,
    rates: &CopyRates,
    later: &Item,
    earlier: &Item,
) -> Hit {
    let seen = Seen {
        later,
        earlier,
        compared,
        context,
    };
    Hit {
        earlier: earlier.name(),
        document: earlier.document.clone(),
        verdict: Verdict::of(&seen),
        score: Score::of(later, earlier, compared, context, rates),
        twin: twin::twin(later, earlier, compared),
    }
}

/// The hits of one item among what was known before it, the likeliest first; those that do not alarm too.
#[must_use]
pub fn check(index: &DuplicateIndex, rates: &CopyRates, item: &Item) -> Vec<Hit> {
    let earlier = index
        .candidates(item)
        .into_iter()
        .filter_map(|slot| index.get(slot));
    let mut hits: Vec<Hit> = earlier
        .map(|earlier| judge(index, rates, item, earlier, Counted::Before))
        .filter(|hit| hit.verdict != Verdict::Unrelated)
        .collect();
    hits.sort_by(|one, other| {
        let bits = other.score.bits.total_cmp(&one.score.bits);
        bits.then_with(|| one.earlier.cmp(&other.earlier))
    });
    hits
}

/// The hits of one item among documents that no record names; those that do not alarm too, in no
/// order. What explains a pair may stand among the documents or among the records (a rent of which
/// only the last bill came as a document): of both judgements the one that alarms less counts.
#[must_use]
pub fn check_documents(
    index: &DuplicateIndex,
    rates: &CopyRates,
    item: &Item,
    documents: impl IntoIterator<Item = Item>,
) -> Vec<Hit> {
    let mut filed = DuplicateIndex::default();
    for document in documents {
        filed.insert(document);
    }
    let earlier = filed.candidates(item);
    let earlier = earlier.into_iter().filter_map(|slot| filed.get(slot));
    let judged = earlier.map(|earlier| {
        let compared = Comparison::of(item, earlier);
        let mut among = [&filed, index]
            .map(|index| Context::of(index, item, earlier, &compared, Counted::Before));
        // What is billed on an order beyond its total explains nothing, wherever it lies.
        let over_ordered = among.iter().any(|context| context.over_ordered);
        for context in &mut among {
            context.over_ordered = over_ordered;
        }
        let [one, other] = among.map(|context| judge_in(&context, &compared, rates, item, earlier));
        match (one.alarms(), other.alarms()) {
            (false, _) => one,
            (true, false) => other,
            (true, true) if other.score.bits < one.score.bits => other,
            (true, true) => one,
        }
    });
    judged
        .filter(|hit| hit.verdict != Verdict::Unrelated)
        .collect()
}
