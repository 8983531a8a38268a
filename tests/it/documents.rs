//! Files in, analyses out.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::app::{Ask, TestApp};
use crate::samples::{cii, pdf};

async fn job_done(app: &TestApp, place: &str) -> Value {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let job = app.get(place).await.json();
        match job["state"].as_str().unwrap() {
            "queued" | "running" => assert!(Instant::now() < deadline, "{job}"),
            _ => return job,
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_file_is_answered_at_once_and_the_same_bytes_are_the_same_document() {
    let app = TestApp::start().await;
    let first = app.upload(cii("R-1")).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text());
    let answer = first.json();
    let id = answer["document"]["id"].as_str().unwrap();
    assert_eq!(first.header("location"), format!("/v1/documents/{id}"));
    assert_eq!(answer["document"]["media"], "cii");
    let recommendation = &answer["analysis"]["recommendation"];
    assert_eq!(
        recommendation["subject"],
        json!({"type": "document", "id": id})
    );
    assert!(recommendation["decision_sha256"].is_string());
    let again = app.upload(cii("R-1")).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(again.json(), answer);
    assert_eq!(app.get(first.header("location")).await.json(), answer);
    let stored = recommendation["recommendation_id"].as_str().unwrap();
    let stored = app.get(&format!("/v1/recommendations/{stored}")).await;
    assert_eq!(stored.json(), *recommendation);
}

#[tokio::test]
async fn an_answer_can_be_had_again_bit_for_bit() {
    let app = TestApp::start().await;
    for bytes in [cii("R-7").into_bytes(), pdf("Invoice 8"), b"hello".to_vec()] {
        let answer = app.upload(bytes).await.json();
        let given = &answer["analysis"]["recommendation"];
        let id = given["recommendation_id"].as_str().unwrap();
        let path = format!("/v1/recommendations/{id}/replay");
        let replay = app.send(Ask::post(&path).key(&app.key)).await;
        assert_eq!(replay.status, 200, "{}", replay.text());
        assert_eq!(replay.json()["outcome"], "equal", "{}", replay.text());
        let stored = app.get(&format!("/v1/recommendations/{id}")).await;
        assert_eq!(replay.json()["recomputed"], stored.json());
    }
    let path = "/v1/recommendations/01890000-0000-7000-8000-000000000000/replay";
    app.send(Ask::post(path).key(&app.key))
        .await
        .assert_problem(404, "not_found");
}

#[tokio::test]
async fn a_form_brings_its_own_file_name() {
    let app = TestApp::start().await;
    let body = format!(
        "--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nx\r\n\
         --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../march.xml\"\r\n\
         Content-Type: application/xml\r\n\r\n{}\r\n--b--\r\n",
        cii("R-2")
    );
    let form = |body: String| {
        Ask::post("/v1/documents")
            .key(&app.key)
            .header("content-type", "multipart/form-data; boundary=b")
            .body(body)
    };
    let answer = app.send(form(body)).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.json()["document"]["filename"], "march.xml");
    let part = |number: &str| {
        format!(
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{number}.xml\"\r\n\r\n{}\r\n",
            cii(number)
        )
    };
    let before = app.get("/v1/documents").await.json();
    let two = app
        .send(form(format!("{}{}--b--\r\n", part("R-3"), part("R-4"))))
        .await
        .assert_problem(422, "invalid_content");
    assert_eq!(two["errors"][0]["field"], "file", "{two}");
    assert_eq!(
        app.get("/v1/documents").await.json(),
        before,
        "none is kept"
    );
    let empty = "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\ny\r\n--b--\r\n";
    app.send(form(empty.to_owned()))
        .await
        .assert_problem(422, "invalid_content");
    app.send(form("--c".to_owned()))
        .await
        .assert_problem(400, "invalid_request");
}

