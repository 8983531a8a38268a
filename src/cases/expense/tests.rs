use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use proptest::prelude::*;
use serde_json::json;

use super::features::{self, NAMES, WIDTH};
use super::*;
use crate::cases::record_case::{RecordCase as _, RecordItem};
use crate::domain::RecordKind;
use crate::history::{Facts, FactsAsOf, Lines};

fn day(number: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + chrono::Days::new(u64::from(number % 300))
}

fn claim(number: u32, amount: f64, employee: u32, merchant: u32) -> Claim {
    Claim {
        id: number.to_string(),
        day: day(number),
        is_holiday: false,
        amount: Some(amount),
        employee: Some(format!("e{employee}")),
        role: Some(["junior", "senior"][employee as usize % 2].to_owned()),
        team: Some(format!("t{}", employee % 2)),
        merchant: Some(format!("Merchant {merchant}")),
        category: Some(["meals", "hotel", "taxi"][merchant as usize % 3].to_owned()),
        place: Some(format!("City {merchant}")),
        region: Some("DE".to_owned()),
        project: None,
    }
}

/// A firm in which every merchant has its price and every employee three merchants.
fn firm(claims: u32) -> Vec<Claim> {
    (0..claims)
        .map(|number| {
            let employee = number % 10;
            let merchant = (employee + number / 10 % 3) % 12;
            let price = 10.0 * 1.4_f64.powi(merchant.cast_signed());
            let varied = 1.0 + f64::from(number * 37 % 40) / 100.0;
            claim(number, price * varied, employee, merchant)
        })
        .collect()
}

fn ask(batch: &Batch, claim: &Claim) -> (Judged, Vec<ClaimReason>) {
    let asked = batch.state.outside(claim);
    let judged = batch.scale.judge(&features::row(&batch.state, &asked));
    let why = reasons(Lines::Claims, &batch.state, &asked, &judged);
    (judged, why)
}

#[test]
fn a_holiday_is_a_day_of_its_own() {
    let batch = Batch::of(&firm(200)).unwrap();
    let usual = claim(205, 20.0, 3, 3);
    let holiday = usual.clone().with_holidays(&[usual.day]);
    let (plain, _) = ask(&batch, &usual);
    let (free, why) = ask(&batch, &holiday);
    assert!(free.total > plain.total, "{} {}", free.total, plain.total);
    assert!(
        why.iter().any(|reason| {
            reason.feature == "rare_weekday" && reason.text.starts_with("public holiday of this")
        }),
        "{why:?}"
    );
    // Where the firm lists others it is the day of the week that it is.
    let other = usual.clone().with_holidays(&[day(206)]);
    assert_eq!(other, usual);
    // Learned with its kind, whichever way it came in.
    let of_kind = |number: u32| claim(number, 20.0, 3, 3).with_holidays(&[day(number)]);
    let mut state = PeerState::of(std::iter::once(&of_kind(7))).0;
    state.insert(&of_kind(8));
    let seen = state.seen(&state.outside(&of_kind(12)), super::peers::Side::Weekday);
    assert_eq!(seen.map(|seen| (seen.with, seen.of)), Some((2, 2)));
}

#[test]
fn one_at_a_time_and_all_at_once_give_the_same_features() {
    let claims = firm(120);
    let mut live = PeerState::default();
    for (place, claim) in claims.iter().enumerate() {
        let now = features::row(&live, &live.outside(claim));
        let (before, _) = PeerState::of(claims[..place].iter());
        let again = features::row(&before, &before.outside(claim));
        live.insert(claim);
        // A claim that is among the known ones is compared with the others alone.
        let among = features::row(&live, &live.inside(claim));
        for (name, ((now, again), among)) in NAMES.iter().zip(now.iter().zip(again).zip(among)) {
            assert_eq!(now.to_bits(), again.to_bits(), "{name} of {place}");
            assert_eq!(
                now.to_bits(),
                among.to_bits(),
                "{name} of {place}, itself left out"
            );
        }
    }
    let (batch, coded) = PeerState::of(claims.iter());
    for (claim, asked) in claims.iter().zip(coded.into_iter().map(Coded::known)) {
        assert_eq!(batch.inside(claim), asked);
        let (one, other) = (
            features::row(&batch, &asked),
            features::row(&live, &live.inside(claim)),
        );
        assert!(
            one.iter()
                .zip(other)
                .all(|(one, other)| one.to_bits() == other.to_bits())
        );
    }
}

