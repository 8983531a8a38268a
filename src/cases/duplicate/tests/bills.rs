//! Bills that return, are corrected, taken back, or paid in parts.

use super::*;

#[test]
fn a_monthly_rent_recurs_and_its_copy_does_not() {
    let rent = |month: u32| {
        let (id, number) = (format!("m{month}"), format!("2026-{month:02}"));
        invoice(
            &id,
            &number,
            &format!("2026-{month:02}-01"),
            "2000.00",
            json!({}),
        )
    };
    let rents: Vec<Item> = (1..=6).map(rent).collect();
    assert!(hits(rents.clone()).iter().all(|hit| !hit.alarms()));
    let mut copied = rents;
    copied.push(invoice(
        "copy",
        "2026-06",
        "2026-06-09",
        "2000.00",
        json!({}),
    ));
    let found = hits(copied);
    let best = found.first().unwrap();
    assert_eq!(
        (best.earlier.as_str(), best.verdict),
        ("vendor_invoice/m6", Verdict::ExactResubmission)
    );
}

#[test]
fn a_credit_and_the_bill_after_it_are_no_copies() {
    let bill = || invoice("a", "5001", "2026-03-02", "900.00", json!({}));
    let credit = || {
        invoice(
            "c",
            "5002",
            "2026-03-10",
            "-900.00",
            json!({"preceding_invoice": "5001"}),
        )
    };
    assert_eq!(verdict(vec![bill(), credit()]), Verdict::CreditAndRebill);
    let rebill = invoice("b", "5003", "2026-03-11", "900.00", json!({}));
    assert_eq!(
        verdict(vec![bill(), credit(), rebill]),
        Verdict::CreditAndRebill
    );
    // What took another invoice back, or other money, explains no copy of this one.
    let again = || invoice("b", "5001", "2026-03-20", "900.00", json!({}));
    for other in [
        json!({"preceding_invoice": "4977"}),
        json!({"currency": "USD"}),
    ] {
        let credit = invoice("c", "5002", "2026-03-10", "-900.00", other);
        assert_eq!(
            verdict(vec![bill(), credit, again()]),
            Verdict::ExactResubmission
        );
    }
}

#[test]
fn a_corrected_invoice_beside_what_it_corrects_alarms() {
    let bill = || invoice("a", "5001", "2026-03-02", "900.00", json!({}));
    let corrected = |more: Value| {
        let mut members = json!({"preceding_invoice": "5001"});
        members
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        invoice("b", "5007", "2026-03-20", "1400.00", members)
    };
    let found = hits(vec![bill(), corrected(json!({}))]);
    let hit = found.first().unwrap();
    assert!(
        hit.verdict == Verdict::CorrectedResubmission && hit.alarms(),
        "{hit:?}"
    );
    let same_number = |day: &str| invoice("b", "5001", day, "1400.00", json!({}));
    let found = hits(vec![bill(), same_number("2026-03-12")]);
    let hit = found.first().unwrap();
    assert!(
        hit.verdict == Verdict::CorrectedResubmission && hit.alarms(),
        "{hit:?}"
    );
    // Lines of one document are posted on one day.
    assert_eq!(
        verdict(vec![bill(), same_number("2026-03-02")]),
        Verdict::NumberReuse
    );
    let of_another = corrected(json!({"vendor_id": "v2"}));
    let mut of_another = of_another;
    of_another.party_name = Some("Bertram KG".to_owned());
    assert_eq!(verdict(vec![bill(), of_another]), Verdict::Unrelated);
}

#[test]
fn numbers_that_count_years_or_name_a_contract_recur() {
    let year = |id: &str, number: &str, day: &str| invoice(id, number, day, "500.00", json!({}));
    assert_eq!(
        verdict(vec![
            year("a", "2025-001", "2025-01-10"),
            year("b", "2026-001", "2026-01-10")
        ]),
        Verdict::Recurring
    );
    assert_eq!(
        verdict(vec![
            year("a", "2025-001", "2026-01-10"),
            year("b", "2026-001", "2026-01-20")
        ]),
        Verdict::RetypedNumber
    );
    let rent = |month: u32| {
        let day = format!("2026-{month:02}-01");
        invoice(&day, "MV-118", &day, "1850.00", json!({}))
    };
    let rents: Vec<Item> = (1..=4).map(rent).collect();
    assert!(hits(rents.clone()).iter().all(|hit| !hit.alarms()));
    let mut copied = rents;
    copied.push(invoice(
        "copy",
        "MV-118",
        "2026-04-09",
        "1850.00",
        json!({}),
    ));
    assert!(hits(copied).first().unwrap().alarms());
}

