//! Records of nothing to pay, and bills of which the currency was entered wrongly.

use super::*;

#[test]
fn nothing_is_paid_twice_where_nothing_is_paid() {
    let free = |id: &str, day: &str| invoice(id, &format!("7{day}"), day, "0.00", json!({}));
    let bills = || vec![free("a", "2026-03-02"), free("b", "2026-03-09")];
    assert_eq!(verdict(bills()), Verdict::Unrelated);
    // Nor did what lies between take anything back.
    let between = bills().into_iter().chain([free("c", "2026-03-30")]);
    let found = hits(between.collect());
    assert!(found.is_empty(), "{found:?}");
    let lunch = |id: &str, employee: &str| {
        let more = json!({"employee_id": employee, "report_id": null});
        claim(id, "2026-03-02", "0.00", more)
    };
    let lunches = vec![lunch("a", "e1"), lunch("b", "e2")];
    assert_eq!(verdict(lunches), Verdict::Unrelated);
}

#[test]
fn what_was_paid_and_paid_back_does_not_add_up_to_a_line_of_nothing() {
    let line = |id: &str, day: &str, amount: &str| claim(id, day, amount, json!({}));
    let found = hits(vec![
        line("free", "2026-03-02", "0.00"),
        line("paid", "2026-03-02", "99.90"),
        line("back", "2026-03-04", "-99.90"),
    ]);
    assert!(!found.is_empty());
    for hit in found {
        assert!(!hit.alarms(), "{hit:?}");
    }
}

#[test]
fn one_number_and_one_figure_in_another_currency_are_one_bill() {
    let bill = |id: &str, number: &str, currency: &str| {
        let day = if id == "a" {
            "2026-03-02"
        } else {
            "2026-03-20"
        };
        invoice(id, number, day, "500.00", json!({"currency": currency}))
    };
    let first = || bill("a", "INV-88120", "EUR");
    let found = hits(vec![first(), bill("b", "INV-8812O", "USD")]);
    let hit = found.first().unwrap();
    assert_eq!(hit.verdict, Verdict::CorrectedResubmission);
    assert!(hit.score.probability() > 0.05, "{hit:?}");
    let found = hits(vec![first(), bill("b", "INV-90333", "USD")]);
    assert!(found.is_empty(), "{found:?}");
    // Whose money is known to be the same was converted.
    let dollars = Item {
        home_minor: Some(49_000),
        ..bill("b", "INV-88120", "USD")
    };
    let compared = Comparison::of(&first(), &dollars);
    assert_eq!(compared.amount, AmountLevel::Converted);
    let yen = Item {
        currency: Currency::new("JPY").unwrap(),
        minor: 500,
        home_minor: None,
        ..bill("b", "INV-88120", "EUR")
    };
    assert_eq!(Comparison::of(&first(), &yen).amount, AmountLevel::Slip);
    assert_eq!(Comparison::of(&yen, &first()).amount, AmountLevel::Slip);
}
