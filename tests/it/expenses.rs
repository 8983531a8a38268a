//! Expense claims from records to answers and the review queue. The records are made up here.

use chrono::{Days, NaiveDate, Utc};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::app::{Ask, TestApp};

/// Lunches of eight people at three places for half a year, each of about 14; one of 480 and
/// one on the last Sunday, both within the last two weeks.
pub(crate) fn records(today: NaiveDate) -> Vec<(&'static str, String)> {
    let mut rows = String::new();
    let mut put = |id: String, person: u64, day: NaiveDate, amount: String| {
        let place = ["Corner Bistro", "Green Table", "Noodle House"][(person % 3) as usize];
        let row = json!({"id": id, "employee_id": format!("E{person}"), "team": "audit", "incurred_on": day,
            "amount": amount, "currency": "EUR", "category": "meals", "merchant": place, "city": "Lyon",
            "known_at": format!("{}T18:00:00Z", day)});
        rows += &format!("{row}\n");
    };
    for day in 1..180_u64 {
        let date = today - Days::new(day);
        if date.format("%u").to_string().parse::<u8>().unwrap() > 5 {
            continue;
        }
        for person in 0..8 {
            let cents = (day * 37 + person * 101) % 613;
            put(
                format!("L{day}-{person}"),
                person,
                date,
                format!("1{}.{:02}", 1 + cents % 6, cents % 97),
            );
        }
    }
    put("ODD".to_owned(), 2, monday(today), "481.35".to_owned());
    put(
        "SUNDAY".to_owned(),
        3,
        monday(today) - Days::new(1),
        "13.90".to_owned(),
    );
    vec![("expense_claim", rows)]
}

/// The last Monday before today.
fn monday(today: NaiveDate) -> NaiveDate {
    let back = (1..=7).map(|days| today - Days::new(days));
    back.into_iter()
        .find(|day| day.format("%u").to_string() == "1")
        .unwrap()
}

async fn firm() -> TestApp {
    let app = TestApp::start().await;
    for (kind, rows) in records(Utc::now().date_naive()) {
        app.put_records(kind, rows).await;
    }
    app
}

