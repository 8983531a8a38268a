//! What is erased stays away, also from what is being made of it.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use scrutineer::advice::Case;
use scrutineer::cases::collections::Setting;
use scrutineer::cases::collections::notes::{NoteError, NoteTopic, ReadsNotes, Topics};
use scrutineer::cases::detectors::Thresholds;
use scrutineer::cases::expense::ReviewPlan;
use scrutineer::cases::record_case::RecordItem;
use scrutineer::config::{Collections, Timesheet};
use scrutineer::domain::{RecordKind, TenantId};
use scrutineer::registry::Registry;
use scrutineer::service::{CaseSettings, RecordCases, Service, ServiceError};
use scrutineer::store::{Decision, DecisionFilter, ErasureTarget, Store, StoreError};
use serde_json::{Value, json};
use tokio::runtime::Handle;
use tokio::time::timeout;

use crate::app::{Ask, TestApp};

const NOTE: &str = "Mrs Quillfeather disputes the invoice, the hours are wrong.";
/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(60);

/// Who finds that every note contests its invoice, and does something before it says so.
struct Meanwhile(Box<dyn Fn() + Send + Sync>);

impl std::fmt::Debug for Meanwhile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Meanwhile")
    }
}

impl ReadsNotes for Meanwhile {
    fn topics(&self, _: &str) -> Result<Topics, NoteError> {
        (self.0)();
        Ok([NoteTopic::Contests].into_iter().collect())
    }

    fn knows(&self, _: &str) -> bool {
        false
    }
}

fn firm() -> TenantId {
    TenantId::new("firm").unwrap()
}

fn noon(day: NaiveDate) -> DateTime<Utc> {
    day.and_hms_opt(12, 0, 0).unwrap().and_utc()
}

/// A firm of invoices, some of them open, and notes taken yesterday about invoices of its first customer.
async fn noted(notes: &[(&str, &str)]) -> TestApp {
    let app = TestApp::start().await;
    let today = Utc::now().date_naive();
    let (customers, invoices) = crate::collections::records(today);
    app.put_records("customer", customers).await;
    app.put_records("customer_invoice", invoices).await;
    let yesterday = noon(today - Days::new(1));
    let notes = notes.iter().map(|(id, invoice)| {
        let note = json!({"id": id, "customer_id": "C1", "customer_invoice_id": invoice, "kind": "call",
            "time": yesterday, "known_at": yesterday, "note": NOTE});
        note.to_string()
    });
    let notes: Vec<String> = notes.collect();
    app.put_records("interaction", notes.join("\n")).await;
    app
}

/// The service of an app, but that something is done whenever a note is read.
fn reading(app: &TestApp, meanwhile: impl Fn() + Send + Sync + 'static) -> Service {
    let models = concat!(env!("CARGO_MANIFEST_DIR"), "/models");
    let registry = Registry::open(Path::new(models)).unwrap();
    let settings = CaseSettings {
        collections: Setting {
            policy: Collections::default().policy(),
            notes: Arc::new(Meanwhile(Box::new(meanwhile))),
        },
        timesheet: Timesheet::default(),
        expense: ReviewPlan::default(),
        detectors: Thresholds::default(),
    };
    let records = RecordCases::load(&registry, settings).unwrap();
    let sandbox = app.service.sandbox().clone();
    let invoice = Arc::clone(app.service.invoice());
    Service::new(app.store.clone(), sandbox, invoice, records)
}

/// Who erases records as another process does, from whichever thread.
struct Eraser {
    store: Store,
    runtime: Handle,
}

impl Eraser {
    async fn beside(app: &TestApp) -> Self {
        Self {
            store: Store::open(&app.folder().join("data")).await.unwrap(),
            runtime: Handle::current(),
        }
    }

    fn erase(&self, kind: RecordKind, id: &str) {
        let target = ErasureTarget::Record(kind, id.to_owned());
        let tenant = firm();
        let erasing = self.store.erase(&tenant, &target, "asked for", "test");
        self.runtime.block_on(erasing).unwrap();
    }
}

fn invoice(id: &str) -> RecordItem {
    RecordItem {
        id: id.to_owned(),
        as_of: None,
        period_end: None,
    }
}

async fn kept(app: &TestApp) -> Vec<Decision> {
    let all = DecisionFilter::default();
    let page = app.store.decisions(&firm(), &all, None, 100).await;
    page.unwrap().items
}

