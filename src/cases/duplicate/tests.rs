//! Hard cases, each with the verdict a person would give, and what holds for any pair.

mod bills;
mod documents;
mod nothing;
mod reasons;
mod spellings;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::domain::records::{CardTransaction, ExpenseClaim, VendorInvoice};
use crate::domain::{Currency, FieldSet};

fn record<T: FieldSet>(base: Value, members: Value) -> T {
    let (Value::Object(mut all), Value::Object(more)) = (base, members) else {
        panic!("no objects")
    };
    all.extend(more);
    T::from_members("", all).unwrap()
}

fn invoice(id: &str, number: &str, day: &str, total: &str, more: Value) -> Item {
    let base = json!({"id": id, "number": number, "vendor_id": "v1", "issued_on": day, "currency": "EUR", "total": total});
    let invoice = record::<VendorInvoice>(base, more);
    Item::from_invoice(&invoice.into(), Some("Acme GmbH")).in_firm_of(Currency::EUR)
}

fn claim(id: &str, day: &str, amount: &str, more: Value) -> Item {
    let base = json!({"id": id, "employee_id": "e1", "incurred_on": day, "merchant": "Hotel Krone",
        "amount": amount, "currency": "EUR", "report_id": "r1", "paid_by": "employee"});
    Item::from_claim(&record::<ExpenseClaim>(base, more)).in_firm_of(Currency::EUR)
}

fn card(id: &str, day: &str, amount: &str, more: Value) -> Item {
    let base = json!({"id": id, "employee_id": "e1", "transacted_on": day, "merchant": "HOTEL KRONE 0042",
        "amount": amount, "currency": "EUR"});
    Item::from_card(&record::<CardTransaction>(base, more)).in_firm_of(Currency::EUR)
}

/// The hits of the last item among the others.
fn hits(items: Vec<Item>) -> Vec<Hit> {
    let last = items.last().cloned().unwrap();
    let mut index = DuplicateIndex::default();
    for item in items {
        assert!(index.insert(item));
    }
    check(&index, &CopyRates::default(), &last)
}

fn verdict(items: Vec<Item>) -> Verdict {
    let first = items.first().cloned().unwrap();
    let found = hits(items);
    found
        .iter()
        .find(|hit| hit.earlier == first.name())
        .map_or(Verdict::Unrelated, |hit| hit.verdict)
}

#[test]
fn the_same_document_again_and_its_slips() {
    let first = || invoice("a", "RE-2041077", "2026-03-02", "1234.50", json!({}));
    let again = |number: &str| invoice("b", number, "2026-03-20", "1234.50", json!({}));
    assert_eq!(
        verdict(vec![first(), again("RE-2041077")]),
        Verdict::ExactResubmission
    );
    for slip in [
        "RE-2O41077",
        "RE-204I077",
        "RE-2041O77",
        "RE-2014077",
        "RE-2041077-1",
    ] {
        assert_eq!(
            verdict(vec![first(), again(slip)]),
            Verdict::RetypedNumber,
            "{slip}"
        );
    }
    let changed = invoice("b", "RE-2041077", "2026-03-20", "1243.50", json!({}));
    assert_eq!(
        verdict(vec![first(), changed]),
        Verdict::CorrectedResubmission
    );
    let other = invoice(
        "b",
        "RE-2041077",
        "2026-03-20",
        "1234.50",
        json!({"vendor_id": "v2"}),
    );
    assert_eq!(verdict(vec![first(), other]), Verdict::OtherVendor);
}

#[test]
fn a_receipt_photographed_once_and_saved_anew_is_one_receipt() {
    let (first, again) = ("a".repeat(64), "b".repeat(64));
    let dinner = |id: &str, receipt: &str, more: Value| {
        let Value::Object(mut members) = more else {
            panic!("no object")
        };
        members.insert("receipt_sha256".to_owned(), json!(receipt));
        claim(id, "2026-03-02", "64.20", Value::Object(members))
    };
    let earlier = dinner("a", &first, json!({}));
    let mut later = dinner("b", &again, json!({"employee_id": "e2", "report_id": "r2"}));
    assert_eq!(
        verdict(vec![earlier.clone(), later.clone()]),
        Verdict::SeparatePurchases
    );
    later.same_pictures = vec![first.clone()];
    let found = hits(vec![earlier.clone(), later]);
    let hit = found.first().unwrap();
    assert_eq!(hit.verdict, Verdict::SeveralEmployees);
    let document = hit.twin.iter().find(|field| field.field == "document");
    assert_eq!(document.unwrap().likeness, Likeness::Similar);
    // Another amount of another week: the picture alone makes them meet.
    let mut retyped = claim(
        "c",
        "2026-03-19",
        "99.10",
        json!({"employee_id": "e2", "report_id": "r2", "receipt_sha256": again}),
    );
    retyped.same_pictures = vec![first];
    assert_eq!(verdict(vec![earlier, retyped]), Verdict::SeveralEmployees);
}