pub(crate) async fn scored(app: &TestApp, id: &str) -> Value {
    let ask = Ask::post("/v1/expense/score")
        .key(&app.key)
        .json(&json!({"id": id}));
    let answer = app.send(ask).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// Its reasons add up to its points.
pub(crate) fn assert_reasons_add_up(answer: &Value) {
    let weights = answer["reasons"].as_array().unwrap().iter();
    let sum: f64 = weights
        .map(|reason| reason["weight"].as_f64().unwrap())
        .sum();
    let points = answer["suggestion"]["points"].as_f64().unwrap();
    assert!(
        (sum - points).abs() < 1e-9 * points,
        "{sum} is not {points}"
    );
}

fn ids(list: &Value) -> Vec<&str> {
    let answers = list.as_array().unwrap();
    answers
        .iter()
        .map(|answer| answer["subject"]["id"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn an_odd_claim_is_told_from_usual_ones_with_reasons_that_add_up() {
    let app = firm().await;
    let odd = scored(&app, "ODD").await;
    assert_eq!(
        (&odd["status"], &odd["level"]),
        (&json!("scored"), &json!("high")),
        "{odd}"
    );
    assert!(odd["score"].as_f64().unwrap() > 0.99);
    assert_eq!(odd["effect"], "add_review");
    assert_eq!(odd["controls_to_add"], json!(["expense_review"]));
    assert_reasons_add_up(&odd);
    assert!(
        odd["reasons"][0]["text"]
            .as_str()
            .unwrap()
            .starts_with("Amount is "),
        "{odd}"
    );
    // Answers kept before invoices were judged say nothing of a vendor, and replay as they were.
    assert!(odd["suggestion"].get("vendor_id").is_none(), "{odd}");
    let id = odd["recommendation_id"].as_str().unwrap();
    let replay = Ask::post(&format!("/v1/recommendations/{id}/replay")).key(&app.key);
    assert_eq!(app.send(replay).await.json()["outcome"], "equal");

    let today = Utc::now().date_naive();
    let back = (today - monday(today)).num_days();
    let usual = scored(&app, &format!("L{back}-1")).await;
    assert_eq!(usual["status"], "scored");
    assert!(usual["score"].as_f64().unwrap() < odd["score"].as_f64().unwrap());
    let sunday = scored(&app, "SUNDAY").await;
    assert_eq!(sunday["suggestion"]["flags"][0]["detector"], "weekend");
    for (id, status) in [("nobody", 404), ("", 404)] {
        let ask = Ask::post("/v1/expense/score")
            .key(&app.key)
            .json(&json!({"id": id}));
        assert_eq!(app.send(ask).await.status, status, "{id}");
    }
}

#[tokio::test]
async fn what_was_known_later_does_not_count() {
    let app = firm().await;
    let day = monday(Utc::now().date_naive());
    let before = json!({"id": "ODD", "as_of": format!("{day}T17:59:59Z")});
    let ask = Ask::post("/v1/expense/score").key(&app.key).json(&before);
    assert_eq!(app.send(ask).await.status, 404);
    let after = json!({"id": "ODD", "as_of": format!("{day}T18:00:00Z")});
    let ask = Ask::post("/v1/expense/score").key(&app.key).json(&after);
    assert_eq!(app.send(ask).await.json()["level"], "high");
}

#[tokio::test]
async fn a_short_history_says_so_and_detectors_run_all_the_same() {
    let app = TestApp::start().await;
    let row = json!({"id": "C1", "employee_id": "E1", "incurred_on": "2026-03-08", "amount": "98.00", "currency": "EUR"});
    app.put_records("expense_claim", row.to_string()).await;
    let answer = scored(&app, "C1").await;
    assert_eq!(answer["status"], "insufficient_history");
    assert!(answer["score"].is_null() && answer["model"].is_null());
    let flags = answer["suggestion"]["flags"].as_array().unwrap();
    let names: Vec<&str> = flags
        .iter()
        .map(|flag| flag["detector"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["just_under_limit", "weekend"]);
    assert_eq!(answer["level"], "medium");
}

#[tokio::test]
async fn the_queue_is_stable_and_a_dismissed_claim_comes_back_only_with_news() {
    let app = firm().await;
    let queue = app.get("/v1/worklists/expenses").await.json();
    assert_eq!(ids(&queue["run"]["queue"])[0], "ODD", "{queue}");
    assert!(ids(&queue["run"]["queue"]).contains(&"SUNDAY"));
    assert_eq!(ids(&queue["run"]["audit"]).len(), 12);
    assert_eq!(app.get("/v1/worklists/expenses").await.json(), queue);

    let id = queue["run"]["queue"][0]["recommendation_id"]
        .as_str()
        .unwrap();
    let said = json!({"verdict": "rejected", "reason": "false_alarm"});
    let ask = Ask::post(&format!("/v1/recommendations/{id}/feedback"))
        .key(&app.key)
        .json(&said);
    let given = app.send(ask).await;
    assert!(given.status.is_success(), "{}", given.text());
    let after = app.get("/v1/worklists/expenses").await.json();
    assert_eq!(after["decided"], 1);
    assert!(!ids(&after["run"]["queue"]).contains(&"ODD"));

    // The same claim is handed in again with another amount, just under a limit.
    let today = Utc::now().date_naive();
    let (_, rows) = records(today).remove(0);
    let odd = rows.lines().find(|row| row.contains("\"ODD\"")).unwrap();
    let mut odd: Value = serde_json::from_str(odd).unwrap();
    odd["amount"] = json!("499.00");
    odd["known_at"] = json!(Utc::now());
    app.put_records("expense_claim", odd.to_string()).await;
    let again = app.get("/v1/worklists/expenses").await.json();
    assert!(ids(&again["run"]["queue"]).contains(&"ODD"));
    assert_eq!(
        again["again"],
        json!([{"record": "expense_claim/ODD", "detectors": ["just_under_limit"],
            "changed": ["amount"]}])
    );
}

#[tokio::test]
async fn a_claim_that_is_handed_in_late_is_in_the_queue_when_it_comes() {
    let app = TestApp::start().await;
    let bytes = crate::samples::cii("R-17");
    let late = json!({"id": "LATE", "employee_id": "E1", "incurred_on": Utc::now().date_naive() - Days::new(140),
        "submitted_at": Utc::now(), "amount": "191.00", "currency": "EUR",
        "receipt_sha256": hex::encode(Sha256::digest(&bytes))});
    let mut before = late.clone();
    before["id"] = json!("BEFORE");
    before["submitted_at"] = json!(Utc::now() - Days::new(50));
    app.put_records("expense_claim", format!("{late}\n{before}\n"))
        .await;
    app.upload(bytes).await;
    let queue = app.get("/v1/worklists/expenses").await.json();
    assert_eq!(ids(&queue["run"]["queue"]), ["LATE"], "{queue}");
    // Its receipt is read too.
    let flags = queue["run"]["queue"][0]["suggestion"]["flags"].to_string();
    assert!(flags.contains("late_claim"), "{flags}");
    assert!(flags.contains("receipt_mismatch"), "{flags}");
}

/// Says of what the queue shows of a record that nothing is wrong with it.
async fn dismiss(app: &TestApp, id: &str) {
    let queue = app.get("/v1/worklists/expenses").await.json();
    let shown = queue["run"]["queue"].as_array().unwrap().iter();
    let mut shown = shown.filter(|answer| answer["subject"]["id"] == id);
    let answer = shown.next().unwrap_or_else(|| panic!("no {id}: {queue}"));
    let answer = answer["recommendation_id"].as_str().unwrap();
    let said = json!({"verdict": "rejected", "reason": "policy_exception"});
    let ask = Ask::post(&format!("/v1/recommendations/{answer}/feedback")).key(&app.key);
    let given = app.send(ask.json(&said)).await;
    assert!(given.status.is_success(), "{}", given.text());
}

#[tokio::test]
async fn a_dismissed_record_comes_back_for_whatever_it_states_and_not_for_how_it_is_written() {
    let app = TestApp::start().await;
    let today = Utc::now().date_naive();
    let invoice = |id: &str, day: NaiveDate| {
        json!({"id": id, "number": format!("N-{id}"), "vendor_id": "V", "issued_on": day, "currency": "EUR",
            "total": "119.00", "iban": "DE89370400440532013000"})
    };
    for months in 2..5 {
        let earlier = invoice(&format!("I{months}"), today - Days::new(31 * months));
        app.put_records("vendor_invoice", earlier.to_string()).await;
    }
    let claim = json!({"id": "C", "employee_id": "E", "incurred_on": monday(today), "amount": "499.00",
        "currency": "EUR"});
    let mut another_account = invoice("I", monday(today));
    another_account["iban"] = json!("DE02120300000000202051");
    let digest = "a".repeat(64);
    let claimed = [
        (json!({}), None),
        (
            json!({"amount": "499.0", "team": "tax", "approver_id": "B"}),
            None,
        ),
        (json!({"home_amount": "499"}), Some("home_amount")),
        (json!({"home_amount": "499.00"}), None),
        (json!({"receipt_sha256": digest}), Some("document")),
        (json!({"city": "Lyon"}), Some("details")),
        (json!({"amount": "498.00"}), Some("amount")),
    ];
    let billed = [
        (json!({}), None),
        (
            json!({"iban": "DE02 1203 0000 0000 2020 51", "total": "119"}),
            None,
        ),
        (json!({"status": "approved"}), None),
        (json!({"iban": "FR1420041010050500013M02606"}), Some("iban")),
        (json!({"document_sha256": digest}), Some("document")),
        (json!({"order_number": "O-1"}), Some("details")),
    ];
    for (kind, mut row, steps) in [
        ("expense_claim", claim, &claimed[..]),
        ("vendor_invoice", another_account, &billed[..]),
    ] {
        let id = row["id"].as_str().unwrap().to_owned();
        app.put_records(kind, row.to_string()).await;
        dismiss(&app, &id).await;
        for (stated, news) in steps {
            for (member, value) in stated.as_object().unwrap() {
                row[member] = value.clone();
            }
            app.put_records(kind, row.to_string()).await;
            let queue = app.get("/v1/worklists/expenses").await.json();
            let is_back = ids(&queue["run"]["queue"]).contains(&&*id);
            assert_eq!(is_back, news.is_some(), "{stated}: {queue}");
            let Some(news) = news else { continue };
            let record = format!("{kind}/{id}");
            assert_eq!(
                queue["again"],
                json!([{"record": record, "detectors": [], "changed": [news]}]),
                "{stated}"
            );
            dismiss(&app, &id).await;
        }
    }
    let asked = scored(&app, "vendor_invoice/I").await;
    let id = asked["recommendation_id"].as_str().unwrap();
    let replay = Ask::post(&format!("/v1/recommendations/{id}/replay")).key(&app.key);
    assert_eq!(app.send(replay).await.json()["outcome"], "equal");
}

#[tokio::test]
async fn uses_of_cards_are_judged_among_themselves_until_a_claim_explains_them() {
    let app = TestApp::start().await;
    let (_, claims) = records(Utc::now().date_naive()).remove(0);
    let mut uses = String::new();
    for row in claims.lines() {
        let claim: Value = serde_json::from_str(row).unwrap();
        let used = json!({"id": claim["id"], "employee_id": claim["employee_id"], "transacted_on": claim["incurred_on"],
            "amount": claim["amount"], "currency": "EUR", "merchant": claim["merchant"], "merchant_category": "5812",
            "city": claim["city"], "known_at": claim["known_at"]});
        uses += &format!("{used}\n");
    }
    app.put_records("card_transaction", uses).await;
    let odd = scored(&app, "ODD").await;
    assert_eq!(odd["subject"]["type"], "card_transaction");
    assert_eq!(
        (&odd["status"], &odd["level"]),
        (&json!("scored"), &json!("high")),
        "{odd}"
    );
    assert!(odd["score"].as_f64().unwrap() > 0.99);
    let id = odd["recommendation_id"].as_str().unwrap();
    let replay = Ask::post(&format!("/v1/recommendations/{id}/replay")).key(&app.key);
    assert_eq!(app.send(replay).await.json()["outcome"], "equal");
    let queue = app.get("/v1/worklists/expenses").await.json();
    assert_eq!(queue["run"]["claims"], 0);
    assert!(ids(&queue["run"]["queue"]).contains(&"ODD"));
    let page = app.get("/v1/detectors/dry-run").await.json();
    assert!(page["cards"].as_u64().unwrap() > 900);

    let claim = json!({"id": "ODD", "employee_id": "E2", "incurred_on": monday(Utc::now().date_naive()),
        "amount": "481.35", "currency": "EUR", "card_transaction_id": "ODD", "paid_by": "company_card"});
    app.put_records("expense_claim", claim.to_string()).await;
    let queue = app.get("/v1/worklists/expenses").await.json();
    let kinds: Vec<&Value> = queue["run"]["queue"]
        .as_array()
        .unwrap()
        .iter()
        .chain(queue["run"]["audit"].as_array().unwrap())
        .filter(|answer| answer["subject"]["id"] == "ODD")
        .map(|answer| &answer["subject"]["type"])
        .collect();
    assert!(
        !kinds.contains(&&json!("card_transaction")),
        "its claim is looked at"
    );
    let both = Ask::post("/v1/expense/score")
        .key(&app.key)
        .json(&json!({"id": "ODD"}));
    assert_eq!(app.send(both).await.status, 422);
    assert_eq!(
        scored(&app, "expense_claim/ODD").await["status"],
        "insufficient_history"
    );
    assert_eq!(
        scored(&app, "card_transaction/ODD").await["status"],
        "scored"
    );
}
