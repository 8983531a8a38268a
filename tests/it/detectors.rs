//! Detectors tried on the firm's records, over HTTP and as a page. The records are made up here.

use chrono::{Days, Utc};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::app::{Ask, TestApp};
use crate::samples;

/// Claims of two people at two merchants: one just under a limit, one split over two days, one
/// on a Sunday; and three invoices of a vendor, the last to another account.
pub(crate) fn records() -> Vec<(&'static str, String)> {
    let claim = |id: &str, employee: &str, day: &str, amount: &str| {
        json!({"id": id, "employee_id": employee, "incurred_on": day, "amount": amount, "currency": "EUR",
            "category": "office", "merchant": "Papier Klein"})
    };
    let claims = [
        claim("C1", "E1", "2026-03-02", "98.50"),
        claim("C2", "E1", "2026-03-03", "61.20"),
        claim("C3", "E1", "2026-03-04", "44.10"),
        claim("C4", "E2", "2026-04-05", "17.35"),
    ];
    let invoice = |id: &str, day: &str, iban: &str| {
        json!({"id": id, "number": format!("N-{id}"), "vendor_id": "V1", "issued_on": day, "currency": "EUR",
            "total": "119.00", "net": "100.00", "tax": "19.00", "iban": iban})
    };
    let invoices = [
        invoice("I1", "2026-01-10", "DE02120300000000202051"),
        invoice("I4", "2026-02-10", "DE02 1203 0000 0000 2020 51"),
        invoice("I9", "2026-03-10", "FR1420041010050500013M02606"),
    ];
    let lines = |rows: &[Value]| rows.iter().map(|row| format!("{row}\n")).collect();
    vec![
        ("expense_claim", lines(&claims)),
        ("vendor_invoice", lines(&invoices)),
    ]
}

async fn firm(off: &[&str]) -> TestApp {
    let off: Vec<String> = off.iter().map(|name| (*name).to_owned()).collect();
    let app = TestApp::start_with(|config, _| config.detectors.off = off).await;
    for (kind, rows) in records() {
        app.put_records(kind, rows).await;
    }
    app
}

#[tokio::test]
async fn days_are_held_against_the_moment_that_a_record_states() {
    let app = TestApp::start().await;
    let invoice = |id: &str, day: &str, known_at: Option<&str>| {
        let mut row = json!({"id": id, "number": id, "vendor_id": "V1", "issued_on": day, "currency": "EUR", "total": "119.00"});
        if let Some(known_at) = known_at {
            row["known_at"] = json!(known_at);
        }
        format!("{row}\n")
    };
    let invoices = [
        invoice("LATE", "2024-01-01", Some("2026-03-01T00:00:00Z")),
        invoice("AHEAD", "2026-03-10", Some("2026-03-01T00:00:00Z")),
        invoice("INTIME", "2026-02-27", Some("2026-03-01T00:00:00Z")),
        // Brought in with the books of years ago.
        invoice("UNSTATED", "2024-01-02", None),
    ];
    app.put_records("vendor_invoice", invoices.concat()).await;
    // What is said of it later says when it changed.
    let paid = invoice("UNSTATED", "2024-01-02", Some("2026-11-01T00:00:00Z"));
    let paid = paid.replace("\"total\"", "\"status\":\"paid\",\"total\"");
    app.put_records("vendor_invoice", paid).await;
    let claim = json!({"id": "C", "employee_id": "E", "incurred_on": "2026-06-01", "amount": "9.50", "currency": "EUR",
        "known_at": "2026-03-01T00:00:00Z"});
    app.put_records("expense_claim", claim.to_string()).await;
    // Whatever says nothing of that came by the moment at which it arrived.
    let ahead = Utc::now().date_naive() + Days::new(30);
    let unsaid = json!({"id": "D", "employee_id": "E", "incurred_on": ahead, "amount": "9.50", "currency": "EUR"});
    app.put_records("expense_claim", unsaid.to_string()).await;
    let run = app.get("/v1/detectors/dry-run").await.json();
    let tried = run["detectors"].as_array().unwrap();
    let flagged = |name: &str| -> Vec<&str> {
        let of = tried.iter().find(|tried| tried["detector"] == name);
        let examples = of.unwrap()["examples"].as_array().unwrap().iter();
        examples
            .map(|one| one["subject"].as_str().unwrap())
            .collect()
    };
    assert_eq!(flagged("late_invoice"), ["vendor_invoice/LATE"]);
    assert_eq!(flagged("future_dated_invoice"), ["vendor_invoice/AHEAD"]);
    let ahead = ["expense_claim/D", "expense_claim/C"];
    assert_eq!(flagged("future_dated"), ahead);
}

#[tokio::test]
async fn every_detector_is_tried_and_says_what_it_would_have_flagged() {
    let app = firm(&["weekend"]).await;
    let run = app.get("/v1/detectors/dry-run").await.json();
    assert_eq!((&run["claims"], &run["invoices"]), (&json!(4), &json!(3)));
    let tried = run["detectors"].as_array().unwrap();
    let of = |name: &str| {
        let found = tried.iter().find(|tried| tried["detector"] == name);
        found.unwrap_or_else(|| panic!("{name} was not tried"))
    };
    assert_eq!(
        of("just_under_limit")["examples"][0]["subject"],
        "expense_claim/C1"
    );
    let split = &of("split_purchase")["examples"][0];
    assert_eq!(split["subject"], "expense_claim/C3");
    assert_eq!(
        split["twins"],
        json!(["expense_claim/C1", "expense_claim/C2"])
    );
    let weekend = of("weekend");
    assert_eq!(
        (&weekend["runs"], &weekend["flagged"]),
        (&json!(false), &json!(1))
    );
    let account = of("bank_account_changed");
    assert_eq!(account["examples"][0]["subject"], "vendor_invoice/I9");
    assert_eq!(account["months"], json!({"2026-03": 1}));
    assert!(run["claim_digits"].is_null(), "four amounts say nothing");
}

