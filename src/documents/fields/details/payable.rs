//! What is due: by its own label and arithmetic, else the total.

use std::collections::BTreeMap;
use std::ops::Range;

use rust_decimal::Decimal;

use super::super::analysis::Analysis;
use super::super::candidates::{Candidate, Fact};
use super::super::choose::page_field;
use super::super::concept::Concept;
use super::Fields;
use crate::documents::{Field, FieldName};

/// Support of a label from which an amount counts as called due.
const CALLED: f32 = 0.6;
/// By how much it must be called so more than any other amount.
const MARGIN: f32 = 0.15;

/// Settles the amount due with the total. One amount that alone is called due is it
/// where it is the total, or where the page prints what lies between the two, such as
/// a payment received. With nothing prepaid, rounded or carried over, the total is due.
pub(super) fn settle(analysis: &Analysis, fields: &mut Fields) {
    let value = |name| -> Option<Decimal> { fields.get(&name)?.value.parse().ok() };
    let total = value(FieldName::Total);
    let called = called_due(analysis);
    match (total, called) {
        (Some(total), Some((due, tokens, support))) if due != total => {
            if is_printed(analysis, due - total) {
                put(analysis, fields, due, tokens, 0.8 + 0.15 * support);
            }
            return;
        }
        (None, Some((due, tokens, support))) => {
            if !fields.contains_key(&FieldName::Payable) {
                put(analysis, fields, due, tokens, 0.85 * support);
            }
            return;
        }
        (None, None) => return,
        (Some(_), _) => {}
    }
    let moved: Decimal = [
        (FieldName::Prepaid, -Decimal::ONE),
        (FieldName::Rounding, Decimal::ONE),
        (FieldName::PreviousBalance, Decimal::ONE),
    ]
    .into_iter()
    .filter_map(|(name, sign)| {
        let amount = value(name)?;
        // Payments are printed with and without their sign.
        let is_prepaid = name == FieldName::Prepaid;
        Some(sign * if is_prepaid { amount.abs() } else { amount })
    })
    .sum();
    let Some(field) = fields.get(&FieldName::Total).cloned() else {
        return;
    };
    if moved.is_zero() {
        let confidence = field.confidence * 0.95;
        fields.insert(
            FieldName::Payable,
            Field {
                confidence,
                ..field
            },
        );
    } else if !fields.contains_key(&FieldName::Payable)
        && let Some(due) = total.map(|total| total + moved)
        && let Some(candidate) = printed(analysis, due)
    {
        let confidence = (field.confidence * 0.85) as f32;
        put(analysis, fields, due, candidate.tokens.clone(), confidence);
    }
}

/// The one amount that labels call due, with how much they do.
fn called_due(analysis: &Analysis) -> Option<(Decimal, Range<usize>, f32)> {
    let labels = analysis.labels();
    let mut best: BTreeMap<Decimal, (f32, Range<usize>)> = BTreeMap::new();
    let amounts = analysis.candidates.amounts.iter();
    for (candidate, relations) in amounts.zip(&analysis.amount_relations) {
        let Some(value) = money(candidate) else {
            continue;
        };
        let support = labels.support(relations, &[(Concept::Payable, 1.0)], &[]);
        let called = support.best();
        let known = best
            .entry(value)
            .or_insert((called, candidate.tokens.clone()));
        if called > known.0 {
            *known = (called, candidate.tokens.clone());
        }
    }
    let mut ranked: Vec<(Decimal, (f32, Range<usize>))> = best.into_iter().collect();
    ranked.sort_by(|a, b| b.1.0.total_cmp(&a.1.0));
    let second = ranked.get(1).map_or(0.0, |r| r.1.0);
    let (value, (support, tokens)) = ranked.into_iter().next()?;
    (support >= CALLED && support - second >= MARGIN).then_some((value, tokens, support))
}

fn money(candidate: &Candidate) -> Option<Decimal> {
    match &candidate.fact {
        Fact::Amount(money) if money.exact || money.currency.is_some() => Some(money.value),
        _ => None,
    }
}

fn printed(analysis: &Analysis, value: Decimal) -> Option<&Candidate> {
    let mut amounts = analysis.candidates.amounts.iter();
    amounts.find(|c| money(c) == Some(value))
}

fn is_printed(analysis: &Analysis, difference: Decimal) -> bool {
    let mut amounts = analysis.candidates.amounts.iter();
    amounts.any(|c| money(c).is_some_and(|value| value.abs() == difference.abs()))
}

fn put(
    analysis: &Analysis,
    fields: &mut Fields,
    due: Decimal,
    tokens: Range<usize>,
    confidence: f32,
) {
    let field = page_field(analysis, tokens, due.to_string(), confidence);
    fields.insert(FieldName::Payable, field);
}

#[cfg(test)]
mod tests {
    use super::super::super::layout::tests::page_of;
    use super::*;

    fn settled(lines: &[&str], total: &str) -> Option<String> {
        let analysis = Analysis::of(&[page_of(lines)]);
        let mut fields = Fields::new();
        let field = page_field(&analysis, 0..1, total.to_owned(), 0.9);
        fields.insert(FieldName::Total, field);
        settle(&analysis, &mut fields);
        fields.remove(&FieldName::Payable).map(|f| f.value)
    }

    #[test]
    fn what_is_called_due_needs_what_lies_between() {
        let paid = [
            "Gesamtbetrag\t119,00",
            "Anzahlung\t50,00",
            "Zahlbetrag\t69,00",
        ];
        assert_eq!(settled(&paid, "119.00").as_deref(), Some("69.00"));
        let unproved = ["Gesamtbetrag\t119,00", "Zahlbetrag\t69,00"];
        assert_eq!(settled(&unproved, "119.00"), None);
        let nothing = ["Gesamtbetrag\t119,00", "Netto\t100,00"];
        assert_eq!(settled(&nothing, "119.00").as_deref(), Some("119.00"));
    }
}
