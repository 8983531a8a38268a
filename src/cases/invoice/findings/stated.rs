//! What a document must state and does not, and what it states oddly.

use rust_decimal::Decimal;

use super::evidence::{Places, value};
use super::{Finding, FindingsInput};
use crate::advice::Level;
use crate::cases::invoice::document_type::is_credit_note_code;
use crate::documents::{FieldName as F, Reading};
use crate::domain::Currency;

/// Mandatory in EN 16931 and in article 226 of the VAT directive.
const MANDATORY: &[F] = &[
    F::Number,
    F::IssueDate,
    F::Seller,
    F::Buyer,
    F::Currency,
    F::Total,
];

pub(super) fn find(input: &FindingsInput<'_>, places: Places<'_>) -> Vec<Finding> {
    let mut findings = missing(input);
    findings.extend(unknown_currency(input, places));
    findings.extend(negative_total(input, places));
    findings.extend(countries(input, places));
    findings
}

fn missing(input: &FindingsInput<'_>) -> Vec<Finding> {
    // A page may show what was not found on it; an e-invoice has no such doubt.
    let (verb, level) = match input.xml {
        Some(_) => ("does not state", Level::Medium),
        None => ("was not found to show", Level::Low),
    };
    let has = |name: &F| input.merged.fields.contains_key(name);
    let lacks = |code: &str, what: &str| Finding {
        code: format!("missing_{code}"),
        text: format!("The document {verb} its {what}."),
        level,
        evidence: Vec::new(),
    };
    let mut findings: Vec<Finding> = MANDATORY
        .iter()
        .filter(|name| !has(name))
        .map(|name| lacks(name.as_str(), &name.label().to_lowercase()))
        .collect();
    let taxed = amount(input.merged, F::Tax).is_some_and(|tax| !tax.is_zero());
    if taxed
        && ![F::SellerVat, F::SellerTaxNumber, F::TaxRepresentativeVat]
            .iter()
            .any(has)
    {
        findings.push(lacks(
            "seller_vat",
            "seller's VAT or tax number though it charges tax",
        ));
    }
    findings
}

fn unknown_currency(input: &FindingsInput<'_>, places: Places<'_>) -> Option<Finding> {
    let code = value(input.merged, F::Currency)?;
    Currency::new(code).is_err().then(|| Finding {
        code: "currency_unknown".to_owned(),
        text: format!(
            "{} is no currency of ISO 4217.",
            code.chars().take(10).collect::<String>()
        ),
        level: Level::Medium,
        evidence: places.fields(input.merged, &[F::Currency]),
    })
}

/// EN 16931 states a credit note's amounts as positive: it is the type that turns
/// them round. A negative one may be turned round twice and be paid out.
fn negative_total(input: &FindingsInput<'_>, places: Places<'_>) -> Option<Finding> {
    let (code, text) = of_sign(input.merged, input.credit_note)?;
    Some(Finding {
        code: code.to_owned(),
        text: text.to_owned(),
        level: Level::Medium,
        evidence: places.fields(input.merged, &[F::Total, F::TypeCode]),
    })
}

/// Code and text of what a negative total may mean. Pages state no type: of them it is said by the
/// type that they are told to be, and left open where none is told.
fn of_sign(reading: &Reading, credit_note: Option<bool>) -> Option<(&'static str, &'static str)> {
    let total = amount(reading, F::Total)?;
    if !total.is_sign_negative() || total.is_zero() {
        return None;
    }
    let stated = value(reading, F::TypeCode).map(is_credit_note_code);
    Some(match stated.or(credit_note) {
        Some(true) => (
            "total_of_credit_note_negative",
            "The total of a credit note is negative: its sign may be applied twice.",
        ),
        Some(false) => (
            "total_of_invoice_negative",
            "The total of an invoice is negative: it may be a credit note.",
        ),
        None => (
            "total_negative",
            "The total is negative: of a credit note, its sign may be applied twice; an invoice \
             may be a credit note.",
        ),
    })
}

/// Countries of the seller's address, VAT identifier and account.
fn countries(input: &FindingsInput<'_>, places: Places<'_>) -> Option<Finding> {
    let prefix = |name| {
        value(input.merged, name)
            .and_then(|text| text.get(..2))
            .map(country)
    };
    let address = value(input.merged, F::SellerCountry).map(country);
    let vat = prefix(F::SellerVat);
    // An account of another kind has no country in front.
    let is_iban = value(input.merged, F::Iban).is_some_and(crate::documents::checks::iban_is_valid);
    let account = prefix(F::Iban).filter(|_| is_iban);
    let home = [address, vat];
    let differ = |a: Option<&str>, b: Option<&str>| a.zip(b).is_some_and(|(a, b)| a != b);
    let foreign_account = account.is_some()
        && home.iter().any(Option::is_some)
        && home
            .iter()
            .flatten()
            .all(|country| Some(*country) != account);
    if !foreign_account && !differ(address, vat) {
        return None;
    }
    let shown = |country: Option<&str>| country.unwrap_or("not stated").to_owned();
    Some(Finding {
        code: if foreign_account {
            "bank_country_differs"
        } else {
            "seller_country_differs"
        }
        .to_owned(),
        text: format!(
            "Countries of the seller differ: address {}, VAT identifier {}, account {}.",
            shown(address),
            shown(vat),
            shown(account)
        ),
        level: if foreign_account {
            Level::Medium
        } else {
            Level::Low
        },
        evidence: places.fields(input.merged, &[F::SellerCountry, F::SellerVat, F::Iban]),
    })
}

/// VAT prefixes and their ISO 3166 country: Greece and Northern Ireland have their own.
fn country(code: &str) -> &str {
    match code {
        "EL" => "GR",
        "XI" => "GB",
        // Monaco is part of the French VAT area.
        "MC" => "FR",
        other => other,
    }
}

fn amount(reading: &Reading, name: F) -> Option<Decimal> {
    value(reading, name)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::invoice::findings::test_support::changed;

    #[test]
    fn a_negative_total_is_called_an_invoices_only_where_it_is_told_to_be_one() {
        let (invoice, credit) = (
            Some("total_of_invoice_negative"),
            Some("total_of_credit_note_negative"),
        );
        for (type_code, told, total, expected) in [
            ("380", None, "-1.00", invoice),
            ("381", None, "-1.00", credit),
            ("", None, "-1.00", Some("total_negative")),
            ("", Some(false), "-1.00", invoice),
            ("", Some(true), "-1.00", credit),
            // What it states of itself comes first.
            ("380", Some(true), "-1.00", invoice),
            ("381", Some(false), "-1.00", credit),
            ("", Some(true), "1.00", None),
        ] {
            let reading = changed(&[(F::TypeCode, type_code), (F::Total, total)]);
            let code = of_sign(&reading, told).map(|(code, _)| code);
            assert_eq!(code, expected, "{type_code} {told:?} {total}");
        }
    }
}
