#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use chrono::{Days, NaiveDate};
use scrutineer::domain::RecordKind;
use serde_json::Value;

use super::people::{self, Staff};
use super::sheets::{self, Sheet};
use super::work::{self, Portfolio};
use super::{Firm, Ledger, Mechanism, TODAY, last_workday, make};
use crate::documents::Dice;

/// What people work on, and their sheets, with what the mechanism knows of them.
pub(super) struct Work {
    pub(super) staff: Staff,
    pub(super) portfolio: Portfolio,
    pub(super) sheets: Vec<Sheet>,
}

pub(super) static WORK: LazyLock<Work> = LazyLock::new(|| {
    let (mut mechanism, mut records) = (Mechanism::new(1), Ledger::default());
    let staff = people::hire(&mut Dice::new(1, 1), &mut records).unwrap();
    let dice = &mut Dice::new(1, 3);
    let portfolio = work::sell(dice, &staff, &mut mechanism, &mut records).unwrap();
    let sheets = sheets::write(dice, &staff, &portfolio, &mut mechanism, &mut records).unwrap();
    Work {
        staff,
        portfolio,
        sheets,
    }
});

static FIRM: LazyLock<Firm> = LazyLock::new(|| make(1, TODAY, || {}).unwrap());

fn firm() -> &'static Firm {
    &FIRM
}

fn ids(firm: &Firm, kind: RecordKind) -> BTreeSet<&str> {
    firm.records
        .rows(kind)
        .iter()
        .map(|row| row["id"].as_str().unwrap())
        .collect()
}

#[test]
fn every_kind_has_records_and_every_id_is_its_own() {
    let firm = firm();
    for kind in RecordKind::ALL {
        let rows = firm.records.rows(*kind);
        assert!(!rows.is_empty(), "no {kind}");
        // A record is there once for each moment at which it changed.
        let versions: BTreeSet<_> = rows
            .iter()
            .map(|row| (row["id"].as_str(), row["known_at"].as_str()))
            .collect();
        assert_eq!(versions.len(), rows.len(), "{kind}");
    }
    assert!(firm.documents.len() >= 220, "{}", firm.documents.len());
    let kinds: BTreeSet<_> = firm
        .documents
        .iter()
        .map(|document| document.truth.kind)
        .collect();
    assert_eq!(kinds.len(), 10);
}

#[test]
fn every_reference_leads_to_a_record() {
    let firm = firm();
    let targets = [
        ("vendor_id", RecordKind::Vendor),
        ("customer_id", RecordKind::Customer),
        ("project_id", RecordKind::Project),
        ("customer_invoice_id", RecordKind::CustomerInvoice),
        ("card_transaction_id", RecordKind::CardTransaction),
        ("employee_id", RecordKind::Employee),
        ("approver_id", RecordKind::Employee),
        ("manager_id", RecordKind::Employee),
        ("requester_id", RecordKind::Employee),
        ("account_manager_id", RecordKind::Employee),
    ];
    for (member, target) in targets {
        let known = ids(firm, target);
        for kind in RecordKind::ALL {
            for row in firm.records.rows(*kind) {
                if let Some(id) = row[member].as_str() {
                    assert!(known.contains(id), "{kind} {member} {id}");
                }
            }
        }
    }
    let orders: BTreeSet<_> = firm
        .records
        .rows(RecordKind::PurchaseOrder)
        .iter()
        .map(|row| row["number"].as_str().unwrap())
        .collect();
    for row in firm.records.rows(RecordKind::VendorInvoice) {
        if let Some(number) = row["order_number"].as_str() {
            assert!(orders.contains(number), "{number}");
        }
    }
    for document in &firm.documents {
        let entered = matches!(document.truth.type_code.as_deref(), Some("380"));
        if let Some(number) = document.truth.order_number.as_deref().filter(|_| entered) {
            assert!(orders.contains(number), "{number}");
        }
    }
}

