use super::*;
use crate::boost::BoostParams;

pub(super) fn plan() -> DistributionPlan {
    let boost = BoostParams {
        trees: 60,
        depth: 3,
        leaves: 8,
        learning_rate: 0.1,
        l2: 2.0,
        least_cover: 3.0,
        bins: 64,
        row_share: 0.8,
        column_share: 1.0,
        seed: 3,
    };
    DistributionPlan {
        features: vec!["x".to_owned(), "noise".to_owned()],
        whole: false,
        thresholds: 12,
        required: vec![0.0],
        coverage: 0.8,
        groups: (0, vec![0.5]),
        boost: boost.check().unwrap(),
        learners: Learners::Either,
        own: None,
    }
}

/// The quantity spreads ten times as wide where `x` is above one half.
pub(super) fn examples(count: u64, salt: u64) -> Vec<Example> {
    let u = |i: u64, k: u64| {
        let mut z = (i + salt * 1_000_003).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (k << 32);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    };
    (0..count)
        .map(|i| {
            let x = u(i, 1);
            let width = if x > 0.5 { 10.0 } else { 1.0 };
            let outcome = Outcome::known(4.0 * x + width * (u(i, 3) - 0.5));
            // Over long before the next is asked about.
            Example::new(vec![x, u(i, 2)], outcome, 100.0 * i as f64)
        })
        .collect()
}

#[test]
fn intervals_hold_what_they_promise_in_each_group_on_new_cases() {
    let model = plan().fit(&examples(3000, 1)).unwrap();
    let new = examples(3000, 2);
    for upper in [false, true] {
        let cases: Vec<&Example> = new.iter().filter(|e| (e.row[0] > 0.5) == upper).collect();
        let held = cases.iter().filter(|case| {
            let (low, high) = model.interval(&case.row, &model.curve(&case.row));
            (low..=high).contains(&case.outcome.number())
        });
        let share = held.count() as f64 / cases.len() as f64;
        assert!((0.74..=0.88).contains(&share), "{upper}: {share}");
    }
    let median = model.curve(&[0.75, 0.5]).quantile(0.5);
    assert!((median - 3.0).abs() < 1.0, "{median}");
}

#[test]
fn what_is_not_over_yet_still_says_that_it_is_long() {
    let mut examples = examples(2000, 1);
    let plan = plan();
    let whole = plan.fit(&examples).unwrap();
    // Looked at after very different times; what is not over then is cut off there.
    for (i, example) in examples.iter_mut().enumerate() {
        let watched = (i * 7919 % 2003) as f64 / 2003.0 * 9.0 - 2.0;
        let quantity = example.outcome.number();
        let over = (quantity <= watched).then_some(quantity);
        example.outcome = Outcome::watched(over, watched);
    }
    let censored = plan.fit(&examples).unwrap();
    examples.retain(|example| example.outcome.quantity.is_some());
    for example in &mut examples {
        example.outcome = Outcome::known(example.outcome.number());
    }
    let left_out = plan.fit(&examples).unwrap();
    let above = |model: &Distribution| model.curve(&[0.75, 0.5]).above(4.0);
    let (whole, censored, left_out) = (above(&whole), above(&censored), above(&left_out));
    assert!((whole - censored).abs() < 0.1, "{whole} {censored}");
    assert!(left_out < censored - 0.1, "{left_out} {censored}");
}

#[test]
fn the_same_examples_give_the_same_model() {
    let fitted = || serde_json::to_string(&plan().fit(&examples(300, 1)).unwrap()).unwrap();
    assert_eq!(fitted(), fitted());
}

#[test]
fn too_few_or_equal_quantities_are_refused() {
    let mut equal = examples(100, 1);
    equal
        .iter_mut()
        .for_each(|example| example.outcome = Outcome::known(1.0));
    assert!(
        plan()
            .fit(&equal)
            .unwrap_err()
            .to_string()
            .contains("the same")
    );
    assert!(plan().fit(&examples(5, 1)).is_err());
    let mut bad = examples(100, 1);
    bad[7].outcome = Outcome::known(f64::NAN);
    assert!(plan().fit(&bad).is_err());
}

/// Lateness that is straight in the features, and lateness that only trees can follow.
fn of_kind(count: u64, salt: u64, crossed: bool) -> Vec<Example> {
    let mut examples = examples(count, salt);
    for example in &mut examples {
        let (x, noise) = (example.row[0], example.row[1]);
        let rest = example.outcome.number() - 4.0 * x;
        let told = if crossed {
            if (x > 0.5) == (noise > 0.5) {
                3.0
            } else {
                -3.0
            }
        } else {
            4.0 * x
        };
        example.outcome = Outcome::known(told + rest.clamp(-1.0, 1.0));
    }
    examples
}

