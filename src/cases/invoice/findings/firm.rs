//! What does not fit the firm's own records.

use super::accounts;
use super::evidence::{Places, folded, value};
use super::seller::sameness;
use super::{EarlierInvoice, Finding, FindingsInput};
use crate::advice::Level;
use crate::cases::detectors::Flag;
use crate::documents::{Field, FieldName as F};

pub(super) fn find(input: &FindingsInput<'_>, places: Places<'_>) -> Vec<Finding> {
    let first = input.merged.accounts().next();
    [
        not_compared(input, places),
        accounts::changed(input, places),
        unknown_order(input, places),
        seen_before(input, places),
    ]
    .into_iter()
    .flatten()
    .chain(
        input
            .firm
            .flags
            .iter()
            .map(|flag| detected(flag, first.as_slice(), input, places)),
    )
    .chain(accounts::flagged(input, places))
    .chain(copies(input, places))
    .collect()
}

/// Without this a document could switch off all that is asked beside the records by one odd value.
fn not_compared(input: &FindingsInput<'_>, places: Places<'_>) -> Option<Finding> {
    let unfit = &input.firm.unfit;
    let names: Vec<&str> = unfit.iter().map(|field| field.label()).collect();
    (!unfit.is_empty()).then(|| Finding {
        code: "records_not_compared".to_owned(),
        text: format!(
            "It could not be laid beside the firm's records, which cannot hold what it states: {}.",
            names.join("; ")
        ),
        level: Level::Medium,
        evidence: places.fields(input.merged, unfit),
    })
}

/// What it may be a copy of, but for the record of its very number, which is told as such.
fn copies(input: &FindingsInput<'_>, places: Places<'_>) -> Vec<Finding> {
    let told = same_number(input).map(|earlier| format!("vendor_invoice/{}", earlier.id));
    let copies = input.firm.copies.iter();
    let others = copies.filter(|copy| Some(&copy.record) != told.as_ref());
    others
        .map(|copy| {
            let kind = copy.verdict.replace('_', " ");
            let (of, twin) = match copy.record.strip_prefix("document/") {
                Some(id) => ("an earlier document", places.document(id, &kind)),
                None => (&*copy.record, places.record(&copy.record, &copy.record)),
            };
            let mut evidence = places.fields(input.merged, &[F::Number, F::Total, F::Seller]);
            evidence.push(twin);
            Finding {
                code: "possible_copy".to_owned(),
                text: format!("May be a copy ({kind}) of {of}: {}.", copy.alike),
                level: copy.level,
                evidence,
            }
        })
        .collect()
}

/// What a detector of vendors' invoices found, of these accounts where it looks at accounts.
pub(super) fn detected(
    flag: &Flag,
    accounts: &[&Field],
    input: &FindingsInput<'_>,
    places: Places<'_>,
) -> Finding {
    let (level, fields): (_, &[F]) = match flag.detector.as_str() {
        "bank_account_changed" | "shared_bank_account" => (Level::High, &[F::Iban, F::Seller]),
        "lookalike_vendor" => (Level::High, &[F::Seller, F::SellerVat]),
        "vendor_is_employee" => (Level::High, &[F::Seller, F::Iban]),
        "new_vendor" | "dormant_vendor" => (Level::Medium, &[F::Seller, F::Total]),
        "price_above_order" => (Level::Medium, &[F::OrderNumber]),
        "sequential_numbers" => (Level::Medium, &[F::Number]),
        "terms_changed" => (Level::Medium, &[F::DueDate]),
        _ => (Level::Medium, &[]),
    };
    let mut evidence = Vec::new();
    for name in fields {
        match name {
            F::Iban => evidence.extend(accounts.iter().map(|account| places.field(account))),
            _ => evidence.extend(places.fields(input.merged, &[*name])),
        }
    }
    evidence.extend(flag.twins.iter().map(|twin| places.record(twin, twin)));
    Finding {
        code: flag.detector.clone(),
        text: flag.text.clone(),
        level,
        evidence,
    }
}

fn unknown_order(input: &FindingsInput<'_>, places: Places<'_>) -> Option<Finding> {
    let orders = input.firm.orders.as_ref()?;
    let number = folded(value(input.merged, F::OrderNumber)?);
    // `NA` is what Peppol sends where there is no order but the field is required.
    if number.is_empty() || number == "na" || orders.iter().any(|order| folded(order) == number) {
        return None;
    }
    Some(Finding {
        code: "order_unknown".to_owned(),
        text: "The firm has no order of the number that the document refers to.".to_owned(),
        level: Level::Medium,
        evidence: places.fields(input.merged, &[F::OrderNumber]),
    })
}

/// The seller's earlier invoice of the number.
fn same_number<'a>(input: &FindingsInput<'a>) -> Option<&'a EarlierInvoice> {
    let number = folded(value(input.merged, F::Number)?);
    let same = |earlier: &&EarlierInvoice| {
        earlier.id != input.document_id
            && folded(&earlier.number) == number
            && sameness(input.merged, earlier.identity()).is_some()
    };
    let mut earlier = input.firm.earlier.iter().filter(|_| !number.is_empty());
    earlier.find(same)
}

fn seen_before(input: &FindingsInput<'_>, places: Places<'_>) -> Option<Finding> {
    let earlier = same_number(input)?;
    let mut evidence = places.fields(input.merged, &[F::Number, F::Seller]);
    evidence.push(places.record(&earlier.id, &earlier.number));
    Some(Finding {
        code: "number_already_seen".to_owned(),
        text: format!("This seller's number came before, as {}.", earlier.id),
        level: Level::High,
        evidence,
    })
}