#[test]
fn two_coffees_on_one_day_are_two_purchases() {
    let receipt = |digit: &str| json!({"merchant": "Café", "receipt_sha256": digit.repeat(64)});
    let coffees = vec![
        claim("a", "2026-03-02", "3.20", receipt("a")),
        claim("b", "2026-03-02", "3.20", receipt("b")),
    ];
    assert_eq!(verdict(coffees), Verdict::SeparatePurchases);
    let usual =
        ["a", "b", "c", "d"].map(|id| claim(id, "2026-03-02", "3.20", json!({"merchant": "Café"})));
    assert_eq!(verdict(usual.to_vec()), Verdict::SeparatePurchases);
    let one_receipt = vec![
        claim("a", "2026-03-02", "3.20", receipt("a")),
        claim("b", "2026-03-02", "3.20", receipt("a")),
    ];
    assert_eq!(verdict(one_receipt), Verdict::ExactResubmission);
}

#[test]
fn nights_of_a_hotel_are_no_copies_and_their_sum_is_one() {
    let nights = || -> Vec<Item> {
        let line = |night: u32| {
            claim(
                &format!("n{night}"),
                &format!("2026-03-0{night}"),
                "120.00",
                json!({}),
            )
        };
        (2..=4).map(line).collect()
    };
    assert_eq!(verdict(nights()), Verdict::SeparatePurchases);
    let mut with_bill = nights();
    with_bill.push(claim("bill", "2026-03-05", "360.00", json!({})));
    let found = hits(with_bill);
    let all = |hit: &Hit| hit.verdict == Verdict::ParentAndChild && hit.alarms();
    assert!(found.len() == 3 && found.iter().all(all), "{found:?}");
}

#[test]
fn lines_of_one_receipt_are_purchases_of_their_own() {
    let line = |id: &str, day: &str, amount: &str| {
        claim(id, day, amount, json!({"receipt_sha256": "a".repeat(64)}))
    };
    let nights = ["2026-11-02", "2026-11-03", "2026-11-04"];
    let nights = nights.map(|night| line(night, night, "120.00")).to_vec();
    assert!(
        hits(nights.clone())
            .iter()
            .all(|hit| hit.verdict == Verdict::SeparatePurchases)
    );
    let mut breakfast = nights.clone();
    breakfast.push(line("b", "2026-11-04", "18.00"));
    assert!(hits(breakfast).iter().all(|hit| !hit.alarms()));
    // The same picture in another file is no line of the first.
    let (first, anew) = ("a".repeat(64), "b".repeat(64));
    let mut saved_anew = claim(
        "anew",
        "2026-11-05",
        "120.00",
        json!({"receipt_sha256": anew}),
    );
    saved_anew.same_pictures = vec![first];
    let best = hits(nights.iter().cloned().chain([saved_anew]).collect()).remove(0);
    assert!(best.alarms(), "{best:?}");
    let mut again = nights;
    again.push(line("again", "2026-11-04", "120.00"));
    let best = hits(again).remove(0);
    assert_eq!(
        (best.earlier.as_str(), best.verdict),
        ("expense_claim/2026-11-04", Verdict::ExactResubmission)
    );
}

#[test]
fn a_claim_without_a_merchant_meets_its_copy() {
    let bare = |id: &str, employee: &str| {
        let unnamed = json!({"merchant": null, "employee_id": employee, "report_id": null});
        claim(id, "2026-03-02", "431.17", unnamed)
    };
    assert_eq!(
        verdict(vec![bare("a", "e1"), bare("b", "e1")]),
        Verdict::ExactResubmission
    );
    assert_eq!(
        verdict(vec![bare("a", "e1"), bare("b", "e2")]),
        Verdict::SeveralEmployees
    );
}

