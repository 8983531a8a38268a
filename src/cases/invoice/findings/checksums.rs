//! Account and VAT numbers whose checksum or form is wrong.

use super::evidence::{Places, value};
use super::{Finding, FindingsInput};
use crate::advice::Level;
use crate::documents::FieldName as F;
use crate::documents::checks::{IbanCheck, VatIdCheck, iban_check, vat_id_check};

pub(super) fn find(input: &FindingsInput<'_>, places: Places<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some((code, fault)) = value(input.merged, F::Iban).and_then(iban_fault) {
        findings.push(Finding {
            code: code.to_owned(),
            text: format!("The account to pay to {fault}."),
            level: Level::High,
            evidence: places.fields(input.merged, &[F::Iban]),
        });
    }
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

/// An account that has not the form of an IBAN may be one of another kind.
fn iban_fault(account: &str) -> Option<(&'static str, &'static str)> {
    match iban_check(account) {
        IbanCheck::WrongChecksum => {
            Some(("iban_checksum_wrong", "is an IBAN with a wrong checksum"))
        }
        IbanCheck::WrongLength => Some((
            "iban_length_wrong",
            "is an IBAN of a wrong length for its country",
        )),
        IbanCheck::Valid | IbanCheck::UnknownCountry | IbanCheck::NotAnIban => None,
    }
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
