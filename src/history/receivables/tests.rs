//! What is seen of receivables from a moment, whoever asked before.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use super::super::{Facts, FactsAsOf, History as _};
use crate::domain::RecordKind;

fn at(day: u32) -> chrono::DateTime<chrono::Utc> {
    format!("2026-03-{day:02}T12:00:00Z").parse().unwrap()
}

fn invoice(cleared_on: Option<&str>) -> serde_json::Value {
    json!({"id": "i1", "customer_id": "c1", "issued_on": "2026-03-02", "due_on": "2026-03-12",
        "currency": "EUR", "total": "100.00", "cleared_on": cleared_on})
}

fn cleared(facts: &Facts, day: u32) -> Vec<Option<i64>> {
    let seen = FactsAsOf::new(Arc::new(facts.clone()), at(day)).receivables("c1");
    seen.iter().map(|invoice| invoice.days_late()).collect()
}

#[test]
fn payment_is_seen_when_it_was_known_and_not_before() {
    let mut facts = Facts::default();
    let kind = RecordKind::CustomerInvoice;
    facts.insert(kind, at(3), 1, invoice(None)).unwrap();
    facts
        .insert(kind, at(16), 2, invoice(Some("2026-03-14")))
        .unwrap();
    assert_eq!(cleared(&facts, 2), []);
    assert_eq!(cleared(&facts, 15), [None]);
    assert_eq!(cleared(&facts, 16), [Some(2)]);
}

#[test]
fn a_leak_from_the_future_is_not_seen() {
    // The record claims on its first day to know when it will be paid.
    let mut facts = Facts::default();
    facts
        .insert(
            RecordKind::CustomerInvoice,
            at(2),
            1,
            invoice(Some("2026-03-14")),
        )
        .unwrap();
    assert_eq!(cleared(&facts, 13), [None]);
    assert_eq!(cleared(&facts, 14), [Some(2)]);
}

#[test]
fn payments_clear_an_invoice_when_they_come_to_its_total() {
    let mut facts = Facts::default();
    let paid = |id: &str, day: &str, amount: &str| json!({"id": id, "invoice_id": "i1", "paid_on": day, "amount": amount, "currency": "EUR"});
    let insert = |facts: &mut Facts, day: u32, body| {
        facts.insert(RecordKind::Payment, at(day), 1, body).unwrap();
    };
    facts
        .insert(RecordKind::CustomerInvoice, at(2), 1, invoice(None))
        .unwrap();
    insert(&mut facts, 10, paid("p1", "2026-03-10", "60"));
    insert(&mut facts, 20, paid("p2", "2026-03-19", "40"));
    assert_eq!(cleared(&facts, 19), [None]);
    assert_eq!(cleared(&facts, 20), [Some(7)]);
    // The second payment was sent back.
    facts
        .insert(
            RecordKind::Payment,
            at(22),
            2,
            paid("p2", "2026-03-19", "0"),
        )
        .unwrap();
    assert_eq!(cleared(&facts, 21), [Some(7)]);
    assert_eq!(cleared(&facts, 23), [None]);
}

/// What comes in, and when somebody asks, in days and half days.
#[derive(Debug, Clone)]
enum Step {
    Invoice {
        id: u8,
        customer: u8,
        known: u8,
        cleared: Option<u8>,
    },
    Payment {
        id: u8,
        invoice: u8,
        known: u8,
    },
    Ask {
        customer: u8,
        moment: u8,
    },
}

fn half_day(moment: u8) -> chrono::DateTime<chrono::Utc> {
    let first: chrono::DateTime<chrono::Utc> = "2026-03-01T06:00:00Z".parse().unwrap();
    first + chrono::TimeDelta::hours(12 * i64::from(moment))
}

fn step() -> impl Strategy<Value = Step> {
    let invoice = (0..4_u8, 0..2_u8, 0..12_u8, prop::option::of(1..9_u8)).prop_map(
        |(id, customer, known, cleared)| Step::Invoice {
            id,
            customer: if id == 0 { customer } else { id % 2 },
            known,
            cleared,
        },
    );
    let payment = (0..2_u8, 0..4_u8, 0..12_u8).prop_map(|(id, invoice, known)| Step::Payment {
        id,
        invoice,
        known,
    });
    let ask = (0..2_u8, 0..12_u8).prop_map(|(customer, moment)| Step::Ask { customer, moment });
    prop_oneof![4 => invoice, 1 => payment, 5 => ask]
}

fn take_in(facts: &mut Facts, version: u64, step: &Step) {
    match step {
        Step::Invoice {
            id,
            customer,
            known,
            cleared,
        } => {
            let cleared = cleared.map(|day| format!("2026-03-{day:02}"));
            let body = json!({"id": format!("i{id}"), "customer_id": format!("c{customer}"),
                "issued_on": "2026-03-02", "due_on": "2026-03-04", "currency": "EUR",
                "total": "100.00", "cleared_on": cleared});
            let kind = RecordKind::CustomerInvoice;
            facts.insert(kind, half_day(*known), version, body).unwrap();
        }
        Step::Payment { id, invoice, known } => {
            let body = json!({"id": format!("p{id}"), "invoice_id": format!("i{invoice}"),
                "paid_on": "2026-03-03", "amount": "60", "currency": "EUR"});
            facts
                .insert(RecordKind::Payment, half_day(*known), version, body)
                .unwrap();
        }
        Step::Ask { .. } => {}
    }
}