#[tokio::test]
async fn what_is_no_document_is_answered_and_not_an_error() {
    let app = TestApp::start().await;
    for bytes in [
        b"hello".to_vec(),
        b"%PDF-1.7\ngarbage".to_vec(),
        b"<Invoice".to_vec(),
        vec![0; 1000],
        b"\x89PNG\r\n\x1a\nx".to_vec(),
    ] {
        let answer = app.upload(bytes).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let recommendation = answer.json()["analysis"]["recommendation"].clone();
        assert_eq!(recommendation["status"], "degraded");
        assert!(
            !recommendation["data_quality"]["missing"]
                .as_array()
                .unwrap()
                .is_empty()
        );
    }
    app.upload("").await.assert_problem(422, "invalid_content");
    let long_name = format!("/v1/documents?filename={}", "n".repeat(201));
    app.send(Ask::post(&long_name).key(&app.key).body("x"))
        .await
        .assert_problem(400, "invalid_parameter");
    app.send(
        Ask::post("/v1/documents")
            .key(&app.key)
            .header("content-type", "application/json")
            .body("{}"),
    )
    .await
    .assert_problem(415, "unsupported_media_type");
}

#[tokio::test]
async fn who_asks_for_a_job_gets_one_and_so_does_a_long_file() {
    let app = TestApp::start_with(|config, _| config.limits.inline_bytes = 5_000).await;
    let asked = app
        .send(
            Ask::post("/v1/documents?filename=asked.xml")
                .key(&app.key)
                .header("content-type", "application/xml")
                .header("prefer", "wait=1, respond-async")
                .body(cii("R-3")),
        )
        .await;
    assert_eq!(asked.status, 202, "{}", asked.text());
    assert_eq!(asked.header("preference-applied"), "respond-async");
    let long = app
        .upload(format!("{}{}", cii("R-4"), " ".repeat(5_000)))
        .await;
    assert_eq!(long.status, 202);
    assert_eq!(long.header("preference-applied"), "");
    for answer in [asked, long] {
        let job = job_done(&app, answer.header("location")).await;
        assert_eq!(job["state"], "done", "{job}");
        let document = job["document_id"].as_str().unwrap();
        let document = app.get(&format!("/v1/documents/{document}")).await.json();
        assert!(document["analysis"]["recommendation"].is_object());
    }
}

#[tokio::test]
async fn jobs_past_the_limit_are_turned_away() {
    let app = TestApp::start_with(|config, _| config.limits.jobs = 0).await;
    let answer = app
        .send(
            Ask::post("/v1/documents")
                .key(&app.key)
                .header("prefer", "respond-async")
                .body(cii("R-5")),
        )
        .await;
    answer.assert_problem(503, "overloaded");
    assert_eq!(answer.header("retry-after"), "30");
}

#[tokio::test]
async fn a_page_is_a_picture_that_is_sent_once() {
    let app = TestApp::start().await;
    let answer = app.upload(pdf("Invoice 7")).await.json();
    let id = answer["document"]["id"].as_str().unwrap();
    let place = format!("/v1/documents/{id}/pages/1.png");
    let picture = app.get(&format!("{place}?width=300")).await;
    assert_eq!(picture.status, 200, "{}", picture.text());
    assert_eq!(picture.header("content-type"), "image/png");
    assert!(picture.body.starts_with(b"\x89PNG"));
    assert_eq!(picture.body[16..20], 300_u32.to_be_bytes());
    let again = Ask::get(&format!("{place}?width=300"))
        .key(&app.key)
        .header("if-none-match", picture.header("etag"));
    assert_eq!(app.send(again).await.status, 304);
    for (page, status, code) in [
        ("2.png", 404, "not_found"),
        ("0.png", 400, "invalid_parameter"),
        ("1.jpg", 400, "invalid_parameter"),
        ("1.png?width=99", 400, "invalid_parameter"),
    ] {
        app.get(&format!("/v1/documents/{id}/pages/{page}"))
            .await
            .assert_problem(status, code);
    }
    let xml = app.upload(cii("R-6")).await.json();
    let id = xml["document"]["id"].as_str().unwrap();
    app.get(&format!("/v1/documents/{id}/pages/1.png"))
        .await
        .assert_problem(422, "invalid_content");
}