#[test]
fn a_changed_claim_is_compared_with_the_others_alone() {
    let claims = firm(120);
    let (state, _) = PeerState::of(claims.iter());
    for (place, then) in claims.iter().enumerate() {
        let others = claims.iter().enumerate().filter(|(at, _)| *at != place);
        let (others, _) = PeerState::of(others.map(|(_, claim)| claim));
        let another = &claims[(place + 17) % claims.len()];
        let rises = Claim {
            amount: Some(5_000.0),
            ..then.clone()
        };
        let says_less = Claim {
            amount: None,
            merchant: None,
            role: None,
            team: None,
            ..then.clone()
        };
        for now in [then, another, &rises, &says_less] {
            let changed = features::row(&state, &state.changed(now, then));
            let alone = features::row(&others, &others.outside(now));
            for (name, (one, other)) in NAMES.iter().zip(changed.iter().zip(alone)) {
                assert_eq!(one.to_bits(), other.to_bits(), "{name} of {place}");
            }
        }
    }
}

#[test]
fn an_amount_usual_for_the_firm_is_odd_where_it_is_not_usual() {
    let batch = Batch::of(&firm(600)).unwrap();
    let usual = claim(9_000, 11.0, 0, 0);
    let odd = claim(9_001, 154.0, 0, 0);
    let (usual, _) = ask(&batch, &usual);
    let (odd, why) = ask(&batch, &odd);
    assert!(
        batch.scale.share_at_least(odd.total) < 0.01,
        "{}",
        odd.total
    );
    assert!(
        batch.scale.share_at_least(usual.total) > 0.2,
        "{}",
        usual.total
    );
    let at_merchant = why
        .iter()
        .find(|reason| reason.feature == "amount_of_employee_at_merchant");
    let text = &at_merchant.unwrap().text;
    assert!(
        text.contains("times what this employee's expenses at this merchant usually are"),
        "{text}"
    );
    assert!(
        text.starts_with("amount is 1") && !text.contains("1.0 times"),
        "{text}"
    );
}

#[test]
fn a_usual_value_in_an_unusual_combination_is_odd() {
    let batch = Batch::of(&firm(600)).unwrap();
    let mut elsewhere = claim(9_000, 11.0, 0, 0);
    elsewhere.place = Some("City 7".to_owned());
    let (odd, why) = ask(&batch, &elsewhere);
    let share = batch.scale.share_at_least(odd.total);
    assert!(share < 0.03, "{share}");
    assert_eq!(why[0].feature, "pair_merchant_place");
    assert!(
        why[0].text.starts_with("city of this expense is new among"),
        "{}",
        why[0].text
    );
}

#[test]
fn too_little_or_too_uniform_a_past_is_no_history() {
    let few = |count| Batch::of(&firm(count)).map(|_| ()).unwrap_err();
    assert_eq!(few(0), Insufficient::Few(0));
    assert_eq!(few(1), Insufficient::Few(1));
    assert_eq!(few(29), Insufficient::Few(29));
    assert!(Batch::of(&firm(30)).is_ok());
    let alike: Vec<Claim> = (0..100)
        .map(|number| claim(number, 12.0, number % 4, 1))
        .collect();
    assert_eq!(
        Batch::of(&alike).map(|_| ()).unwrap_err(),
        Insufficient::Alike
    );
}

#[test]
fn a_hundred_claims_of_one_employee_are_judged_sanely() {
    let mut claims: Vec<Claim> = (0..100)
        .map(|number| claim(number, 20.0 + f64::from(number * 7 % 11), 1, number % 3))
        .collect();
    claims.push(claim(100, 2_000.0, 1, 1));
    let batch = Batch::of(&claims).unwrap();
    let totals = &batch.totals;
    assert!(totals.iter().all(|total| total.is_finite()));
    assert!(totals[..100].iter().all(|total| *total < totals[100]));
    let about_a_person = batch.scale.weights()[features::GROUPS..].iter();
    assert!(about_a_person.clone().all(|weight| weight.is_finite()));
}

#[test]
fn credits_nothing_and_what_is_no_number_have_no_amount_to_compare() {
    let batch = Batch::of(&firm(200)).unwrap();
    for amount in [
        None,
        Some(0.0),
        Some(-50.0),
        Some(f64::NAN),
        Some(f64::INFINITY),
    ] {
        let mut odd = claim(9_000, 1.0, 0, 0);
        odd.amount = amount;
        let asked = batch.state.outside(&odd);
        let row = features::row(&batch.state, &asked);
        assert!(
            row[..features::GROUPS].iter().all(|value| value.is_nan()),
            "{amount:?}"
        );
        assert!(batch.scale.judge(&row).total.is_finite());
    }
    let nothing = Claim {
        id: "n".to_owned(),
        day: day(3),
        is_holiday: false,
        amount: Some(1e14),
        employee: None,
        role: None,
        team: None,
        merchant: Some("  ".to_owned()),
        category: None,
        place: None,
        region: None,
        project: None,
    };
    let (judged, why) = ask(&batch, &nothing);
    assert!(judged.total.is_finite() && why[0].feature == "amount_in_firm");
    assert!(
        ask(&batch, &claim(1, 1e-2, 99, 99)).0.total.is_finite(),
        "all new"
    );
}

