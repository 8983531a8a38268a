//! Readings made by hand.

use crate::documents::{BBox, Field, FieldName, Reading, Source};

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