fn says(decision: &Decision, text: &str) -> bool {
    let answer = serde_json::to_string(&decision.recommendation).unwrap();
    answer.contains(text) || decision.input.to_string().contains(text)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_erased_while_a_record_is_judged_is_not_kept() {
    let app = noted(&[("N1", "I1-25")]).await;
    let other = Eraser::beside(&app).await;
    let service = reading(&app, move || other.erase(RecordKind::Interaction, "N1"));
    let (tenant, asked) = (firm(), invoice("I1-25"));
    let answer = service
        .score_record(Case::Collections, &tenant, &asked)
        .await;
    let answer: Value = serde_json::from_str(&answer.unwrap()).unwrap();
    assert_eq!(answer["suggestion"]["suppressed_by"], json!([]), "{answer}");
    let decisions = kept(&app).await;
    assert_eq!(decisions.len(), 1);
    assert!(!says(&decisions[0], "\"N1\""), "{:?}", decisions[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_erased_while_a_list_is_made_is_neither_kept_nor_listed() {
    let app = noted(&[("N1", "I1-25"), ("N2", "I1-24")]).await;
    let other = Eraser::beside(&app).await;
    let reads = AtomicUsize::new(0);
    let service = reading(&app, move || {
        if reads.fetch_add(1, Ordering::SeqCst) == 0 {
            other.erase(RecordKind::Interaction, "N1");
        }
    });
    let run = service.collections_run(&firm(), Utc::now()).await.unwrap();
    let told = serde_json::to_value(&run).unwrap();
    let suppressed = |id: &str| {
        let parts = ["ranked", "held_back", "waiting"].map(|part| told[part].as_array().unwrap());
        let rows = parts.into_iter().flatten();
        let mut invoices = rows.flat_map(|row| row["invoices"].as_array().unwrap());
        let row = invoices.find(|row| row["customer_invoice_id"] == id);
        let row = row.unwrap_or_else(|| panic!("{told}"));
        let reasons = row["suppressed_by"].as_array().unwrap();
        reasons.contains(&json!("may_be_contested"))
    };
    assert!(!suppressed("I1-25") && suppressed("I1-24"), "{told}");
    let decisions = kept(&app).await;
    // Two of each customer, once.
    assert_eq!(decisions.len(), 12);
    assert!(!decisions.iter().any(|one| says(one, "\"N1\"")));
    assert!(decisions.iter().any(|one| says(one, "\"N2\"")));
    // What was shown is what is kept.
    let again = service.collections_run(&firm(), Utc::now()).await.unwrap();
    assert_eq!(serde_json::to_value(&again).unwrap(), told);
    assert!(app.store.audit_verify(&[]).await.unwrap().ok);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_erasures_go_on_nothing_is_answered_and_nothing_kept() {
    let app = noted(&[("N1", "I1-25")]).await;
    let vendors = (0..40).map(|at| json!({"id": format!("V{at}"), "name": "Acme"}).to_string());
    let vendors: Vec<String> = vendors.collect();
    app.put_records("vendor", vendors.join("\n")).await;
    let other = Eraser::beside(&app).await;
    let reads = AtomicUsize::new(0);
    let service = reading(&app, move || {
        let next = reads.fetch_add(1, Ordering::SeqCst);
        other.erase(RecordKind::Vendor, &format!("V{next}"));
    });
    let busy = |error: ServiceError| matches!(error, ServiceError::Store(StoreError::Busy));
    let (tenant, asked) = (firm(), invoice("I1-25"));
    let answer = service
        .score_record(Case::Collections, &tenant, &asked)
        .await;
    assert!(busy(answer.unwrap_err()));
    let run = service.collections_run(&tenant, Utc::now()).await;
    assert!(busy(run.unwrap_err()));
    assert!(kept(&app).await.is_empty());
    let last = app
        .store
        .last_run_until(&tenant, "collections", NaiveDate::MAX)
        .await;
    assert!(last.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_goes_on_when_whoever_asked_leaves_and_holds_no_other_list_up() {
    let app = noted(&[("N1", "I1-25")]).await;
    let (go, wait) = mpsc::channel::<()>();
    let wait = Mutex::new(wait);
    // Waits until the test lets go of the other end.
    let service = reading(&app, move || {
        let _gone = wait.lock().unwrap().recv();
    });
    let first = noon(Utc::now().date_naive());
    let tenant = firm();
    let left = timeout(
        Duration::from_millis(50),
        service.collections_run(&tenant, first),
    )
    .await;
    assert!(left.is_err());
    let delays = timeout(LONG, service.delays_run(&tenant, first)).await;
    assert_eq!(delays.unwrap().unwrap().as_of, first);
    let other = TenantId::new("other").unwrap();
    let others = timeout(LONG, service.collections_run(&other, first)).await;
    assert!(others.unwrap().unwrap().ranked.is_empty());
    // Whoever comes meanwhile gets what the first made.
    let waiting = tokio::spawn(async move {
        let later = first + TimeDelta::minutes(1);
        service.collections_run(&tenant, later).await
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!waiting.is_finished());
    drop(go);
    let run = timeout(LONG, waiting).await.unwrap().unwrap().unwrap();
    assert_eq!(run.as_of, first);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_goes_with_any_note_that_was_read_for_it() {
    let app = noted(&[("N1", "I1-24")]).await;
    let scored = async |id: &str| {
        let ask = Ask::post("/v1/collections/score")
            .key(&app.key)
            .header("idempotency-key", id)
            .json(&json!({"id": id}));
        app.send(ask).await.json()
    };
    let path = |answer: &Value| {
        let id = answer["recommendation_id"].as_str().unwrap();
        format!("/v1/recommendations/{id}")
    };
    // It is quoted of its own invoice, and was read for the customer's others.
    let (own, beside, silent) = (
        scored("I1-24").await,
        scored("I1-25").await,
        scored("I2-25").await,
    );
    assert!(own.to_string().contains("interaction/N1"), "{own}");
    assert!(!beside.to_string().contains("interaction/N1"), "{beside}");
    let decisions = kept(&app).await;
    let naming = decisions.iter().filter(|one| says(one, "\"N1\""));
    assert_eq!(naming.count(), 2);
    let store = Store::open(&app.folder().join("data")).await.unwrap();
    let target = ErasureTarget::Record(RecordKind::Interaction, "N1".to_owned());
    let erasure = store.erase(&firm(), &target, "asked for", "test").await;
    assert_eq!(erasure.unwrap().entries, 2);
    for (answer, status) in [(&own, 404), (&beside, 404), (&silent, 200)] {
        assert_eq!(app.get(&path(answer)).await.status, status, "{answer}");
    }
    // Nor is it given again to whoever asks under the same key, nor is anything else.
    assert!(!scored("I1-24").await.to_string().contains("interaction/N1"));
    let anew = scored("I2-25").await;
    assert_ne!(anew["recommendation_id"], silent["recommendation_id"]);
    assert_eq!(scored("I2-25").await, anew);
    assert!(app.store.audit_verify(&[]).await.unwrap().ok);
}
