//! Where the e-invoice and the visible page say different things: a person reads
//! the page, a machine pays by the structure.

use rust_decimal::Decimal;

use super::accounts::KnownAccounts;
use super::evidence::{Places, folded, listed};
use super::{Finding, FindingsInput};
use crate::advice::Level;
use crate::documents::{Field, FieldKind, FieldName as F, Reading};

/// Fields compared. Names are not: pages print trading names, logos and capitals. Accounts are
/// compared by themselves, since there may be several.
const COMPARED: &[(F, Level)] = &[
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
    let others = COMPARED.iter().filter_map(|(name, level)| {
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
    });
    let accounts = accounts((xml, page), &KnownAccounts::of(input), places);
    accounts.into_iter().chain(others).collect()
}

/// The account that the page shows where the e-invoice states another, and any that it shows and the
/// e-invoice does not state: a person may pay to it, and nothing else here looks at it. Others known
/// to be the seller's are fine: letterheads list several banks.
fn accounts(
    (xml, page): (&Reading, &Reading),
    known: &KnownAccounts<'_>,
    places: Places<'_>,
) -> Option<Finding> {
    let first = xml.fields.get(&F::Iban).zip(page.fields.get(&F::Iban));
    let differing = first.filter(|(stated, seen)| !same(F::Iban, stated, seen));
    let is_strange = |account: &Field| {
        let debited = xml.fields.get(&F::DebitedAccount);
        let mut stated = xml.accounts().chain(debited);
        !stated.any(|stated| same(F::Iban, stated, account)) && !known.has(account)
    };
    let is_told = |account: &&Field| {
        is_strange(account) || differing.is_some_and(|(_, seen)| same(F::Iban, seen, account))
    };
    let seen: Vec<&Field> = page.accounts().filter(is_told).collect();
    // Many e-invoices state no account (Factur-X MINIMUM and BASIC WL): where none is known either, nothing
    // can be said of the one that the page shows.
    let says_nothing = xml.accounts().next().is_none() && known.is_empty();
    if seen.is_empty() || says_nothing {
        return None;
    }
    let stated: Vec<&Field> = match differing {
        Some((stated, _)) => vec![stated],
        None => xml.accounts().collect(),
    };
    let is_beside_known = page.accounts().any(|account| !is_strange(account));
    // Without one that is known beside it, whoever goes by the page pays to it.
    let is_instead = differing.is_some() || !(is_beside_known || known.is_empty());
    let (level, as_well) = match (is_instead, is_beside_known) {
        (true, _) => (Level::High, ""),
        (false, true) => (Level::Medium, " as well"),
        (false, false) => (Level::Medium, ""),
    };
    let states = if stated.is_empty() {
        "none".to_owned()
    } else {
        listed(&stated)
    };
    let fields = stated.iter().take(1).chain(&seen);
    Some(Finding {
        code: format!("xml_page_{}_differ", F::Iban),
        text: format!(
            "{}: the e-invoice states {states}, the page shows {}{as_well}.",
            F::Iban.label(),
            listed(&seen)
        ),
        level,
        evidence: fields.map(|field| places.field(field)).collect(),
    })
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
