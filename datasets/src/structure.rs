//! What the e-invoice of a generated document would say, as it would be read.
//!
//! Codes and units vary as real senders vary them; the generator's own XML has
//! one unit only.

use std::collections::BTreeMap;

use scrutineer::cases::invoice::DocumentType;
use scrutineer::documents::{Field, FieldName, Line, Reading, Source};
use scrutineer::registry::sha256_hex;

use crate::documents::Truth;

/// UN/ECE Recommendation 20 code of one piece.
const PIECE: &str = "C62";
/// UN/ECE Recommendation 20 codes for goods, for time, for energy.
const GOODS: [&str; 6] = ["C62", "H87", "EA", "XPP", "KGM", "PCE"];
const TIME: [&str; 5] = ["HUR", "HUR", "DAY", "C62", "MON"];
const ENERGY: [&str; 4] = ["KWH", "KWH", "MTQ", "C62"];

/// The reading of its structure, for types that are sent as e-invoices.
#[must_use]
pub fn of(truth: &Truth) -> Option<Reading> {
    let code = type_code(truth)?;
    let amount = |value: Option<rust_decimal::Decimal>| value.map(|x| x.to_string());
    let stated = [
        (FieldName::TypeCode, Some(code.to_owned())),
        (FieldName::Number, truth.number.clone()),
        (FieldName::Currency, truth.currency.clone()),
        (FieldName::Seller, truth.seller.clone()),
        (FieldName::OrderNumber, truth.order_number.clone()),
        (FieldName::Total, amount(truth.total)),
    ];
    let fields = stated
        .into_iter()
        .filter_map(|(name, value)| Some((name, field(value?))));
    let lines = truth.lines.iter().enumerate().map(|(index, line)| Line {
        description: line.description.clone(),
        quantity: line.quantity,
        unit: Some(unit(truth, index).to_owned()),
        net: line.net,
        ..Line::default()
    });
    Some(Reading {
        fields: fields.collect::<BTreeMap<_, _>>(),
        lines: lines.collect(),
        ..Reading::default()
    })
}

/// The usual code of the kind, or now and then another that it may have.
fn type_code(truth: &Truth) -> Option<&'static str> {
    let usual = truth.kind.type_code()?;
    let rare = drawn("code", &truth.sha256, 8) == 0;
    Some(match truth.kind {
        DocumentType::CreditNote if rare => "396",
        DocumentType::CreditNote | DocumentType::ProForma => usual,
        _ if rare => "326",
        _ => usual,
    })
}

/// A unit of the kind; one sender in five counts everything in pieces.
fn unit(truth: &Truth, line: usize) -> &'static str {
    if drawn("pieces", &truth.sha256, 5) == 0 {
        return PIECE;
    }
    let units: &[&str] = match truth.kind {
        DocumentType::ServicesInvoice => &TIME,
        DocumentType::UtilityBill => &ENERGY,
        _ => &GOODS,
    };
    let at = drawn(
        "unit",
        &format!("{}|{line}", truth.sha256),
        units.len() as u64,
    );
    usize::try_from(at)
        .ok()
        .and_then(|at| units.get(at))
        .copied()
        .unwrap_or(PIECE)
}

fn field(value: String) -> Field {
    Field {
        raw: value.clone(),
        value,
        confidence: 1.0,
        source: Source::Xml,
        page: None,
        bbox: None,
        path: None,
    }
}

/// A number that depends on a name and an index alone: below `below`.
#[must_use]
pub fn drawn(name: &str, index: &str, below: u64) -> u64 {
    let digest = sha256_hex(format!("{name}|{index}").as_bytes());
    let head = digest.get(..15).unwrap_or_default();
    u64::from_str_radix(head, 16).unwrap_or_default() % below.max(1)
}
