//! What a document may be a copy of: the firm's invoices, claims and uses of cards, and documents
//! that came before it.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::as_record::{invoice, named};
use super::detected::on_record;
use super::findings::{Identity, KnownCopy, sameness};
use super::firm::pointed_at;
use super::input::Firm;
use crate::advice::Level;
use crate::cases::duplicate::{CopyRates, DuplicateIndex, Item, check, check_documents, level_of};
use crate::documents::{Field, FieldName, Reading};
use crate::domain::records::Vendor;
use crate::history::{History, UnrecordedDocument};

/// Most of them told, the likeliest.
const MOST: usize = 3;

/// A document that came before.
#[derive(Debug, Clone, PartialEq)]
pub struct EarlierDocument {
    /// Its id.
    pub id: String,
    /// Lower-case hex SHA-256 of its bytes.
    pub sha256: String,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// Whether it is a receipt.
    pub is_receipt: bool,
    /// What it says.
    pub fields: BTreeMap<FieldName, Field>,
}

/// Those that a person should look at, the likeliest first; nothing where number, date, currency or
/// total are not read. What learned the firm's rates of copies is not asked: it would have
/// to be worked out anew with many a record, and a clerk waits.
pub(super) fn copies(
    firm: &Firm,
    reading: &Reading,
    pointed_at: &[Arc<Vendor>],
    document_id: &str,
    sha256: &str,
) -> Vec<KnownCopy> {
    let seller = reading.fields.get(&FieldName::Seller);
    let by_name = || named(document_id, &seller?.value);
    let Some(vendor) = on_record(reading, pointed_at).or_else(by_name) else {
        return Vec::new();
    };
    let (history, rates) = (&*firm.history, CopyRates::default());
    let came = (document_id, sha256, history.as_of());
    let Some(document) = as_recorded(reading, &vendor, came) else {
        return Vec::new();
    };
    let item = Item::from_document(&document).in_firm_of(history.home_currency());
    let orders = item.order.as_deref();
    let orders = orders.map_or_else(Vec::new, |number| history.purchase_orders(number));
    let item = Item {
        same_pictures: history.same_pictures(sha256).to_vec(),
        ..item
    }
    .with_order(orders.iter().map(AsRef::as_ref));
    let kept_up = history.spending().followed::<DuplicateIndex>();
    let index = kept_up.read();
    let earlier = firm.earlier_documents.iter();
    let unrecorded = earlier.filter(|one| !index.has_document(&one.sha256, history.as_of()));
    let documents = unrecorded.filter_map(|one| {
        let document = one.beside((document_id, reading), &vendor)?;
        Some(Item::from_document(&document).in_firm_of(history.home_currency()))
    });
    let mut found = check_documents(&index, &rates, &item, documents);
    let on_record = check(&index, &rates, &item).into_iter();
    // Its own record is none.
    found.extend(on_record.filter(|hit| hit.document.as_deref() != Some(sha256)));
    found.retain(|hit| hit.alarms() && level_of(hit.score.probability()) > Level::Low);
    // Equal ones by their names, so that the answer is always the same.
    found.sort_by(|one, other| {
        let bits = other.score.bits.total_cmp(&one.score.bits);
        bits.then_with(|| one.earlier.cmp(&other.earlier))
    });
    found.truncate(MOST);
    found
        .into_iter()
        .map(|hit| KnownCopy {
            verdict: hit.verdict.as_str().to_owned(),
            level: level_of(hit.score.probability()),
            alike: hit.alike(),
            record: hit.earlier,
        })
        .collect()
}

/// What would be recorded of a document, told by id, digest and when it came; none where number, date,
/// currency or total are not read.
fn as_recorded(
    reading: &Reading,
    vendor: &Vendor,
    (id, sha256, received_at): (&str, &str, DateTime<Utc>),
) -> Option<UnrecordedDocument> {
    Some(UnrecordedDocument {
        sha256: sha256.to_owned(),
        received_at,
        seller: vendor.name.clone(),
        seller_trading_name: vendor.trading_name.clone(),
        seller_on_record: vendor.id.as_str() != id,
        is_receipt: false,
        invoice: invoice(reading, id, vendor.id.as_str())?,
    })
}