#[test]
fn a_budget_is_kept_and_precision_unknown_until_people_have_said() {
    let past = (0..1400).map(|at| (day(at / 10), f64::from(at % 500)));
    let past: Vec<(NaiveDate, f64)> = past.collect();
    let plan = AlertPlan::of(&past, 2, &[]).unwrap();
    assert!(
        plan.expected_per_week <= 2.0 && plan.expected_per_week > 1.0,
        "{plan:?}"
    );
    assert_eq!(plan.precision, None);
    let said: Vec<(f64, bool)> = (0..40)
        .map(|at| (1000.0, at % 4 == 0))
        .chain([(0.0, true)])
        .collect();
    assert_eq!(
        AlertPlan::of(&past, 2, &said).unwrap().precision,
        Some(0.25)
    );
    assert_eq!(
        AlertPlan::of(&past, 2, &said[..19]).unwrap().precision,
        None
    );
    assert_eq!(AlertPlan::of(&[], 2, &[]), None);
    let mut mistyped = past.clone();
    mistyped.push((NaiveDate::from_ymd_opt(1926, 11, 5).unwrap(), 0.0));
    let beside = AlertPlan::of(&mistyped, 2, &[]).unwrap();
    let shown = |plan: &AlertPlan| {
        past.iter()
            .filter(|(_, total)| *total > plan.threshold)
            .count()
    };
    assert!(
        shown(&beside) <= shown(&plan) + 10,
        "one date makes room for a month"
    );
    assert_eq!(AlertPlan::of(&past, 0, &[]).unwrap().expected_per_week, 0.0);
    let all = AlertPlan::of(&past, 10_000, &[]).unwrap();
    let shown = past.iter().filter(|(_, total)| *total > all.threshold);
    let tenth = past.len() / 10;
    assert!(
        (tenth - 2..=tenth).contains(&shown.count()),
        "a tenth, whatever the budget"
    );
    let nothing: Vec<(NaiveDate, f64)> = past.iter().map(|(day, _)| (*day, 0.0)).collect();
    let none = AlertPlan::of(&nothing, 10_000, &[]).unwrap();
    assert_eq!(
        none.expected_per_week, 0.0,
        "what has no points is not shown"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn scores_add_up_are_finite_and_do_not_depend_on_order(
        lines in proptest::collection::vec((0.01_f64..1e9, 0_u32..5, 0_u32..8), 40..90),
        turned in 1_usize..40,
    ) {
        let claims: Vec<Claim> = (0..).zip(&lines)
            .map(|(number, (amount, employee, merchant))| claim(number, *amount, *employee, *merchant))
            .collect();
        let batch = Batch::of(&claims).unwrap();
        let mut other_order = claims.clone();
        other_order.rotate_left(turned);
        other_order.swap(0, 7);
        let again = Batch::of(&other_order).unwrap();
        for claim in &claims {
            let judge = |batch: &Batch| {
                let row = features::row(&batch.state, &batch.state.inside(claim));
                (row, batch.scale.judge(&row))
            };
            let ((row, one), (other_row, other)) = (judge(&batch), judge(&again));
            let place = claims.iter().position(|known| known == claim).unwrap();
            prop_assert_eq!(one.total, batch.totals[place]);
            let row_bits = row.map(f64::to_bits);
            prop_assert_eq!(row_bits, other_row.map(f64::to_bits));
            prop_assert!((one.total - other.total).abs() < 1e-6);
            prop_assert!(one.total.is_finite() && one.total >= 0.0);
            let why = reasons(Lines::Claims, &batch.state, &batch.state.inside(claim), &one);
            let sum: f64 = why.iter().map(|reason| reason.points).sum();
            prop_assert!((sum - one.total).abs() < 1e-9);
            prop_assert!(why.iter().all(|reason| !reason.text.is_empty()));
        }
    }

    #[test]
    fn a_higher_amount_is_never_less_odd(
        employee in 0_u32..12, merchant in 0_u32..14, low in 0.01_f64..1e4, times in 1.0_f64..1e6,
    ) {
        let batch = Batch::of(&firm(300)).unwrap();
        let one = ask(&batch, &claim(9_000, low, employee, merchant)).0;
        let other = ask(&batch, &claim(9_000, low * times, employee, merchant)).0;
        prop_assert!(one.total <= other.total + 1e-9);
        prop_assert_eq!(one.points.len(), WIDTH);
    }
}

#[test]
fn roles_are_peers_and_who_plays_which_may_become_known_later() {
    let at = |day: u32| -> DateTime<Utc> { format!("2026-02-{day:02}T09:00:00Z").parse().unwrap() };
    let mut facts = Facts::default();
    let mut put = |kind, body| facts.insert(kind, at(2), 1, body).unwrap();
    for number in 0..400_u32 {
        let person = number % 40;
        let amount = if person < 10 { 300 } else { 30 } + number * 7 % 23;
        let row = json!({"id": format!("c{number}"), "employee_id": format!("e{person}"), "incurred_on": "2026-01-05",
            "category": "meals", "currency": "EUR", "amount": amount.to_string()});
        put(RecordKind::ExpenseClaim, row);
    }
    // Somebody new claims what partners do.
    put(
        RecordKind::ExpenseClaim,
        json!({"id": "odd", "employee_id": "new", "incurred_on": "2026-01-05", "category": "meals",
            "currency": "EUR", "amount": "310"}),
    );
    let facts = Arc::new(facts);
    let case = ExpenseCase::new(ReviewPlan::default(), Arc::default());
    let score = |facts: &Arc<Facts>| {
        let item = RecordItem {
            id: "odd".to_owned(),
            as_of: None,
            period_end: None,
        };
        let judged = case.judge(&item, &FactsAsOf::new(Arc::clone(facts), at(20)));
        judged.unwrap().recommendation
    };
    let in_role = |answer: &crate::advice::Recommendation| {
        let reasons = answer.reasons.iter();
        let of_role = reasons.filter(|reason| reason.text.contains("in this role"));
        of_role.map(|reason| reason.weight).sum::<f64>()
    };
    assert_eq!(in_role(&score(&facts)), 0.0);
    let with_roles = |new: &str| {
        let mut told = (*facts).clone();
        let people = (0..40).map(|person| {
            let role = if person < 10 { "partner" } else { "associate" };
            (format!("e{person}"), role)
        });
        for (id, role) in people.chain([("new".to_owned(), new)]) {
            told.insert(
                RecordKind::Employee,
                at(2),
                1,
                json!({"id": id, "role": role}),
            )
            .unwrap();
        }
        score(&Arc::new(told))
    };
    let (partner, associate) = (with_roles("partner"), with_roles("associate"));
    assert_eq!(in_role(&partner), 0.0, "{:?}", partner.reasons);
    assert!(in_role(&associate) > 1.0, "{:?}", associate.reasons);
    let points = |answer: &crate::advice::Recommendation| {
        let advice: ExpenseAdvice =
            serde_json::from_value(answer.suggestion.clone().unwrap()).unwrap();
        advice.points.unwrap()
    };
    assert!(points(&associate) > points(&partner));
}

#[test]
fn a_claim_that_came_since_is_judged_alike_wherever_the_service_was_started() {
    let row = |number: usize| {
        json!({"id": format!("c{number}"), "employee_id": format!("e{}", number % 40), "incurred_on": "2026-01-05",
            "merchant": format!("Shop {}", number % 90), "category": "meals", "currency": "EUR",
            "amount": format!("{}.00", 10 + number * 7 % 83)})
    };
    let at = |day: u32| -> DateTime<Utc> { format!("2026-02-{day:02}T09:00:00Z").parse().unwrap() };
    let put = |facts: &mut Facts, numbers: std::ops::Range<usize>, day: u32| {
        for number in numbers {
            facts
                .insert(RecordKind::ExpenseClaim, at(day), 1, row(number))
                .unwrap();
        }
    };
    let case = ExpenseCase::new(ReviewPlan::default(), Arc::default());
    let judge = |facts: &Arc<Facts>, id: &str, day: u32| {
        let item = RecordItem {
            id: id.to_owned(),
            as_of: None,
            period_end: None,
        };
        let judged = case.judge(&item, &FactsAsOf::new(Arc::clone(facts), at(day)));
        judged.unwrap()
    };
    let mut facts = Facts::default();
    put(&mut facts, 0..20_000, 2);
    let mut running = Arc::new(facts.clone());
    judge(&running, "c7", 3);
    put(Arc::make_mut(&mut running), 20_000..20_004, 3);
    put(&mut facts, 20_000..20_004, 3);
    let started = Arc::new(facts);
    for id in ["c7", "c20003"] {
        let (one, other) = (judge(&running, id, 4), judge(&started, id, 4));
        assert_eq!((&one.input, &one.features), (&other.input, &other.features));
        assert!(one.recommendation.score.is_some(), "{id}");
    }
}
