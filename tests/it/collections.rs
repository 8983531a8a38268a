//! Collections from records to answers, worklist and replay. The records are made up here.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde_json::{Value, json};

use crate::app::{Ask, TestApp};

const SCORE: &str = "/v1/collections/score";

fn noon(day: NaiveDate) -> DateTime<Utc> {
    day.and_hms_opt(12, 0, 0).unwrap().and_utc()
}

/// Six customers, weekly invoices for half a year: odd ones pay eight days late, even ones a day
/// early. The last invoice of each is open.
pub(crate) fn records(today: NaiveDate) -> (String, String) {
    let mut customers = String::new();
    let mut invoices = String::new();
    for customer in 1..=6_u64 {
        let person = if customer == 5 { "true" } else { "false" };
        let record = json!({"id": format!("C{customer}"), "name": format!("Customer {customer}"),
            "known_at": "2025-01-01T00:00:00Z", "attributes": {"natural_person": person}});
        customers += &format!("{record}\n");
        for week in 0..26_u64 {
            let issued = today - Days::new(20 + 7 * (25 - week));
            let due = issued + Days::new(14);
            let mut record = json!({"id": format!("I{customer}-{week}"), "customer_id": format!("C{customer}"),
                "known_at": noon(issued), "issued_on": issued, "due_on": due, "currency": "EUR",
                "total": format!("{}.00", 1000 * customer)});
            invoices += &format!("{record}\n");
            let cleared = if customer % 2 == 1 {
                due + Days::new(8)
            } else {
                due - Days::new(1)
            };
            if week < 24 && cleared < today {
                record["cleared_on"] = json!(cleared);
                record["known_at"] = json!(noon(cleared + Days::new(1)));
                invoices += &format!("{record}\n");
            }
        }
    }
    (customers, invoices)
}

async fn firm() -> (TestApp, NaiveDate) {
    let app = TestApp::start().await;
    let today = Utc::now().date_naive();
    let (customers, invoices) = records(today);
    app.put_records("customer", customers).await;
    app.put_records("customer_invoice", invoices).await;
    (app, today)
}