#[test]
fn card_and_claim_also_in_another_currency() {
    let dollar_card = |more: Value| card("k", "2026-03-02", "108.70", more);
    let dollars = |more: Value| {
        let mut all = json!({"currency": "USD", "home_amount": "92.40"});
        all.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        claim("c", "2026-03-02", "100.00", all)
    };
    let euros = card("k", "2026-03-02", "92.40", json!({}));
    assert_eq!(
        verdict(vec![
            euros.clone(),
            claim("c", "2026-03-03", "92.40", json!({}))
        ]),
        Verdict::CardAndClaim
    );
    let later = claim(
        "c",
        "2026-03-03",
        "100.00",
        json!({"currency": "USD", "home_amount": "92.40"}),
    );
    assert_eq!(verdict(vec![euros.clone(), later]), Verdict::CardAndClaim);
    let by_card = claim(
        "c",
        "2026-03-03",
        "92.40",
        json!({"paid_by": "company_card"}),
    );
    assert_eq!(verdict(vec![euros.clone(), by_card]), Verdict::Explained);
    let unsaid = claim(
        "c",
        "2026-03-03",
        "92.40",
        json!({"card_transaction_id": "k", "paid_by": null}),
    );
    assert_eq!(verdict(vec![euros.clone(), unsaid]), Verdict::Explained);
    // The smallest unit of the yen is not a hundredth.
    let yen = |amount: &str| card("k", "2026-03-01", amount, json!({"currency": "JPY"}));
    assert_eq!(
        verdict(vec![yen("9240"), dollars(json!({}))]),
        Verdict::Unrelated
    );
    assert_eq!(
        verdict(vec![yen("15000"), dollars(json!({"home_amount": "15000"}))]),
        Verdict::Unrelated
    );
    let at_home = yen("15000").in_firm_of(Currency::new("JPY").unwrap());
    assert_eq!(
        verdict(vec![at_home, dollars(json!({"home_amount": "15000"}))]),
        Verdict::CardAndClaim
    );
    let linked = json!({"card_transaction_id": "k", "paid_by": "company_card"});
    assert_eq!(
        verdict(vec![
            dollar_card(json!({"transacted_on": "2026-03-01"})),
            dollars(linked)
        ]),
        Verdict::Explained
    );
}

#[test]
fn whoever_took_the_card_is_not_the_merchant() {
    let bare = |name: &str| bare_name(name).unwrap();
    for name in [
        "SQ *Cafe Luna",
        "PAYPAL *CAFE LUNA",
        "SumUp  *Café Luna 12",
        "TST* Cafe-Luna",
    ] {
        assert!(bare(name).starts_with("caf"), "{name}");
    }
    // Their own bills, and names with a star in them, stay as they are.
    assert_eq!(bare("PAYPAL *"), "paypal");
    assert_eq!(bare("GOOGLE *ADS"), "google ads");
    let claimed = claim("c", "2026-03-03", "14.20", json!({"merchant": "Cafe Luna"}));
    let used = card(
        "k",
        "2026-03-02",
        "14.20",
        json!({"merchant": "SQ *CAFE LUNA"}),
    );
    assert_eq!(verdict(vec![used, claimed]), Verdict::CardAndClaim);
}

#[test]
fn one_dinner_in_two_reports_or_by_two_people() {
    let dinner = |id: &str, more: Value| claim(id, "2026-03-02", "86.40", more);
    let first = || dinner("a", json!({}));
    assert_eq!(
        verdict(vec![first(), dinner("b", json!({"report_id": "r2"}))]),
        Verdict::CrossReport
    );
    let other = json!({"report_id": "r2", "employee_id": "e2"});
    assert_eq!(
        verdict(vec![first(), dinner("b", other)]),
        Verdict::SeveralEmployees
    );
    let abroad = dinner("b", json!({"report_id": "r2", "currency": "USD"}));
    assert_eq!(verdict(vec![first(), abroad]), Verdict::Unrelated);
}

#[test]
fn a_dismissed_pair_stays_so_until_new_evidence_which_is_named() {
    let first = || invoice("a", "4711", "2026-03-02", "700.00", json!({}));
    let later = |more: Value| invoice("b", "9905", "2026-03-20", "700.00", more);
    let hit = |more: Value| hits(vec![first(), later(more)]).remove(0);
    let seen = EvidenceSeen::of(&hit(json!({})));
    assert_eq!(seen.new_in(&EvidenceSeen::of(&hit(json!({})))), []);
    assert_eq!(
        seen.new_in(&EvidenceSeen::of(&hit(json!({"order_number": "PO-1"})))),
        []
    );
    let changed = hits(vec![
        first(),
        invoice("b", "4711", "2026-03-20", "700.00", json!({})),
    ])
    .remove(0);
    let changed = EvidenceSeen::of(&changed);
    let new = seen.new_in(&changed);
    assert!(
        new.contains(&NewEvidence::Field {
            field: "number".to_owned()
        }),
        "{new:?}"
    );
    assert!(new.contains(&NewEvidence::Score));
    // The second look is dismissed too, and stays.
    assert_eq!(changed.new_in(&changed), []);
}

