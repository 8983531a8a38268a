//! Facts known later stay invisible.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{Changed, Facts, FactsAsOf, Follows, History, SpendingAsOf, VendorKey};
use crate::domain::RecordKind;

fn at(day: u32) -> DateTime<Utc> {
    format!("2026-01-{day:02}T00:00:00Z").parse().unwrap()
}

fn facts() -> Arc<Facts> {
    let mut facts = Facts::default();
    let vendor = |name: &str, iban: &str| json!({"id": "v1", "name": name, "vat_id": "DE 123456789", "ibans": [iban]});
    let invoice = |id: &str, number: &str, issued: &str| json!({"id": id, "number": number, "vendor_id": "v1", "issued_on": issued, "currency": "EUR", "total": "10"});
    let order = json!({"id": "o1", "number": "PO-77", "vendor_id": "v1", "issued_on": "2026-01-04", "currency": "EUR"});
    for (kind, day, version, body) in [
        (
            RecordKind::Vendor,
            5,
            1,
            vendor("Old Name GmbH", "DE89 3704 0044 0532 0130 00"),
        ),
        (
            RecordKind::Vendor,
            15,
            2,
            vendor("New Name GmbH", "FR7630006000011234567890189"),
        ),
        (
            RecordKind::VendorInvoice,
            12,
            1,
            invoice("i2", "R-2", "2026-01-02"),
        ),
        (
            RecordKind::VendorInvoice,
            10,
            1,
            invoice("i1", "R-1", "2026-01-09"),
        ),
        (
            RecordKind::VendorInvoice,
            20,
            2,
            invoice("i1", "R-1b", "2026-01-01"),
        ),
        (RecordKind::PurchaseOrder, 6, 1, order),
        (RecordKind::Event, 1, 1, json!({})),
    ] {
        facts.insert(kind, at(day), version, body).unwrap();
    }
    Arc::new(facts)
}

#[test]
fn each_moment_sees_what_was_known_by_then() {
    let facts = facts();
    let seen = |day| FactsAsOf::new(Arc::clone(&facts), at(day));
    let names = |day, key| -> Vec<String> {
        let found = seen(day).vendors_by(key);
        found.iter().map(|vendor| vendor.name.clone()).collect()
    };
    let (old, new) = (vec!["Old Name GmbH"], vec!["New Name GmbH"]);
    let vat_id = VendorKey::VatId("de123456789");
    assert!(names(4, vat_id).is_empty());
    assert_eq!(names(5, vat_id), old);
    assert_eq!(names(20, vat_id), new);
    let old_account = VendorKey::Iban("DE89370400440532013000");
    assert_eq!(names(14, old_account), old);
    assert!(
        names(15, old_account).is_empty(),
        "the account was withdrawn"
    );
    assert!(names(14, VendorKey::Name("new name")).is_empty());
    assert_eq!(names(15, VendorKey::Name("NEW NAME")), new);
    assert!(names(31, VendorKey::Name("")).is_empty());

    let numbers = |day| -> Vec<String> {
        let found = seen(day).invoices_of("v1");
        found.iter().map(|invoice| invoice.number.clone()).collect()
    };
    assert!(numbers(9).is_empty());
    assert_eq!(numbers(10), ["R-1"]);
    assert_eq!(numbers(12), ["R-2", "R-1"]);
    assert_eq!(numbers(20), ["R-1b", "R-2"]);

    assert!(seen(5).purchase_orders("PO-77").is_empty());
    assert_eq!(seen(6).purchase_orders("po 77").len(), 1);
    assert!(seen(4).vendor("v1").is_none());
    assert_eq!(seen(16).vendor("v1").unwrap().name, "New Name GmbH");
}

