//! Readings made by hand, and a firm beside which they are laid.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::{EarlierInvoice, Finding, FindingsInput, FirmKnowledge, KnownVendor, find};
use crate::documents::{BBox, Field, FieldName, Reading, Source};

pub(super) fn find_in(
    xml: Option<&Reading>,
    page: Option<&Reading>,
    firm: &FirmKnowledge,
) -> Vec<Finding> {
    find(&FindingsInput {
        document_id: "doc-1",
        as_of: "2024-02-10".parse().unwrap(),
        page,
        xml,
        merged: xml.or(page).unwrap(),
        problems: &[],
        credit_note: None,
        firm,
    })
}

/// A firm that knows the seller of `sound`.
pub(super) fn firm() -> FirmKnowledge {
    FirmKnowledge {
        vendors: vec![KnownVendor {
            id: "vendor-9".into(),
            name: "SELLER GMBH".into(),
            trading_name: Some("Bluebird Coffee".into()),
            vat_id: Some("DE 136695976".into()),
            ibans: vec!["DE89 3704 0044 0532 0130 00".into()],
            ..KnownVendor::default()
        }],
        orders: Some(["po 7".to_owned()].into()),
        earlier: vec![EarlierInvoice {
            id: "doc-0".into(),
            seller: "Seller GmbH".into(),
            seller_trading_name: Some("Bluebird Coffee".into()),
            seller_vat: None,
            number: "R-2".into(),
        }],
        ..FirmKnowledge::default()
    }
}

/// A reading of one source; page fields get a box, XML fields a path.
pub(super) fn reading(source: Source, fields: &[(FieldName, &str)]) -> Reading {
    let field = |name: FieldName, value: &str| Field {
        value: value.to_owned(),
        raw: value.to_owned(),
        confidence: 1.0,
        source,
        page: (source == Source::Page).then_some(1),
        bbox: (source == Source::Page).then_some(BBox {
            x0: 1.0,
            y0: 2.0,
            x1: 3.0,
            y1: 4.0,
        }),
        path: (source == Source::Xml).then(|| format!("/Invoice/{name}")),
    };
    Reading {
        fields: fields
            .iter()
            .map(|(name, value)| (*name, field(*name, value)))
            .collect(),
        ..Reading::default()
    }
}

/// A reading without fault, of which tests change one thing.
pub(super) fn sound() -> Reading {
    use FieldName as F;
    reading(
        Source::Xml,
        &[
            (F::TypeCode, "380"),
            (F::Number, "R-1"),
            (F::IssueDate, "2024-02-01"),
            (F::DueDate, "2024-03-01"),
            (F::Currency, "EUR"),
            (F::Seller, "Seller GmbH"),
            (F::SellerVat, "DE136695976"),
            (F::SellerCountry, "DE"),
            (F::Buyer, "Buyer AG"),
            (F::OrderNumber, "PO-7"),
            (F::Iban, "DE89370400440532013000"),
            (F::Net, "100.00"),
            (F::Tax, "19.00"),
            (F::Total, "119.00"),
            (F::Payable, "119.00"),
        ],
    )
}

/// `sound` with some fields changed, or removed by an empty value.
pub(in crate::cases::invoice) fn changed(changes: &[(FieldName, &str)]) -> Reading {
    let mut reading = sound();
    for (name, value) in changes {
        if value.is_empty() {
            reading.fields.remove(name);
        } else if let Some(field) = self::reading(Source::Xml, &[(*name, value)])
            .fields
            .remove(name)
        {
            reading.fields.insert(*name, field);
        }
    }
    reading
}

/// A reading that names further accounts.
pub(in crate::cases::invoice) fn beside(mut reading: Reading, accounts: &[&str]) -> Reading {
    let source = reading.fields.values().next().unwrap().source;
    for account in accounts {
        let named = self::reading(source, &[(FieldName::Iban, account)]);
        reading.other_accounts.extend(named.fields.into_values());
    }
    reading
}