#[test]
fn a_moment_sees_the_same_whatever_is_filed_after_it_and_in_which_order() {
    let items: Vec<Item> = (0..200)
        .map(|n: u32| {
            // Three of every day, of two vendors.
            let day = format!("2026-{:02}-{:02}", 1 + n / 84 % 12, 1 + n / 3 % 28);
            let vendor = json!({"vendor_id": format!("v{}", n % 2)});
            invoice(
                &format!("i{n:03}"),
                &format!("{}", 1000 + n % 40),
                &day,
                &format!("{}.00", 100 + n % 3),
                vendor,
            )
        })
        .collect();
    let asked = items.get(120).cloned().unwrap();
    let file = |items: &mut dyn Iterator<Item = &Item>| {
        let mut index = DuplicateIndex::default();
        items.for_each(|item| assert!(index.insert(item.clone())));
        check(&index, &CopyRates::default(), &asked)
    };
    let live = file(&mut items.iter().take(120));
    assert!(!live.is_empty());
    assert_eq!(live, file(&mut items.iter()));
    assert_eq!(live, file(&mut items.iter().rev()));
}

#[test]
fn of_what_became_known_at_one_moment_earlier_days_were_before() {
    let known = json!({"known_at": "2026-11-29T08:00:00Z"});
    let mut index = DuplicateIndex::default();
    for (id, day) in [
        ("a", "2026-03-02"),
        ("b", "2026-03-09"),
        ("c", "2026-03-09"),
    ] {
        assert!(index.insert(invoice(id, id, day, "10.00", known.clone())));
    }
    let counts = |index: &DuplicateIndex| {
        ["a", "b", "c"].map(|id| {
            let item = index.item(crate::domain::RecordKind::VendorInvoice, id);
            index.count(item.unwrap(), Counted::Before)
        })
    };
    assert_eq!(counts(&index), [0, 1, 1]);
    let changed = invoice("b", "b", "2026-03-01", "10.00", known);
    index.put(changed);
    assert_eq!(counts(&index), [1, 0, 2]);
}

fn any_item() -> impl Strategy<Value = Item> {
    let amount = prop_oneof![
        Just("0".to_owned()),
        Just("-999999999999999.99".to_owned()),
        Just("999999999999999.99".to_owned()),
        (-9_999_i64..9_999).prop_map(|n| format!("{n}.50")),
    ];
    ("[a-c]{1,3}", "[A-Z0-9-]{1,8}", 1..28_u32, amount, 0..3_u8).prop_map(
        |(id, number, day, amount, kind)| {
            let day = format!("2026-02-{day:02}");
            match kind {
                0 => invoice(&id, &number, &day, &amount, json!({})),
                1 => claim(&id, &day, &amount, json!({})),
                _ => card(&id, &day, &amount, json!({})),
            }
        },
    )
}

proptest! {
    #[test]
    fn any_pair_is_compared_alike_from_both_sides_and_scored_finitely(items in prop::collection::vec(any_item(), 1..30)) {
        let mut index = DuplicateIndex::default();
        let kept: Vec<Item> = items.into_iter().filter(|item| index.insert(item.clone())).collect();
        for a in &kept {
            for hit in check(&index, &CopyRates::default(), a) {
                prop_assert_ne!(hit.earlier, a.name());
                prop_assert!(hit.score.bits.is_finite());
                let sum: f64 = hit.score.contributions.iter().map(|part| part.bits).sum();
                prop_assert!((sum - hit.score.bits).abs() < 1e-9);
                prop_assert!(hit.score.probability() > 0.0 && hit.score.probability() < 1.0);
            }
            for b in &kept {
                let compared = Comparison::of(a, b);
                prop_assert_eq!(compared, Comparison::of(b, a));
                for counted in [Counted::Before, Counted::Whole] {
                    let bits = |later: &Item, earlier: &Item| judge(&index, &CopyRates::default(), later, earlier, counted).score.bits;
                    prop_assert!((bits(a, b) - bits(b, a)).abs() < 1e-9);
                }
            }
        }
    }
}