#[test]
fn what_is_worked_out_holds_until_much_more_is_known() {
    let claim = |number: usize| json!({"id": format!("c{number}"), "employee_id": "e", "incurred_on": "2026-01-01", "currency": "EUR", "amount": "5"});
    let mut held = Arc::new(Facts::default());
    let put = |held: &mut Arc<Facts>, numbers: std::ops::Range<usize>, day: u32| {
        let facts = Arc::make_mut(held);
        for number in numbers {
            facts
                .insert(RecordKind::ExpenseClaim, at(day), 1, claim(number))
                .unwrap();
        }
    };
    // Whether it was at hand, and what it is.
    let counted = |held: &Arc<Facts>, day: u32| {
        let seen = SpendingAsOf::new(Arc::clone(held), at(day));
        let known = seen.is_worked_out::<usize>(&[RecordKind::ExpenseClaim]);
        (
            known,
            *seen.worked_out(&[RecordKind::ExpenseClaim], |then| {
                then.claims_known().len()
            }),
        )
    };
    put(&mut held, 0..9, 2);
    assert_eq!(counted(&held, 3), (false, 9));
    assert_eq!(counted(&held, 4), (true, 9));
    put(&mut held, 9..10, 3);
    assert_eq!(counted(&held, 4), (false, 10), "little: with each change");
    assert_eq!(counted(&held, 2), (false, 9), "nothing known later");
    put(&mut held, 10..20_000, 4);
    assert_eq!(counted(&held, 5), (false, 20_000));
    put(&mut held, 20_000..20_001, 5);
    assert_eq!(counted(&held, 6), (true, 20_000), "one more is not much");
    put(&mut held, 20_001..20_200, 6);
    assert_eq!(counted(&held, 6), (true, 20_000), "its day is not over");
    assert_eq!(counted(&held, 7), (false, 20_200));
    assert_eq!(counted(&held, 5), (false, 20_000), "as it was then");
    put(&mut held, 20_200..20_201, 1);
    assert_eq!(counted(&held, 7), (false, 20_201), "it was known before");
}

/// Ids of claims.
#[derive(Debug, Clone)]
struct Ids {
    ids: BTreeSet<String>,
}

impl Follows for Ids {
    fn of(history: &dyn History) -> Self {
        let claims = history.spending().claims_known().into_iter();
        Self {
            ids: claims.map(|(_, claim)| claim.id.to_string()).collect(),
        }
    }

    fn take_in(&mut self, changed: &[Changed], history: &dyn History) {
        for Changed { id, .. } in changed {
            if history.spending().claim(id).is_some() {
                self.ids.insert(id.clone());
            }
        }
    }
}

#[test]
fn what_becomes_known_later_waits_for_its_moment_and_nothing_is_made_anew_meanwhile() {
    let mut held = Arc::new(Facts::default());
    let put = |held: &mut Arc<Facts>, id: &str, known_at: DateTime<Utc>| {
        let claim = json!({"id": id, "employee_id": "e", "incurred_on": "2026-01-01", "currency": "EUR", "amount": "5"});
        let facts = Arc::make_mut(held);
        facts
            .insert(RecordKind::ExpenseClaim, known_at, 1, claim)
            .unwrap();
    };
    let mistyped = "2062-01-02T00:00:00Z".parse().unwrap();
    put(&mut held, "a", at(2));
    put(&mut held, "z", mistyped);
    // Whether both were at hand, and what is seen.
    let seen = |held: &Arc<Facts>, moment: DateTime<Utc>| {
        let kinds = [RecordKind::ExpenseClaim];
        let seen = SpendingAsOf::new(Arc::clone(held), moment);
        let at_hand = (
            seen.is_followed::<Ids>(),
            seen.is_worked_out::<usize>(&kinds),
        );
        let ids: Vec<String> = seen.followed::<Ids>().read().ids.iter().cloned().collect();
        let as_followed: Ids = seen.as_followed();
        assert_eq!(
            as_followed.ids.iter().collect::<Vec<_>>(),
            ids.iter().collect::<Vec<_>>()
        );
        let count = seen.worked_out(&kinds, |then| then.claims_known().len());
        assert_eq!(*count, ids.len());
        (at_hand, ids.concat())
    };
    let told =
        |is_followed, is_worked_out, ids: &str| ((is_followed, is_worked_out), ids.to_owned());
    assert_eq!(seen(&held, at(3)), told(false, false, "a"));
    assert_eq!(seen(&held, at(4)), told(true, true, "a"));
    // By a clock that is ahead: known tomorrow.
    put(&mut held, "b", at(6));
    assert_eq!(seen(&held, at(5)), told(true, true, "a"));
    put(&mut held, "c", at(5));
    assert_eq!(seen(&held, at(5)), told(true, false, "ac"));
    assert_eq!(seen(&held, at(6)), told(true, false, "abc"));
    assert_eq!(seen(&held, at(7)), told(true, true, "abc"));
    // Of an earlier moment it is made anew, and what came meanwhile is not lost.
    put(&mut held, "d", at(3));
    assert_eq!(seen(&held, at(4)), told(false, false, "ad"));
    assert_eq!(seen(&held, at(7)), told(true, false, "abcd"));
    assert_eq!(seen(&held, mistyped), told(true, false, "abcdz"));
}

#[test]
fn a_body_that_is_not_of_its_kind_is_told() {
    let mut facts = Facts::default();
    let refused = facts.insert(RecordKind::Vendor, at(1), 1, json!({"id": "v"}));
    assert_eq!(refused.unwrap_err(), "`name` is required and missing");
}
