//! Answers for tests: a plain one, and any one proptest can think of.
#![allow(clippy::unwrap_used)]

use chrono::{DateTime, Duration, NaiveDate, Utc};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use uuid::Uuid;

use super::{
    Case, Control, Controls, Counterfactual, DataQuality, Direction, Effect, Evidence, Interval,
    Level, ModelRef, PredictionSet, Reason, Recommendation, Status, Subject,
};
use crate::documents::BBox;

/// A valid scored answer asking for a review.
pub(crate) fn recommendation() -> Recommendation {
    let as_of = DateTime::<Utc>::UNIX_EPOCH + Duration::days(20_000);
    Recommendation {
        recommendation_id: Uuid::now_v7(),
        case: Case::Invoice,
        subject: Subject {
            kind: "document".to_owned(),
            id: "d-1".to_owned(),
        },
        as_of,
        status: Status::Scored,
        score: Some(0.83),
        score_kind: "needs_review".to_owned(),
        interval: None,
        prediction_set: Some(PredictionSet {
            values: vec!["po_invoice".to_owned()],
            coverage: 0.9,
        }),
        level: Level::High,
        reasons: vec![reason("totals_do_not_add_up", Direction::Raises, 1.5)],
        counter_reasons: vec![reason("known_vendor", Direction::Lowers, -0.4)],
        evidence: vec![],
        counterfactuals: vec![],
        suggestion: None,
        effect: Effect::AddReview,
        controls_to_add: [Control::new("review.accounts_payable").unwrap()]
            .into_iter()
            .collect(),
        data_quality: DataQuality::default(),
        model: Some(ModelRef {
            name: "invoice/type".to_owned(),
            version: "1".to_owned(),
            sha256: "ab".repeat(32),
            trained_until: NaiveDate::from_ymd_opt(2026, 9, 30).unwrap(),
        }),
        features_sha256: "0f".repeat(32),
        expires_at: as_of + Duration::days(30),
        decision_sha256: None,
    }
}

/// A reason of that code and weight.
pub(crate) fn reason(code: &str, direction: Direction, weight: f64) -> Reason {
    Reason {
        code: code.to_owned(),
        text: format!("About {code}."),
        direction,
        weight,
        feature: code.to_owned(),
        value: Some("1".to_owned()),
        baseline: None,
    }
}

/// Any set of controls.
pub(crate) fn any_controls() -> impl Strategy<Value = Controls> {
    btree_set("[a-z0-9][a-z0-9_.-]{0,20}", 0..8).prop_map(|names| {
        names
            .iter()
            .map(|name| Control::new(name).unwrap())
            .collect()
    })
}

fn any_reason() -> impl Strategy<Value = Reason> {
    let weight = prop_oneof![-1e6..1e6, Just(0.0), Just(1e-300), Just(0.1 + 0.2)];
    (any::<bool>(), weight, ".{1,20}", option::of(".{0,9}")).prop_map(
        |(raises, weight, text, value)| Reason {
            text,
            value,
            ..reason(
                "any",
                if raises {
                    Direction::Raises
                } else {
                    Direction::Lowers
                },
                weight,
            )
        },
    )
}

fn any_evidence() -> impl Strategy<Value = Evidence> {
    let side = || -1e4f32..1e4f32;
    let bbox =
        (side(), side(), side(), side()).prop_map(|(x0, y0, x1, y1)| BBox { x0, y0, x1, y1 });
    (
        ".{0,9}",
        option::of(1u32..99),
        option::of(bbox),
        option::of(".{0,20}"),
    )
        .prop_map(|(reference, page, bbox, text)| Evidence {
            kind: "page".to_owned(),
            reference,
            page,
            bbox,
            text,
            sha256: None,
        })
}

/// Any answer its types allow, whether it keeps the invariants or not.
pub(crate) fn any_recommendation() -> impl Strategy<Value = Recommendation> {
    let status = prop_oneof![
        Just(Status::Scored),
        Just(Status::Abstained),
        Just(Status::InsufficientHistory),
        Just(Status::Degraded),
    ];
    let effect = proptest::sample::select(Effect::ALL);
    let level = prop_oneof![Just(Level::Low), Just(Level::Medium), Just(Level::High)];
    let interval = (-1e9..1e9, -1e9..1e9, 0.0..=1.0).prop_map(|(low, high, coverage)| Interval {
        low,
        high,
        unit: "days".to_owned(),
        coverage,
    });
    let facts = (
        status,
        option::of(0.0..=1.0f64),
        option::of(interval),
        level,
        effect,
        any_controls(),
        0i64..4_000_000_000,
    );
    let parts = (
        vec(any_reason(), 0..4),
        vec(any_reason(), 0..4),
        vec(any_evidence(), 0..4),
        vec(".{0,9}", 0..3),
        option::of(".{0,9}"),
    );
    (facts, parts).prop_map(|(facts, parts)| {
        let (status, score, interval, level, effect, controls_to_add, seconds) = facts;
        let (reasons, counter_reasons, evidence, missing, suggested) = parts;
        let as_of = DateTime::<Utc>::UNIX_EPOCH + Duration::milliseconds(seconds * 1000 + 7);
        Recommendation {
            as_of,
            status,
            score,
            interval,
            level,
            reasons,
            counter_reasons,
            evidence,
            counterfactuals: missing
                .iter()
                .map(|field| Counterfactual {
                    field: field.clone(),
                    from: String::new(),
                    to: "x".to_owned(),
                    text: String::new(),
                })
                .collect(),
            suggestion: suggested.map(|value| serde_json::json!({ "account": value })),
            effect,
            controls_to_add,
            data_quality: DataQuality {
                missing,
                stale: vec![],
            },
            ..recommendation()
        }
    })
}