impl EarlierDocument {
    /// What would be recorded of it; none where seller, number, date, currency or total are not read.
    #[must_use]
    pub fn as_recorded(&self, history: &dyn History) -> Option<UnrecordedDocument> {
        let reading = self.reading();
        let seller = reading.fields.get(&FieldName::Seller)?;
        let vendor = on_record(&reading, &pointed_at(history, &reading))
            .or_else(|| named(&self.id, &seller.value))?;
        let document = as_recorded(&reading, &vendor, self.came())?;
        Some(UnrecordedDocument {
            is_receipt: self.is_receipt,
            ..document
        })
    }

    /// The same beside a later document: of its vendor where both name one seller.
    fn beside(
        &self,
        (later_id, later): (&str, &Reading),
        vendor: &Arc<Vendor>,
    ) -> Option<UnrecordedDocument> {
        let reading = self.reading();
        let said = |name| reading.fields.get(&name).map(|field| field.value.as_str());
        let seller = said(FieldName::Seller)?;
        let earlier = Identity {
            name: seller,
            trading_name: None,
            vat_id: said(FieldName::SellerVat),
        };
        let vendor = if sameness(later, earlier).is_some() {
            Arc::clone(vendor)
        } else {
            named(&self.id, seller)?
        };
        let on_record = vendor.id.as_str() != later_id;
        let document = as_recorded(&reading, &vendor, self.came())?;
        Some(UnrecordedDocument {
            seller_on_record: document.seller_on_record && on_record,
            ..document
        })
    }

    fn reading(&self) -> Reading {
        Reading {
            fields: self.fields.clone(),
            ..Reading::default()
        }
    }

