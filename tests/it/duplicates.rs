//! Copies among invoices, claims and uses of cards, from records to the queue. The records are made up here.

use chrono::{Days, NaiveDate, Utc};
use scrutineer::cases::duplicate::DuplicateCase;
use scrutineer::cases::record_case::{RecordCase, RecordItem};
use scrutineer::domain::TenantId;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::app::{Ask, TestApp};
use crate::samples::photograph;

/// A year of bills of three vendors and a monthly rent; one bill again under a slipped number, and
/// a hotel night paid by card and claimed as well.
pub(crate) fn records(today: NaiveDate) -> Vec<(&'static str, String)> {
    let line = |row: Value| format!("{row}\n");
    let day = |back: u64| today - Days::new(back);
    let mut invoices = String::new();
    let mut put = |id: &str, vendor: &str, number: &str, back: u64, total: &str| {
        invoices += &line(
            json!({"id": id, "vendor_id": vendor, "number": number, "issued_on": day(back), "total": total,
            "currency": "EUR", "known_at": format!("{}T08:00:00Z", day(back))}),
        );
    };
    for week in 0..50_u64 {
        let vendor = ["V1", "V2", "V3"][(week % 3) as usize];
        let total = format!("{}.{:02}", 300 + week * 173 % 911, week * 37 % 100);
        let number = format!("20{:05}", 10_407 + week * 317);
        put(&format!("I{week}"), vendor, &number, 8 + week * 7, &total);
    }
    for month in 0..12_u64 {
        let number = format!("M-{:03}", 700 - month);
        put(
            &format!("RENT{month}"),
            "LANDLORD",
            &number,
            3 + month * 30,
            "2400.00",
        );
    }
    put("FIRST", "V2", "2031707", 20, "1834.20");
    put("AGAIN", "V2", "2O31707", 5, "1834.20");
    let vendors = ["V1", "V2", "V3", "LANDLORD"]
        .map(|id| line(json!({"id": id, "name": format!("{id} GmbH")})));
    let night = json!({"id": "NIGHT", "employee_id": "E1", "card_id": "K1", "transacted_on": day(9), "merchant": "HOTEL KRONE 0042",
        "amount": "312.40", "currency": "EUR", "known_at": format!("{}T20:00:00Z", day(9))});
    let claimed = json!({"id": "CLAIMED", "employee_id": "E1", "incurred_on": day(9), "merchant": "Hotel Krone", "amount": "312.40",
        "currency": "EUR", "paid_by": "employee", "known_at": format!("{}T09:00:00Z", day(6))});
    vec![
        ("vendor", vendors.concat()),
        ("vendor_invoice", invoices),
        ("card_transaction", line(night)),
        ("expense_claim", line(claimed)),
    ]
}

/// A dinner that two persons claim, with one photograph saved in two ways; and those receipts.
pub(crate) fn dinners(today: NaiveDate) -> (String, [Vec<u8>; 2]) {
    let receipts = [photograph(85, 600), photograph(40, 400)];
    let rows = receipts.iter().enumerate().map(|(n, receipt)| {
        let day = today - Days::new(9 - 2 * n as u64);
        let row = json!({"id": format!("DINNER{n}"), "employee_id": format!("E{n}"), "incurred_on": day, "merchant": "Osteria Alba",
            "amount": format!("{}.50", 71 + n), "currency": "EUR", "paid_by": "employee", "report_id": format!("R{n}"),
            "receipt_sha256": hex::encode(Sha256::digest(receipt)), "known_at": format!("{day}T19:00:00Z")});
        format!("{row}\n")
    });
    (rows.collect(), receipts)
}

pub(crate) async fn firm() -> TestApp {
    let app = TestApp::start().await;
    for (kind, rows) in records(Utc::now().date_naive()) {
        app.put_records(kind, rows).await;
    }
    app
}

