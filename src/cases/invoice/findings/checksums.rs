//! Account and VAT numbers whose checksum or form is wrong.

use super::evidence::{Places, listed, value};
use super::{Finding, FindingsInput};
use crate::advice::Level;
use crate::documents::checks::{IbanCheck, VatIdCheck, iban_check, vat_id_check};
use crate::documents::{Field, FieldName as F};

/// Faults of what has the form of an IBAN, with their codes; what has not may be an account of
/// another kind.
const IBAN_FAULTS: [(IbanCheck, &str, &str); 2] = [
    (
        IbanCheck::WrongChecksum,
        "iban_checksum_wrong",
        "an IBAN with a wrong checksum",
    ),
    (
        IbanCheck::WrongLength,
        "iban_length_wrong",
        "an IBAN of a wrong length for its country",
    ),
];

pub(super) fn find(input: &FindingsInput<'_>, places: Places<'_>) -> Vec<Finding> {
    let mut findings = accounts(input, places);
    for (name, whose) in [(F::SellerVat, "seller"), (F::BuyerVat, "buyer")] {
        let Some((code, fault, level)) = value(input.merged, name).and_then(vat_fault) else {
            continue;
        };
        findings.push(Finding {
            code: code.to_owned(),
            text: format!("The {whose}'s VAT identifier {fault}."),
            level,
            evidence: places.fields(input.merged, &[name]),
        });
    }
    findings
}

/// One finding for each fault, however many accounts have it.
fn accounts(input: &FindingsInput<'_>, places: Places<'_>) -> Vec<Finding> {
    let findings = IBAN_FAULTS.iter().filter_map(|(fault, code, what)| {
        let has_it = |account: &&Field| iban_check(&account.value) == *fault;
        let faulty: Vec<&Field> = input.merged.accounts().filter(has_it).collect();
        if faulty.is_empty() {
            return None;
        }
        let mut accounts = input.merged.accounts();
        let is_first = accounts.next().is_some_and(|first| has_it(&first));
        let (text, level) = if is_first {
            (format!("The account to pay to is {what}."), Level::High)
        } else {
            let text = format!("Among its other accounts is {what}: {}.", listed(&faulty));
            (text, Level::Medium)
        };
        Some(Finding {
            code: (*code).to_owned(),
            text,
            level,
            evidence: faulty.iter().map(|account| places.field(account)).collect(),
        })
    });
    findings.collect()
}

fn vat_fault(id: &str) -> Option<(&'static str, &'static str, Level)> {
    match vat_id_check(id) {
        VatIdCheck::WrongChecksum => {
            Some(("vat_checksum_wrong", "has a wrong checksum", Level::Medium))
        }
        VatIdCheck::WrongFormat => Some((
            "vat_format_wrong",
            "has not the form of its country's",
            Level::Medium,
        )),
        VatIdCheck::Valid | VatIdCheck::FormatOnly | VatIdCheck::UnknownCountry => None,
    }
}
