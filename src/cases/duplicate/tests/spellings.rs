//! Accounts, orders and merchants that are spelt in two ways, and what only looks as if it were one thing.

use super::*;

fn part(hit: &Hit, name: &str) -> Option<f64> {
    let mut parts = hit.score.contributions.iter();
    parts
        .find(|part| part.feature == name)
        .map(|part| part.bits)
}

fn likeness(hit: &Hit, name: &str) -> Likeness {
    let mut fields = hit.twin.iter();
    fields.find(|field| field.field == name).unwrap().likeness
}

#[test]
fn one_account_or_order_is_known_again_however_it_is_spelt() {
    let bill = |id: &str, vendor: &str, number: &str, iban: &str, order: &str| {
        let more = json!({"vendor_id": vendor, "iban": iban, "order_number": order});
        let name = if vendor == "v1" {
            "Acme GmbH"
        } else {
            "Zeta Print"
        };
        Item {
            party_name: Some(name.to_owned()),
            ..invoice(id, number, "2026-03-02", "5000.00", more)
        }
    };
    let first = || bill("a", "v1", "8101", "DE02 1203 0000 0000 2020 51", "PO-77");
    let part_two = bill("b", "v1", "8166", "de02120300000000202051", "po 77");
    let found = hits(vec![first(), part_two]);
    let hit = found.first().unwrap();
    assert_eq!(hit.verdict, Verdict::Instalment);
    for name in ["bank", "order"] {
        assert!(part(hit, name).unwrap() > 0.0, "{name}");
        assert_eq!(likeness(hit, name), Likeness::Same, "{name}");
    }
    // A firm on record twice is known by its account.
    let elsewhere = bill("b", "v2", "8166", "DE02-12030000-0000202051", "-");
    let compared = Comparison::of(&first(), &elsewhere);
    assert_eq!(compared.party, PartyLevel::Alike);
    let other_account = bill("b", "v2", "8166", "DE02120300000000202052", "-");
    let compared = Comparison::of(&first(), &other_account);
    assert_eq!(compared.party, PartyLevel::Different);
    assert_eq!(other_account.order_key, None, "a stroke names no order");
    let unknown = bill("a", "v1", "8101", "n/a", "-");
    assert_eq!(unknown.bank, None, "no account has no digit");
    // Bills of no order are no parts of one.
    let of_none = |id: &str, number: &str| bill(id, "v1", number, "-", "n/a");
    let bills = vec![of_none("a", "8101"), of_none("b", "9966")];
    assert_eq!(verdict(bills), Verdict::SameAmount);
}

#[test]
fn a_merchant_is_one_in_whatever_order_and_with_whichever_accents_it_is_written() {
    let dinner = |id: &str, merchant: &str, report: Value| {
        let more = json!({"merchant": merchant, "report_id": report});
        claim(id, "2026-03-02", "64.20", more)
    };
    for (one, other) in [
        ("Hotel Krone", "KRONE, Hotel 0042"),
        ("Café Müller", "CAFE MULLER"),
    ] {
        let first = || dinner("a", one, json!("r1"));
        assert_eq!(
            verdict(vec![first(), dinner("b", other, json!("r2"))]),
            Verdict::CrossReport
        );
        let unreported = |id: &str, merchant: &str| dinner(id, merchant, Value::Null);
        assert_eq!(
            verdict(vec![unreported("a", one), unreported("b", other)]),
            Verdict::ExactResubmission
        );
    }
    let other = dinner("b", "Hotel Krone Nord", json!("r2"));
    assert_ne!(other.party, dinner("a", "Hotel Krone", Value::Null).party);
    let bill = Item {
        party_name: Some("Hotel Krone GmbH".to_owned()),
        ..invoice("a", "R-555", "2026-03-02", "64.20", json!({}))
    };
    assert_eq!(
        verdict(vec![bill, dinner("b", "Krone Hotel", json!("r1"))]),
        Verdict::InvoiceAndClaim
    );
}

