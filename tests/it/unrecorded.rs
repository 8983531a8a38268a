//! Records laid beside documents that no record names. The records are made up here.

use chrono::{Days, NaiveDate, Utc};
use scrutineer::domain::TenantId;
use scrutineer::store::ErasureTarget;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::app::Ask;
use crate::duplicates::{dismiss, firm, ids, scored, verdicts};
use crate::samples::cii;

/// A document of this number of the vendor `Muster GmbH`, of 119.00 EUR and a day.
fn bill(number: &str, day: NaiveDate) -> String {
    cii(number).replace("20260301", &day.format("%Y%m%d").to_string())
}

#[tokio::test]
async fn a_record_is_laid_beside_documents_that_no_record_names() {
    let app = firm().await;
    let day = Utc::now().date_naive() - Days::new(2);
    let document = bill("MU-2041077", day);
    let sha256 = hex::encode(Sha256::digest(&document));
    let uploaded = app.upload(document).await.json();
    let id = uploaded["document"]["id"].as_str().unwrap().to_owned();
    let name = format!("document/{id}");
    app.put_records(
        "vendor",
        json!({"id": "V9", "name": "Muster GmbH"}).to_string(),
    )
    .await;
    let record = |id: &str, number: &str, document: Option<&str>| {
        let mut row = json!({"id": id, "vendor_id": "V9", "number": number, "issued_on": day, "total": "119.00", "currency": "EUR"});
        if let Some(document) = document {
            row["document_sha256"] = json!(document);
        }
        format!("{row}\n")
    };
    let other = "e".repeat(64);
    app.put_records("vendor_invoice", record("SLIP", "MU-2O41077", Some(&other)))
        .await;
    let asked = json!({"id": "SLIP"});
    let slipped = scored(&app, &asked).await;
    assert_eq!(
        verdicts(&slipped)[0],
        (name.as_str(), "retyped_number", true),
        "{slipped}"
    );
    assert_eq!(slipped["controls_to_add"], json!(["duplicate_review"]));
    let replay = slipped["recommendation_id"].as_str().unwrap();
    let replay = Ask::post(&format!("/v1/recommendations/{replay}/replay")).key(&app.key);
    assert_eq!(app.send(replay).await.json()["outcome"], "equal");
    // The queue says the same, and a dismissal holds, also once somebody records the document.
    let queue = async || app.get("/v1/worklists/duplicates").await.json();
    let queued = queue().await;
    let answers = queued["run"]["queue"].as_array().unwrap();
    let in_queue = answers.iter().find(|one| one["subject"]["id"] == "SLIP");
    let in_queue = in_queue.unwrap_or_else(|| panic!("not in the queue: {queued}"));
    assert_eq!(in_queue["suggestion"], slipped["suggestion"]);
    dismiss(&app, &slipped).await;
    assert!(!ids(&queue().await["run"]["queue"]).contains(&"SLIP"));
    app.put_records("vendor_invoice", record("OWN", "MU-2041077", Some(&sha256)))
        .await;
    let recorded = queue().await;
    assert!(
        !ids(&recorded["run"]["queue"]).contains(&"SLIP"),
        "{recorded}"
    );
    // From then on the two records are laid beside each other.
    let own = scored(&app, &json!({"id": "OWN"})).await;
    assert_eq!(
        verdicts(&own)[0],
        ("vendor_invoice/SLIP", "retyped_number", true),
        "{own}"
    );
    assert!(verdicts(&scored(&app, &asked).await).is_empty());
    let before_it = json!({"id": "SLIP", "as_of": slipped["as_of"]});
    assert_eq!(verdicts(&scored(&app, &before_it).await)[0].0, name);
}

#[tokio::test]
async fn a_record_that_names_no_document_is_taken_to_be_made_of_the_one_that_says_the_same() {
    let app = firm().await;
    let day = Utc::now().date_naive() - Days::new(2);
    let uploaded = app.upload(bill("MU-2041077", day)).await.json();
    let id = uploaded["document"]["id"].as_str().unwrap().to_owned();
    let rows = [
        json!({"id": "V9", "name": "Muster GmbH"}).to_string(),
        json!({"id": "MADE", "vendor_id": "V9", "number": "MU-2041077", "issued_on": day, "total": "119.00", "currency": "EUR"})
            .to_string(),
    ];
    for (kind, row) in ["vendor", "vendor_invoice"].into_iter().zip(rows) {
        app.put_records(kind, row).await;
    }
    let made = scored(&app, &json!({"id": "MADE"})).await;
    let name = format!("document/{id}");
    assert_eq!(verdicts(&made), [(name.as_str(), "own_document", false)]);
    assert_eq!(made["effect"], "none");
    // Nothing is laid beside a document that was erased.
    let target = ErasureTarget::Document(id.parse().unwrap());
    let tenant = TenantId::new("firm").unwrap();
    let erased = app.store.erase(&tenant, &target, "asked for", "key").await;
    // With it go the answers that name it.
    assert_eq!(erased.unwrap().entries, 2);
    let answer = made["recommendation_id"].as_str().unwrap();
    let answer = app.get(&format!("/v1/recommendations/{answer}")).await;
    assert_eq!(answer.status, 404);
    let made = scored(&app, &json!({"id": "MADE"})).await;
    assert!(verdicts(&made).is_empty(), "{made}");
}
