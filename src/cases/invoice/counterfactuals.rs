//! What would change the answer, on things a clerk can act on.
//!
//! Each is found by judging again with one thing changed, and told only if that
//! judgement came out otherwise. Accounts and tax numbers are never proposed:
//! what clears a warning about them is for a person to find out.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::document_type::{TypeError, TypeFeatures, TypeModel, TypeVerdict};
use super::findings::{self, Finding, FindingsInput};
use crate::advice::{Counterfactual, Level};
use crate::documents::checks::{DateIssue, check_dates, prove_totals};
use crate::documents::{FieldName, Reading};
use crate::domain::Currency;

/// What `to` says where any order number would do.
const ANY_ORDER: &str = "an order number";

/// Another type, if the document named an order, or if it named none. The latter
/// is told only where the type or the order is in doubt.
pub(super) fn of_type(
    types: &TypeModel,
    features: &TypeFeatures,
    verdict: &TypeVerdict,
    findings: &[Finding],
    reading: &Reading,
) -> Result<Option<Counterfactual>, TypeError> {
    let names_one = features.names_an_order();
    let in_doubt = verdict.value.is_none()
        || findings
            .iter()
            .any(|found| found.code.starts_with("order_"));
    if names_one && !in_doubt {
        return Ok(None);
    }
    let changed = features.with_order(!names_one);
    let Some(other) = types.judge(&changed, "")?.and_then(|judged| judged.value) else {
        return Ok(None);
    };
    if verdict.value == Some(other) {
        return Ok(None);
    }
    let stated = reading.fields.get(&FieldName::OrderNumber);
    let named = stated.map(|field| field.value.clone());
    let named = named.or_else(|| features.order_shown());
    let (from, to, condition) = if names_one {
        (
            named.unwrap_or_default(),
            String::new(),
            "Without an order number",
        )
    } else {
        (String::new(), ANY_ORDER.to_owned(), "With an order number")
    };
    Ok(Some(Counterfactual {
        field: FieldName::OrderNumber.as_str().to_owned(),
        from,
        to,
        text: format!("{condition} it would be taken for {}.", other.label()),
    }))
}

/// Values of amounts and dates that would clear a finding and bring up no other.
/// `level` is the whole answer's level for some findings.
pub(super) fn of_findings(
    input: &FindingsInput<'_>,
    found: &[Finding],
    level: impl Fn(&[Finding]) -> Level,
) -> Vec<Counterfactual> {
    let repairs = repairs(input);
    let tried = repairs.iter().filter_map(|repair| {
        let (from, after) = repair.tried_on(input)?;
        let cleared = after
            .iter()
            .all(|finding| !repair.codes.contains(&finding.code));
        let is_new = |finding: &Finding| found.iter().all(|before| before.code != finding.code);
        if !cleared || after.iter().any(is_new) {
            return None;
        }
        let effect = match (level(found), level(&after)) {
            (before, after) if before == after => {
                format!("the level would stay {}", after.as_str())
            }
            (before, after) => {
                format!(
                    "the level would be {} instead of {}",
                    after.as_str(),
                    before.as_str()
                )
            }
        };
        Some(Counterfactual {
            field: repair.field.as_str().to_owned(),
            from,
            to: repair.to.clone(),
            text: format!(
                "{}: with {}{} {}; {effect}.",
                repair.field.label(),
                repair.to,
                repair.or,
                repair.so
            ),
        })
    });
    tried.collect()
}

/// A value to try in place of what the document states.
struct Repair {
    /// Codes of the findings it should clear.
    codes: Vec<String>,
    field: FieldName,
    to: String,
    /// What else would do.
    or: &'static str,
    /// What would then be so.
    so: &'static str,
}