proptest! {
    /// Some ask again on the same day, before and after what came in since.
    #[test]
    fn whoever_asked_before_changes_nothing(steps in prop::collection::vec(step(), 1..40)) {
        let seen = |facts: &Arc<Facts>, customer: &u8, moment: &u8| {
            let history = FactsAsOf::new(Arc::clone(facts), half_day(*moment));
            let ledger = history.receivables(&format!("c{customer}"));
            let count = *ledger.worked_out(|ledger| ledger.iter().count());
            let paid = ledger.worked_out(|ledger| {
                let paid = ledger.iter().filter_map(|one| one.cleared_on);
                paid.collect::<Vec<_>>()
            });
            let enough = [(1, 0), (2, 0), (2, 1)].map(|(all, each)| history.has_paid(all, each));
            let ledger = format!("{:?}", ledger.iter().collect::<Vec<_>>());
            (count, paid, enough, ledger, history.paid_levels())
        };
        let mut asked = Arc::new(Facts::default());
        for (at, step) in steps.iter().enumerate() {
            take_in(Arc::make_mut(&mut asked), at as u64, step);
            if let Step::Ask { customer, moment } = step {
                let mut fresh = Facts::default();
                for (before, step) in steps.iter().enumerate().take(at) {
                    take_in(&mut fresh, before as u64, step);
                }
                let found = seen(&asked, customer, moment);
                prop_assert_eq!(found, seen(&Arc::new(fresh), customer, moment));
            }
        }
    }
}

/// An invoice of a unit, paid so many days after its due day if it is, each as it became known.
fn of_unit(facts: &mut Facts, id: &str, unit: &str, due: &str, paid: Option<&str>) {
    let mut body = json!({"id": id, "customer_id": unit, "issued_on": "2026-01-05", "due_on": due,
        "currency": "EUR", "total": "100.00", "business_unit": unit});
    let kind = RecordKind::CustomerInvoice;
    let known = |day: &str| format!("{day}T00:00:00Z").parse().unwrap();
    facts
        .insert(kind, known("2026-01-05"), 1, body.clone())
        .unwrap();
    if let Some(paid) = paid {
        body["cleared_on"] = json!(paid);
        facts.insert(kind, known(paid), 2, body).unwrap();
    }
}

#[test]
fn levels_are_of_what_fell_due_by_the_monday_and_of_each_unit_as_it_is_spelled() {
    let mut facts = Facts::default();
    for at in 0..20 {
        of_unit(
            &mut facts,
            &format!("n{at}"),
            "North",
            "2026-02-10",
            Some("2026-02-09"),
        );
        of_unit(
            &mut facts,
            &format!("s{at}"),
            ["south", "South"][at % 2],
            "2026-02-10",
            Some("2026-03-04"),
        );
    }
    // Due on the Monday itself: nobody knows yet.
    of_unit(&mut facts, "asked", "SOUTH", "2026-03-02", None);
    let levels = |day: u32| {
        let history = FactsAsOf::new(Arc::new(facts.clone()), at(day));
        let (ledger, levels) = (history.receivables("SOUTH"), history.paid_levels());
        let asked = ledger.get("asked").unwrap();
        let besides = levels.besides(Some(&asked));
        (besides.all(), besides.of_sort(asked.sort), besides.lately())
    };
    // 2026-03-02 is a Monday; all of the other unit is open, and late.
    let (all, [south, document_type, terms], lately) = levels(4);
    assert!((all - 0.5).abs() < 1e-12 && (lately - 0.5).abs() < 1e-12);
    assert!((south - (20.0 + 20.0 * 0.5) / 40.0).abs() < 1e-12);
    assert!(document_type.is_nan() && terms.is_nan());
    assert_eq!(
        format!("{:?}", levels(8)),
        format!("{:?}", levels(2)),
        "the same all week"
    );
    // A week on it is late itself, and tells nothing of itself.
    assert_eq!(levels(9).0.to_bits(), all.to_bits());
}

#[test]
fn levels_of_a_firm_without_invoices_are_not_there() {
    let history = FactsAsOf::new(Arc::new(Facts::default()), at(2));
    let levels = history.paid_levels();
    let besides = levels.besides(None);
    assert!(besides.all().is_nan() && besides.lately().is_nan());
    assert!(besides.a_year_before(at(2).date_naive()).is_nan());
    assert!(besides.a_year_before(chrono::NaiveDate::MIN).is_nan());
    assert!(
        besides
            .of_sort(super::InvoiceSort::default())
            .iter()
            .all(|share| share.is_nan())
    );
}
