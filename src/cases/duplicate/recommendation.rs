//! Level, the twins to lay beside the record, and the envelope.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{EvidenceSeen, Hit, Likeness, Verdict};
use crate::advice::{
    Case, Control, Controls, DataQuality, Effect, Evidence, InvalidRecommendation, Level, ModelRef,
    Reason, Recommendation, Status, Subject, check_weights,
};
use crate::cases::forecast::{heaviest, reason};
use crate::cases::forecast_answer::record;
use crate::learn::ranking::{Answered, Ranking};

/// Days for which the advice holds.
const VALID_DAYS: i64 = 1;
/// What a pair that alarms asks for.
const REVIEW: &str = "duplicate_review";
/// Chances from which a pair is of high and of medium level.
const HIGH: f64 = 0.5;
const MEDIUM: f64 = 0.05;
const VERSION: &str = "4";
/// The part that no field tells.
const REVIEWS: &str = "reviews";

/// Everything that the answer is made from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DuplicateInput {
    pub(super) kind: String,
    pub(super) id: String,
    pub(super) as_of: DateTime<Utc>,
    pub(super) party: Option<String>,
    pub(super) known_before: usize,
    /// Answers of people that parts were weighed by.
    pub(super) answers: usize,
    /// Digest of the rates and of what people taught.
    pub(super) model_sha256: String,
    pub(super) twins: Vec<Twin>,
}

/// An earlier record or document beside the one asked about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Twin {
    /// Kind and id, as in `vendor_invoice/ID`, or `document/ID` of one that no record names.
    pub record: String,
    /// What kind of copy, or why it is none.
    pub verdict: String,
    /// Whether a person should look.
    pub alarms: bool,
    /// Base-2 logarithm of the odds that it is a copy: the sum of the parts.
    pub bits: f64,
    /// What each field says, in bits.
    pub parts: Vec<Part>,
    /// Both sides, field by field.
    pub fields: Vec<Field>,
    /// What was seen, so that a dismissal holds until there is more.
    pub seen: EvidenceSeen,
}

/// One field's share of the odds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The field.
    pub field: String,
    /// Bits for a copy; negative against.
    pub bits: f64,
    /// What people's answers made of the part: its bits are so many times what was counted.
    pub weight: f64,
}

/// One field of both sides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its name.
    pub field: String,
    /// What the record asked about says.
    pub later: Option<String>,
    /// What the earlier says.
    pub earlier: Option<String>,
    /// `same`, `similar`, `different` or `absent`.
    pub likeness: String,
}

impl Twin {
    /// Weighed by what people said of earlier pairs, where they said enough. Whether it alarms does
    /// not depend on that: it ranks, and takes nothing away.
    pub(super) fn of(hit: &Hit, ranking: Option<&Ranking>) -> Self {
        let parts = parts(hit, ranking).map(|(field, bits, weight)| Part {
            field: field.to_owned(),
            bits,
            weight,
        });
        let fields = hit.twin.iter().map(|field| Field {
            field: field.field.to_owned(),
            later: field.later.clone(),
            earlier: field.earlier.clone(),
            likeness: field.likeness.as_str().to_owned(),
        });
        Self {
            record: hit.earlier.clone(),
            verdict: hit.verdict.as_str().to_owned(),
            alarms: hit.alarms(),
            bits: weighed(hit, ranking),
            parts: parts.collect(),
            fields: fields.collect(),
            seen: EvidenceSeen::of(hit),
        }
    }

    fn probability(&self) -> f64 {
        super::score::probability(self.bits)
    }

    /// Whether it is a document that no record names.
    #[must_use]
    pub fn is_document(&self) -> bool {
        self.record.starts_with("document/")
    }

    /// Digest of its document, where it is known.
    #[must_use]
    pub fn document(&self) -> Option<&str> {
        let document = self.fields.iter().find(|field| field.field == "document");
        document?.earlier.as_deref()
    }

    /// Whether its verdict says why it is no copy.
    fn is_benign(&self) -> bool {
        let mut alarming = Verdict::ALL.iter().filter(|verdict| verdict.alarms());
        alarming.all(|verdict| verdict.as_str() != self.verdict)
    }

    /// The verdict in words.
    #[must_use]
    pub fn said(&self) -> String {
        self.verdict.replace('_', " ")
    }
}

/// The parts of a pair's odds: field, bits, and what people's answers made of it.
fn parts<'a>(
    hit: &'a Hit,
    ranking: Option<&'a Ranking>,
) -> impl Iterator<Item = (&'static str, f64, f64)> + use<'a> {
    let counted = hit.score.contributions.iter().map(move |part| {
        let weight = ranking.map_or(1.0, |ranking| ranking.weight(part.feature));
        (part.feature, part.bits * weight, weight)
    });
    counted.chain(ranking.map(|ranking| (REVIEWS, ranking.bits_of_all, 1.0)))
}

/// Base-2 logarithm of a pair's odds, weighed by what people said.
pub(super) fn weighed(hit: &Hit, ranking: Option<&Ranking>) -> f64 {
    parts(hit, ranking).map(|(_, bits, _)| bits).sum()
}

/// The case's own part of the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DuplicateAdvice {
    /// Who is paid.
    pub party: Option<String>,
    /// Records known before it.
    pub known_before: usize,
    /// Earlier records and documents it may be a copy of, those that alarm first, each the likeliest first; and
    /// those that only look so, with the reason why they do not alarm.
    pub twins: Vec<Twin>,
}

/// How much attention a pair of a chance to be a copy asks for.
pub(crate) fn level_of(chance: f64) -> Level {
    match chance {
        high if high >= HIGH => Level::High,
        medium if medium >= MEDIUM => Level::Medium,
        _ => Level::Low,
    }
}

