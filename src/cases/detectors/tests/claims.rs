//! Detectors of claims where days, currencies and spellings lie apart.

use super::*;

impl Around {
    /// What a detector says, if it alarms.
    fn says(&self, name: &str, changed: Value) -> Option<String> {
        let flags = self.flags(changed).into_iter();
        let mut of_name = flags.filter(|flag| flag.detector == name);
        of_name.next().map(|flag| flag.text)
    }
}

#[test]
fn lines_are_counted_within_as_many_days_and_not_within_twice_as_many() {
    // The claim is of 4 March. What lies on both sides of it lies further apart.
    let same =
        |days: [&str; 3]| Around::own(days.map(|day| json!({"incurred_on": day, "merchant": day})));
    let apart = same(["2026-02-10", "2026-02-20", "2026-03-25"]);
    assert!(!apart.alarms("repeated_amount", json!({})));
    let near = same(["2026-02-10", "2026-02-20", "2026-03-10"]);
    assert_eq!(
        near.says("repeated_amount", json!({})).unwrap(),
        "61.37 EUR comes 4 times within 30 days."
    );

    let seven_each = |days: [&str; 2]| {
        let line = |id: usize| json!({"amount": id.to_string(), "incurred_on": days[id % 2]});
        Around::own((0..14).map(line))
    };
    assert!(!seven_each(["2026-03-02", "2026-03-06"]).alarms("burst", json!({})));
    assert_eq!(
        seven_each(["2026-03-03", "2026-03-05"]).says("burst", json!({})),
        Some("15 lines within 2 days.".to_owned())
    );

    let parts = |days: [&str; 2]| {
        let part = |day: &str| json!({"amount": "35", "incurred_on": day});
        Around::own(days.map(part)).says("split_purchase", json!({"amount": "40"}))
    };
    assert_eq!(parts(["2026-03-01", "2026-03-07"]), None);
    let said = parts(["2026-03-02", "2026-03-05"]).unwrap();
    assert!(
        said.starts_with("3 lines at this merchant within 3 days come to 110;"),
        "{said}"
    );
    // What was paid back is no part; a refund of something else makes no part smaller.
    let beside = |refund: &str| {
        let lines = ["70", refund].map(|amount| json!({"amount": amount}));
        Around::own(lines).says("split_purchase", json!({"amount": "40"}))
    };
    assert_eq!(beside("-70"), None);
    assert_eq!(beside("-40"), None);
    let said = beside("-55").unwrap();
    assert!(
        said.starts_with("2 lines at this merchant within 3 days come to 110;"),
        "{said}"
    );
    // Of two spans the one in which more was spent.
    let mut one_side = Around::own([
        json!({"amount": "5", "incurred_on": "2026-03-02"}),
        json!({"amount": "80", "incurred_on": "2026-03-06"}),
    ]);
    let flags = one_side.flags(json!({"amount": "40"}));
    assert_eq!(flags[0].twins, ["expense_claim/o1"]);
    one_side.own.truncate(1);
    assert_eq!(one_side.flags(json!({"amount": "40"})), []);
}

#[test]
fn one_purchase_told_twice_is_known_by_its_money_and_not_by_its_figure() {
    let beside = |card: Value, claim: Value| {
        let around = Around {
            elsewhere: vec![other(0, card)],
            ..Around::default()
        };
        around.alarms("split_purchase", claim)
    };
    let dollars = |amount: &str, home: &str| json!({"amount": amount, "currency": "USD", "home_amount": home});
    assert!(!beside(json!({"amount": "92.40"}), dollars("100", "92.40")));
    assert!(beside(dollars("60", "55"), json!({"amount": "60"})));
}

#[test]
fn what_is_round_goes_by_the_size_of_a_currencys_units() {
    let yen = |amount: &str| json!({"amount": amount, "currency": "JPY"});
    let alone = Around::default();
    let is_round = |changed: Value| alone.alarms("round_amount", changed);
    assert!(!is_round(yen("3000")) && !is_round(yen("12000")));
    assert!(is_round(yen("10000")));
    assert_eq!(
        alone.says("round_amount", yen("15000")).unwrap(),
        "15000 JPY is a multiple of 5000."
    );
    let known = |home: &str| json!({"amount": "15000", "currency": "JPY", "home_amount": home});
    assert!(is_round(known("100")) && !is_round(known("92.70")));
    let mut tokyo = Around::default();
    tokyo.thresholds.home_currency = Currency::new("JPY").unwrap();
    tokyo.thresholds.round_from = 10_000;
    tokyo.thresholds.round_multiple = 5_000;
    let is_round = |changed: Value| tokyo.alarms("round_amount", changed);
    assert!(!is_round(yen("3000")) && is_round(yen("20000")));
    assert!(is_round(json!({"amount": "150"})) && !is_round(json!({"amount": "120"})));
    assert!(!is_round(json!({"amount": "50"})), "too little");
}

#[test]
fn a_distance_times_its_rate_is_rounded_to_the_smallest_unit_there_is() {
    let mut tokyo = Around::default();
    tokyo.thresholds.home_currency = Currency::new("JPY").unwrap();
    tokyo.thresholds.mileage_rate = "30.5".parse().unwrap();
    let drive = |amount: &str| json!({"category": "Mileage", "quantity": "101", "currency": "JPY", "amount": amount});
    // 3080.5 yen.
    assert!(!tokyo.alarms("mileage", drive("3081")) && tokyo.alarms("mileage", drive("3083")));
}

#[test]
fn a_category_is_one_however_it_is_written() {
    let posted = |first: &str, second: &str, own: &str| {
        let lines = (0..10).map(|id| {
            let category = if id < 8 { first } else { second };
            other(id, json!({"category": category}))
        });
        let around = Around {
            at_merchant: lines.collect(),
            ..Around::default()
        };
        around.says("wrong_category", json!({"category": own}))
    };
    assert_eq!(posted("Travel", "travel", "travel"), None);
    assert_eq!(posted("Travel", "Travel", "TRAVEL"), None);
    assert_eq!(
        posted("Air Travel", "air-travel", "Office").unwrap(),
        "10 of 10 other lines at this merchant are Air Travel, and this one is Office."
    );
}

#[test]
fn what_is_said_is_so_of_cards_small_units_and_claims_not_handed_in() {
    let rupiah = |home: &str| json!({"currency": "IDR", "amount": "1000000", "home_amount": home});
    let usual = ["50", "51", "49"].into_iter().enumerate();
    let mut around = Around {
        in_currency: usual.map(|(id, home)| other(id, rupiah(home))).collect(),
        ..Around::default()
    };
    assert_eq!(
        around.says("exchange_rate", rupiah("57")).unwrap(),
        "One IDR is taken as 0.000057; 3 others of the time took 0.00005."
    );
    let large = || json!({"amount": "251.30"});
    assert_eq!(
        around.says("new_merchant", large()).unwrap(),
        "The firm has no other claim at Papier Klein of the last two years."
    );
    around.lines = Lines::Cards;
    assert_eq!(
        around.says("new_merchant", large()).unwrap(),
        "The firm has no other use of a card at Papier Klein of the last two years."
    );
    around.lines = Lines::Claims;
    let known = json!({"known_at": "2026-03-02T12:00:00Z"});
    assert_eq!(
        around.says("future_dated", known).unwrap(),
        "It is dated 2026-03-04, and was known on 2026-03-02."
    );
}