fn kind(model: &Distribution) -> &'static str {
    match model.levels()[0].learner {
        Learner::Trees(_) => "trees",
        Learner::Linear(_) => "linear",
        Learner::Both(_) => "both",
    }
}

#[test]
fn a_short_straight_history_gets_a_linear_score_and_a_crossed_one_trees() {
    let straight = plan().fit(&of_kind(120, 1, false)).unwrap();
    assert_eq!(kind(&straight), "linear");
    let crossed = plan().fit(&of_kind(2000, 1, true)).unwrap();
    assert_eq!(kind(&crossed), "trees");
    for (learners, name) in [(Learners::Trees, "trees"), (Learners::Linear, "linear")] {
        let alone = DistributionPlan { learners, ..plan() };
        assert_eq!(kind(&alone.fit(&of_kind(120, 1, false)).unwrap()), name);
        let level = alone.fit_level(&of_kind(300, 1, false), 2.0).unwrap();
        assert_eq!(matches!(level.learner, Learner::Trees(_)), name == "trees");
    }
}

#[test]
fn of_a_short_history_own_past_serves_alone_and_gives_the_only_reasons() {
    let noisy = |count: u64, crossed: bool| {
        let mut examples = of_kind(count, 1, crossed);
        for (at, example) in examples.iter_mut().enumerate() {
            let noise = (0..20).map(|k| (at * (7919 + 2 * k) % 1009) as f64 / 1009.0);
            example.row.extend(noise);
        }
        examples
    };
    let names = (0..22).map(|at| format!("f{at}"));
    let plan = DistributionPlan {
        features: names.collect(),
        own: Some(OwnShare::drawn("f0")),
        ..plan()
    };
    let asks_for = |model: &Distribution, which: std::ops::Range<usize>| {
        let levels = model.levels().iter();
        let mut learners = levels.map(|level| &level.learner);
        learners.any(|learner| which.clone().any(|at| learner.asks_for(at)))
    };
    let examples = noisy(120, false);
    let short = plan.fit(&examples).unwrap();
    assert_eq!(kind(&short), "linear");
    assert!(asks_for(&short, 0..1) && !asks_for(&short, 1..22));
    for level in short.levels() {
        let told = level.learner.contributions(&examples[7].row);
        assert!(told[1..].iter().all(|part| *part == 0.0));
        let sum = level.learner.expected() + told[0];
        assert!((sum - level.learner.raw(&examples[7].row)).abs() < 1e-12);
    }
    let text = serde_json::to_string(&short).unwrap();
    assert_eq!(serde_json::from_str::<Distribution>(&text).unwrap(), short);
    // Of a long one all serve, and of a short one where they tell more.
    assert!(asks_for(&plan.fit(&noisy(2000, false)).unwrap(), 1..22));
    assert!(asks_for(&plan.fit(&noisy(450, true)).unwrap(), 1..22));
    let unknown = DistributionPlan {
        own: Some(OwnShare::drawn("elsewhere")),
        ..plan
    };
    let error = unknown.fit(&examples).unwrap_err().to_string();
    assert!(error.contains("`elsewhere` is no feature"), "{error}");
}

#[test]
fn every_plan_names_features_of_its_own_past() {
    use crate::{billing, collections, timesheet};
    for plan in [
        collections::plan(),
        timesheet::plan(),
        timesheet::sheet_plan(),
        billing::plan(),
    ] {
        let plan = plan.unwrap();
        let own = plan.own.unwrap();
        assert!(plan.features.contains(&own.feature), "{}", own.feature);
    }
}

#[test]
fn a_linear_score_is_calibrated_and_its_intervals_hold() {
    let alone = DistributionPlan {
        learners: Learners::Linear,
        ..plan()
    };
    let model = alone.fit(&of_kind(3000, 1, false)).unwrap();
    let new = of_kind(3000, 2, false);
    let above: f64 = new
        .iter()
        .map(|case| model.curve(&case.row).above(2.0))
        .sum();
    let came = new
        .iter()
        .filter(|case| case.outcome.number() > 2.0)
        .count();
    assert!((above - came as f64).abs() < 90.0, "{above} {came}");
    let held = new.iter().filter(|case| {
        let (low, high) = model.interval(&case.row, &model.curve(&case.row));
        (low..=high).contains(&case.outcome.number())
    });
    let share = held.count() as f64 / new.len() as f64;
    assert!((0.74..=0.88).contains(&share), "{share}");
}

