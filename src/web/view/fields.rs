//! Fields in groups, as rows with a value, how sure it is, and where it stands.

use std::collections::BTreeMap;

use super::words;
use crate::documents::{Field, FieldKind, FieldName, Source};

/// Fields that a clerk may want to fill in even where none was read.
const ALWAYS_EDITABLE: &[FieldName] = &[
    FieldName::Number,
    FieldName::IssueDate,
    FieldName::DueDate,
    FieldName::Currency,
    FieldName::OrderNumber,
    FieldName::Seller,
    FieldName::SellerVat,
    FieldName::Buyer,
    FieldName::Iban,
    FieldName::Net,
    FieldName::Tax,
    FieldName::Total,
    FieldName::Payable,
];

/// Rows under one heading.
#[derive(Debug, Clone)]
pub(crate) struct FieldGroup {
    /// The heading.
    pub(crate) heading: &'static str,
    /// The rows, in the order of the table of fields.
    pub(crate) rows: Vec<FieldRow>,
}

/// One field.
#[derive(Debug, Clone)]
pub(crate) struct FieldRow {
    /// Name on the wire.
    pub(crate) name: &'static str,
    /// In words.
    pub(crate) label: &'static str,
    /// Business term of EN 16931, where there is one.
    pub(crate) term: Option<&'static str>,
    /// As a person writes it.
    pub(crate) shown: String,
    /// Normalised, as an input holds it; empty where none was read.
    pub(crate) value: String,
    /// As it stands in the document, where that differs.
    pub(crate) raw: Option<String>,
    /// Confidence in whole percent.
    pub(crate) percent: u8,
    /// Class of the confidence.
    pub(crate) trust: &'static str,
    /// The confidence in words.
    pub(crate) trust_words: &'static str,
    /// Where it comes from, in words.
    pub(crate) source: &'static str,
    /// 1-based page, where it has a box.
    pub(crate) page: Option<u32>,
    /// Path of the element, where read from structure.
    pub(crate) path: Option<String>,
    /// Whether it is an amount, to be set flush right.
    pub(crate) is_amount: bool,
    /// Lines of its value; more than one cannot stand in a one-line input, which drops breaks.
    pub(crate) lines: usize,
    /// What a corrected value must look like, where not everything is one.
    pub(crate) form: Option<Form>,
}

/// What a value must look like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form {
    /// A pattern for browsers.
    pub(crate) pattern: &'static str,
    /// In words.
    pub(crate) words: &'static str,
}

/// The groups of fields that were read, or of those that can be edited.
pub(crate) fn groups(fields: &BTreeMap<String, Field>, editing: bool) -> Vec<FieldGroup> {
    let mut groups: Vec<FieldGroup> = [
        "Amounts",
        "Document",
        "Seller",
        "Payment",
        "Buyer and delivery",
    ]
    .into_iter()
    .map(|heading| FieldGroup {
        heading,
        rows: Vec::new(),
    })
    .collect();
    for name in FieldName::ALL {
        let field = fields.get(name.as_str());
        if field.is_none() && !(editing && ALWAYS_EDITABLE.contains(name)) {
            continue;
        }
        let heading = heading(*name);
        if let Some(group) = groups.iter_mut().find(|group| group.heading == heading) {
            group.rows.push(row(*name, field));
        }
    }
    groups.retain(|group| !group.rows.is_empty());
    groups
}

fn heading(name: FieldName) -> &'static str {
    let wire = name.as_str();
    if name.kind() == FieldKind::Amount {
        "Amounts"
    } else if wire.starts_with("seller") || wire.starts_with("tax_representative") {
        "Seller"
    } else if wire.starts_with("buyer") && name != FieldName::BuyerReference
        || wire.starts_with("ship_to")
        || name == FieldName::CustomerNumber
    {
        "Buyer and delivery"
    } else if matches!(
        name,
        FieldName::PaymentTerms
            | FieldName::PaymentMeans
            | FieldName::PaymentReference
            | FieldName::Payee
            | FieldName::Iban
            | FieldName::AccountName
            | FieldName::Bic
            | FieldName::DirectDebitMandate
            | FieldName::DebitedAccount
    ) {
        "Payment"
    } else {
        "Document"
    }
}

fn row(name: FieldName, field: Option<&Field>) -> FieldRow {
    let value = field.map_or("", |field| field.value.as_str());
    let shown = match name {
        FieldName::Iban => words::iban(value),
        _ if name.kind() == FieldKind::Amount => words::amount(value),
        _ => value.to_owned(),
    };
    let percent = field.map_or(0, |field| words::percent(field.confidence));
    let (trust, trust_words) = words::trust(percent);
    FieldRow {
        name: name.as_str(),
        label: label(name),
        term: name.business_term(),
        shown,
        value: value.to_owned(),
        raw: field
            .map(|field| field.raw.trim())
            .filter(|raw| !raw.is_empty() && *raw != value)
            .map(ToOwned::to_owned),
        percent,
        trust,
        trust_words,
        source: field.map_or("", |field| source(field.source)),
        page: field.and_then(|field| field.bbox.and(field.page)),
        path: field.and_then(|field| field.path.clone()),
        is_amount: name.kind() == FieldKind::Amount,
        lines: value.lines().count(),
        form: form(name.kind()),
    }
}

/// As feedback on the case is checked.
const fn form(kind: FieldKind) -> Option<Form> {
    match kind {
        FieldKind::Date => Some(Form {
            pattern: "[0-9]{4}-[0-9]{2}-[0-9]{2}",
            words: "Year, month and day, such as 2026-12-31",
        }),
        FieldKind::Amount => Some(Form {
            pattern: r"[\-+]?[0-9]{1,15}(\.[0-9]{1,10})?",
            words: "Plain digits with a point, such as -1234.50",
        }),
        FieldKind::Code | FieldKind::Text => None,
    }
}

/// Shorter than the table of fields where a list is read at a glance.
fn label(name: FieldName) -> &'static str {
    match name {
        FieldName::TypeCode => "Type code",
        FieldName::TypeName => "Named as",
        FieldName::Currency => "Currency",
        FieldName::Iban => "Account (IBAN)",
        FieldName::DueDate => "Due date",
        FieldName::SellerCountry | FieldName::BuyerCountry => "Country",
        other => other.label(),
    }
}

const fn source(source: Source) -> &'static str {
    match source {
        Source::Xml => "structure",
        Source::Page => "page",
        Source::Ocr => "picture",
        Source::Derived => "computed",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_field_has_a_group_and_abstained_ones_can_be_filled_in() {
        let none = BTreeMap::new();
        assert!(groups(&none, false).is_empty());
        let editable: usize = groups(&none, true).iter().map(|g| g.rows.len()).sum();
        assert_eq!(editable, ALWAYS_EDITABLE.len());

        let all: BTreeMap<String, Field> = FieldName::ALL
            .iter()
            .map(|name| {
                let field = serde_json::json!({
                    "value": "1234.50", "raw": "1.234,50", "confidence": 0.97, "source": "page"
                });
                (
                    name.as_str().to_owned(),
                    serde_json::from_value(field).unwrap(),
                )
            })
            .collect();
        let groups = groups(&all, false);
        let shown: usize = groups.iter().map(|g| g.rows.len()).sum();
        assert_eq!(shown, FieldName::ALL.len());
        let total = groups[0].rows.iter().find(|r| r.name == "total").unwrap();
        assert_eq!(total.shown, "1\u{202f}234.50");
        assert_eq!(total.raw.as_deref(), Some("1.234,50"));
        assert_eq!((total.percent, total.trust), (97, "sure"));
    }
}
