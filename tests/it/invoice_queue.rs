//! Records of vendors' invoices in the review queue, without their documents. The records are made up here.

use chrono::{Days, NaiveDate, Utc};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::app::{Ask, TestApp};
use crate::expenses::{assert_reasons_add_up, scored};
use crate::samples;

const ACCOUNT: &str = "DE02120300000000202051";

fn invoice(id: &str, vendor: &str, day: NaiveDate, total: &str) -> Value {
    json!({"id": id, "number": format!("N-{id}"), "vendor_id": vendor, "issued_on": day, "currency": "EUR",
        "total": total, "iban": ACCOUNT, "known_at": format!("{day}T18:00:00Z"),
        "lines": [{"line": "1", "net": total, "account": if vendor == "V0" { "6815" } else { "6300" }, "cost_centre": "CC1"}]})
}

/// Four vendors, each with its price and account, every week for half a year.
async fn firm() -> TestApp {
    let app = TestApp::start().await;
    let today = Utc::now().date_naive();
    let mut rows = String::new();
    for week in 1..26_u64 {
        for vendor in 0..4_u64 {
            let total = format!(
                "{}.{:02}",
                100 * (vendor + 1) + week * 7 % 19,
                week * 13 % 97
            );
            let day = today - Days::new(7 * week);
            let row = invoice(
                &format!("I{week}-{vendor}"),
                &format!("V{vendor}"),
                day,
                &total,
            );
            rows += &format!("{row}\n");
        }
    }
    app.put_records("vendor_invoice", rows).await;
    let names = [
        "Aster Catering",
        "Birch Cleaning",
        "Cedar Print",
        "Dune Travel",
    ];
    let vendors = (0..).zip(names).map(
        |(at, name)| json!({"id": format!("V{at}"), "name": name, "created_on": "2020-01-01"}),
    );
    let vendors: Vec<String> = vendors.map(|vendor| format!("{vendor}\n")).collect();
    app.put_records("vendor", vendors.concat()).await;
    app
}

