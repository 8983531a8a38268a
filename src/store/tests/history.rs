//! Facts in memory follow the records, and only those of the tenant.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{open, record, tenant};
use crate::domain::RecordKind;
use crate::history::{History as _, VendorKey};
use crate::store::{ErasureTarget, Store};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[tokio::test]
async fn history_follows_the_records_and_forgets_what_is_erased() {
    let (folder, store) = open().await;
    let (a, b) = (tenant("a"), tenant("b"));
    let vendor = |id: &str, known_at: &str| {
        record(
            RecordKind::Vendor,
            json!({"id": id, "name": "Acme Ltd", "known_at": known_at}),
        )
    };
    let found = async |tenant, moment: &str| {
        let history = store.history(tenant, at(moment)).await.unwrap();
        let vendors = history.vendors_by(VendorKey::Name("ACME"));
        let ids = vendors.iter().map(|vendor| vendor.id.as_str().to_owned());
        ids.collect::<Vec<_>>()
    };
    assert!(found(&a, "2026-06-01T00:00:00Z").await.is_empty());
    let first = [
        vendor("v1", "2026-01-01T00:00:00Z"),
        vendor("v2", "2026-03-01T00:00:00Z"),
    ];
    store.upsert_records(&a, &first, Utc::now()).await.unwrap();
    assert_eq!(found(&a, "2026-02-01T00:00:00Z").await, ["v1"]);
    // What a row says of itself is kept apart from when it arrived, which says little.
    let bare = record(RecordKind::Vendor, json!({"id": "v0", "name": "Bare"}));
    store.upsert_records(&b, &[bare], Utc::now()).await.unwrap();
    let known_at = async |tenant, id| {
        let history = store.history(tenant, Utc::now()).await.unwrap();
        history.vendor(id).unwrap().known_at
    };
    assert_eq!(known_at(&a, "v1").await, Some(at("2026-01-01T00:00:00Z")));
    assert_eq!(known_at(&b, "v0").await, None);
    assert_eq!(found(&a, "2026-06-01T00:00:00Z").await, ["v1", "v2"]);
    assert!(found(&b, "2026-06-01T00:00:00Z").await.is_empty());

    let earlier = store.history(&a, at("2026-06-01T00:00:00Z")).await.unwrap();
    let more = [vendor("v3", "2026-01-01T00:00:00Z")];
    store.upsert_records(&a, &more, Utc::now()).await.unwrap();
    assert_eq!(found(&a, "2026-02-01T00:00:00Z").await, ["v1", "v3"]);
    // Who asked before sees the same as before.
    assert_eq!(earlier.vendors_by(VendorKey::Name("ACME")).len(), 2);

    // What another process adds is seen as soon as it is there.
    let other = Store::open(folder.path()).await.unwrap();
    let foreign = [vendor("v4", "2026-07-01T00:00:00Z")];
    other
        .upsert_records(&a, &foreign, Utc::now())
        .await
        .unwrap();
    assert_eq!(found(&a, "2026-08-01T00:00:00Z").await.len(), 4);

    let target = ErasureTarget::Record(RecordKind::Vendor, "v1".to_owned());
    store.erase(&a, &target, "asked for", "key").await.unwrap();
    assert_eq!(found(&a, "2026-06-01T00:00:00Z").await, ["v2", "v3"]);
}