pub(crate) async fn scored(app: &TestApp, item: &Value) -> Value {
    let ask = Ask::post("/v1/duplicate/score").key(&app.key).json(item);
    let answer = app.send(ask).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

pub(crate) async fn dismiss(app: &TestApp, answer: &Value) {
    let id = answer["recommendation_id"].as_str().unwrap();
    let said = json!({"verdict": "rejected", "reason": "false_alarm"});
    let ask = Ask::post(&format!("/v1/recommendations/{id}/feedback"))
        .key(&app.key)
        .json(&said);
    assert!(app.send(ask).await.status.is_success());
}

pub(crate) fn verdicts(answer: &Value) -> Vec<(&str, &str, bool)> {
    let twins = answer["suggestion"]["twins"].as_array().unwrap();
    twins
        .iter()
        .map(|twin| {
            let text = |name: &str| twin[name].as_str().unwrap();
            (
                text("record"),
                text("verdict"),
                twin["alarms"].as_bool().unwrap(),
            )
        })
        .collect()
}

pub(crate) fn ids(list: &Value) -> Vec<&str> {
    let answers = list.as_array().unwrap().iter();
    answers
        .map(|answer| answer["subject"]["id"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_slipped_number_is_told_with_its_twin_and_reasons_that_add_up() {
    let app = firm().await;
    let again = scored(&app, &json!({"id": "AGAIN"})).await;
    assert_eq!(
        verdicts(&again)[0],
        ("vendor_invoice/FIRST", "retyped_number", true),
        "{again}"
    );
    assert_eq!(again["effect"], "add_review");
    assert_eq!(again["controls_to_add"], json!(["duplicate_review"]));
    let twin = &again["suggestion"]["twins"][0];
    let reasons = [&again["reasons"], &again["counter_reasons"]];
    let weights = reasons.iter().flat_map(|list| list.as_array().unwrap());
    let sum: f64 = weights
        .map(|reason| reason["weight"].as_f64().unwrap())
        .sum();
    assert!((sum - twin["bits"].as_f64().unwrap()).abs() < 1e-9);
    let number = twin["fields"].as_array().unwrap();
    let number = number
        .iter()
        .find(|field| field["field"] == "number")
        .unwrap();
    assert_eq!(
        (&number["later"], &number["earlier"], &number["likeness"]),
        (&json!("2O31707"), &json!("2031707"), &json!("similar")),
    );
    let id = again["recommendation_id"].as_str().unwrap();
    let replay = Ask::post(&format!("/v1/recommendations/{id}/replay")).key(&app.key);
    assert_eq!(app.send(replay).await.json()["outcome"], "equal");
    let first = scored(&app, &json!({"id": "vendor_invoice/FIRST"})).await;
    assert_eq!(
        first["effect"], "none",
        "the earlier is no copy of the later"
    );
}

#[tokio::test]
async fn a_rent_is_named_and_does_not_alarm_and_a_claim_of_a_card_purchase_does() {
    let app = firm().await;
    let rent = scored(&app, &json!({"id": "RENT0"})).await;
    assert_eq!(rent["effect"], "none", "{rent}");
    let named = verdicts(&rent);
    assert!(
        named
            .iter()
            .all(|(_, verdict, alarms)| *verdict == "recurring" && !alarms),
        "{named:?}"
    );
    let claimed = scored(&app, &json!({"id": "expense_claim/CLAIMED"})).await;
    assert_eq!(
        verdicts(&claimed)[0],
        ("card_transaction/NIGHT", "card_and_claim", true)
    );
}

#[tokio::test]
async fn a_receipt_that_was_photographed_once_and_claimed_twice_is_found_by_its_picture() {
    let app = firm().await;
    let (rows, receipts) = dinners(Utc::now().date_naive());
    app.put_records("expense_claim", rows).await;
    let asked = json!({"id": "DINNER1"});
    let before = scored(&app, &asked).await;
    assert_eq!(before["effect"], "none", "{before}");
    let queue = app.get("/v1/worklists/duplicates").await.json();
    assert!(!ids(&queue["run"]["queue"]).contains(&"DINNER1"), "{queue}");
    for receipt in receipts {
        let uploaded = app.upload(receipt).await;
        assert_eq!(uploaded.status, 201, "{}", uploaded.text());
        let analysis = &uploaded.json()["analysis"];
        let unread = crate::pictures::ocr().map_or("scan_needs_ocr", |_| "no_words_seen");
        assert_eq!(analysis["problems"][0]["code"], unread, "{analysis}");
        let page = format!(
            "/v1/documents/{}/pages/1.png",
            uploaded.json()["document"]["id"].as_str().unwrap()
        );
        assert_eq!(app.get(&page).await.status, 200);
    }
    let after = scored(&app, &asked).await;
    assert_eq!(
        verdicts(&after)[0],
        ("expense_claim/DINNER0", "several_employees", true),
        "{after}"
    );
    let queue = app.get("/v1/worklists/duplicates").await.json();
    assert!(ids(&queue["run"]["queue"]).contains(&"DINNER1"), "{queue}");
    let said = after["reasons"].to_string();
    assert!(
        said.contains("the picture in expense_claim/DINNER0, saved anew"),
        "{said}"
    );
    let id = after["recommendation_id"].as_str().unwrap();
    let replay = Ask::post(&format!("/v1/recommendations/{id}/replay")).key(&app.key);
    assert_eq!(app.send(replay).await.json()["outcome"], "equal");
}

#[tokio::test]
async fn what_was_known_later_does_not_count_and_nothing_known_is_no_history() {
    let app = firm().await;
    let today = Utc::now().date_naive();
    let early = format!("{}T08:00:00Z", today - Days::new(20));
    let first = scored(&app, &json!({"id": "FIRST", "as_of": early})).await;
    assert_eq!(first["status"], "scored");
    let ask = Ask::post("/v1/duplicate/score")
        .key(&app.key)
        .json(&json!({"id": "AGAIN", "as_of": early}));
    assert_eq!(app.send(ask).await.status, 404);
    // The oldest of all has nothing before it.
    let oldest = scored(&app, &json!({"id": "I49"})).await;
    assert_eq!(
        (&oldest["status"], &oldest["score"]),
        (&json!("insufficient_history"), &Value::Null)
    );
    app.put_records(
        "expense_claim",
        json!({"id": "I49", "employee_id": "E1", "incurred_on": today, "amount": "9", "currency": "EUR"}).to_string(),
    )
    .await;
    let ask = Ask::post("/v1/duplicate/score")
        .key(&app.key)
        .json(&json!({"id": "I49"}));
    let unclear = app.send(ask).await;
    assert_eq!(unclear.status, 422, "{}", unclear.text());
    assert!(unclear.text().contains("expense_claim/ID"));
}

#[tokio::test]
async fn a_dismissed_pair_stays_away_until_there_is_new_evidence_which_is_named() {
    let app = firm().await;
    let queue = app.get("/v1/worklists/duplicates").await.json();
    let shown = ids(&queue["run"]["queue"]);
    assert!(
        shown.contains(&"AGAIN") && shown.contains(&"CLAIMED"),
        "{shown:?}"
    );
    assert!(!shown.iter().any(|id| id.starts_with("RENT")), "{shown:?}");
    assert_eq!(app.get("/v1/worklists/duplicates").await.json(), queue);
    let answers = queue["run"]["queue"].as_array().unwrap();
    let again = answers
        .iter()
        .find(|answer| answer["subject"]["id"] == "AGAIN");
    dismiss(&app, again.unwrap()).await;
    let after = app.get("/v1/worklists/duplicates").await.json();
    assert_eq!(
        (&after["decided"], &after["again"]),
        (&json!(1), &json!([]))
    );
    assert!(!ids(&after["run"]["queue"]).contains(&"AGAIN"));

    // Both turn out to name one order.
    let (_, rows) = records(Utc::now().date_naive()).remove(1);
    let mut changed = String::new();
    for id in ["FIRST", "AGAIN"] {
        let row = rows
            .lines()
            .find(|row| row.contains(&format!("\"{id}\"")))
            .unwrap();
        let mut row: Value = serde_json::from_str(row).unwrap();
        row["order_number"] = json!("PO-9");
        changed += &format!("{row}\n");
    }
    app.put_records("vendor_invoice", changed).await;
    let again = app.get("/v1/worklists/duplicates").await.json();
    assert!(ids(&again["run"]["queue"]).contains(&"AGAIN"), "{again}");
    assert_eq!(
        again["again"],
        json!([{"record": "vendor_invoice/AGAIN", "twin": "vendor_invoice/FIRST",
            "new": [{"what": "field", "field": "order"}]}])
    );
}

#[tokio::test]
async fn records_of_two_kinds_with_one_id_are_decided_each_for_itself() {
    let app = firm().await;
    let today = Utc::now().date_naive();
    let day = today - Days::new(9);
    let claim = json!({"id": "AGAIN", "employee_id": "E2", "incurred_on": day, "merchant": "Hotel Krone", "amount": "312.40",
        "currency": "EUR", "paid_by": "employee", "known_at": format!("{}T09:00:00Z", today - Days::new(4))});
    app.put_records("expense_claim", claim.to_string()).await;
    let queue = app.get("/v1/worklists/duplicates").await.json();
    let answers = queue["run"]["queue"].as_array().unwrap().iter();
    let again: Vec<&Value> = answers
        .filter(|answer| answer["subject"]["id"] == "AGAIN")
        .collect();
    assert_eq!(again.len(), 2, "{queue}");
    for answer in again {
        dismiss(&app, answer).await;
    }
    let after = app.get("/v1/worklists/duplicates").await.json();
    assert_eq!(after["decided"], 2);
    assert!(!ids(&after["run"]["queue"]).contains(&"AGAIN"), "{after}");
}

#[tokio::test]
async fn what_people_say_of_pairs_weighs_the_parts_of_others_and_takes_no_alarm_away() {
    let app = firm().await;
    let today = Utc::now().date_naive();
    let mut rows = String::new();
    for pair in 0..25_u64 {
        for (copy, back) in [(false, 40), (true, 12)] {
            let day = today - Days::new(back + pair % 5);
            let id = if copy { "COPY" } else { "BILL" };
            let letter = if copy { "O" } else { "0" };
            rows += &format!(
                "{}\n",
                json!({"id": format!("{id}{pair}"), "vendor_id": "V1", "number": format!("7{letter}{}", 40_213 + pair * 1_733),
                    "issued_on": day, "total": format!("{}.35", 1_207 + pair * 411), "currency": "EUR",
                    "known_at": format!("{day}T08:00:00Z")})
            );
        }
    }
    app.put_records("vendor_invoice", rows).await;
    let last = json!({"id": "COPY24"});
    let before = scored(&app, &last).await;
    assert_eq!(before["score_kind"], "copy_uncalibrated");
    assert_eq!(
        verdicts(&before)[0],
        ("vendor_invoice/BILL24", "retyped_number", true)
    );
    let score_kind_in_queue = async || {
        let queue = app.get("/v1/worklists/duplicates").await.json();
        let answers = queue["run"]["queue"].as_array().unwrap();
        let last = answers
            .iter()
            .find(|answer| answer["subject"]["id"] == "COPY24");
        last.unwrap()["score_kind"].clone()
    };
    assert_eq!(score_kind_in_queue().await, "copy_uncalibrated");
    let moment = Utc::now();
    for pair in 0..24 {
        let answer = scored(&app, &json!({"id": format!("COPY{pair}")})).await;
        let said = if pair % 2 == 0 {
            json!({"verdict": "accepted"})
        } else {
            json!({"verdict": "rejected", "reason": "false_alarm"})
        };
        let id = answer["recommendation_id"].as_str().unwrap();
        let ask = Ask::post(&format!("/v1/recommendations/{id}/feedback"));
        assert!(
            app.send(ask.key(&app.key).json(&said))
                .await
                .status
                .is_success()
        );
    }
    let after = scored(&app, &last).await;
    // Half of what was nearly sure turned out to be none.
    assert_eq!(after["score_kind"], "copy");
    let score = |answer: &Value| answer["score"].as_f64().unwrap();
    assert!(
        score(&before) > 0.9 && (0.2..0.8).contains(&score(&after)),
        "{before} {after}"
    );
    assert_eq!(verdicts(&after)[0], verdicts(&before)[0]);
    assert_eq!(after["effect"], "add_review");
    // The queue says the same, though no record changed.
    assert_eq!(score_kind_in_queue().await, "copy");
    let twin = &after["suggestion"]["twins"][0];
    let parts = twin["parts"].as_array().unwrap();
    let sum: f64 = parts
        .iter()
        .map(|part| part["bits"].as_f64().unwrap())
        .sum();
    assert!((sum - twin["bits"].as_f64().unwrap()).abs() < 1e-9);
    assert!(
        parts.iter().any(|part| part["field"] == "reviews"),
        "{parts:?}"
    );
    let id = after["recommendation_id"].as_str().unwrap();
    let replay = Ask::post(&format!("/v1/recommendations/{id}/replay")).key(&app.key);
    assert_eq!(app.send(replay).await.json()["outcome"], "equal");
    // Of the moment before nobody had said anything.
    let then = scored(&app, &json!({"id": "COPY24", "as_of": moment})).await;
    assert_eq!(
        (&then["score_kind"], &then["score"]),
        (&before["score_kind"], &before["score"])
    );
}

#[tokio::test]
async fn what_all_records_say_together_is_worked_out_before_anybody_asks() {
    let app = TestApp::start().await;
    for (kind, rows) in records(Utc::now().date_naive()) {
        app.put_records(kind, rows).await;
    }
    let item: RecordItem = serde_json::from_value(json!({"id": "CLAIMED"})).unwrap();
    let cases: [&dyn RecordCase; 2] = [&DuplicateCase, &*app.service.records().expense];
    let tenant = TenantId::new("firm").unwrap();
    for ready in [false, true] {
        if ready {
            app.service.warm_up().await.unwrap();
        }
        let history = app.store.history(&tenant, Utc::now()).await.unwrap();
        for case in cases {
            assert_eq!(case.takes_long(&item, &history), !ready, "{case:?}");
        }
    }
}
