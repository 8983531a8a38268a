//! Level, what to lay beside the claim, and the envelope.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ClaimReason, Stated};
use crate::advice::{
    Case, Control, Controls, DataQuality, Effect, Evidence, InvalidRecommendation, Level, ModelRef,
    Recommendation, Status, Subject, check_weights,
};
use crate::cases::detectors::Flag;
use crate::cases::forecast::{heaviest, reason};
use crate::cases::forecast_answer::record;
use crate::cases::invoice::controls as invoice;
use crate::domain::Currency;
use crate::history::Lines;

/// Days for which the advice holds.
const VALID_DAYS: i64 = 1;
/// What is asked for where a person should look at what an employee spent.
const REVIEW: &str = "expense_review";

/// Why a person should look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// More points than the threshold of the alert budget.
    Score,
    /// A detector flagged it.
    Detector,
    /// Drawn at random, to estimate what is missed.
    Audit,
}

/// Everything that the answer is made from, beside the features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpenseInput {
    #[serde(default)]
    pub(super) lines: Lines,
    pub(super) claim_id: String,
    pub(super) employee_id: String,
    pub(super) as_of: DateTime<Utc>,
    pub(super) incurred_on: NaiveDate,
    pub(super) merchant: Option<String>,
    pub(super) category: Option<String>,
    pub(super) amount: String,
    pub(super) currency: Currency,
    /// Whether the amount is of another currency and not told in the firm's, so that it is compared
    /// with none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) uncompared_amount: bool,
    pub(super) points: Option<f64>,
    pub(super) odder_than: Option<f64>,
    pub(super) threshold: Option<f64>,
    pub(super) lane: Option<Lane>,
    pub(super) flags: Vec<Flag>,
    /// None in what answers of before were made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) stated: Option<Stated>,
    pub(super) reasons: Vec<KeptReason>,
    pub(super) model: Option<ModelRef>,
}

/// A reason as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptReason {
    feature: String,
    points: f64,
    text: String,
}

impl KeptReason {
    pub(super) fn of(reason: &ClaimReason) -> Self {
        Self {
            feature: reason.feature.to_owned(),
            points: reason.points,
            text: reason.text.clone(),
        }
    }
}

/// The case's own part of the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExpenseAdvice {
    /// Whoever can be asked about it; of a card without a holder, the card. None for an invoice.
    pub employee_id: Option<String>,
    /// Of an invoice, who billed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_id: Option<String>,
    /// Day of the expense or invoice.
    pub incurred_on: NaiveDate,
    /// Who was paid; of an invoice, the vendor's name where it is on record.
    pub merchant: Option<String>,
    /// Kind of expense, or what the merchant sells; of an invoice, the account of its largest line.
    pub category: Option<String>,
    /// Amount claimed, used or billed.
    pub amount: String,
    /// Its currency.
    pub currency: Currency,
    /// Points of all reasons together; none where history is too short.
    pub points: Option<f64>,
    /// Points from which the alert budget has room.
    pub threshold: Option<f64>,
    /// Why a person should look; none if nobody need to.
    pub lane: Option<Lane>,
    /// What detectors found.
    pub flags: Vec<Flag>,
    /// What else the record states, by which a change is told; answers of before do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated: Option<Stated>,
}

