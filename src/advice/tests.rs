//! The laws of the contract.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::samples::{any_controls, any_recommendation, reason, recommendation};
use super::*;

proptest! {
    #[test]
    fn join_is_commutative(a in any_controls(), b in any_controls()) {
        prop_assert_eq!(a.join(&b), b.join(&a));
    }

    #[test]
    fn join_is_associative(a in any_controls(), b in any_controls(), c in any_controls()) {
        prop_assert_eq!(a.join(&b).join(&c), a.join(&b.join(&c)));
    }

    #[test]
    fn join_is_idempotent_and_has_an_identity(a in any_controls()) {
        prop_assert_eq!(a.join(&a), a.clone());
        prop_assert_eq!(a.join(&Controls::default()), a);
    }

    #[test]
    fn join_is_monotone(a in any_controls(), b in any_controls(), c in any_controls()) {
        let wider = a.join(&b);
        prop_assert!(a.join(&c).is_subset(&wider.join(&c)));
    }

    #[test]
    fn join_is_the_least_set_that_holds_both(a in any_controls(), b in any_controls()) {
        let both = a.join(&b);
        prop_assert!(both.iter().all(|step| a.iter().chain(b.iter()).any(|s| s == step)));
    }

    #[test]
    fn no_advice_takes_a_step_away(policy in any_controls(), advice in any_recommendation()) {
        prop_assert!(policy.is_subset(&policy.join(&advice.controls_to_add)));
    }

    #[test]
    fn json_gives_back_the_same_answer(answer in any_recommendation()) {
        let text = serde_json::to_string(&answer).unwrap();
        let back: Recommendation = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&back, &answer);
        prop_assert_eq!(serde_json::to_string(&back).unwrap(), text);
    }

    #[test]
    fn what_validates_keeps_the_promises(answer in any_recommendation()) {
        if answer.validate().is_ok() {
            prop_assert_eq!(answer.score.is_some(), answer.status == Status::Scored);
            prop_assert_eq!(answer.effect.adds_controls(), !answer.controls_to_add.is_empty());
            prop_assert!(answer.expires_at > answer.as_of);
        }
    }

    #[test]
    fn a_name_is_taken_if_and_only_if_the_published_pattern_matches(name in "[a-z0-9A-Z_.é -]{0,70}") {
        let pattern = regex::Regex::new("^[a-z0-9][a-z0-9_.-]{0,63}$").unwrap();
        prop_assert_eq!(Control::new(&name).is_ok(), pattern.is_match(&name));
    }
}

