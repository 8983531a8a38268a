//! Documents and the inbox.

use chrono::{Duration, Utc};

use super::{accepted, analysis, canonical, decide, open, put, tenant};
use crate::advice::samples;
use crate::documents::picture::Look;
use crate::store::{ErasureTarget, InboxFilter, NewDecision, Sought, StoreError};

#[tokio::test]
async fn the_same_bytes_are_the_same_document_within_a_tenant_only() {
    let (_folder, store) = open().await;
    let (a, b) = (tenant("a"), tenant("b"));
    let first = put(&store, &a, b"%PDF bytes").await;
    let again = put(&store, &a, b"%PDF bytes").await;
    assert!(first.created && !again.created);
    assert_eq!(first.row, again.row);
    assert_eq!(first.row.size, 10);
    let other = put(&store, &b, b"%PDF bytes").await;
    assert!(other.created);
    assert_ne!(other.row.id, first.row.id);

    assert_eq!(store.document(&b, first.row.id).await.unwrap(), None);
    assert_eq!(store.document_bytes(&b, first.row.id).await.unwrap(), None);
    let bytes = store.document_bytes(&a, first.row.id).await.unwrap();
    assert_eq!(bytes.as_deref(), Some(b"%PDF bytes".as_slice()));
}

#[tokio::test]
async fn bytes_that_changed_on_disk_are_not_given_out() {
    let (folder, store) = open().await;
    let a = tenant("a");
    let row = put(&store, &a, b"genuine").await.row;
    let path = folder
        .path()
        .join("documents/a")
        .join(&row.sha256[..2])
        .join(&row.sha256);
    std::fs::write(&path, b"forged!").unwrap();
    let answer = store.document_bytes(&a, row.id).await;
    assert!(matches!(answer, Err(StoreError::Damaged(_))), "{answer:?}");
    // The same bytes handed in again mend the file.
    put(&store, &a, b"genuine").await;
    assert!(store.document_bytes(&a, row.id).await.unwrap().is_some());
}

#[tokio::test]
async fn the_inbox_filters_counts_and_pages() {
    let (_folder, store) = open().await;
    let (a, b) = (tenant("a"), tenant("b"));
    let mut ids = Vec::new();
    for n in 0..7_u8 {
        let id = put(&store, &a, &[n]).await.row.id;
        ids.push(id);
        if n == 6 {
            continue;
        }
        let answer = decide(&store, &a, "document", &id.to_string()).await;
        let seller = if n % 2 == 0 { "Müller_GmbH" } else { "ACME" };
        let body = analysis(&answer, seller, &format!("2026-01-0{}", n + 1));
        store.put_analysis(&a, id, &body).await.unwrap();
        assert_eq!(store.analysis(&a, id).await.unwrap().unwrap().body, body);
        assert!(store.analysis(&b, id).await.unwrap().is_none());
        if n == 0 {
            let id = answer.recommendation_id;
            store
                .append_feedback(&a, id, &accepted(), "key")
                .await
                .unwrap();
        }
    }
    let count = async |filter: InboxFilter| store.count_documents(&a, &filter).await.unwrap();
    let all = count(InboxFilter::default()).await;
    assert_eq!((all.total, all.needs_review, all.decided), (7, 5, 1));
    assert_eq!(all.by_status["pending"], 1);
    assert_eq!(all.by_status["scored"], 6);
    assert_eq!(all.by_type["po_invoice"], 6);
    assert_eq!(all.by_level["high"], 6);
    assert_eq!(
        store
            .count_documents(&b, &InboxFilter::default())
            .await
            .unwrap()
            .total,
        0
    );

    let text = |text: &str| InboxFilter {
        text: Some(text.to_owned()),
        ..InboxFilter::default()
    };
    for (part, found) in [
        ("MÜLLER_", 3),
        ("acme", 3),
        ("100%", 6),
        ("%", 6),
        ("_", 3),
        ("rechnung", 7),
        ("'; --", 0),
    ] {
        assert_eq!(count(text(part)).await.total, found, "{part}");
    }
    let narrow = InboxFilter {
        issued_from: "2026-01-02".parse().ok(),
        issued_to: "2026-01-04".parse().ok(),
        decided: Some(false),
        needs_review: Some(true),
        document_type: Some("po_invoice".to_owned()),
        level: Some("high".to_owned()),
        status: Some("scored".to_owned()),
        received_before: Some(Utc::now() + Duration::hours(1)),
        received_from: Some(Utc::now() - Duration::hours(1)),
        ..InboxFilter::default()
    };
    assert_eq!(count(narrow).await.total, 3);
    let decided = InboxFilter {
        decided: Some(true),
        ..InboxFilter::default()
    };
    let listed = store.list_documents(&a, &decided, None, 10).await.unwrap();
    assert_eq!(listed.items.len(), 1);
    assert_eq!(listed.items[0].document_id, ids[0]);
    assert_eq!(listed.items[0].seller.as_deref(), Some("Müller_GmbH"));

    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let page = store
            .list_documents(&a, &InboxFilter::default(), cursor.as_ref(), 3)
            .await
            .unwrap();
        seen.extend(page.items.into_iter().map(|row| row.document_id));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    ids.reverse();
    assert_eq!(seen, ids);
}

