//! Documents that came and that no record names.

use std::collections::HashMap;

use chrono::{DateTime, Days, Utc};
use rust_decimal::Decimal;

use super::KnownInvoice;

/// Days that a document stays a likely twin of what is recorded after it: who means to pay it has
/// recorded it within a quarter.
pub const WAITS_DAYS: u64 = 92;
/// Documents looked at that share one amount or number: the latest.
const MOST: usize = 64;

/// A document that no record names, read as a bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnrecordedDocument {
    /// Lower-case hex SHA-256 of its bytes.
    pub sha256: String,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// Who wrote it: the name on record, where the seller is on record.
    pub seller: String,
    /// What the seller trades under too, where it is on record.
    pub seller_trading_name: Option<String>,
    /// Whether the seller is on record.
    pub seller_on_record: bool,
    /// Whether it is a receipt: proof of what was paid, which nobody is to pay.
    pub is_receipt: bool,
    /// What would be recorded of it. Its id is the document's; so is its vendor's where the seller is on no record.
    pub invoice: KnownInvoice,
}

/// Such documents, by what a copy of them shares.
#[derive(Debug, Default)]
pub struct UnrecordedDocuments {
    /// In the order in which they came.
    documents: Vec<UnrecordedDocument>,
    by_total: HashMap<Decimal, Vec<usize>>,
    by_number: HashMap<String, Vec<usize>>,
    by_digest: HashMap<String, usize>,
}

impl UnrecordedDocuments {
    /// Of these, each once.
    #[must_use]
    pub fn new(mut documents: Vec<UnrecordedDocument>) -> Self {
        let place = |one: &UnrecordedDocument| (one.received_at, one.sha256.clone());
        documents.sort_by_cached_key(place);
        documents.dedup_by(|one, other| one.sha256 == other.sha256);
        let mut filed = Self::default();
        for (slot, document) in documents.iter().enumerate() {
            let invoice = &document.invoice;
            let total = invoice.total.amount.decimal().abs();
            filed.by_total.entry(total).or_default().push(slot);
            let number = filed.by_number.entry(invoice.number.clone());
            number.or_default().push(slot);
            filed.by_digest.insert(document.sha256.clone(), slot);
        }
        Self { documents, ..filed }
    }

    /// Those that came within a quarter until a moment and have this total (the sign does not
    /// matter), this number as written, or one of these digests; in the order in which they came.
    pub fn alike(
        &self,
        until: DateTime<Utc>,
        total: Decimal,
        number: Option<&str>,
        digests: &[String],
    ) -> impl Iterator<Item = &UnrecordedDocument> {
        let since = until - Days::new(WAITS_DAYS);
        let in_time = move |slot: &&usize| {
            let document = self.documents.get(**slot);
            document.is_some_and(|one| (since..=until).contains(&one.received_at))
        };
        let latest = |slots: Option<&Vec<usize>>| -> Vec<usize> {
            let slots = slots.into_iter().flatten().rev().filter(in_time);
            slots.take(MOST).copied().collect()
        };
        let mut slots = latest(self.by_total.get(&total.abs()));
        slots.extend(latest(number.and_then(|number| self.by_number.get(number))));
        let pictures = digests.iter().filter_map(|one| self.by_digest.get(one));
        slots.extend(pictures.filter(in_time));
        slots.sort_unstable();
        slots.dedup();
        slots
            .into_iter()
            .filter_map(|slot| self.documents.get(slot))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::records::VendorInvoice;
    use crate::history::read;

    fn document(n: u8, came: &str, number: &str, total: &str) -> UnrecordedDocument {
        let body = json!({"id": format!("d{n}"), "vendor_id": "v", "number": number, "issued_on": "2026-01-01",
            "total": total, "currency": "EUR"});
        UnrecordedDocument {
            sha256: format!("{n:064x}"),
            received_at: came.parse().unwrap(),
            seller: "Seller".to_owned(),
            seller_trading_name: None,
            seller_on_record: true,
            is_receipt: false,
            invoice: read::<VendorInvoice>(body).unwrap().into(),
        }
    }

    #[test]
    fn those_are_alike_that_came_in_time_and_share_total_number_or_picture() {
        let filed = UnrecordedDocuments::new(vec![
            document(3, "2026-03-03T00:00:00Z", "C", "7"),
            document(1, "2026-03-01T00:00:00Z", "A", "119.00"),
            document(2, "2026-03-02T00:00:00Z", "B", "-119"),
            document(2, "2026-03-02T00:00:00Z", "B", "-119"),
            document(4, "2025-11-01T00:00:00Z", "A", "119"),
        ]);
        let alike = |until: &str, total: &str, number, digests: &[String]| -> Vec<String> {
            let (until, total) = (until.parse().unwrap(), total.parse().unwrap());
            let found = filed.alike(until, total, number, digests);
            found.map(|one| one.invoice.id.to_string()).collect()
        };
        let march = "2026-03-31T00:00:00Z";
        assert_eq!(alike(march, "119.0", None, &[]), ["d1", "d2"]);
        assert_eq!(alike(march, "1", Some("C"), &[]), ["d3"]);
        assert_eq!(
            alike(march, "1", Some("B"), &[format!("{:064x}", 1)]),
            ["d1", "d2"]
        );
        assert_eq!(alike("2026-03-01T00:00:00Z", "119", None, &[]), ["d1"]);
        assert_eq!(alike("2025-12-01T00:00:00Z", "119", None, &[]), ["d4"]);
        assert!(alike(march, "2", Some("Z"), &["x".to_owned()]).is_empty());
    }

    #[test]
    fn of_very_many_of_one_amount_the_latest_are_looked_at() {
        let many = (0..200).map(|n| document(n, "2026-03-01T00:00:00Z", "A", "5"));
        let filed = UnrecordedDocuments::new(many.collect());
        let until = "2026-03-02T00:00:00Z".parse().unwrap();
        let found: Vec<_> = filed.alike(until, Decimal::from(5), None, &[]).collect();
        assert_eq!(found.len(), MOST);
        assert_eq!(found[0].invoice.id.as_str(), "d136");
    }
}