/// One change that breaks an invariant, and the complaint expected.
type Broken = (&'static str, fn(&mut Recommendation));

#[test]
fn a_valid_answer_is_let_through() {
    assert_eq!(recommendation().validate(), Ok(()));
    let mut silent = recommendation();
    silent.status = Status::Abstained;
    silent.score = None;
    silent.model = None;
    silent.reasons.clear();
    silent.effect = Effect::None;
    silent.controls_to_add = Controls::default();
    assert_eq!(silent.validate(), Ok(()));
}

#[test]
fn every_broken_invariant_is_named() {
    let cases: [Broken; 18] = [
        ("UUID", |r| r.recommendation_id = uuid::Uuid::nil()),
        ("subject.id", |r| r.subject.id.clear()),
        ("subject.type", |r| r.subject.kind.clear()),
        ("score", |r| r.score = None),
        ("score", |r| r.status = Status::Abstained),
        ("0..=1", |r| r.score = Some(1.01)),
        ("0..=1", |r| r.score = Some(f64::NAN)),
        ("a reason", |r| {
            r.reasons.clear();
            r.counter_reasons.clear();
        }),
        ("a model", |r| r.model = None),
        ("weight", |r| r.reasons[0].weight = f64::INFINITY),
        ("weight", |r| r.reasons[0].weight = -1.0),
        ("wrong list", |r| {
            r.reasons
                .push(reason("known_vendor", Direction::Lowers, -1.0));
        }),
        ("is empty", |r| {
            r.prediction_set.as_mut().unwrap().values.clear();
        }),
        ("at least one control", |r| {
            r.controls_to_add = Controls::default();
        }),
        ("empty controls_to_add", |r| r.effect = Effect::RequestInfo),
        ("hex", |r| r.features_sha256 = "AB".repeat(32)),
        ("expires_at", |r| r.expires_at = r.as_of),
        ("missing is empty", |r| {
            r.status = Status::Degraded;
            r.score = None;
        }),
    ];
    for (complaint, change) in cases {
        let mut answer = recommendation();
        change(&mut answer);
        let error = answer.validate().unwrap_err().to_string();
        assert!(error.contains(complaint), "{complaint}: {error}");
    }
}

#[test]
fn weights_add_up_to_the_raw_score_less_its_baseline() {
    let answer = recommendation();
    let all = || answer.reasons.iter().chain(&answer.counter_reasons);
    assert_eq!(check_weights(all(), 1.5 - 0.4), Ok(()));
    assert_eq!(check_weights([], 0.0), Ok(()));
    for expected in [1.5, 1.1 + 1e-7, f64::NAN, f64::INFINITY] {
        let error = check_weights(all(), expected).unwrap_err().to_string();
        assert!(error.contains("sum to 1.1"), "{error}");
    }
}

#[test]
fn a_suggestion_and_an_interval_are_checked_too() {
    let mut answer = recommendation();
    answer.effect = Effect::Suggest;
    answer.controls_to_add = Controls::default();
    assert_eq!(
        answer.validate(),
        Err(InvalidRecommendation::NothingSuggested)
    );
    answer.suggestion = Some(serde_json::json!({"type": "receipt"}));
    assert_eq!(answer.validate(), Ok(()));
    answer.interval = Some(Interval {
        low: 3.0,
        high: 2.0,
        unit: "days".to_owned(),
        coverage: 0.8,
    });
    assert!(matches!(
        answer.validate(),
        Err(InvalidRecommendation::Interval(_))
    ));
}

#[test]
fn an_effect_outside_the_list_is_no_answer() {
    for effect in ["approve", "skip_step", "release", "", "None"] {
        let text = serde_json::to_string(effect).unwrap();
        assert!(serde_json::from_str::<Effect>(&text).is_err(), "{effect}");
    }
    for effect in Effect::ALL {
        assert_eq!(serde_json::to_value(effect).unwrap(), effect.as_str());
    }
}

#[test]
fn an_answer_with_a_member_of_its_own_is_refused() {
    let mut answer = serde_json::to_value(recommendation()).unwrap();
    answer["approve"] = serde_json::json!(true);
    assert!(serde_json::from_value::<Recommendation>(answer).is_err());
}

/// The same vectors an engine is checked with (`docs/conformance/controls.json`).
#[test]
fn the_published_vectors_hold_for_the_types() {
    let text = include_str!("../../docs/conformance/controls.json");
    let rule: serde_json::Value = serde_json::from_str(text).unwrap();
    let set = |steps: &serde_json::Value| serde_json::from_value::<Controls>(steps.clone());
    let mut joined = 0;
    for vector in rule["vectors"].as_array().unwrap() {
        let policy = set(&vector["policy"]).unwrap();
        let required = set(&vector["required"]).unwrap();
        let advice = set(&vector["answer"]["controls_to_add"]).unwrap_or_default();
        assert!(policy.is_subset(&required), "{}", vector["name"]);
        if policy != required {
            assert_eq!(policy.join(&advice), required, "{}", vector["name"]);
            joined += 1;
        }
    }
    assert!(joined > 5, "only {joined} vectors add a step");
    let effects: Vec<&str> = Effect::ALL.iter().map(|e| e.as_str()).collect();
    assert_eq!(rule["effects"], serde_json::json!(effects));
}

/// Every JSON example of `docs/CONTRACT.md` is what it says it is.
#[test]
fn the_examples_of_the_contract_are_real() {
    let text = include_str!("../../docs/CONTRACT.md");
    let (mut answers, mut feedback) = (0, 0);
    for block in text.split("```json\n").skip(1) {
        let block = block.split("```").next().unwrap();
        for value in serde_json::Deserializer::from_str(block).into_iter::<serde_json::Value>() {
            let value = value.unwrap();
            if value.get("recommendation_id").is_some() {
                let answer: Recommendation = serde_json::from_value(value).unwrap();
                answer.validate().unwrap();
                answers += 1;
            } else {
                let said: Feedback = serde_json::from_value(value).unwrap();
                said.validate().unwrap();
                feedback += 1;
            }
        }
    }
    assert_eq!((answers, feedback), (2, 3));
}