#[tokio::test]
async fn a_decision_and_what_is_shown_of_it_are_stored_together_or_not_at_all() {
    let (_folder, store) = open().await;
    let a = tenant("a");
    let document = put(&store, &a, b"one").await.row.id;
    let (mut lost, mut answer) = (samples::recommendation(), samples::recommendation());
    let nothing = canonical(&serde_json::json!({}));
    let read = store.erasures(&a).await.unwrap();
    let mut shown = analysis(&lost, "ACME", "2026-01-01");
    let decision = NewDecision {
        recommendation: &mut lost,
        input: &nothing,
        features: &nothing,
        read,
    };
    let refused = store
        .append_document_decision(&a, uuid::Uuid::now_v7(), decision, &mut shown)
        .await;
    assert!(matches!(refused, Err(StoreError::Missing("document"))));
    assert_eq!(lost.decision_sha256, None);

    let mut shown = analysis(&answer, "ACME", "2026-01-01");
    let decision = NewDecision {
        recommendation: &mut answer,
        input: &nothing,
        features: &nothing,
        read,
    };
    let is_kept = store.append_document_decision(&a, document, decision, &mut shown);
    assert!(is_kept.await.unwrap());
    let kept = store.analysis(&a, document).await.unwrap().unwrap().body;
    assert_eq!(
        kept["recommendation"],
        serde_json::to_value(&answer).unwrap()
    );
    assert!(answer.decision_sha256.is_some());
    let report = store.audit_verify(&[]).await.unwrap();
    assert!(report.ok, "{:?}", report.faults);
    assert_eq!(report.chains[0].entries, 1);
}

#[tokio::test]
async fn documents_that_show_one_picture_are_found_until_they_are_erased() {
    let (_folder, store) = open().await;
    let (a, b) = (tenant("a"), tenant("b"));
    let look = |text: &str| -> Look { text.parse().unwrap() };
    let first = put(&store, &a, b"first").await.row;
    let anew = put(&store, &a, b"saved anew").await.row;
    let other = put(&store, &a, b"other").await.row;
    let elsewhere = put(&store, &b, b"first").await.row;
    let zeros = "0".repeat(64);
    store.put_look(&a, first.id, look(&zeros)).await.unwrap();
    store.put_look(&a, first.id, look(&zeros)).await.unwrap();
    let near = format!("7fff{}", &zeros[4..]);
    store.put_look(&a, anew.id, look(&near)).await.unwrap();
    let far = format!("ffff{}", &zeros[4..]);
    store.put_look(&a, other.id, look(&far)).await.unwrap();
    store
        .put_look(&b, elsewhere.id, look(&zeros))
        .await
        .unwrap();

    let digests = [first.sha256.clone(), "0".repeat(64)];
    let same = |when| store.same_pictures(&a, &digests, when);
    let found = same(Utc::now()).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[&first.sha256], std::slice::from_ref(&anew.sha256));
    let before = first.received_at - Duration::seconds(1);
    assert!(same(before).await.unwrap().is_empty());
    // Of a document that is still being read: as of the moment at which it began to come.
    let showing = |but, when| store.showing(&a, look(&zeros), but, when);
    let began = anew.received_at;
    let told = showing("", began).await.unwrap();
    assert!(told.contains(&first.sha256) && told.contains(&anew.sha256));
    assert_eq!(
        showing(&anew.sha256, began).await.unwrap(),
        std::slice::from_ref(&first.sha256)
    );
    assert!(showing(&anew.sha256, before).await.unwrap().is_empty());

    let target = ErasureTarget::Document(anew.id);
    store.erase(&a, &target, "asked for", "key").await.unwrap();
    assert!(same(Utc::now()).await.unwrap().is_empty());
    let (looks, bands): (i64, i64) =
        sqlx::query_as("SELECT (SELECT COUNT(*) FROM looks), (SELECT COUNT(*) FROM look_bands)")
            .fetch_one(store.readers())
            .await
            .unwrap();
    assert_eq!((looks, bands), (3, 48));
}

