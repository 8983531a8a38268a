//! Keys and idempotency.

use chrono::{Duration, Utc};

use super::{decide, open, tenant};
use crate::store::{IdempotencyStart, NewKey, Store, StoreError, StoredResponse};

#[tokio::test]
async fn a_key_opens_only_as_it_was_made() {
    let (folder, store) = open().await;
    let (a, b) = (tenant("a"), tenant("b"));
    let now = Utc::now();
    let new = NewKey {
        label: "engine".to_owned(),
        scopes: "case:invoice read".parse().unwrap(),
        expires_at: Some(now + Duration::days(1)),
    };
    let made = store.create_key(&a, new.clone()).await.unwrap();
    let opened = store.authenticate(&made.token, now).await.unwrap().unwrap();
    assert_eq!((&opened.tenant, &opened.scopes), (&a, &new.scopes));
    assert_eq!(opened.prefix, made.key.prefix);

    let expired = store
        .authenticate(&made.token, now + Duration::days(2))
        .await;
    assert_eq!(expired.unwrap(), None);
    let (head, last) = made.token.split_at(made.token.len() - 1);
    let other = format!("{head}{}", if last == "0" { "1" } else { "0" });
    let unknown = format!("scr_{}_{}", "0".repeat(12), "0".repeat(64));
    for bad in ["", "scr_", "x", &made.token[1..], head, &other, &unknown] {
        assert_eq!(store.authenticate(bad, now).await.unwrap(), None, "{bad}");
    }
    assert!(!format!("{made:?}").contains(&made.token[20..]));
    assert!(store.list_keys(&b).await.unwrap().is_empty());
    assert!(!store.revoke_key(&b, &made.key.prefix).await.unwrap());
    assert!(
        store
            .authenticate(&made.token, now)
            .await
            .unwrap()
            .is_some()
    );
    assert!(store.revoke_key(&a, &made.key.prefix).await.unwrap());
    assert!(!store.revoke_key(&a, &made.key.prefix).await.unwrap());
    assert_eq!(store.authenticate(&made.token, now).await.unwrap(), None);
    assert!(store.list_keys(&a).await.unwrap()[0].revoked_at.is_some());

    // The secret itself is nowhere on disk.
    store.close().await;
    let secret = made.token.rsplit('_').next().unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            assert!(
                !bytes.windows(64).any(|part| part == secret.as_bytes()),
                "{path:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_key_that_another_process_withdraws_opens_nothing_at_once() {
    let (folder, store) = open().await;
    let a = tenant("a");
    let new = NewKey {
        label: String::new(),
        scopes: "read".parse().unwrap(),
        expires_at: None,
    };
    let made = store.create_key(&a, new).await.unwrap();
    let opens = async || store.authenticate(&made.token, Utc::now()).await.unwrap();
    // The second time from memory.
    assert!(opens().await.is_some());
    assert!(opens().await.is_some());
    let other = Store::open(folder.path()).await.unwrap();
    assert!(other.revoke_key(&a, &made.key.prefix).await.unwrap());
    assert_eq!(opens().await, None);
}

#[tokio::test]
async fn a_change_is_noticed_whatever_a_killed_process_left_behind() {
    let (folder, store) = open().await;
    let a = tenant("a");
    let other = Store::open(folder.path()).await.unwrap();
    let odd = 7_u64.to_le_bytes();
    for left in [&odd[..], b"", b"123"] {
        let new = NewKey {
            label: String::new(),
            scopes: "read".parse().unwrap(),
            expires_at: None,
        };
        let made = store.create_key(&a, new).await.unwrap();
        std::fs::write(folder.path().join("changes"), left).unwrap();
        let opens = async || store.authenticate(&made.token, Utc::now()).await.unwrap();
        assert!(opens().await.is_some());
        assert!(opens().await.is_some());
        assert!(other.revoke_key(&a, &made.key.prefix).await.unwrap());
        assert_eq!(opens().await, None);
    }
    // What was left is put right by whoever writes next, be it a decision.
    std::fs::write(folder.path().join("changes"), odd).unwrap();
    decide(&store, &a, "invoice", "i").await;
    let settled = std::fs::read(folder.path().join("changes")).unwrap();
    assert!(settled.len() == 8 && settled[0] % 2 == 0, "{settled:?}");
}

#[tokio::test]
async fn a_key_needs_a_scope() {
    let (_folder, store) = open().await;
    let new = NewKey {
        label: String::new(),
        scopes: "".parse().unwrap(),
        expires_at: None,
    };
    let refused = store.create_key(&tenant("a"), new).await;
    assert!(matches!(refused, Err(StoreError::Invalid(_))));
}

#[tokio::test]
async fn one_request_is_answered_once() {
    let (_folder, store) = open().await;
    let (a, b) = (tenant("a"), tenant("b"));
    let now = Utc::now();
    let start = async |tenant, digest: &str, now| {
        store
            .idempotency_start(tenant, "k", digest, || now)
            .await
            .unwrap()
    };
    assert_eq!(start(&a, "d1", now).await, IdempotencyStart::Fresh);
    let running = |free_after_seconds| IdempotencyStart::Running { free_after_seconds };
    assert_eq!(start(&a, "d1", now).await, running(120));
    let later = now + Duration::milliseconds(117_500);
    assert_eq!(start(&a, "d1", later).await, running(3));
    assert_eq!(start(&a, "d2", now).await, IdempotencyStart::Mismatch);
    assert_eq!(start(&b, "d2", now).await, IdempotencyStart::Fresh);
    let response = StoredResponse {
        status: 201,
        content_type: "application/json".to_owned(),
        body: "{}".to_owned(),
    };
    store
        .idempotency_finish(&a, "k", &response, now)
        .await
        .unwrap();
    assert_eq!(start(&a, "d1", now).await, IdempotencyStart::Done(response));
    assert_eq!(start(&a, "d2", now).await, IdempotencyStart::Mismatch);
    // Forgotten after a day; one whose process died, two minutes after it was last renewed.
    let renewed = async |tenant, now| store.idempotency_renew(tenant, "k", || now).await.unwrap();
    assert!(renewed(&b, now + Duration::seconds(20)).await);
    let asked = async |seconds| start(&b, "d2", now + Duration::seconds(seconds)).await;
    assert_eq!(asked(139).await, running(1));
    assert_eq!(asked(141).await, IdempotencyStart::Fresh);
    // An answer is kept for its day, whoever renews it late.
    assert!(!renewed(&a, now).await);
    assert!(matches!(
        start(&a, "d1", now + Duration::hours(23)).await,
        IdempotencyStart::Done(_)
    ));
    assert_eq!(
        start(&a, "d9", now + Duration::hours(25)).await,
        IdempotencyStart::Fresh
    );
    store.idempotency_abandon(&a, "k").await.unwrap();
    assert_eq!(start(&a, "d1", now).await, IdempotencyStart::Fresh);
}

#[tokio::test]
async fn of_many_at_once_one_is_fresh() {
    let (_folder, store) = open().await;
    let a = tenant("a");
    store.ensure_tenant(&a).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (store, a) = (store.clone(), a.clone());
        tasks.spawn(async move {
            store
                .idempotency_start(&a, "k", "d", Utc::now)
                .await
                .unwrap()
        });
    }
    let outcomes = tasks.join_all().await;
    let fresh = outcomes
        .iter()
        .filter(|outcome| **outcome == IdempotencyStart::Fresh);
    assert_eq!(fresh.count(), 1);
}