#[test]
fn of_too_few_held_back_cases_an_interval_leaves_out_nothing() {
    let plan = plan();
    assert_eq!(plan.tails(&[], None).left_out, [0.0, 0.0]);
    assert_eq!(plan.tails(&[], Some(2.0)).left_out, [0.0, 0.0]);
    let model = plan.fit(&examples(300, 1)).unwrap();
    let of_groups = |groups: usize| {
        let cases = examples(60, 2).into_iter().enumerate();
        let cases: Vec<Foretold> = cases
            .map(|(at, example)| Foretold {
                outcome: example.outcome,
                of: Some(at % groups),
                group: 0,
                curve: model.curve(&example.row),
            })
            .collect();
        plan.tails(&cases, None).left_out[0]
    };
    assert_eq!(of_groups(3), 0.0);
    assert!(of_groups(30) > 0.0);
}

#[test]
fn intervals_are_measured_on_what_was_still_possible_when_asked() {
    let plan = plan();
    // Asked when next to nothing less was possible: what comes lies at the low end of what is left.
    let mut late = examples(600, 1);
    for example in &mut late {
        example.possible = Possible::Above(example.outcome.number() - 0.05);
    }
    let held = |model: &Distribution, possible: fn(f64) -> Possible| {
        let new = examples(600, 2);
        let cases = new.iter().filter(|case| {
            let number = case.outcome.number();
            let curve = possible(number).left_of(model.curve(&case.row));
            let (low, high) = model.interval(&case.row, &curve);
            (low..=high).contains(&number)
        });
        cases.count() as f64 / 600.0
    };
    let asked_late = plan.fit(&late).unwrap();
    let asked_early = plan.fit(&examples(600, 1)).unwrap();
    let just_above: fn(f64) -> Possible = |number| Possible::Above(number - 0.05);
    assert!(held(&asked_early, just_above) < 0.7);
    assert!(held(&asked_late, just_above) > 0.75);
    // From both sides too.
    let curve = || asked_early.curve(&[0.75, 0.5]);
    let within = Possible::Within(2.0, 4.0).left_of(curve());
    assert_eq!((within.above(2.0), within.above(4.0)), (1.0, 0.0));
    assert_eq!(
        Possible::default().left_of(curve()).above(2.0),
        curve().above(2.0)
    );
}

#[test]
fn many_steps_of_few_requests_promise_less_than_many_requests() {
    let plan = plan();
    let width = |of: fn(usize) -> Option<usize>| {
        let mut examples = examples(600, 1);
        for (at, example) in examples.iter_mut().enumerate() {
            example.group = of(at);
        }
        let model = plan.fit(&examples).unwrap();
        let (low, high) = model.interval(&[0.75, 0.5], &model.curve(&[0.75, 0.5]));
        high - low
    };
    let (alone, in_tens) = (width(|_| None), width(|at| Some(at / 10)));
    assert!(in_tens > alone, "{in_tens} {alone}");
    assert_eq!(width(Some), alone, "a group of one is a case alone");
}

#[test]
fn a_level_that_rises_on_is_foretold_and_one_that_comes_and_goes_is_not() {
    // How many are said to be above of cases like all, and how many were of all and of the last fifth.
    let told = |levels: [f64; 5]| {
        let mut cases = examples(2000, 1);
        for (block, level) in cases.chunks_mut(400).zip(levels) {
            for case in block {
                case.outcome = Outcome::known(case.outcome.number() + level);
            }
        }
        let model = plan().fit(&cases).unwrap();
        let said: f64 = cases.iter().map(|e| model.curve(&e.row).above(2.0)).sum();
        let share = |cases: &[Example]| {
            let above = cases.iter().filter(|e| e.outcome.above(2.0) == Some(true));
            above.count() as f64 / cases.len() as f64
        };
        (said / 2000.0, share(&cases), share(&cases[1600..]))
    };
    let (said, all, last) = told([-1.0, -0.5, 0.0, 0.5, 1.0]);
    assert!(
        (said - last).abs() < (said - all).abs(),
        "{said} {all} {last}"
    );
    let (said, all, last) = told([1.0, -1.0, 1.0, -1.0, 1.0]);
    assert!(
        (said - all).abs() < (said - last).abs(),
        "{said} {all} {last}"
    );
}
