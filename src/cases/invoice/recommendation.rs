//! Effect, level, controls and the envelope.

use chrono::Duration;
use serde_json::{Value, json};
use uuid::Uuid;

use super::controls::{REVIEW, control_for};
use super::document_type::TypeVerdict;
use super::findings::Finding;
use super::input::InvoiceInput;
use crate::advice::{
    Case, Controls, Counterfactual, DataQuality, Effect, Evidence, Level, ModelRef, PredictionSet,
    Recommendation, Status, Subject,
};
use crate::documents::{FieldName, Problem};

/// Days for which the advice holds.
const VALID_DAYS: i64 = 30;

/// What the score is the probability of.
pub const SCORE_KIND: &str = "document_type";

/// Fields without which nobody can post the document.
const NEEDED: [FieldName; 5] = [
    FieldName::Number,
    FieldName::IssueDate,
    FieldName::Seller,
    FieldName::Currency,
    FieldName::Total,
];

/// Problems that say of what was read that it is odd, and not that anything is missing: they are
/// findings alone.
const NOTHING_MISSING: [&str; 2] = [Problem::HIDDEN_TEXT, Problem::ATTACHED_INVOICES_DIFFER];

/// Findings that only ask the sender for something.
const MISSING: &str = "missing_";

/// What was judged, and with which model.
#[derive(Debug)]
pub(super) struct Judged<'a> {
    /// The document.
    pub(super) input: &'a InvoiceInput,
    /// Its type; absent when nothing on it could be read.
    pub(super) verdict: Option<&'a TypeVerdict>,
    /// What is odd about it.
    pub(super) findings: &'a [Finding],
    /// What would change the answer.
    pub(super) counterfactuals: &'a [Counterfactual],
    /// The model that judges types.
    pub(super) model: &'a ModelRef,
    /// Lower-case hex SHA-256 of the canonical JSON of the features.
    pub(super) features_sha256: String,
}

/// The answer. The same arguments give the same answer, bit for bit.
#[must_use]
pub(super) fn recommend(judged: &Judged<'_>, recommendation_id: Uuid) -> Recommendation {
    let missing = missing(judged);
    let status = status(judged.verdict);
    let level = level(status, judged.findings);
    let controls = controls(judged.findings);
    let suggestion = suggestion(judged);
    let effect = effect(&controls, &missing, status, suggestion.is_some());
    let verdict = judged.verdict;
    Recommendation {
        recommendation_id,
        case: Case::Invoice,
        subject: Subject {
            kind: "document".to_owned(),
            id: judged.input.document_id.clone(),
        },
        as_of: judged.input.as_of,
        status,
        score: verdict
            .filter(|_| status == Status::Scored)
            .map(|verdict| verdict.score),
        score_kind: SCORE_KIND.to_owned(),
        interval: None,
        prediction_set: verdict.map(|verdict| PredictionSet {
            values: verdict
                .set
                .iter()
                .map(|value| value.as_str().to_owned())
                .collect(),
            coverage: verdict.coverage,
        }),
        level,
        reasons: verdict
            .map(|verdict| verdict.reasons.clone())
            .unwrap_or_default(),
        counter_reasons: verdict
            .map(|verdict| verdict.counter_reasons.clone())
            .unwrap_or_default(),
        evidence: evidence(judged),
        counterfactuals: judged.counterfactuals.to_vec(),
        suggestion,
        effect,
        controls_to_add: if matches!(effect, Effect::AddReview | Effect::AddStep) {
            controls
        } else {
            Controls::default()
        },
        data_quality: DataQuality {
            missing,
            stale: Vec::new(),
        },
        model: verdict.map(|_| judged.model.clone()),
        features_sha256: judged.features_sha256.clone(),
        expires_at: judged.input.as_of + Duration::days(VALID_DAYS),
        decision_sha256: None,
    }
}

/// What the findings point at, then where the reasons for the type stand.
fn evidence(judged: &Judged<'_>) -> Vec<Evidence> {
    let findings = judged.findings.iter().flat_map(|finding| &finding.evidence);
    let verdict = judged.verdict.iter().flat_map(|verdict| &verdict.evidence);
    findings.chain(verdict).cloned().collect()
}

pub(super) fn status(verdict: Option<&TypeVerdict>) -> Status {
    match verdict {
        None => Status::Degraded,
        Some(verdict) if verdict.value.is_none() => Status::Abstained,
        Some(_) => Status::Scored,
    }
}

/// The highest level of a finding; what could not be told is worth a look in itself.
pub(super) fn level(status: Status, findings: &[Finding]) -> Level {
    let unsure = if status == Status::Scored {
        Level::Low
    } else {
        Level::Medium
    };
    findings
        .iter()
        .map(|finding| finding.level)
        .fold(unsure, Level::max)
}

/// One control for each finding that is worth a look.
fn controls(findings: &[Finding]) -> Controls {
    findings
        .iter()
        .filter(|finding| finding.level >= Level::Medium && !finding.code.starts_with(MISSING))
        .filter_map(|finding| control_for(&finding.code))
        .collect()
}

fn effect(controls: &Controls, missing: &[String], status: Status, suggests: bool) -> Effect {
    if controls.iter().any(|control| control.as_str() != REVIEW) {
        Effect::AddStep
    } else if !controls.is_empty() {
        Effect::AddReview
    } else if status == Status::Degraded || !missing.is_empty() {
        Effect::RequestInfo
    } else if suggests {
        Effect::Suggest
    } else {
        Effect::None
    }
}

fn missing(judged: &Judged<'_>) -> Vec<String> {
    let fields = NEEDED
        .iter()
        .filter(|name| !judged.input.merged.fields.contains_key(name))
        .map(|name| name.as_str().to_owned());
    let problems = judged
        .input
        .problems
        .iter()
        .map(|problem| &problem.code)
        .filter(|code| !NOTHING_MISSING.contains(&code.as_str()))
        .cloned();
    let mut missing: Vec<String> = problems.chain(fields).collect();
    if judged.verdict.is_none() && missing.is_empty() {
        missing.push("text".to_owned());
    }
    missing
}

/// The type, where it is told, and the fields as plain values.
fn suggestion(judged: &Judged<'_>) -> Option<Value> {
    let value = judged.verdict.and_then(|verdict| verdict.value);
    let fields: serde_json::Map<String, Value> = judged
        .input
        .merged
        .fields
        .iter()
        .map(|(name, field)| (name.as_str().to_owned(), json!(field.value)))
        .collect();
    if value.is_none() && fields.is_empty() {
        return None;
    }
    Some(json!({ "type": value.map(super::document_type::DocumentType::as_str), "fields": fields }))
}