async fn queued(app: &TestApp) -> Vec<String> {
    let queue = app.get("/v1/worklists/expenses").await.json();
    let answers = queue["run"]["queue"].as_array().unwrap().iter();
    answers
        .map(|answer| answer["subject"]["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn an_odd_invoice_is_told_from_usual_ones_in_words_of_invoices() {
    let app = firm().await;
    let yesterday = Utc::now().date_naive() - Days::new(1);
    let odd = invoice("ODD", "V1", yesterday, "9400.00");
    app.put_records("vendor_invoice", odd.to_string()).await;
    let odd = scored(&app, "vendor_invoice/ODD").await;
    assert_eq!(
        (&odd["subject"]["type"], &odd["level"]),
        (&json!("vendor_invoice"), &json!("high")),
        "{odd}"
    );
    assert_eq!(odd["controls_to_add"], json!(["manual_review"]));
    let reasons = odd["reasons"].as_array().unwrap();
    assert_reasons_add_up(&odd);
    let texts: Vec<&str> = reasons
        .iter()
        .map(|reason| reason["text"].as_str().unwrap())
        .collect();
    assert!(
        texts
            .iter()
            .any(|text| text.contains("this vendor's invoices")),
        "{texts:?}"
    );
    assert!(
        texts
            .iter()
            .all(|text| !text.contains("expense") && !text.contains("employee")),
        "{texts:?}"
    );
    let suggestion = &odd["suggestion"];
    assert_eq!(
        (&suggestion["vendor_id"], &suggestion["merchant"]),
        (&json!("V1"), &json!("Birch Cleaning"))
    );
    assert!(suggestion["employee_id"].is_null());
    let id = odd["recommendation_id"].as_str().unwrap();
    let replay = Ask::post(&format!("/v1/recommendations/{id}/replay")).key(&app.key);
    assert_eq!(app.send(replay).await.json()["outcome"], "equal");
    let usual = scored(&app, "I3-1").await;
    assert!(usual["score"].as_f64().unwrap() < odd["score"].as_f64().unwrap());
    assert_eq!(queued(&app).await[0], "ODD");
    // What vendors bill is not judged beside what employees spend.
    let run = app.get("/v1/worklists/expenses").await.json()["run"].take();
    assert_eq!((&run["claims"], &run["invoices"]), (&json!(0), &json!(101)));
}

#[tokio::test]
async fn detectors_of_invoices_ask_for_what_they_would_on_a_document() {
    let app = firm().await;
    let yesterday = Utc::now().date_naive() - Days::new(1);
    let mut elsewhere = invoice("MOVED", "V2", yesterday, "304.11");
    elsewhere["iban"] = json!("FR1420041010050500013M02606");
    app.put_records("vendor_invoice", elsewhere.to_string())
        .await;
    let moved = scored(&app, "MOVED").await;
    assert_eq!(
        moved["suggestion"]["flags"][0]["detector"],
        "bank_account_changed"
    );
    assert_eq!(
        (&moved["level"], &moved["effect"]),
        (&json!("medium"), &json!("add_step"))
    );
    assert_eq!(moved["controls_to_add"], json!(["verify_bank_account"]));
    assert!(queued(&app).await.contains(&"MOVED".to_owned()));
    // Sent back, nobody will pay it.
    elsewhere["status"] = json!("rejected");
    elsewhere["known_at"] = json!(Utc::now());
    app.put_records("vendor_invoice", elsewhere.to_string())
        .await;
    assert!(!queued(&app).await.contains(&"MOVED".to_owned()));
}

#[tokio::test]
async fn an_invoice_is_looked_at_as_its_document_once_that_came_and_shows_as_much() {
    let app = TestApp::start().await;
    let names = [("V8", "Muster GmbH"), ("V9", "Mustar GmbH")];
    let vendors = names.map(|(id, name)| format!("{}\n", json!({"id": id, "name": name})));
    app.put_records("vendor", vendors.concat()).await;
    let bytes = samples::cii("R-1");
    let yesterday = Utc::now().date_naive() - Days::new(1);
    let mut named = json!({"id": "NAMED", "number": "R-1", "vendor_id": "V8", "issued_on": yesterday,
        "currency": "EUR", "total": "119.00", "document_sha256": hex::encode(Sha256::digest(&bytes))});
    app.put_records("vendor_invoice", named.to_string()).await;
    assert_eq!(queued(&app).await, ["NAMED"]);
    app.upload(bytes).await;
    assert_eq!(queued(&app).await, [""; 0]);
    // Whoever asks is told all the same.
    let told = scored(&app, "NAMED").await;
    assert_eq!(
        told["suggestion"]["flags"][0]["detector"],
        "lookalike_vendor"
    );
    // What the document does not show is looked at here.
    named["net"] = json!("100.00");
    named["tax"] = json!("91.00");
    named["known_at"] = json!(Utc::now());
    app.put_records("vendor_invoice", named.to_string()).await;
    assert_eq!(queued(&app).await, ["NAMED"]);
}

#[tokio::test]
async fn no_document_shows_how_unusual_its_invoice_is() {
    let app = firm().await;
    let bytes = samples::cii("R-1");
    let yesterday = Utc::now().date_naive() - Days::new(1);
    let mut named = invoice("NAMED", "V3", yesterday, "7000.00");
    named["document_sha256"] = json!(hex::encode(Sha256::digest(&bytes)));
    app.put_records("vendor_invoice", named.to_string()).await;
    app.upload(bytes).await;
    assert!(queued(&app).await.contains(&"NAMED".to_owned()));
}

#[tokio::test]
async fn a_document_that_cannot_be_read_hides_nothing() {
    let app = firm().await;
    let bytes = b"%PDF-1.7\nthis is no page".to_vec();
    let yesterday = Utc::now().date_naive() - Days::new(1);
    let mut named = invoice("NAMED", "V3", yesterday, "7000.00");
    named["document_sha256"] = json!(hex::encode(Sha256::digest(&bytes)));
    app.put_records("vendor_invoice", named.to_string()).await;
    let answer = app.upload(bytes).await.json();
    assert_eq!(
        answer["analysis"]["recommendation"]["status"], "degraded",
        "{answer}"
    );
    assert!(queued(&app).await.contains(&"NAMED".to_owned()));
}

#[tokio::test]
async fn few_invoices_are_no_history_and_detectors_run_all_the_same() {
    let app = TestApp::start().await;
    let day = Utc::now().date_naive() - Days::new(1);
    let mut wrong = invoice("W", "V1", day, "100.00");
    wrong["net"] = json!("100.00");
    wrong["tax"] = json!("19.00");
    app.put_records("vendor_invoice", wrong.to_string()).await;
    let answer = scored(&app, "W").await;
    assert_eq!(
        (&answer["status"], &answer["score"]),
        (&json!("insufficient_history"), &Value::Null)
    );
    assert_eq!(
        answer["suggestion"]["flags"][0]["detector"],
        "tax_arithmetic"
    );
    assert_eq!(answer["controls_to_add"], json!(["verify_totals"]));
    assert_eq!(
        answer["data_quality"]["missing"],
        json!(["vendor_invoices", "vendor"])
    );
    assert_eq!(queued(&app).await, ["W"]);
}