#[test]
fn an_invoice_that_was_claimed_or_paid_by_card_as_well() {
    let bill = || invoice("a", "R-555", "2026-03-02", "1190.00", json!({}));
    let named = |more: Value| {
        let mut members = json!({"merchant": "Acme GmbH"});
        members
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        members
    };
    let claimed = claim("c", "2026-03-03", "1190.00", named(json!({})));
    let found = hits(vec![bill(), claimed]);
    let hit = found.first().unwrap();
    assert!(
        hit.verdict == Verdict::InvoiceAndClaim && hit.alarms(),
        "{hit:?}"
    );
    let used = card("k", "2026-03-03", "1190.00", named(json!({})));
    assert_eq!(verdict(vec![bill(), used]), Verdict::InvoiceAndClaim);
    let elsewhere = claim("c", "2026-03-03", "1190.00", json!({}));
    assert_eq!(verdict(vec![bill(), elsewhere]), Verdict::Unrelated);
}

#[test]
fn a_vendor_that_starts_its_numbers_again_each_year() {
    let first = invoice("a", "000017", "2025-01-20", "310.00", json!({}));
    let next = invoice("b", "000017", "2026-01-19", "480.00", json!({}));
    assert_eq!(verdict(vec![first, next]), Verdict::NumberReuse);
}

#[test]
fn partial_bills_on_one_order_are_instalments() {
    let order = || json!({"order_number": "PO-77"});
    let first = invoice("a", "8101", "2026-03-02", "5000.00", order());
    let second = invoice("b", "8102", "2026-04-02", "5000.00", order());
    assert_eq!(verdict(vec![first.clone(), second]), Verdict::Instalment);
    let suffixed = invoice("b", "8101-1", "2026-04-02", "5000.00", order());
    assert_eq!(
        verdict(vec![first.clone(), suffixed]),
        Verdict::RetypedNumber
    );
    let copy = invoice("b", "81O1", "2026-04-02", "5000.00", order());
    assert_eq!(
        verdict(vec![
            invoice("a", "8101", "2026-03-02", "5000.00", order()),
            copy
        ]),
        Verdict::RetypedNumber
    );
}

#[test]
fn more_bills_than_were_ordered_are_no_instalments() {
    let order = |total: &str| -> crate::domain::records::PurchaseOrder {
        record(
            json!({"id": "o", "number": "PO-77", "vendor_id": "v1", "issued_on": "2026-02-01", "currency": "EUR"}),
            json!({"total": total}),
        )
    };
    let bill = |id: &str, number: &str, day: &str, ordered: &str| {
        let bill = invoice(id, number, day, "5950.00", json!({"order_number": "PO-77"}));
        bill.with_order(std::iter::once(&order(ordered)))
    };
    let pair = |ordered: &str| {
        let first = bill("a", "8101", "2026-03-02", ordered);
        verdict(vec![first, bill("b", "8166", "2026-04-02", ordered)])
    };
    assert_eq!(pair("10000.00"), Verdict::Instalment);
    assert_eq!(pair("5000.00"), Verdict::SameAmount);
    let of_another = crate::domain::records::PurchaseOrder {
        vendor_id: "v2".parse().unwrap(),
        ..order("5000.00")
    };
    let item = invoice("a", "8101", "2026-03-02", "5950.00", json!({}));
    assert_eq!(item.with_order(std::iter::once(&of_another)).ordered, None);
}

#[test]
fn one_purchase_billed_in_parts_of_one_day_is_split() {
    let first = || invoice("a", "RE-2041077", "2026-03-02", "1234.50", json!({}));
    let next = |number: &str, day: &str, total: &str| invoice("b", number, day, total, json!({}));
    let part = next("RE-2041078", "2026-03-02", "980.00");
    assert_eq!(verdict(vec![first(), part]), Verdict::Split);
    let of_another_day = next("RE-2041078", "2026-03-03", "980.00");
    assert_eq!(verdict(vec![first(), of_another_day]), Verdict::Unrelated);
    let of_another_number = next("RE-2049911", "2026-03-02", "980.00");
    assert_eq!(
        verdict(vec![first(), of_another_number]),
        Verdict::Unrelated
    );
    // An equal amount is no part of a whole; nothing says why it came twice.
    let equal = next("RE-2041078", "2026-03-02", "1234.50");
    assert_eq!(verdict(vec![first(), equal]), Verdict::SameAmount);
}