#[test]
fn records_name_documents_that_are_there() {
    let firm = firm();
    let digests: BTreeSet<_> = firm
        .documents
        .iter()
        .map(|document| document.truth.sha256.as_str())
        .collect();
    let mut named = 0;
    for (kind, member) in [
        (RecordKind::VendorInvoice, "document_sha256"),
        (RecordKind::ExpenseClaim, "receipt_sha256"),
    ] {
        for row in firm.records.rows(kind) {
            if let Some(digest) = row[member].as_str() {
                assert!(digests.contains(digest), "{kind} {digest}");
                named += 1;
            }
        }
    }
    assert!(named > 150, "{named}");
}

/// Members that say what is planned, agreed or promised: days to come are theirs to name.
fn is_plan(member: &str) -> bool {
    let planned = [
        "due_on",
        "due_at",
        "ends_on",
        "starts_on",
        "delivery_due_on",
        "promised_on",
        "service_end",
        "period_end",
        "service_start",
    ];
    planned.contains(&member) || member.starts_with("planned_")
}

/// Days and moments of a row and of what it lists, with the names of their members.
fn moments(row: &Value) -> Vec<(&str, &str)> {
    let Some(members) = row.as_object() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (member, value) in members {
        match value {
            Value::String(text) if member.ends_with("_on") || member.ends_with("_at") => {
                found.push((member.as_str(), text.as_str()));
            }
            Value::Array(items) => found.extend(items.iter().flat_map(moments)),
            _ => {}
        }
    }
    found
}

#[test]
fn nothing_is_known_after_today() {
    nothing_is_known_after(firm(), TODAY);
}

fn nothing_is_known_after(firm: &Firm, today: NaiveDate) {
    let tomorrow = (today + Days::new(1)).to_string();
    for kind in RecordKind::ALL {
        for row in firm.records.rows(*kind) {
            for (member, text) in moments(row).iter().filter(|(member, _)| !is_plan(member)) {
                assert!(**text < *tomorrow, "{kind} {member} {text}");
            }
        }
    }
}

#[test]
fn no_record_of_work_or_receivables_says_what_was_not_yet_known() {
    let firm = firm();
    for kind in [
        RecordKind::Timesheet,
        RecordKind::ProjectSetup,
        RecordKind::Bill,
        RecordKind::CustomerInvoice,
        RecordKind::Payment,
        RecordKind::Interaction,
        RecordKind::Event,
    ] {
        for row in firm.records.rows(kind) {
            let known_at = row["known_at"].as_str().unwrap();
            for (member, text) in moments(row).iter().filter(|(member, _)| !is_plan(member)) {
                let to = text.len().min(known_at.len());
                assert!(text[..to] <= known_at[..to], "{kind} {member} {row}");
            }
        }
    }
}

/// The last version of each record of a kind.
fn latest(firm: &Firm, kind: RecordKind) -> Vec<&Value> {
    let mut latest: BTreeMap<&str, &Value> = BTreeMap::new();
    for row in firm.records.rows(kind) {
        let known = latest.entry(row["id"].as_str().unwrap()).or_insert(row);
        if known["known_at"].as_str() < row["known_at"].as_str() {
            *known = row;
        }
    }
    latest.into_values().collect()
}

#[test]
fn today_there_is_something_of_everything_to_do() {
    there_is_something_of_everything_to_do(firm(), TODAY);
}

#[test]
fn a_firm_of_another_day_is_as_busy_and_knows_nothing_after_it() {
    for day in [(2028, 2, 29), (2027, 1, 4)] {
        let today = NaiveDate::from_ymd_opt(day.0, day.1, day.2).unwrap();
        let firm = make(1, today, || {}).unwrap();
        nothing_is_known_after(&firm, today);
        there_is_something_of_everything_to_do(&firm, today);
    }
    // The day is the firm's own: others are made on theirs.
    assert_eq!(super::calendar::today(), TODAY);
}