/// The answer. The same arguments give the same answer, bit for bit.
pub(super) fn recommend(
    input: &ExpenseInput,
    features_sha256: String,
    recommendation_id: Uuid,
) -> Result<Recommendation, InvalidRecommendation> {
    let mut parts: Vec<_> = input
        .reasons
        .iter()
        .map(|kept| {
            let text = sentence(&kept.text);
            reason(&kept.feature, text, &kept.feature, kept.points)
        })
        .collect();
    if parts.is_empty() && input.points.is_some() {
        let text = "No value of it is rare in the firm.".to_owned();
        parts.push(reason("nothing_rare", text, "all", 0.0));
    }
    check_weights(&parts, input.points.unwrap_or(0.0))?;
    let level = match input.lane {
        Some(Lane::Score) => Level::High,
        Some(Lane::Detector) => Level::Medium,
        Some(Lane::Audit) | None => Level::Low,
    };
    let controls = controls(input);
    let spender = Some(input.employee_id.clone());
    let (employee_id, vendor_id) = match input.lines {
        Lines::Claims | Lines::Cards => (spender, None),
        Lines::Invoices => (None, spender),
    };
    let advice = ExpenseAdvice {
        employee_id,
        vendor_id,
        incurred_on: input.incurred_on,
        merchant: input.merchant.clone(),
        category: input.category.clone(),
        amount: input.amount.clone(),
        currency: input.currency,
        points: input.points,
        threshold: input.threshold,
        lane: input.lane,
        flags: input.flags.clone(),
        stated: input.stated.clone(),
    };
    let status = match input.odder_than {
        Some(_) => Status::Scored,
        None => Status::InsufficientHistory,
    };
    Ok(Recommendation {
        recommendation_id,
        case: Case::Expense,
        subject: Subject {
            kind: input.lines.kind().as_str().to_owned(),
            id: input.claim_id.clone(),
        },
        as_of: input.as_of,
        status,
        score: input.odder_than,
        score_kind: "odder_than_another_claim".to_owned(),
        interval: None,
        prediction_set: None,
        level,
        reasons: heaviest(parts, "others_raise"),
        counter_reasons: Vec::new(),
        evidence: evidence(input),
        counterfactuals: Vec::new(),
        suggestion: serde_json::to_value(&advice).ok(),
        effect: effect(&controls),
        controls_to_add: controls,
        data_quality: DataQuality {
            missing: missing(input),
            stale: Vec::new(),
        },
        model: input.model.clone(),
        features_sha256,
        expires_at: input.as_of + Duration::days(VALID_DAYS),
        decision_sha256: None,
    })
}

/// Whatever points to a person looking adds a step; nothing takes one away. What is odd about an
/// invoice asks for what it would on a document.
fn controls(input: &ExpenseInput) -> Controls {
    let review = match input.lines {
        Lines::Claims | Lines::Cards => REVIEW,
        Lines::Invoices => invoice::REVIEW,
    };
    let flags = input
        .flags
        .iter()
        .filter(|_| input.lines == Lines::Invoices);
    let specific = flags.filter_map(|flag| invoice::control_for(&flag.detector));
    let asks = input.lane.filter(|lane| {
        // Where a flag says what is to be done, nothing else is.
        *lane != Lane::Detector || input.lines != Lines::Invoices
    });
    let review = asks.and_then(|_| Control::new(review).ok());
    specific.chain(review).collect()
}

fn effect(controls: &Controls) -> Effect {
    let is_review = |control: &Control| [REVIEW, invoice::REVIEW].contains(&control.as_str());
    if controls.iter().any(|control| !is_review(control)) {
        Effect::AddStep
    } else if controls.is_empty() {
        Effect::None
    } else {
        Effect::AddReview
    }
}

/// The claim, and the records that flags lay beside it.
fn evidence(input: &ExpenseInput) -> Vec<Evidence> {
    let claim = record(
        format!("{}/{}", input.lines.kind(), input.claim_id),
        format!(
            "{} {} on {}",
            input.amount, input.currency, input.incurred_on
        ),
    );
    let twins = input.flags.iter().flat_map(|flag| {
        let twins = flag.twins.iter();
        twins.map(|twin| record(twin.clone(), flag.text.clone()))
    });
    std::iter::once(claim).chain(twins).collect()
}

fn missing(input: &ExpenseInput) -> Vec<String> {
    let history = input.model.is_none().then_some(match input.lines {
        Lines::Claims => "expense_claims",
        Lines::Cards => "card_transactions",
        Lines::Invoices => "vendor_invoices",
    });
    let (merchant, category) = match input.lines {
        Lines::Claims | Lines::Cards => ("merchant", "category"),
        Lines::Invoices => ("vendor", "account"),
    };
    let merchant = input.merchant.is_none().then_some(merchant);
    let category = input.category.is_none().then_some(category);
    let amount = input.uncompared_amount.then_some("home_amount");
    [history, merchant, category, amount]
        .into_iter()
        .flatten()
        .map(str::to_owned)
        .collect()
}

/// Begun with a capital and ended with a stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}