#[test]
fn a_card_of_which_the_holder_is_not_known_is_not_another_person() {
    let unheld = |merchant: &str| {
        let more = json!({"employee_id": null, "card_id": "k9", "merchant": merchant});
        card("k", "2026-03-02", "86.40", more)
    };
    let claimed = || claim("c", "2026-03-03", "86.40", json!({}));
    for merchant in ["HOTEL KRONE", "HOTEL KRONE BERLIN"] {
        let found = hits(vec![unheld(merchant), claimed()]);
        let hit = found.first().unwrap();
        assert_eq!(hit.verdict, Verdict::CardAndClaim, "{merchant}");
        assert_eq!(part(hit, "employee"), None);
        assert_eq!(likeness(hit, "employee"), Likeness::Absent);
    }
    assert_eq!(
        verdict(vec![unheld("Taxi Nord"), claimed()]),
        Verdict::Unrelated
    );
    let held = card("k", "2026-03-02", "86.40", json!({"employee_id": "e2"}));
    let found = hits(vec![held, claimed()]);
    assert!(part(found.first().unwrap(), "employee").unwrap() < 0.0);
}

#[test]
fn units_of_two_currencies_neither_add_up_nor_come_again() {
    let line = |id: &str, day: &str, amount: &str, currency: &str| {
        claim(id, day, amount, json!({"currency": currency}))
    };
    let bill = |second: &str| {
        let lines = vec![
            line("a", "2026-03-02", "100.00", "EUR"),
            line("b", "2026-03-03", "200.00", second),
            line("bill", "2026-03-05", "300.00", "EUR"),
        ];
        verdict(lines)
    };
    assert_eq!(bill("EUR"), Verdict::ParentAndChild);
    assert_ne!(bill("USD"), Verdict::ParentAndChild);

    // 12.00 euro and 1200 yen are as many of the smallest units.
    let crowd = |amount: &str, currency: &str| {
        let lines = vec![
            line("a", "2026-03-02", "12.00", "EUR"),
            line("b", "2026-03-02", amount, currency),
            line("c", "2026-03-02", "12.00", "EUR"),
        ];
        let found = hits(lines);
        let of_first = found.iter().find(|hit| hit.earlier == "expense_claim/a");
        part(of_first.unwrap(), "same_day")
    };
    assert!(crowd("12.00", "EUR").is_some());
    assert_eq!(crowd("1200", "JPY"), None);
}

#[test]
fn a_vendor_is_met_under_the_name_it_trades_under() {
    let bill = |id: &str, vendor: &str, name: &str, trading: Option<&str>| {
        let more = json!({"vendor_id": vendor});
        let item = Item {
            party_name: Some(name.to_owned()),
            ..invoice(id, "BB-12", "2026-03-02", "214.20", more)
        };
        item.trading_as(trading)
    };
    let legal = "Seller Beteiligungs GmbH";
    let seller = || bill("a", "v1", legal, Some("Bluebird Coffee"));
    let used = || {
        let more = json!({"merchant": "SQ *BLUEBIRD COFFEE"});
        card("k", "2026-03-04", "214.20", more)
    };
    let found = hits(vec![seller(), used()]);
    let hit = found.first().unwrap();
    assert_eq!(hit.verdict, Verdict::InvoiceAndClaim);
    assert!(hit.alarms());
    assert_eq!(likeness(hit, "party"), Likeness::Similar);
    let mut fields = hit.twin.iter();
    let party = fields.find(|field| field.field == "party").unwrap();
    let shown = "Seller Beteiligungs GmbH, trading as Bluebird Coffee";
    assert_eq!(party.earlier.as_deref(), Some(shown));
    assert_eq!(party.later.as_deref(), Some("SQ *BLUEBIRD COFFEE"));
    let unnamed = bill("a", "v1", legal, None);
    assert_eq!(verdict(vec![unnamed, used()]), Verdict::Unrelated);

    // One firm on record twice, under either name.
    let twice = bill("b", "v2", "Bluebird Coffee Ltd", None);
    for (one, other) in [(seller(), twice.clone()), (twice, seller())] {
        assert_eq!(Comparison::of(&one, &other).party, PartyLevel::Alike);
    }
    let again = bill("b", "v2", legal, Some("Bluebird Coffee"));
    let found = hits(vec![seller(), again]);
    let mut fields = found.first().unwrap().twin.iter();
    let party = fields.find(|field| field.field == "party").unwrap();
    assert_eq!(
        party.earlier.as_deref(),
        Some(legal),
        "known by its own name"
    );
}

#[test]
fn a_name_that_is_nothing_else_keeps_its_numbers_and_forms() {
    for (name, bare) in [
        ("1&1 AG", Some("1 1")),
        ("1&1", Some("1 1")),
        ("Co.", Some("co")),
        ("Krone 0042 GmbH", Some("krone")),
        ("\u{2014}", None),
    ] {
        assert_eq!(bare_name(name).as_deref(), bare, "{name}");
    }
}