    fn came(&self) -> (&str, &str, DateTime<Utc>) {
        (&self.id, &self.sha256, self.received_at)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cases::detectors::Thresholds;
    use crate::cases::invoice::findings::test_support::changed;
    use crate::documents::{FieldName as F, Line};
    use crate::domain::RecordKind;
    use crate::history::{Facts, FactsAsOf};

    /// A firm with one vendor's invoice on record and these earlier documents, each by what it changes.
    fn firm(earlier: &[&[(F, &str)]]) -> Firm {
        let mut facts = Facts::default();
        let known = "2024-01-20T00:00:00Z".parse().unwrap();
        let mut put = |kind, body| facts.insert(kind, known, 1, body).unwrap();
        put(
            RecordKind::Vendor,
            json!({"id": "v1", "name": "Seller GmbH", "vat_id": "DE136695976"}),
        );
        put(
            RecordKind::VendorInvoice,
            json!({"id": "i1", "number": "RE-2041077", "vendor_id": "v1", "issued_on": "2024-01-15", "currency": "EUR",
                "total": "731.85", "document_sha256": "b".repeat(64)}),
        );
        let now = "2024-02-02T00:00:00Z".parse().unwrap();
        let documents = earlier
            .iter()
            .enumerate()
            .map(|(at, changes)| EarlierDocument {
                id: format!("d{at}"),
                sha256: format!("{at:064x}"),
                received_at: known,
                is_receipt: false,
                fields: changed(changes).fields,
            });
        Firm {
            earlier_documents: documents.collect(),
            history: Arc::new(FactsAsOf::new(Arc::new(facts), now)),
            thresholds: Arc::new(Thresholds::default()),
        }
    }

    fn found(firm: &Firm, reading: &Reading, sha256: &str) -> Vec<(String, String)> {
        let found = copies(firm, reading, &firm.history.vendors(), "doc", sha256);
        found
            .into_iter()
            .map(|copy| (copy.record, copy.verdict))
            .collect()
    }

    fn pair(record: &str, verdict: &str) -> (String, String) {
        (record.to_owned(), verdict.to_owned())
    }

    #[test]
    fn a_document_with_a_slipped_number_meets_the_record() {
        let again = changed(&[(F::Number, "RE-2O41077"), (F::Total, "731.85")]);
        let other = "c".repeat(64);
        assert_eq!(
            found(&firm(&[]), &again, &other),
            [pair("vendor_invoice/i1", "retyped_number")]
        );
        // It is no copy of the record that was made of it, and of nothing where its total is not read.
        assert!(found(&firm(&[]), &again, &"b".repeat(64)).is_empty());
        let unread = changed(&[(F::Number, "RE-2O41077"), (F::Total, "")]);
        assert!(found(&firm(&[]), &unread, &other).is_empty());
        let another = changed(&[(F::Number, "RE-2041090"), (F::Total, "88.10")]);
        assert!(found(&firm(&[]), &another, &other).is_empty());
    }

    #[test]
    fn a_document_of_a_vendor_is_told_with_what_it_trades_under() {
        let known = "2024-01-20T00:00:00Z".parse().unwrap();
        let mut facts = Facts::default();
        let vendor = json!({"id": "v1", "name": "Seller GmbH", "trading_name": "Bluebird Coffee",
            "vat_id": "DE136695976"});
        facts.insert(RecordKind::Vendor, known, 1, vendor).unwrap();
        let came = EarlierDocument {
            id: "d".to_owned(),
            sha256: "d".repeat(64),
            received_at: known,
            is_receipt: false,
            fields: changed(&[]).fields,
        };
        let told = came.as_recorded(&FactsAsOf::new(Arc::new(facts), known));
        let name = told.unwrap().seller_trading_name;
        assert_eq!(name.as_deref(), Some("Bluebird Coffee"));
    }

    #[test]
    fn a_line_that_no_record_may_hold_hides_no_copy() {
        let mut again = changed(&[(F::Number, "RE-2O41077"), (F::Total, "731.85")]);
        again.lines = vec![Line {
            id: Some("1".to_owned()),
            unit: Some(String::new()),
            unit_price: "731.85".parse().ok(),
            net: "731.85000000001".parse().ok(),
            ..Line::default()
        }];
        assert_eq!(
            found(&firm(&[]), &again, &"c".repeat(64)),
            [pair("vendor_invoice/i1", "retyped_number")]
        );
    }

    #[test]
    fn an_earlier_document_counts_until_it_is_recorded() {
        let scan = [(F::Number, "A-7"), (F::Total, "512.30")];
        let mut firm = firm(&[&scan]);
        let again = changed(&[
            (F::Number, "A-7"),
            (F::Total, "512.30"),
            (F::IssueDate, "2024-01-31"),
        ]);
        assert_eq!(
            found(&firm, &again, "c"),
            [pair("document/d0", "exact_resubmission")]
        );
        firm.earlier_documents[0].sha256 = "b".repeat(64);
        assert!(found(&firm, &again, "c").is_empty());
    }

    #[test]
    fn a_seller_on_no_record_is_known_again_by_its_name() {
        let strange = |number| {
            [
                (F::Seller, "Nordlicht Buero"),
                (F::SellerVat, ""),
                (F::Number, number),
                (F::Total, "512.30"),
            ]
        };
        let again = changed(&strange("NB-10023"));
        assert_eq!(
            found(&firm(&[&strange("NB-1OO23")]), &again, "c"),
            [pair("document/d0", "retyped_number")]
        );
        let of_another = [
            (F::Seller, "Kranz AG"),
            (F::Number, "K-1"),
            (F::Total, "512.30"),
            (F::SellerVat, ""),
        ];
        assert!(found(&firm(&[&of_another]), &again, "c").is_empty());
    }

    #[test]
    fn what_other_documents_explain_is_no_copy_whatever_the_records_say() {
        // The amount of the vendor's recorded invoice, so that it says less among the records.
        let bill = |number, day| {
            [
                (F::Number, number),
                (F::IssueDate, day),
                (F::Total, "731.85"),
                (F::OrderNumber, ""),
            ]
        };
        let first = bill("RE-77310", "2024-01-31");
        let credit = [
            (F::Number, "GS-4"),
            (F::IssueDate, "2024-01-31"),
            (F::Total, "731.85"),
            (F::TypeCode, "381"),
            (F::OrderNumber, ""),
        ];
        let again = changed(&bill("RE-7731O", "2024-01-31"));
        let of_documents = |earlier: &[&[(F, &str)]]| {
            let mut told = found(&firm(earlier), &again, "c");
            told.retain(|(record, _)| record.starts_with("document/"));
            told
        };
        assert_eq!(
            of_documents(&[&first]),
            [pair("document/d0", "retyped_number")]
        );
        assert!(of_documents(&[&first, &credit]).is_empty());
    }

    #[test]
    fn a_monthly_bill_is_no_copy() {
        let bill = |number, day| {
            [
                (F::Number, number),
                (F::IssueDate, day),
                (F::Total, "950.00"),
            ]
        };
        let earlier = [
            bill("M-118", "2023-11-01"),
            bill("M-131", "2023-12-01"),
            bill("M-147", "2024-01-01"),
        ];
        let earlier: Vec<&[(F, &str)]> = earlier.iter().map(|bill| &bill[..]).collect();
        let next = changed(&bill("M-163", "2024-02-01"));
        assert!(found(&firm(&earlier), &next, "c").is_empty());
    }
}
