//! Amounts that do not add up.

use super::evidence::Places;
use super::{Finding, FindingsInput};
use crate::advice::Level;
use crate::documents::FieldName as F;
use crate::documents::checks::{Rule, Step, prove_totals};

/// Lines named in one finding; the rest are counted.
const LINES_SHOWN: usize = 5;

pub(super) fn find(input: &FindingsInput<'_>, places: Places<'_>) -> Vec<Finding> {
    let proof = prove_totals(input.merged);
    let (lines, others): (Vec<&Step>, Vec<&Step>) = proof
        .failures()
        .partition(|step| step.rule == Rule::LineNet);
    let mut findings: Vec<Finding> = others
        .iter()
        .map(|step| of_step(step, input, places))
        .collect();
    findings.extend(of_lines(&lines, input, places));
    findings
}

/// The code of the finding that a rule fails.
pub(in crate::cases::invoice) fn code_of_rule(rule: Rule) -> String {
    format!("totals_{}_wrong", rule.code())
}

fn of_step(step: &Step, input: &FindingsInput<'_>, places: Places<'_>) -> Finding {
    // What a page seems to say may have been misread; what an e-invoice says was not.
    let level = match step.rule {
        Rule::Total | Rule::Payable | Rule::Tax | Rule::Net if input.xml.is_some() => Level::High,
        _ => Level::Medium,
    };
    let states = format!("{} states {}", in_words(step.rule), step.stated);
    let text = match step.computed {
        Some(computed) => format!("{states}, its parts make {}.", computed.normalize()),
        None => format!("{states}, its parts are too large to add up."),
    };
    Finding {
        code: code_of_rule(step.rule),
        text,
        level,
        evidence: places.fields(input.merged, parts(step.rule)),
    }
}

/// One finding for all lines: a table read askew would otherwise drown the rest.
fn of_lines(failed: &[&Step], input: &FindingsInput<'_>, places: Places<'_>) -> Option<Finding> {
    let first = failed.first()?;
    let indices = failed.iter().filter_map(|step| step.index);
    let numbers: Vec<String> = indices
        .clone()
        .take(LINES_SHOWN)
        .map(|index| (index + 1).to_string())
        .collect();
    let more = failed.len().saturating_sub(LINES_SHOWN);
    let rest = if more == 0 {
        String::new()
    } else {
        format!(" and {more} more")
    };
    let computed = first.computed.map_or_else(
        || "too much to compute".to_owned(),
        |d| d.normalize().to_string(),
    );
    Some(Finding {
        code: code_of_rule(Rule::LineNet),
        text: format!(
            "Quantity times price is not the amount of line {}{rest}; the first states {}, quantity times price less allowance is {computed}.",
            numbers.join(", "),
            first.stated
        ),
        level: Level::Medium,
        evidence: indices
            .take(LINES_SHOWN)
            .filter_map(|index| places.line(input.merged, index))
            .collect(),
    })
}

const fn in_words(rule: Rule) -> &'static str {
    match rule {
        Rule::LineNet => "The line",
        Rule::LinesTotal => "The sum of lines",
        Rule::AllowancesTotal => "The sum of allowances",
        Rule::ChargesTotal => "The sum of charges",
        Rule::Net | Rule::TaxBases => "The total without tax",
        Rule::TaxByRate => "The tax of a rate",
        Rule::Tax => "The total tax",
        Rule::Total => "The total with tax",
        Rule::Payable => "The amount due",
    }
}

const fn parts(rule: Rule) -> &'static [F] {
    match rule {
        Rule::LineNet => &[],
        Rule::LinesTotal => &[F::LinesTotal],
        Rule::AllowancesTotal => &[F::AllowancesTotal],
        Rule::ChargesTotal => &[F::ChargesTotal],
        Rule::Net => &[F::Net, F::LinesTotal, F::AllowancesTotal, F::ChargesTotal],
        Rule::TaxBases => &[F::Net],
        Rule::TaxByRate | Rule::Tax => &[F::Tax],
        Rule::Total => &[F::Total, F::Net, F::Tax, F::StampDuty],
        Rule::Payable => &[
            F::Payable,
            F::Total,
            F::Prepaid,
            F::Withheld,
            F::Rounding,
            F::StampDuty,
        ],
    }
}
