//! What people say of answers: by whichever door it comes.

use serde_json::{Value, json};

use crate::app::{Answer, Ask, TestApp};
use crate::samples::cii;

async fn say(app: &TestApp, id: &str, said: &Value) -> Answer {
    let path = format!("/v1/recommendations/{id}/feedback");
    app.send(Ask::post(&path).key(&app.key).json(said)).await
}

#[tokio::test]
async fn what_the_answer_does_not_have_is_refused_and_named() {
    let app = TestApp::start().await;
    let analysis = app.upload(cii("F-1")).await.json()["analysis"].clone();
    let id = analysis["recommendation"]["recommendation_id"]
        .as_str()
        .unwrap();
    for (said, member) in [
        (
            json!({"verdict": "edited", "corrected": {"totl": "1"}}),
            "corrected.totl",
        ),
        (
            json!({"verdict": "edited", "corrected": {"total": "1,00"}}),
            "corrected.total",
        ),
        (
            json!({"verdict": "edited", "corrected": {"type": "letter"}}),
            "corrected.type",
        ),
        (json!({"verdict": "accepted", "about": "totl"}), "about"),
    ] {
        let problem = say(&app, id, &said)
            .await
            .assert_problem(422, "invalid_content");
        assert_eq!(problem["errors"][0]["field"], member, "{problem}");
    }
    let many: serde_json::Map<String, Value> =
        (0..201).map(|n| (format!("f{n}"), json!(""))).collect();
    for said in [
        json!({"verdict": "edited", "corrected": {"seller": "x".repeat(2_001)}}),
        json!({"verdict": "edited", "corrected": many}),
        json!({"verdict": "accepted", "about": "x".repeat(2_001)}),
        json!({"verdict": "accepted", "about": ""}),
    ] {
        say(&app, id, &said)
            .await
            .assert_problem(422, "invalid_content");
    }
    let nothing = app.get("/v1/documents?decided=true").await.json();
    assert_eq!(nothing["items"], json!([]), "nothing was kept");
}

#[tokio::test]
async fn of_an_answer_about_a_record_reasons_alone_can_be_spoken_of() {
    let app = TestApp::start().await;
    for (kind, rows) in crate::duplicates::records(chrono::Utc::now().date_naive()) {
        app.put_records(kind, rows).await;
    }
    let asked = Ask::post("/v1/duplicate/score")
        .key(&app.key)
        .json(&json!({"id": "AGAIN"}));
    let answer = app.send(asked).await.json();
    let id = answer["recommendation_id"].as_str().unwrap();
    for (said, member) in [
        (
            json!({"verdict": "edited", "corrected": {"number": "1"}}),
            "corrected.number",
        ),
        (json!({"verdict": "accepted", "about": "zzz"}), "about"),
    ] {
        let problem = say(&app, id, &said)
            .await
            .assert_problem(422, "invalid_content");
        assert_eq!(problem["errors"][0]["field"], member, "{problem}");
    }
    let about = answer["reasons"][0]["code"].clone();
    let said = say(&app, id, &json!({"verdict": "accepted", "about": about})).await;
    assert_eq!(said.status, 201, "{}", said.text());
}

#[tokio::test]
async fn the_last_word_on_the_whole_counts() {
    let app = TestApp::start().await;
    let analysis = app.upload(cii("F-2")).await.json()["analysis"].clone();
    let id = analysis["recommendation"]["recommendation_id"]
        .as_str()
        .unwrap();
    let reason = analysis["recommendation"]["reasons"][0]["code"].clone();
    for (said, verdict) in [
        (json!({"verdict": "accepted"}), "accepted"),
        (
            json!({"verdict": "edited", "corrected": {"total": "120.00"}}),
            "edited",
        ),
        (
            json!({"verdict": "rejected", "reason": "wrong_type"}),
            "rejected",
        ),
        // A word on a part leaves the word on the whole.
        (json!({"verdict": "accepted", "about": "total"}), "rejected"),
        (json!({"verdict": "accepted", "about": reason}), "rejected"),
    ] {
        let stored = say(&app, id, &said).await;
        assert_eq!(stored.status, 201, "{}", stored.text());
        let row = app.get("/v1/documents").await.json()["items"][0].clone();
        assert_eq!(row["verdict"], verdict, "{said}");
    }
}