fn repairs(input: &FindingsInput<'_>) -> Vec<Repair> {
    let proof = prove_totals(input.merged);
    // A sum that agrees with one wrong neighbour is no repair: all must agree.
    let sums: Vec<String> = proof
        .failures()
        .map(|step| findings::code_of_rule(step.rule))
        .collect();
    let decimals = decimals(input.merged);
    let amounts = proof.failures().filter_map(|step| {
        Some(Repair {
            codes: sums.clone(),
            field: step.field?,
            to: as_amount(step.computed?, decimals),
            or: "",
            so: "the amounts would agree",
        })
    });
    let dates = check_dates(input.merged, input.as_of)
        .into_iter()
        .filter_map(|issue| of_date(issue, input.merged, input.as_of));
    amounts.chain(dates).collect()
}

fn of_date(issue: DateIssue, reading: &Reading, as_of: NaiveDate) -> Option<Repair> {
    let stated = |name| reading.fields.get(&name).map(|field| field.value.clone());
    let (field, to, or) = match issue {
        DateIssue::DueBeforeIssue => (
            FieldName::DueDate,
            stated(FieldName::IssueDate)?,
            " or later",
        ),
        DateIssue::IssuedInFuture => (FieldName::IssueDate, as_of.to_string(), " or earlier"),
        DateIssue::PeriodReversed => (
            FieldName::ServiceEnd,
            stated(FieldName::ServiceStart)?,
            " or later",
        ),
        DateIssue::VeryOld => return None,
    };
    Some(Repair {
        codes: vec![issue.code().to_owned()],
        field,
        to,
        or,
        so: "the dates would make sense",
    })
}

impl Repair {
    /// The value there is now, and the findings with the other in its place.
    fn tried_on(&self, input: &FindingsInput<'_>) -> Option<(String, Vec<Finding>)> {
        let from = input.merged.fields.get(&self.field)?.value.clone();
        let changed = |reading: &Reading| self.changed(reading, &from);
        let merged = changed(input.merged);
        let (page, xml) = (input.page.map(changed), input.xml.map(changed));
        let after = findings::find(&FindingsInput {
            merged: &merged,
            page: page.as_ref(),
            xml: xml.as_ref(),
            ..*input
        });
        Some((from, after))
    }

    /// One printed sum can be the total and the amount due at once: both change.
    fn changed(&self, reading: &Reading, from: &str) -> Reading {
        let mut reading = reading.clone();
        let sums = [FieldName::Total, FieldName::Payable];
        let is_sum = sums.contains(&self.field);
        for (name, field) in &mut reading.fields {
            let same = *name == self.field || (is_sum && sums.contains(name));
            if same && field.value == from {
                field.value.clone_from(&self.to);
                field.raw.clone_from(&self.to);
            }
        }
        reading
    }
}

/// Those of the smallest unit of the document's currency, two where that is not known.
fn decimals(reading: &Reading) -> u32 {
    let stated = reading.fields.get(&FieldName::Currency);
    let currency = stated.and_then(|field| Currency::new(&field.value).ok());
    currency.map_or(2, Currency::minor_units)
}

