//! How long it takes to read the features of one customer, team and project as of a moment, and to
//! judge one claim and one invoice beside all others, among a million records, in memory as the
//! service holds them. All records are made here.
//! Run with `cargo bench --bench point_in_time`; `make bench` does.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Days, NaiveDate, Utc};
use scrutineer::cases::billing::BillingInput;
use scrutineer::cases::collections::notes::NoteReader;
use scrutineer::cases::collections::{CollectionsInput, Policy, Setting};
use scrutineer::cases::detectors::Thresholds;
use scrutineer::cases::duplicate::DuplicateCase;
use scrutineer::cases::expense::{ExpenseCase, ReviewPlan};
use scrutineer::cases::forecast_case::Question;
use scrutineer::cases::invoice::InvoiceCase;
use scrutineer::cases::record_case::{RecordCase, RecordItem};
use scrutineer::cases::timesheet::TimesheetInput;
use scrutineer::domain::RecordKind;
use scrutineer::history::{Facts, FactsAsOf};
use scrutineer::registry::Registry;
use serde_json::{Value, json};

/// Records held.
const RECORDS: u64 = 1_000_000;
/// Subjects asked about.
const ASKED: u64 = 2_000;
/// What reading features may take.
const TO_READ: Duration = Duration::from_millis(2);
/// What judging one record beside all others may take.
const TO_JUDGE: Duration = Duration::from_millis(10);

fn main() {
    let registry = Registry::open(Path::new("models")).unwrap();
    let encoder = Arc::clone(InvoiceCase::load(&registry).unwrap().encoder());
    let setting = Setting {
        policy: Policy {
            very_late_days: 30,
            contact_pause_days: 3,
        },
        notes: Arc::new(NoteReader::load(&registry, encoder).unwrap()),
    };
    let customers = RECORDS / 100;
    let receivables = held(RecordKind::CustomerInvoice, (0..RECORDS).map(invoice));
    // One in a hundred is open: the youngest of a customer.
    measured::<CollectionsInput>("customer", &receivables, &setting, |at| {
        format!("I{}", RECORDS - 1 - at * 7 % customers)
    });
    drop(receivables);

    let sheets = held(RecordKind::Timesheet, (0..RECORDS - 110_000).map(sheet));
    let mut work = Arc::unwrap_or_clone(sheets);
    add(&mut work, RecordKind::Project, (0..10_000).map(project));
    add(&mut work, RecordKind::Bill, (0..100_000).map(bill));
    let work = Arc::new(work);
    measured::<TimesheetInput>("team", &work, &(), |at| format!("T{}", at % 500));
    measured::<BillingInput>("project", &work, &(), |at| format!("P{}", at * 3 % 10_000));
    drop(work);

    let claims = held(RecordKind::ExpenseClaim, (0..RECORDS).map(claim));
    let expense = ExpenseCase::new(ReviewPlan::default(), Arc::new(Thresholds::default()));
    judged("claim, is it unusual", &expense, &claims, |at| {
        format!("E{}", at * 487 % RECORDS)
    });
    drop(claims);
    let invoices = held(RecordKind::VendorInvoice, (0..RECORDS).map(vendor_invoice));
    judged("invoice, is it a copy", &DuplicateCase, &invoices, |at| {
        format!("V{}", at * 487 % RECORDS)
    });
}

/// Prints how long the first judgement takes, before which all records are worked out once, and the
/// others.
fn judged(what: &str, case: &dyn RecordCase, facts: &Arc<Facts>, id: impl Fn(u64) -> String) {
    let history = FactsAsOf::new(Arc::clone(facts), at(today(), 12));
    let judge = |place: u64| {
        let item = RecordItem {
            id: id(place),
            as_of: None,
            period_end: None,
        };
        let began = Instant::now();
        let judged = case.judge(&item, &history);
        let took = began.elapsed();
        black_box(judged.unwrap());
        took
    };
    let first = judge(0);
    println!("first {what:<22} {:>8.1} s", first.as_secs_f64());
    let times = (1..ASKED).map(judge).collect();
    told(&format!("one {what}"), times, TO_JUDGE);
}

/// Prints the middle and the slowest but one in a hundred of reading one subject.
fn measured<Q: Question>(
    what: &str,
    facts: &Arc<Facts>,
    setting: &Q::Setting,
    id: impl Fn(u64) -> String,
) {
    let history = FactsAsOf::new(Arc::clone(facts), at(today(), 12));
    let times = (0..ASKED)
        .map(|place| {
            let item = RecordItem {
                id: id(place),
                as_of: None,
                period_end: None,
            };
            let began = Instant::now();
            let read = Q::read(&item, setting, &history);
            let took = began.elapsed();
            black_box(read.unwrap());
            took
        })
        .collect();
    told(&format!("features of one {what}"), times, TO_READ);
}

