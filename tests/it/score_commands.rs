//! `score` and `worklist` give what their endpoints give.

use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::app::{Ask, TestApp};
use crate::samples::cii;

/// Exit code, standard output and standard error of a command on the store of the tenant `firm`.
fn run(data: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_scrutineer"))
        .args(arguments)
        .args(["--tenant", "firm"])
        .env("SCRUTINEER_DATA_DIR", data)
        .env(
            "SCRUTINEER_MODELS_DIR",
            concat!(env!("CARGO_MANIFEST_DIR"), "/models"),
        )
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap();
    (code, text(output.stdout), text(output.stderr))
}

/// The lines as JSON, without the ids of requests, of which a command has none.
fn lines(text: &str) -> Vec<Value> {
    let line = |line: &str| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        if let Some(problem) = line.get_mut("problem") {
            problem.as_object_mut().unwrap().remove("request_id");
        }
        line
    };
    text.lines().map(line).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_items_get_the_same_answers_by_command_and_by_endpoint() {
    let app = TestApp::start().await;
    let good = |number: &str| json!({"content": STANDARD.encode(cii(number))}).to_string();
    let body = format!(
        "{}\n\n{{\"approve\":true}}\n{}\n{{}}",
        good("C-1"),
        good("C-2")
    );
    let ask = Ask::post("/v1/invoice/score-batch")
        .key(&app.key)
        .header("content-type", "application/x-ndjson")
        .body(body.clone());
    let by_endpoint = app.send(ask).await.text();
    let data = app.folder().join("data");
    let file = app.folder().join("items.ndjson");
    std::fs::write(&file, &body).unwrap();
    let path = file.to_str().unwrap();

    let score = ["score", "invoice", "--input", path];
    let (code, out, errors) = run(&data, &[&score[..], &["--json"]].concat());
    assert_eq!(code, 1, "an item has no answer: {errors}");
    assert_eq!(lines(&out), lines(&by_endpoint));
    let numbers: Vec<_> = lines(&out).iter().map(|l| l["line"].clone()).collect();
    assert_eq!(numbers, [1, 3, 4, 5]);

    let (code, out, errors) = run(&data, &score);
    assert_eq!(code, 1);
    let told: Vec<_> = out.lines().map(|line| &line[..12]).collect();
    assert_eq!(told, ["1: document ", "4: document "]);
    let faults: Vec<_> = errors.lines().collect();
    assert_eq!(faults.len(), 2, "{errors}");
    assert!(
        faults[0].starts_with(&format!(
            "{path}:3: `approve` is not known; expected is one of "
        )),
        "{errors}"
    );
    assert!(
        faults[1].starts_with(&format!("{path}:5: `document_id` ")),
        "{errors}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worklist_has_the_same_rows_by_command_and_by_endpoint() {
    let app = TestApp::start().await;
    for text in ["one", "two", "three"] {
        app.upload(text).await;
    }
    let page = app.get("/v1/worklists/invoice_review").await.json();
    let data = app.folder().join("data");
    let (code, out, errors) = run(&data, &["worklist", "invoice_review", "--json"]);
    assert_eq!(code, 0, "{errors}");
    assert_eq!(lines(&out), *page["items"].as_array().unwrap());
    assert_eq!(lines(&out).len(), 3);

    let (code, out, _) = run(&data, &["worklist", "invoice_review", "--limit", "2"]);
    assert_eq!((code, out.lines().count()), (0, 2));
    let first = page["items"][0]["document_id"].as_str().unwrap();
    assert!(out.lines().next().unwrap().ends_with(first), "{out}");

    let (code, out, said) = run(&data, &["worklist", "duplicates"]);
    assert_eq!((code, out.as_str()), (0, ""));
    assert!(said.contains("nothing to look at"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_broke_off_goes_on_from_a_line_and_keeps_its_numbers() {
    let app = TestApp::start().await;
    let item = |id: &str| json!({"id": id}).to_string();
    let body = format!("{}\n\n{}\n{}\n", item("a"), item("b"), item("c"));
    let send = async |line: &str| {
        let path = format!("/v1/collections/score-batch?from_line={line}");
        let ask = Ask::post(&path)
            .key(&app.key)
            .header("content-type", "application/x-ndjson")
            .body(body.clone());
        app.send(ask).await
    };
    let data = app.folder().join("data");
    let file = app.folder().join("items.ndjson");
    std::fs::write(&file, &body).unwrap();
    let path = file.to_str().unwrap();
    let score = ["score", "collections", "--json", "--input", path];
    for (line, numbers) in [
        ("1", &[1, 3, 4][..]),
        ("2", &[3, 4]),
        ("4", &[4]),
        ("9", &[]),
    ] {
        let by_endpoint = send(line).await.text();
        let told = lines(&by_endpoint);
        let told: Vec<_> = told.iter().map(|line| line["line"].clone()).collect();
        assert_eq!(told, numbers, "{line}: {by_endpoint}");
        let (_, out, errors) = run(&data, &[&score[..], &["--from-line", line]].concat());
        assert_eq!(lines(&out), lines(&by_endpoint), "{line}: {errors}");
    }
    send("0").await.assert_problem(400, "invalid_parameter");
    let other = Ask::post("/v1/invoice/score-batch?from_line=0")
        .key(&app.key)
        .header("content-type", "application/x-ndjson");
    app.send(other)
        .await
        .assert_problem(400, "invalid_parameter");
    let (code, _, errors) = run(&data, &[&score[..], &["--from-line", "0"]].concat());
    assert_eq!(code, 2, "{errors}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_customers_to_contact_are_the_endpoints_and_those_held_back_stand_apart() {
    let app = TestApp::start().await;
    let today = chrono::Utc::now().date_naive();
    let (customers, invoices) = crate::collections::records(today);
    app.put_records("customer", customers).await;
    app.put_records("customer_invoice", invoices).await;
    let given = app.get("/v1/worklists/collections?capacity=1").await.json();
    let part = |name: &str| given[name].as_array().unwrap().clone();
    let (ranked, held_back) = (part("ranked"), part("held_back"));
    assert!(ranked.len() == 1 && !held_back.is_empty(), "{given}");
    let data = app.folder().join("data");
    let list = ["worklist", "collections"];
    let one = [&list[..], &["--capacity", "1"]].concat();
    let (code, out, errors) = run(&data, &[&one[..], &["--json"]].concat());
    assert_eq!(code, 0, "{errors}");
    assert_eq!(lines(&out), [ranked, held_back].concat());
    let (_, out, _) = run(&data, &one);
    let told: Vec<&str> = out.lines().collect();
    assert_eq!(told[1], "not to be contacted now:", "{out}");
    // As many as are set where nothing is said, and those held back beside.
    let settings = app.folder().join("settings.toml");
    std::fs::write(&settings, "[collections]\ncontacts_a_day = 1\n").unwrap();
    let config = ["--config", settings.to_str().unwrap()];
    let (_, by_settings, errors) = run(&data, &[&list[..], &config].concat());
    assert_eq!(by_settings, out);
    assert!(errors.contains("more would be worth a contact"), "{errors}");
    let (_, out, _) = run(&data, &[&list[..], &["--limit", "1"]].concat());
    assert_eq!(out.lines().count(), 1, "{out}");
    for (name, capacity) in [("collections", "1001"), ("delays", "1")] {
        let wrong = ["worklist", name, "--capacity", capacity];
        let (code, _, errors) = run(&data, &wrong);
        assert_eq!(code, 2, "{errors}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn delays_of_all_kinds_stand_in_one_order_and_what_is_cut_is_told() {
    let app = TestApp::start().await;
    for (kind, rows) in crate::delays::records(chrono::Utc::now().date_naive()) {
        app.put_records(kind, rows).await;
    }
    let board = app.get("/v1/worklists/delays").await.json();
    let parts = ["timesheet", "project_setup", "billing"];
    let mut rows = parts
        .map(|part| board[part].as_array().unwrap().clone())
        .concat();
    let pressing = |row: &Value| {
        let levels = ["high", "medium", "low"].map(|level| row["level"] == level);
        let level = levels.iter().position(|is_it| *is_it).unwrap();
        let score = match row["status"].as_str().unwrap() {
            "abstained" => 1.0,
            _ => row["score"].as_f64().unwrap_or_default(),
        };
        (level, -score)
    };
    rows.sort_by(|a, b| pressing(a).partial_cmp(&pressing(b)).unwrap());
    assert!(rows.len() > 2, "{board}");
    let data = app.folder().join("data");
    let list = ["worklist", "delays", "--json"];
    let (code, out, errors) = run(&data, &list);
    assert_eq!(code, 0, "{errors}");
    let shown = lines(&out);
    assert_eq!(
        shown.iter().map(pressing).collect::<Vec<_>>(),
        rows.iter().map(pressing).collect::<Vec<_>>()
    );
    assert!(rows.iter().all(|row| shown.contains(row)), "{out}");
    assert!(!errors.contains("less pressing"), "{errors}");
    let (_, out, errors) = run(&data, &[&list[..], &["--limit", "2"]].concat());
    assert_eq!(lines(&out), shown[..2]);
    let said = format!("{} more are less pressing", rows.len() - 2);
    assert!(errors.contains(&said), "{errors}");
}

#[test]
fn what_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("none");
    let items = folder.path().join("items.ndjson");
    std::fs::write(&items, "{\"id\":\"a\"}\n").unwrap();
    let items = items.to_str().unwrap();
    for (arguments, code, said) in [
        (&["score", "astrology", "--input", "x"][..], 2, "invoice"),
        (&["score", "invoice", "--input", "/nowhere"], 1, "/nowhere"),
        (&["score", "collections", "--input", items], 3, "no store"),
        (&["worklist", "everything"], 2, "invoice_review"),
        (&["worklist", "invoice_review", "--limit", "0"], 2, "limit"),
        (&["worklist", "invoice_review"], 3, "no store"),
    ] {
        let (ended, _, errors) = run(&nowhere, arguments);
        assert_eq!(ended, code, "{arguments:?}: {errors}");
        assert!(errors.contains(said), "{errors}");
    }
    assert!(!nowhere.exists());
}