/// With so many decimals, or as many as it needs.
fn as_amount(amount: Decimal, decimals: u32) -> String {
    let mut amount = amount.normalize();
    if amount.scale() < decimals {
        amount.rescale(decimals);
    }
    amount.to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::path::Path;

    use super::super::document_type::TypeInput;
    use super::super::findings::test_support::changed;
    use super::super::findings::{FirmKnowledge, find};
    use super::*;
    use crate::documents::Line;
    use crate::registry::Registry;

    const FIRM: FirmKnowledge = FirmKnowledge {
        vendors: Vec::new(),
        orders: None,
        earlier: Vec::new(),
        flags: Vec::new(),
        account_flags: Vec::new(),
        copies: Vec::new(),
        unfit: Vec::new(),
    };

    fn of(changes: &[(FieldName, &str)]) -> Vec<Counterfactual> {
        let reading = changed(changes);
        let input = FindingsInput {
            document_id: "d",
            as_of: NaiveDate::from_ymd_opt(2024, 3, 1).unwrap(),
            page: None,
            xml: Some(&reading),
            merged: &reading,
            problems: &[],
            credit_note: None,
            firm: &FIRM,
        };
        let highest = |found: &[Finding]| {
            let levels = found.iter().map(|finding| finding.level);
            levels.fold(Level::Low, Level::max)
        };
        of_findings(&input, &find(&input), highest)
    }

    #[test]
    fn the_total_that_agrees_with_its_parts_clears_the_finding() {
        use FieldName::{Payable, Total};
        let found = of(&[(Total, "129.00"), (Payable, "129.00")]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            (
                found[0].field.as_str(),
                found[0].from.as_str(),
                found[0].to.as_str()
            ),
            ("total", "129.00", "119.00")
        );
        assert!(
            found[0].text.contains("low instead of high"),
            "{}",
            found[0].text
        );
    }

    #[test]
    fn an_amount_has_the_decimals_of_its_currency() {
        use FieldName::{Currency, Payable, Total};
        for (code, to) in [
            ("JPY", "119"),
            ("EUR", "119.00"),
            ("KWD", "119.000"),
            ("EURO", "119.00"),
        ] {
            let found = of(&[(Currency, code), (Total, "129"), (Payable, "129")]);
            let told: Vec<&str> = found.iter().map(|told| told.to.as_str()).collect();
            assert_eq!(told, [to], "{code}");
        }
    }

    #[test]
    fn a_due_date_before_the_issue_date_is_told_with_the_earliest_that_would_do() {
        let found = of(&[(FieldName::DueDate, "2024-01-01")]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            (found[0].field.as_str(), found[0].to.as_str()),
            ("due_date", "2024-02-01")
        );
        assert!(found[0].text.contains("or later"), "{}", found[0].text);
    }

    #[test]
    fn an_order_number_is_told_where_it_would_make_another_type() {
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
        let types = TypeModel::load(&Registry::open(&models).unwrap()).unwrap();
        let of = |changes: &[(FieldName, &str)], found: &[Finding]| {
            let mut reading = changed(changes);
            reading.lines.push(Line {
                description: Some("Hex bolt M8x40".to_owned()),
                unit: Some("C62".to_owned()),
                ..Line::default()
            });
            let input = TypeInput {
                pages: &[],
                reading: &reading,
            };
            let features = types.features(&input).unwrap();
            let verdict = types.judge(&features, "d").unwrap().unwrap();
            let told = of_type(&types, &features, &verdict, found, &reading).unwrap();
            (verdict.value.unwrap(), told)
        };
        let (without, told) = of(&[(FieldName::OrderNumber, "")], &[]);
        let (with, nothing) = of(&[], &[]);
        let told = told.unwrap();
        assert_ne!(without, with);
        assert_eq!(
            (told.field.as_str(), told.to.as_str()),
            ("order_number", ANY_ORDER)
        );
        assert!(told.text.contains(with.label()), "{}", told.text);
        assert_eq!(nothing, None);

        let unknown = Finding {
            code: "order_unknown".to_owned(),
            text: String::new(),
            level: Level::Medium,
            evidence: Vec::new(),
        };
        let (_, told) = of(&[], &[unknown]);
        let told = told.unwrap();
        assert_eq!((told.from.as_str(), told.to.as_str()), ("PO-7", ""));
        assert!(told.text.contains(without.label()), "{}", told.text);
    }

    #[test]
    fn a_value_that_leaves_another_finding_is_not_told() {
        use FieldName::{Iban, Total};
        // The total would agree, but no longer with the amount due.
        assert_eq!(
            of(&[(Total, "129.00")])
                .iter()
                .filter(|c| c.field == "payable")
                .count(),
            0
        );
        assert!(of(&[(Iban, "DE89370400440532013001")]).is_empty());
        assert!(of(&[]).is_empty());
    }
}