#[tokio::test]
async fn listings_have_pages_and_filters() {
    let app = TestApp::start().await;
    for number in 0..5 {
        app.upload(cii(&format!("L-{number}"))).await;
    }
    let mut seen = Vec::new();
    let mut path = "/v1/documents?limit=2".to_owned();
    loop {
        let page = app.get(&path).await.json();
        for item in page["items"].as_array().unwrap() {
            seen.push(item["document_id"].as_str().unwrap().to_owned());
        }
        match page["next"].as_str() {
            Some(next) => path = format!("/v1/documents?limit=2&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 5);
    let mut newest_first = seen.clone();
    newest_first.sort_by(|a, b| b.cmp(a));
    assert_eq!(seen, newest_first);
    let none = app.get("/v1/documents?status=pending").await.json();
    assert_eq!(none["items"], json!([]));
}

#[tokio::test]
async fn the_worklist_goes_from_page_to_page_and_loses_what_was_decided() {
    let app = TestApp::start().await;
    for text in ["one", "two", "three"] {
        app.upload(text).await;
    }
    let mut found = Vec::new();
    let mut path = "/v1/worklists/invoice_review?limit=1".to_owned();
    loop {
        let page = app.get(&path).await.json();
        found.extend(page["items"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(next) => path = format!("/v1/worklists/invoice_review?limit=1&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(found.len(), 3);
    let id = found[0]["recommendation_id"].as_str().unwrap();
    let feedback = Ask::post(&format!("/v1/recommendations/{id}/feedback"))
        .key(&app.key)
        .json(&json!({"verdict": "rejected", "reason": "not_ours"}));
    let stored = app.send(feedback).await;
    assert_eq!(stored.status, 201, "{}", stored.text());
    assert_eq!(stored.json()["feedback"]["verdict"], "rejected");
    let left = app.get("/v1/worklists/invoice_review").await.json();
    assert_eq!(left["items"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_uploads_of_five_megabytes_at_once_are_all_answered() {
    let app = Arc::new(TestApp::start().await);
    let uploads: Vec<_> = (0..16_u8)
        .map(|number| {
            let app = Arc::clone(&app);
            tokio::spawn(async move {
                let mut bytes = pdf(&format!("Number {number}"));
                // Bytes after the end of a PDF are passed over.
                bytes.resize(5_000_000, number);
                app.upload(bytes).await
            })
        })
        .collect();
    for upload in uploads {
        let answer = upload.await.unwrap();
        assert_eq!(answer.status, 201, "{}", answer.text());
    }
    assert_eq!(app.get_public("/health/ready").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_full_queue_turns_away_at_once_and_then_recovers() {
    let app = TestApp::start_with(|config, _| {
        config.limits.concurrency = 1;
        config.limits.queue = 0;
    })
    .await;
    let app = Arc::new(app);
    let uploads: Vec<_> = (0..8)
        .map(|number| {
            let app = Arc::clone(&app);
            tokio::spawn(async move { app.upload(pdf(&format!("Q {number}"))).await })
        })
        .collect();
    let mut refused = 0;
    for upload in uploads {
        let answer = upload.await.unwrap();
        if answer.status == 503 {
            answer.assert_problem(503, "overloaded");
            assert_eq!(answer.header("retry-after"), "2");
            refused += 1;
        } else {
            assert_eq!(answer.status, 201, "{}", answer.text());
        }
    }
    assert!((1..8).contains(&refused), "{refused} of 8 refused");
    assert_eq!(app.upload(cii("after")).await.status, 201);
}

#[tokio::test]
async fn a_document_that_comes_again_with_a_slipped_number_shows_its_twin() {
    let app = TestApp::start().await;
    let first = app.upload(cii("RE-2041077")).await.json();
    let codes = |answer: &Value| {
        let findings = answer["analysis"]["findings"].as_array().unwrap().clone();
        let codes = findings.into_iter().map(|finding| finding["code"].clone());
        codes.collect::<Vec<Value>>()
    };
    assert!(!codes(&first).contains(&"possible_copy".into()), "{first}");
    let again = app.upload(cii("RE-2O41077")).await.json();
    let finding = again["analysis"]["findings"].as_array().unwrap().iter();
    let copy = finding.clone().find(|one| one["code"] == "possible_copy");
    let copy = copy.unwrap_or_else(|| panic!("{again}"));
    let twin = copy["evidence"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&twin["kind"], &twin["ref"]),
        (&"document".into(), &first["document"]["id"])
    );
    let controls = again["analysis"]["recommendation"]["controls_to_add"].to_string();
    assert!(controls.contains("duplicate_check"), "{controls}");
    // What another vendor bills is none.
    let other = cii("RE-2041O77")
        .replace("Muster GmbH", "Kranz AG")
        .replace("119.00", "128.00");
    let other = app.upload(other).await.json();
    assert!(!codes(&other).contains(&"possible_copy".into()), "{other}");
}
