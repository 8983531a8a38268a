//! Where the e-invoice and the visible page say different things: a person reads
//! the page, a machine pays by the structure.

use rust_decimal::Decimal;

use super::evidence::{Places, folded};
use super::{Finding, FindingsInput};
use crate::advice::Level;
use crate::documents::{Field, FieldKind, FieldName as F, Reading};

/// Fields compared. Names are not: pages print trading names, logos and capitals.
const COMPARED: &[(F, Level)] = &[
    (F::Iban, Level::High),
    (F::Total, Level::High),
    (F::Payable, Level::High),
    (F::Number, Level::High),
    (F::Currency, Level::High),
    (F::Net, Level::Medium),
    (F::Tax, Level::Medium),
    (F::IssueDate, Level::Medium),
    (F::DueDate, Level::Medium),
    (F::SellerVat, Level::Medium),
    (F::OrderNumber, Level::Medium),
];

pub(super) fn find(input: &FindingsInput<'_>, places: Places<'_>) -> Vec<Finding> {
    let (Some(xml), Some(page)) = (input.xml, input.page) else {
        return Vec::new();
    };
    COMPARED
        .iter()
        .filter_map(|(name, level)| {
            let (stated, seen) = (xml.fields.get(name)?, page.fields.get(name)?);
            let differ = !same(*name, stated, seen) && !is_stated_elsewhere(*name, seen, xml);
            differ.then(|| Finding {
                code: format!("xml_page_{name}_differ"),
                text: format!(
                    "{}: the e-invoice states {}, the page shows {}.",
                    name.label(),
                    stated.value,
                    seen.value
                ),
                level: *level,
                evidence: vec![places.field(stated), places.field(seen)],
            })
        })
        .collect()
}

fn same(name: F, stated: &Field, seen: &Field) -> bool {
    match name.kind() {
        FieldKind::Amount => amount(stated).is_some_and(|stated| Some(stated) == amount(seen)),
        _ => folded(&stated.value) == folded(&seen.value),
    }
}

/// A page that labels the amount due as its total shows no other amount: it
/// uses another word for one that the e-invoice states.
fn is_stated_elsewhere(name: F, seen: &Field, xml: &Reading) -> bool {
    matches!(name, F::Total | F::Payable)
        && [F::Total, F::Payable]
            .iter()
            .filter_map(|other| amount(xml.fields.get(other)?))
            .any(|stated| Some(stated) == amount(seen))
}

fn amount(field: &Field) -> Option<Decimal> {
    field.value.parse().ok()
}