async fn scored(app: &TestApp, item: &Value) -> Value {
    let answer = app.send(Ask::post(SCORE).key(&app.key).json(item)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[tokio::test]
async fn an_open_invoice_is_foretold_and_the_answer_can_be_had_again() {
    let (app, today) = firm().await;
    let late = scored(&app, &json!({"id": "I1-25"})).await;
    assert_eq!(late["status"], "scored");
    assert_eq!(late["score_kind"], "paid_very_late");
    assert_eq!(
        late["subject"],
        json!({"type": "customer_invoice", "id": "I1-25"})
    );
    let forecast = &late["suggestion"]["forecast"];
    assert_eq!(forecast["late"], 1.0);
    assert!(forecast["p10"].as_str().unwrap() >= today.to_string().as_str());
    let weights: f64 = ["reasons", "counter_reasons"]
        .iter()
        .flat_map(|list| late[*list].as_array().unwrap())
        .map(|reason| reason["weight"].as_f64().unwrap())
        .sum();
    assert!(weights.is_finite() && weights != 0.0);
    // Asked as of its day of issue, before anybody knew.
    let issued = today - Days::new(20);
    let item = |id: &str| json!({"id": id, "as_of": noon(issued + Days::new(1))});
    let odd = scored(&app, &item("I1-25")).await;
    let even = scored(&app, &item("I2-25")).await;
    assert_eq!(odd["score_kind"], "paid_late");
    let score = |answer: &Value| answer["score"].as_f64().unwrap();
    assert!(score(&odd) > 0.7 && score(&even) < 0.3, "{odd} {even}");
    let id = odd["recommendation_id"].as_str().unwrap();
    let path = format!("/v1/recommendations/{id}/replay");
    let again = app.send(Ask::post(&path).key(&app.key)).await.json();
    assert_eq!(again["outcome"], "equal", "{again}");
}

#[tokio::test]
async fn a_batch_gives_what_single_scores_give() {
    let (app, today) = firm().await;
    let item = |id: &str| json!({"id": id, "as_of": noon(today - Days::new(1))});
    let body = format!("{}\n{}\n{}\n", item("I3-25"), item("nobody"), item("I4-25"));
    let ask = Ask::post("/v1/collections/score-batch")
        .key(&app.key)
        .header("content-type", "application/x-ndjson")
        .body(body);
    let answer = app.send(ask).await;
    let lines: Vec<Value> = answer
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[1]["problem"]["code"], "not_found");
    for (line, id) in [(&lines[0], "I3-25"), (&lines[2], "I4-25")] {
        let single = scored(&app, &item(id)).await;
        for member in [
            "score",
            "reasons",
            "counter_reasons",
            "interval",
            "features_sha256",
            "suggestion",
        ] {
            assert_eq!(line["recommendation"][member], single[member], "{member}");
        }
    }
}

#[tokio::test]
async fn there_is_nothing_to_ask_about_what_is_paid_unknown_or_to_come() {
    let (app, _) = firm().await;
    for (item, status, code) in [
        (json!({"id": "I2-3"}), 422, "invalid_content"),
        (json!({"id": "nobody"}), 404, "not_found"),
        (
            json!({"id": "I1-25", "as_of": "2999-01-01T00:00:00Z"}),
            422,
            "invalid_content",
        ),
        (
            json!({"id": "I1-25", "period_end": "2026-01-31"}),
            422,
            "invalid_content",
        ),
        (
            json!({"id": "I1-25", "as_of": "-262142-01-01T00:00:00Z"}),
            422,
            "invalid_content",
        ),
        (
            json!({"id": "I1-25", "approve": true}),
            422,
            "invalid_content",
        ),
    ] {
        app.send(Ask::post(SCORE).key(&app.key).json(&item))
            .await
            .assert_problem(status, code);
    }
    let other = Ask::post("/v1/nothing/score")
        .key(&app.key)
        .json(&json!({"id": "x"}));
    app.send(other).await.assert_problem(404, "unknown_case");
}

#[tokio::test]
async fn too_short_a_history_is_said_and_scores_nothing() {
    let app = TestApp::start().await;
    let today = Utc::now().date_naive();
    let record = json!({"id": "I1", "customer_id": "C1", "issued_on": today - Days::new(9),
        "due_on": today - Days::new(2), "currency": "EUR", "total": "10.00"});
    app.put_records("customer_invoice", record.to_string())
        .await;
    let answer = scored(&app, &json!({"id": "I1"})).await;
    assert_eq!(answer["status"], "insufficient_history");
    assert!(answer.get("score").is_none() && answer.get("model").is_none());
    assert_eq!(
        answer["data_quality"]["missing"],
        json!(["payment_history"])
    );
    assert_eq!(answer["suggestion"]["days_overdue"], 2);
    assert_eq!(answer["score_kind"], "paid_very_late");
}

#[tokio::test]
async fn what_is_unlike_all_that_was_fitted_on_is_not_guessed() {
    let (app, today) = firm().await;
    let open = |id: &str, total: &str, term: u64| {
        let issued = today - Days::new(3);
        json!({"id": id, "customer_id": "C2", "known_at": noon(issued), "issued_on": issued,
            "due_on": issued + Days::new(term), "currency": "EUR", "total": total})
        .to_string()
    };
    // Ten times the largest that the shipped model was fitted on is 6.7 million, twice the
    // longest term 222 days.
    let issued = today - Days::new(3000);
    let ancient = json!({"id": "ancient", "customer_id": "C2", "known_at": noon(issued), "issued_on": issued,
        "due_on": issued + Days::new(30), "currency": "EUR", "total": "500.00"});
    let invoices = [
        open("ordinary", "6000000.00", 30),
        open("huge", "9000000000.00", 30),
        open("long", "2000.00", 400),
        ancient.to_string(),
    ];
    app.put_records("customer_invoice", invoices.join("\n"))
        .await;
    let ordinary = scored(&app, &json!({"id": "ordinary"})).await;
    assert_eq!(ordinary["status"], "scored");
    for (id, lacks) in [
        ("huge", "comparable_amount"),
        ("long", "comparable_term_days"),
        ("ancient", "comparable_days_overdue"),
    ] {
        let answer = scored(&app, &json!({"id": id})).await;
        assert_eq!(answer["status"], "abstained", "{answer}");
        assert!(answer.get("score").is_none() && answer.get("interval").is_none());
        assert_eq!(
            (&answer["level"], &answer["effect"]),
            (&json!("medium"), &json!("suggest"))
        );
        assert_eq!(answer["data_quality"]["missing"], json!([lacks]));
        let recommendation = answer["recommendation_id"].as_str().unwrap();
        let path = format!("/v1/recommendations/{recommendation}/replay");
        let again = app.send(Ask::post(&path).key(&app.key)).await.json();
        assert_eq!(again["outcome"], "equal", "{again}");
    }
}

#[tokio::test]
async fn what_a_note_speaks_of_holds_back_proposes_and_is_kept_without_its_words() {
    let (app, today) = firm().await;
    let note = |id: &str, invoice: &str, text: &str| {
        json!({"id": id, "customer_id": format!("C{}", &invoice[1..2]), "customer_invoice_id": invoice,
            "kind": "call", "time": noon(today - Days::new(1)), "note": text})
    };
    let contests = "Mrs Quillfeather disputes the invoice, the hours are wrong.";
    let rows = [
        note("N1", "I1-25", contests),
        note(
            "N2",
            "I3-25",
            "Bestellnummer fehlt, bitte neue Rechnung schicken.",
        ),
        note("N3", "I2-25", "Left a message on the voicemail."),
    ];
    let rows: Vec<String> = rows.iter().map(Value::to_string).collect();
    app.put_records("interaction", rows.join("\n")).await;
    let held = scored(&app, &json!({"id": "I1-25"})).await;
    let advice = &held["suggestion"];
    assert_eq!(advice["action"], "resolve_dispute", "{held}");
    assert_eq!(
        advice["suppressed_by"],
        json!(["may_be_contested", "contacted_recently"])
    );
    assert!(held.to_string().contains("interaction/N1"));
    assert!(!held.to_string().contains("Quillfeather"));
    let lacks = scored(&app, &json!({"id": "I3-25"})).await;
    assert_eq!(lacks["suggestion"]["action"], "send_document", "{lacks}");
    assert_eq!(lacks["suggestion"]["suppressed_by"], json!([]));
    let silent = scored(&app, &json!({"id": "I2-25"})).await;
    assert_eq!(
        silent["suggestion"]["suppressed_by"],
        json!(["contacted_recently"])
    );
    // Replayed from what was kept, and known no earlier than it was noted.
    let id = held["recommendation_id"].as_str().unwrap();
    let path = format!("/v1/recommendations/{id}/replay");
    let again = app.send(Ask::post(&path).key(&app.key)).await.json();
    assert_eq!(again["outcome"], "equal", "{again}");
    let before = json!({"id": "I1-25", "as_of": noon(today - Days::new(2))});
    let before = scored(&app, &before).await;
    assert_eq!(before["suggestion"]["suppressed_by"], json!([]));
    assert!(!before.to_string().contains("interaction/N1"));
    let list = Ask::get("/v1/worklists/collections").key(&app.key);
    let list = app.send(list).await.json();
    assert!(
        list["ranked"].to_string().contains("send_document"),
        "{list}"
    );
}

#[tokio::test]
async fn the_worklist_ranks_holds_back_says_why_and_is_stable() {
    let (app, today) = firm().await;
    let promise = json!({"id": "P1", "customer_id": "C3", "customer_invoice_id": "I3-25", "kind": "promise",
        "time": noon(today - Days::new(1)), "promised_on": today + Days::new(5)});
    let dispute = json!({"id": "D1", "customer_id": "C6", "kind": "dispute", "time": noon(today - Days::new(4))});
    app.put_records("interaction", format!("{promise}\n{dispute}\n"))
        .await;
    let list = Ask::get("/v1/worklists/collections").key(&app.key);
    let first = app.send(list).await.json();
    let held = |customer: &str| {
        let rows = first["held_back"].as_array().unwrap();
        let row = rows.iter().find(|row| row["customer_id"] == customer);
        row.map(|row| row["suppressed_by"].clone())
    };
    assert_eq!(held("C5"), Some(json!(["natural_person"])));
    assert_eq!(held("C6"), Some(json!(["disputed"])));
    let ranked = first["ranked"].as_array().unwrap();
    assert!(ranked.iter().all(|row| row["suppressed_by"] == json!([])));
    let stakes: Vec<f64> = ranked
        .iter()
        .map(|row| row["at_stake"].as_f64().unwrap())
        .collect();
    assert!(
        !stakes.is_empty() && stakes.is_sorted_by(|a, b| a >= b),
        "{stakes:?}"
    );
    // C3 has another open invoice, which nothing is promised for: the row is about that one.
    let third = ranked
        .iter()
        .find(|row| row["customer_id"] == "C3")
        .unwrap();
    let ids: Vec<&Value> = third["invoices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|invoice| &invoice["customer_invoice_id"])
        .collect();
    assert_eq!(ids, ["I3-24", "I3-25"]);
    assert_eq!(third["open_amount"], "6000.00");
    assert_eq!(third["held_back_amount"], "3000.00");
    let again = app
        .send(Ask::get("/v1/worklists/collections").key(&app.key))
        .await;
    assert_eq!(again.json(), first);
    let one = app
        .send(Ask::get("/v1/worklists/collections?capacity=1").key(&app.key))
        .await;
    assert_eq!(one.json()["ranked"].as_array().unwrap().len(), 1);
    // What was shown is in the chain, and the next run says what moved.
    let id = ranked[0]["invoices"][0]["recommendation_id"]
        .as_str()
        .unwrap();
    let kept = app
        .send(Ask::get(&format!("/v1/recommendations/{id}")).key(&app.key))
        .await;
    assert_eq!(kept.status, 200);
    let gone = ranked[0]["customer_id"].as_str().unwrap().to_owned();
    let call = json!({"id": "K1", "customer_id": gone, "kind": "call", "time": noon(today - Days::new(1))});
    app.put_records("interaction", call.to_string()).await;
    let next = app
        .send(Ask::get("/v1/worklists/collections").key(&app.key))
        .await
        .json();
    let names = |list: &Value| -> Vec<String> {
        let rows = list.as_array().unwrap().iter();
        rows.map(|row| row["customer_id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert!(names(&next["held_back"]).contains(&gone));
    // What it says of others is what it said before: they are not answered anew.
    let ids = |list: &Value, whose: &dyn Fn(&str) -> bool| -> BTreeMap<String, String> {
        let rows = ["ranked", "held_back", "waiting"].map(|part| list[part].as_array().unwrap());
        let rows = rows.into_iter().flatten();
        let rows = rows.filter(|row| whose(row["customer_id"].as_str().unwrap()));
        rows.flat_map(|row| row["invoices"].as_array().unwrap())
            .map(|invoice| {
                let text = |name: &str| invoice[name].as_str().unwrap().to_owned();
                (text("customer_invoice_id"), text("recommendation_id"))
            })
            .collect()
    };
    let others = |customer: &str| customer != gone;
    assert_eq!(ids(&next, &others), ids(&first, &others));
    let its = |customer: &str| customer == gone;
    let (now, then) = (ids(&next, &its), ids(&first, &its));
    assert!(
        now.iter().all(|(invoice, id)| then[invoice] != *id),
        "{now:?} {then:?}"
    );
    let top = &next["ranked"][0];
    assert_eq!(top["moved"]["from"], 2);
    assert_eq!(top["moved"]["why"], "Others moved.");
}

#[tokio::test]
async fn what_is_contested_is_not_hidden_by_a_fresh_invoice() {
    let (app, today) = firm().await;
    let fresh = json!({"id": "FRESH", "customer_id": "C2", "known_at": noon(today - Days::new(1)),
        "issued_on": today - Days::new(1), "due_on": today + Days::new(29), "currency": "EUR", "total": "5.00"});
    app.put_records("customer_invoice", fresh.to_string()).await;
    let disputes: Vec<String> = ["I2-24", "I2-25"]
        .iter()
        .map(|id| {
            let dispute = json!({"id": format!("D-{id}"), "customer_id": "C2", "customer_invoice_id": id,
                "kind": "dispute", "time": noon(today - Days::new(4))});
            dispute.to_string()
        })
        .collect();
    app.put_records("interaction", disputes.join("\n")).await;
    let list = Ask::get("/v1/worklists/collections").key(&app.key);
    let list = app.send(list).await.json();
    let held_back = list["held_back"].as_array().unwrap();
    let row = held_back
        .iter()
        .find(|row| row["customer_id"] == "C2")
        .unwrap_or_else(|| panic!("{list}"));
    assert_eq!(row["suppressed_by"], json!(["disputed"]));
    assert_eq!(row["action"], "resolve_dispute");
    assert_eq!(row["open_amount"], "4005.00");
    assert_eq!(row["held_back_amount"], "4000.00");
}

#[tokio::test]
async fn what_is_contested_in_another_currency_is_told_as_such() {
    let (app, today) = firm().await;
    let dollars = json!({"id": "USD", "customer_id": "C2", "known_at": noon(today - Days::new(60)),
        "issued_on": today - Days::new(60), "due_on": today - Days::new(30), "currency": "USD", "total": "90.00"});
    app.put_records("customer_invoice", dollars.to_string())
        .await;
    let dispute = json!({"id": "D-USD", "customer_id": "C2", "customer_invoice_id": "USD", "kind": "dispute",
        "time": noon(today - Days::new(4))});
    app.put_records("interaction", dispute.to_string()).await;
    let list = Ask::get("/v1/worklists/collections").key(&app.key);
    let list = app.send(list).await.json();
    let rows = ["ranked", "waiting"].map(|part| list[part].as_array().unwrap());
    let row = rows
        .into_iter()
        .flatten()
        .find(|row| row["customer_id"] == "C2")
        .unwrap_or_else(|| panic!("{list}"));
    assert_eq!(row["held_back_amount"], "0");
    let other = json!([{"currency": "USD", "open_amount": "90.00", "overdue_amount": "0",
        "held_back_amount": "90.00", "set_off_amount": "0", "days_overdue": 0}]);
    assert_eq!(row["other_currencies"], other);
}

#[tokio::test]
async fn expected_cash_comes_to_what_is_open_and_none_of_it_is_negative() {
    let (app, today) = firm().await;
    let mut invoices = String::new();
    for (at, (total, currency)) in [("2", "JPY"), ("0.03", "EUR"), ("1", "JPY"), ("0.01", "EUR")]
        .into_iter()
        .enumerate()
    {
        for late in 0..4_u64 {
            let issued = today - Days::new(20 + 5 * late);
            let record = json!({"id": format!("small{at}-{late}"), "customer_id": format!("C{}", 1 + at),
                "known_at": noon(issued), "issued_on": issued, "due_on": issued + Days::new(14),
                "currency": currency, "total": total});
            invoices += &format!("{record}\n");
        }
    }
    app.put_records("customer_invoice", invoices).await;
    for at in 0..4 {
        for late in 0..4 {
            let answer = scored(&app, &json!({"id": format!("small{at}-{late}")})).await;
            let advice = &answer["suggestion"];
            let amount = |value: &Value| -> rust_decimal::Decimal {
                value.as_str().unwrap().parse().unwrap()
            };
            let forecast = &advice["forecast"];
            let weeks = forecast["cash"].as_array().unwrap().iter();
            let mut parts: Vec<_> = weeks.map(|week| amount(&week["amount"])).collect();
            parts.push(amount(&forecast["cash_later"]));
            assert!(
                parts.iter().all(|part| !part.is_sign_negative()),
                "{answer}"
            );
            let sum: rust_decimal::Decimal = parts.iter().sum();
            assert_eq!(sum, amount(&advice["open_amount"]));
        }
    }
}

#[tokio::test]
async fn what_is_owed_in_two_currencies_is_told_apart() {
    let (app, today) = firm().await;
    let issued = today - Days::new(60);
    let dollars = json!({"id": "usd", "customer_id": "C2", "known_at": noon(issued), "issued_on": issued,
        "due_on": issued + Days::new(14), "currency": "USD", "total": "50.00"});
    app.put_records("customer_invoice", dollars.to_string())
        .await;
    let list = Ask::get("/v1/worklists/collections").key(&app.key);
    let list = app.send(list).await.json();
    let rows =
        ["ranked", "held_back", "waiting"].map(|part| list[part].as_array().unwrap().clone());
    let row = rows.iter().flatten().find(|row| row["customer_id"] == "C2");
    let row = row.unwrap();
    let (own, other) = (&row["currency"], &row["other_currencies"][0]["currency"]);
    assert!(
        [own, other].contains(&&json!("USD")) && [own, other].contains(&&json!("EUR")),
        "{row}"
    );
    for (query, status) in [
        ("collections?foo=1", 400),
        ("delays?foo=1", 400),
        ("nope", 404),
    ] {
        let path = format!("/v1/worklists/{query}");
        let answer = app.send(Ask::get(&path).key(&app.key)).await;
        assert_eq!(answer.status, status, "{query} {}", answer.text());
    }
}