/// The answer. The same arguments give the same answer, bit for bit.
pub(super) fn recommend(
    input: &DuplicateInput,
    features_sha256: String,
    recommendation_id: Uuid,
) -> Result<Recommendation, InvalidRecommendation> {
    let alarm = input.twins.first().filter(|twin| twin.alarms);
    let parts = reasons(input, alarm);
    check_weights(&parts, alarm.map_or(0.0, |twin| twin.bits))?;
    let has_history = input.known_before > 0 || alarm.is_some();
    let score = alarm.map_or(0.0, Twin::probability);
    let (for_it, against): (Vec<Reason>, Vec<Reason>) =
        parts.into_iter().partition(|reason| reason.weight >= 0.0);
    let review = Control::new(REVIEW).into_iter().collect::<Controls>();
    let advice = DuplicateAdvice {
        party: input.party.clone(),
        known_before: input.known_before,
        twins: input.twins.clone(),
    };
    Ok(Recommendation {
        recommendation_id,
        case: Case::Duplicate,
        subject: Subject {
            kind: input.kind.clone(),
            id: input.id.clone(),
        },
        as_of: input.as_of,
        status: if has_history {
            Status::Scored
        } else {
            Status::InsufficientHistory
        },
        score: has_history.then_some(score),
        // Learned without labels it ranks pairs, and is no share of them until people said enough.
        score_kind: match input.answers {
            0 => "copy_uncalibrated".to_owned(),
            _ => "copy".to_owned(),
        },
        interval: None,
        prediction_set: None,
        level: alarm.map_or(Level::Low, |_| level_of(score)),
        reasons: heaviest(for_it, "others_raise"),
        counter_reasons: heaviest(against, "others_lower"),
        evidence: evidence(input),
        counterfactuals: Vec::new(),
        suggestion: serde_json::to_value(&advice).ok(),
        // Whatever alarms adds the step; nothing takes one away.
        effect: if alarm.is_some() {
            Effect::AddReview
        } else {
            Effect::None
        },
        controls_to_add: if alarm.is_some() {
            review
        } else {
            Controls::default()
        },
        data_quality: DataQuality {
            missing: (!has_history)
                .then(|| "earlier_records".to_owned())
                .into_iter()
                .collect(),
            stale: Vec::new(),
        },
        model: has_history.then(|| ModelRef {
            name: "duplicate/linkage".to_owned(),
            version: VERSION.to_owned(),
            sha256: input.model_sha256.clone(),
            // Rates, and what is usual about a pair, are counted among what was known.
            trained_until: input.as_of.date_naive(),
        }),
        features_sha256,
        expires_at: input.as_of + Duration::days(VALID_DAYS),
        decision_sha256: None,
    })
}

/// The parts of the likeliest pair that alarms, or why none does.
fn reasons(input: &DuplicateInput, alarm: Option<&Twin>) -> Vec<Reason> {
    let Some(twin) = alarm else {
        if input.known_before == 0 {
            return Vec::new();
        }
        let text = match input.twins.first() {
            Some(twin) if twin.is_benign() => {
                format!("Looks like {}, but: {}.", twin.record, twin.said())
            }
            Some(twin) => format!(
                "Looks a little like {} ({}), too little to be raised.",
                twin.record,
                twin.said()
            ),
            None => {
                "Nothing earlier that has its amount, number or document looks like it.".to_owned()
            }
        };
        return vec![reason("nothing_alike", text, "all", 0.0)];
    };
    let said = |part: &Part| {
        let field = twin.fields.iter().find(|field| field.field == part.field);
        let text = match (part.field.as_str(), field) {
            (REVIEWS, _) => format!("What people said of {} earlier pairs.", input.answers),
            ("sum", _) => "The larger is the sum of the others listed with it.".to_owned(),
            ("corrects", _) => "One of the two names the other as what it corrects.".to_owned(),
            ("recurrence", _) => "The amount returns at even intervals.".to_owned(),
            ("same_day", _) => "Others of this party and amount are of the same day.".to_owned(),
            ("document", Some(field)) if field.likeness == Likeness::Similar.as_str() => {
                format!("Document: the picture in {}, saved anew.", twin.record)
            }
            (name, Some(field)) => {
                let name = capital(name);
                match field.likeness.as_str() {
                    "absent" => format!("{name}: not in both."),
                    "different" => format!("{name}: not as in {}.", twin.record),
                    "similar" => format!("{name}: nearly as in {}.", twin.record),
                    _ => format!("{name}: same as in {}.", twin.record),
                }
            }
            (name, None) => format!("{}.", capital(name)),
        };
        reason(&part.field, text, &part.field, part.bits)
    };
    twin.parts.iter().map(said).collect()
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

fn evidence(input: &DuplicateInput) -> Vec<Evidence> {
    let twins = input.twins.iter();
    twins
        .map(|twin| record(twin.record.clone(), twin.said()))
        .collect()
}

/// What a person's word on an answer teaches: the parts of the pair that was shown, as they were
/// counted, and whether it was a copy. `None` where no pair was shown.
#[must_use]
pub fn answered(answer: &Recommendation, right: bool) -> Option<Answered> {
    let advice: DuplicateAdvice = serde_json::from_value(answer.suggestion.clone()?).ok()?;
    let shown = advice.twins.into_iter().next().filter(|twin| twin.alarms)?;
    let counted = shown.parts.into_iter().filter(|part| part.field != REVIEWS);
    Some(Answered {
        parts: counted
            .map(|part| (part.field, part.bits / part.weight))
            .collect(),
        right,
    })
}