#[tokio::test]
async fn how_an_erased_document_looks_is_neither_kept_nor_shown() {
    let (_folder, store) = open().await;
    let a = tenant("a");
    let look: Look = "0".repeat(64).parse().unwrap();
    let first = put(&store, &a, b"first").await.row;
    let anew = put(&store, &a, b"saved anew").await.row;
    store.put_look(&a, first.id, look).await.unwrap();
    let target = ErasureTarget::Document(anew.id);
    store.erase(&a, &target, "asked for", "key").await.unwrap();
    // It was being read when it was erased.
    let refused = store.put_look(&a, anew.id, look).await;
    assert!(
        matches!(refused, Err(StoreError::Missing("document"))),
        "{refused:?}"
    );
    put(&store, &a, b"saved anew").await;
    store.put_look(&a, anew.id, look).await.unwrap();
    let digests = [first.sha256.clone(), anew.sha256.clone()];
    let same = async || store.same_pictures(&a, &digests, Utc::now()).await.unwrap();
    assert_eq!(same().await.len(), 2);
    // As earlier versions left it.
    sqlx::query("UPDATE documents SET erased_at = received_at WHERE id = $1")
        .bind(anew.id.to_string())
        .execute(store.writer())
        .await
        .unwrap();
    assert!(same().await.is_empty());
    let showing = store.showing(&a, look, "", Utc::now()).await.unwrap();
    assert_eq!(showing, [first.sha256]);
}

#[tokio::test]
async fn earlier_documents_are_found_by_total_number_or_picture() {
    let (_folder, store) = open().await;
    let (a, b) = (tenant("a"), tenant("b"));
    let mut rows = Vec::new();
    for (n, (number, total, kind)) in [
        ("R-1", "119.00", "po_invoice"),
        ("R-2", "-119.0", "credit_note"),
        ("R-3", "119", "statement"),
        ("R-4", "80.50", "po_invoice"),
        ("R-5", "7.00", "receipt"),
    ]
    .into_iter()
    .enumerate()
    {
        let row = put(&store, &a, &[n as u8]).await.row;
        let answer = decide(&store, &a, "document", &row.id.to_string()).await;
        let mut body = analysis(&answer, "ACME", "2026-01-01");
        body["type"]["value"] = kind.into();
        body["fields"]["number"]["value"] = number.into();
        body["fields"]["total"]["value"] = total.into();
        store.put_analysis(&a, row.id, &body).await.unwrap();
        rows.push(row);
    }
    let found = async |tenant, sought: Sought, as_of| -> Vec<String> {
        let found = store.documents_alike(tenant, &sought, as_of).await.unwrap();
        let numbers = found
            .iter()
            .map(|one| one.fields["number"]["value"].as_str());
        numbers.map(|number| number.unwrap().to_owned()).collect()
    };
    let by_total = || Sought {
        total: "119.0".parse().ok(),
        ..Sought::default()
    };
    let now = Utc::now();
    assert_eq!(found(&a, by_total(), now).await, ["R-1", "R-2"]);
    let itself = Sought {
        sha256: rows[0].sha256.clone(),
        number: Some("R-4".to_owned()),
        pictures: vec![rows[4].sha256.clone()],
        ..by_total()
    };
    assert_eq!(found(&a, itself, now).await, ["R-2", "R-4", "R-5"]);
    assert!(found(&a, Sought::default(), now).await.is_empty());
    assert!(found(&b, by_total(), now).await.is_empty());
    let before = rows[0].received_at - Duration::seconds(1);
    assert!(found(&a, by_total(), before).await.is_empty());
    // By name alone, whatever their kind; what is no bill is left out once they are read.
    let named = async |from, sought: Option<&Sought>| -> Vec<String> {
        let names = store.documents_between(&a, from..=now, sought).await;
        names.unwrap().into_iter().map(|name| name.id).collect()
    };
    let id = |n: usize| rows[n].id.to_string();
    assert_eq!(named(before, None).await.len(), 5);
    assert_eq!(named(now, None).await, [""; 0]);
    let by_all = Sought {
        sha256: rows[0].sha256.clone(),
        number: Some("R-4".to_owned()),
        pictures: vec![rows[4].sha256.clone()],
        ..by_total()
    };
    let shared = named(before, Some(&by_all)).await;
    assert_eq!(shared, [id(1), id(2), id(3), id(4)]);
    let bills = store.bills(&a, &shared, now).await.unwrap();
    let bills: Vec<String> = bills.into_iter().map(|bill| bill.id).collect();
    assert_eq!(bills, [id(1), id(3), id(4)]);

    let changed = async || store.documents_changed(&a).await.unwrap();
    assert_eq!(changed().await, 5);
    let target = ErasureTarget::Document(rows[0].id);
    store.erase(&a, &target, "asked for", "key").await.unwrap();
    assert_eq!(found(&a, by_total(), now).await, ["R-2"]);
    assert_eq!(named(before, None).await.len(), 4);
    assert_eq!(changed().await, 6);
}