fn there_is_something_of_everything_to_do(firm: &Firm, today: NaiveDate) {
    let (day, before) = (
        today.to_string(),
        last_workday(today - Days::new(1)).to_string(),
    );
    let count = |kind, found: &dyn Fn(&Value) -> bool| {
        latest(firm, kind)
            .into_iter()
            .filter(|row| found(row))
            .count()
    };
    let invoices =
        |status: &str| count(RecordKind::CustomerInvoice, &|row| row["status"] == *status);
    assert!(invoices("open") > 30, "{}", invoices("open"));
    assert!(invoices("disputed") > 0 && invoices("partly_paid") > 0);
    let said = |found: &dyn Fn(&Value) -> bool| count(RecordKind::Interaction, found);
    let after_today = |row: &Value| row["promised_on"].as_str() > Some(&day);
    assert!(said(&after_today) > 0, "no promise is pending");
    assert!(said(&|row| row["time"].as_str().unwrap().starts_with(&before)) > 0);
    let private = |row: &Value| row["attributes"]["legal_type"] != "company";
    assert!(count(RecordKind::Customer, &private) >= 10);
    let open = |row: &Value| row["activated_at"].is_null() && row["cancelled_at"].is_null();
    assert!(count(RecordKind::ProjectSetup, &open) > 3);
    assert!(count(RecordKind::Bill, &|row| row["status"] == "on_hold") > 0);
    assert!(count(RecordKind::Timesheet, &|row| row["submitted_at"].is_null()) > 20);
}

#[test]
fn the_planted_invoice_asks_for_an_account_that_its_vendor_never_named() {
    let rows = firm().records.rows(RecordKind::VendorInvoice);
    let moved = rows.iter().find(|row| row["id"] == "VI-MOVED").unwrap();
    let others = rows
        .iter()
        .filter(|row| row["vendor_id"] == moved["vendor_id"]);
    let named: BTreeSet<_> = others
        .filter(|row| row["id"] != moved["id"])
        .filter_map(|row| row["iban"].as_str())
        .collect();
    assert!(!named.is_empty() && !named.contains(moved["iban"].as_str().unwrap()));
    assert!(moved["document_sha256"].is_null());
}

#[test]
fn the_mechanism_tells_much_and_not_everything() {
    let known = firm().mechanism.figures(super::calendar::last_year());
    for case in ["collections", "timesheet", "project_setup", "billing"] {
        let figures = &known["cases"][case]["all"];
        let best = figures["best_auc"].as_f64().unwrap();
        assert!((0.7..0.99).contains(&best), "{case} {figures}");
        let share = figures["came_true"].as_f64().unwrap();
        assert!((0.15..0.65).contains(&share), "{case} {figures}");
    }
}

#[test]
fn single_sheets_are_asked_about_where_they_are_missing_on_the_sunday() {
    let mut weeks: BTreeMap<_, Vec<&Value>> = BTreeMap::new();
    for sheet in latest(firm(), RecordKind::Timesheet) {
        let week = (sheet["team"].as_str(), sheet["period_end"].as_str());
        weeks.entry(week).or_default().push(sheet);
    }
    let today = TODAY.to_string();
    let is_over = |sheet: &&Value| sheet["due_at"].as_str() < Some(&today);
    let asked_about = weeks
        .into_iter()
        .filter(|(_, sheets)| sheets.len() >= 5 && sheets.iter().all(is_over));
    let missing: usize = asked_about
        .map(|((_, sunday), sheets)| {
            let sunday = format!("{}T00:00:00Z", sunday.unwrap());
            let is_missing = |sheet: &&Value| {
                let submitted = sheet["submitted_at"].as_str();
                submitted.is_none_or(|at| *at > *sunday)
            };
            sheets.into_iter().filter(is_missing).count()
        })
        .sum();
    let known = firm().mechanism.figures(super::calendar::last_year());
    let asked = &known["cases"]["timesheet_sheet"]["all"]["asked"];
    assert_eq!(asked.as_u64(), Some(missing as u64));
}

#[test]
fn the_same_seed_gives_the_same_firm() {
    let (one, other) = (firm(), make(1, TODAY, || {}).unwrap());
    for kind in RecordKind::ALL {
        assert_eq!(one.records.rows(*kind), other.records.rows(*kind), "{kind}");
    }
    for (a, b) in one.documents.iter().zip(&other.documents) {
        assert_eq!(a.truth.sha256, b.truth.sha256);
    }
}