#[tokio::test]
async fn a_document_is_laid_beside_the_firm_s_vendors() {
    let app = TestApp::start().await;
    let vendor = json!({"id": "V1", "name": "Mustar GmbH", "ibans": ["DE02120300000000202051"]});
    app.put_records("vendor", format!("{vendor}\n")).await;
    let answer = app.upload(samples::cii("R-1")).await.json();
    let analysis = &answer["analysis"];
    let findings = analysis["findings"].as_array().unwrap();
    let found = findings
        .iter()
        .find(|finding| finding["code"] == "lookalike_vendor")
        .unwrap_or_else(|| panic!("{findings:?}"));
    assert_eq!(found["level"], "high");
    let places = found["evidence"].as_array().unwrap();
    assert_eq!(places.last().unwrap()["ref"], "vendor/V1");
    let recommendation = &analysis["recommendation"];
    let controls = recommendation["controls_to_add"].as_array().unwrap();
    assert!(controls.contains(&json!("verify_vendor")), "{controls:?}");
    let id = recommendation["recommendation_id"].as_str().unwrap();
    let replay = app
        .send(Ask::post(&format!("/v1/recommendations/{id}/replay")).key(&app.key))
        .await;
    assert_eq!(replay.json()["outcome"], "equal", "{}", replay.text());
}

#[tokio::test]
async fn a_firm_without_claims_gets_an_empty_run_and_strangers_none() {
    let app = TestApp::start().await;
    let run = app.get("/v1/detectors/dry-run").await.json();
    assert_eq!((&run["claims"], &run["invoices"]), (&json!(0), &json!(0)));
    let answer = app.get_public("/v1/detectors/dry-run").await;
    assert_eq!(answer.status, 401);
    let writer = app.new_key("other", "records").await;
    let answer = app
        .send(Ask::get("/v1/detectors/dry-run").key(&writer))
        .await;
    assert_eq!(answer.status, 403, "{}", answer.text());
}

#[tokio::test]
async fn a_receipt_that_came_as_a_document_is_held_against_its_claim() {
    let app = TestApp::start().await;
    let receipt = crate::samples::cii("R-17");
    let claim = |id: &str, amount: &str| {
        json!({"id": id, "employee_id": "E1", "incurred_on": Utc::now().date_naive(), "amount": amount, "currency": "EUR",
            "merchant": "Muster", "receipt_sha256": hex::encode(Sha256::digest(&receipt))})
    };
    app.put_records("expense_claim", claim("C1", "191.00").to_string())
        .await;
    let mismatches = async || {
        let ask = Ask::post("/v1/expense/score").key(&app.key);
        let answer = app.send(ask.json(&json!({"id": "C1"}))).await.json();
        let flags = answer["suggestion"]["flags"].as_array().unwrap().clone();
        let found = flags
            .iter()
            .filter(|flag| flag["detector"] == "receipt_mismatch");
        found
            .map(|flag| flag["text"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert!(
        mismatches().await.is_empty(),
        "the receipt has not come yet"
    );
    let queue = app.get("/v1/worklists/expenses").await;
    assert!(!queue.text().contains("receipt_mismatch"));
    assert_eq!(app.upload(receipt.clone()).await.status, 201);
    let said = mismatches().await;
    assert!(
        said.len() == 1 && said[0].contains("119.00 where 191.00"),
        "{said:?}"
    );
    assert!(
        said[0].contains("2026-03-01") && !said[0].contains("Muster"),
        "{said:?}"
    );
    let queue = app.get("/v1/worklists/expenses").await.json();
    let flagged = &queue["run"]["queue"][0]["suggestion"]["flags"];
    assert!(flagged.to_string().contains("receipt_mismatch"), "{queue}");
    let run = app.get("/v1/detectors/dry-run").await.json();
    let tried = run["detectors"].as_array().unwrap().iter();
    let receipts = tried.filter(|tried| tried["detector"] == "receipt_mismatch");
    assert_eq!(
        receipts.map(|tried| &tried["flagged"]).collect::<Vec<_>>(),
        [&json!(1)]
    );
}

#[tokio::test]
async fn a_vendor_with_an_employees_account_is_told_where_the_salt_is_known() {
    let app = TestApp::start_with(|config, folder| {
        let salt = folder.join("salt");
        std::fs::write(&salt, "pepper\n").unwrap();
        config.detectors.salt_file = Some(salt);
    })
    .await;
    for (kind, rows) in records() {
        app.put_records(kind, rows).await;
    }
    let hash = hex::encode(Sha256::digest("pepperFR1420041010050500013M02606"));
    let employee = json!({"id": "E1", "bank_account_hash": hash});
    app.put_records("employee", employee.to_string()).await;
    let run = app.get("/v1/detectors/dry-run").await.json();
    let tried = run["detectors"].as_array().unwrap().iter();
    let mut employees = tried.filter(|tried| tried["detector"] == "vendor_is_employee");
    let found = &employees.next().unwrap()["examples"][0];
    assert_eq!(
        (&found["subject"], &found["twins"]),
        (&json!("vendor_invoice/I9"), &json!(["employee/E1"]))
    );
}