/// Prints the middle and the slowest but one in a hundred.
fn told(what: &str, mut times: Vec<Duration>, target: Duration) {
    times.sort_unstable();
    let share = |percent: usize| times[times.len() * percent / 100];
    let met = if share(99) <= target { "met" } else { "MISSED" };
    println!(
        "{what:<28} p50 {:>7.3} ms  p99 {:>7.3} ms  target at most {} ms: {met}",
        share(50).as_secs_f64() * 1000.0,
        share(99).as_secs_f64() * 1000.0,
        target.as_millis(),
    );
}

fn held(kind: RecordKind, rows: impl Iterator<Item = (DateTime<Utc>, Value)>) -> Arc<Facts> {
    let mut facts = Facts::default();
    add(&mut facts, kind, rows);
    Arc::new(facts)
}

fn add(facts: &mut Facts, kind: RecordKind, rows: impl Iterator<Item = (DateTime<Utc>, Value)>) {
    for (known_at, body) in rows {
        facts.insert(kind, known_at, 1, body).unwrap();
    }
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, 30).unwrap()
}

fn ago(days: u64) -> NaiveDate {
    today() - Days::new(days)
}

fn at(day: NaiveDate, hour: u32) -> DateTime<Utc> {
    day.and_hms_opt(hour, 0, 0).unwrap().and_utc()
}

/// Each customer has one invoice in a hundred; those of the last round are open.
fn invoice(number: u64) -> (DateTime<Utc>, Value) {
    let customers = RECORDS / 100;
    let round = 99 - number / customers;
    let issued = ago(10 + round * 9);
    let due = issued + Days::new(30);
    let mut row = json!({"id": format!("I{number}"), "customer_id": format!("C{}", number % customers),
        "issued_on": issued, "due_on": due, "currency": "EUR", "total": format!("{}.50", 100 + number % 9_973)});
    let paid = due + Days::new(number * 7919 % 25);
    if round > 0 && paid < today() {
        row["cleared_on"] = json!(paid);
    }
    (at(issued, 9), row)
}

/// Weekly sheets of 5,000 people in 500 teams.
fn sheet(number: u64) -> (DateTime<Utc>, Value) {
    let (person, week) = (number % 5_000, number / 5_000);
    let end = ago(7 * week) + Days::new(2);
    let row = json!({"id": format!("S{number}"), "employee_id": format!("E{person}"), "team": format!("T{}", person / 10),
        "project_id": format!("P{}", person * 2), "period_start": end - Days::new(6), "period_end": end,
        "due_at": at(end + Days::new(1), 12), "submitted_at": at(end + Days::new(number % 4), 8), "hours": "38",
        "lines": [{"day": end - Days::new(3), "hours": "7.5", "planned_hours": "8"}]});
    (at(end - Days::new(6), 6), row)
}

fn project(number: u64) -> (DateTime<Utc>, Value) {
    let row = json!({"id": format!("P{number}"), "name": format!("Project {number}"), "currency": "EUR",
        "contract_type": "time_and_materials", "billing_cycle": "monthly", "team": format!("T{}", number % 500)});
    (at(ago(900), 8), row)
}

/// Ten bills of each project, every other one late; the last is to come.
fn bill(number: u64) -> (DateTime<Utc>, Value) {
    let (project, round) = (number % 10_000, number / 10_000);
    let planned = ago(30 * round) + Days::new(5);
    let mut row = json!({"id": format!("B{number}"), "project_id": format!("P{project}"), "customer_id": "C1",
        "planned_on": planned, "planned_amount": "5000", "currency": "EUR",
        "period_start": planned - Days::new(35), "period_end": planned - Days::new(5)});
    if round > 0 {
        row["issued_on"] = json!(planned + Days::new(number % 2 * 6));
        row["amount"] = json!("5000");
    }
    (at(planned - Days::new(20), 8), row)
}

/// Claims of 5,000 people at 20,000 merchants over four years.
fn claim(number: u64) -> (DateTime<Utc>, Value) {
    let (person, mixed) = (
        number % 5_000,
        number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40,
    );
    let day = ago(mixed % 1_400 + 1);
    let category = ["meals", "hotel", "taxi", "train"][(mixed % 4) as usize];
    let row = json!({"id": format!("E{number}"), "employee_id": format!("P{person}"), "team": format!("T{}", person / 10),
        "incurred_on": day, "amount": format!("{}.{:02}", 10 + mixed % 390, number % 100), "currency": "EUR",
        "merchant": format!("Merchant {}", mixed % 20_000), "category": category, "city": format!("City {}", mixed % 300)});
    (at(day, 18), row)
}

/// Invoices of 10,000 vendors over four years.
fn vendor_invoice(number: u64) -> (DateTime<Utc>, Value) {
    let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    let day = ago(mixed % 1_400 + 1);
    let row = json!({"id": format!("V{number}"), "vendor_id": format!("VENDOR{}", number % 10_000), "issued_on": day,
        "number": format!("RE-{}", 100_000 + mixed % 900_000), "currency": "EUR",
        "total": format!("{}.{:02}", 50 + mixed % 9_950, number % 100)});
    (at(day, 9), row)
}
