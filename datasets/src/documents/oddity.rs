//! Faults planted on purpose, each named in the truth.

use rust_decimal::Decimal;

use super::dice::Dice;
use super::facts::Facts;
use super::ids;

/// The printed total is not the sum of what stands above it.
pub(crate) fn spoil_arithmetic(dice: &mut Dice, facts: &mut Facts) {
    let error = Decimal::from(dice.between(1, 9)) * Decimal::from(dice.pick(&[9_u32, 10, 90, 100]));
    facts.totals.total += error;
    facts.totals.payable += error;
    facts.oddities.push("bad_arithmetic".to_owned());
}

/// The account to pay to is another one of the same country.
pub(crate) fn change_iban(dice: &mut Dice, facts: &mut Facts) {
    if let Some(iban) = ids::iban(dice, facts.seller.country) {
        facts.seller.iban = Some(iban);
        facts.oddities.push("changed_iban".to_owned());
    }
}

/// Facts for an XML that says something else than the page; the page's facts are told.
pub(crate) fn disagreeing(dice: &mut Dice, facts: &mut Facts) -> Facts {
    let mut other = facts.clone();
    let what = match dice.below(3) {
        0 => {
            other.totals.total += Decimal::TEN;
            other.totals.payable += Decimal::TEN;
            "total"
        }
        1 if facts.seller.iban.is_some() => {
            other.seller.iban = ids::iban(dice, facts.seller.country);
            "iban"
        }
        _ => {
            other.number.push_str("-1");
            "number"
        }
    };
    facts.oddities.push(format!("xml_disagrees:{what}"));
    other
}
