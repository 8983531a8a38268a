//! From scored candidates to one value a field, or to none.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::FieldModel;
use super::analysis::Analysis;
use super::candidates::Fact;
use super::features;
use super::field_spec::{Kind, SPECS};
use crate::documents::{Field, FieldName};

/// A candidate with the probability that it is the field's value.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    /// Index into the candidates of the field's kind.
    pub candidate: usize,
    /// Calibrated, 0..=1.
    pub probability: f32,
}

/// The candidates of every labelled field, the most probable first.
pub(super) struct Choices {
    ranked: BTreeMap<FieldName, Vec<Choice>>,
}

impl Choices {
    /// Scores all candidates of all labelled fields.
    #[must_use]
    pub(super) fn of(analysis: &Analysis, model: &FieldModel) -> Self {
        let mut ranked = BTreeMap::new();
        for spec in SPECS {
            let mut choices: Vec<Choice> = features::of_field(analysis, spec)
                .iter()
                .map(|scored| Choice {
                    candidate: scored.candidate,
                    probability: model.probability(
                        spec.name.as_str(),
                        &scored.features,
                        analysis.source,
                    ),
                })
                .collect();
            choices.sort_by(|a, b| {
                b.probability
                    .total_cmp(&a.probability)
                    .then(a.candidate.cmp(&b.candidate))
            });
            ranked.insert(spec.name, choices);
        }
        let mut choices = Self { ranked };
        choices.prove(analysis);
        choices
    }

    /// The best candidate of a field, whatever its probability.
    #[must_use]
    pub(super) fn best(&self, name: FieldName) -> Option<&Choice> {
        self.ranked.get(&name)?.first()
    }

    /// Prefers the net, tax and total that add up over a slightly likelier mixture
    /// that does not; the total is always one that is printed.
    fn prove(&mut self, analysis: &Analysis) {
        let value = |c: &Choice| amount_of(analysis, c.candidate);
        let top = |name: FieldName| -> Vec<Choice> {
            self.ranked
                .get(&name)
                .map(|r| r.iter().take(8).cloned().collect())
                .unwrap_or_default()
        };
        let (nets, taxes, totals) = (
            top(FieldName::Net),
            top(FieldName::Tax),
            top(FieldName::Total),
        );
        let odds = |c: &Choice| {
            let p = c.probability.clamp(0.001, 0.999);
            (p / (1.0 - p)).ln()
        };
        let mut best: Option<(f32, [Choice; 3])> = None;
        for net in &nets {
            for tax in &taxes {
                for total in &totals {
                    let (Some(n), Some(t), Some(s)) = (value(net), value(tax), value(total)) else {
                        continue;
                    };
                    if n + t != s {
                        continue;
                    }
                    let score = odds(net) + odds(tax) + odds(total);
                    if best.as_ref().is_none_or(|b| score > b.0) {
                        best = Some((score, [net.clone(), tax.clone(), total.clone()]));
                    }
                }
            }
        }
        let Some((score, proven)) = best else { return };
        let free: f32 = [&nets, &taxes, &totals]
            .iter()
            .filter_map(|l| l.first())
            .map(odds)
            .sum();
        if free - score > 3.0 {
            return;
        }
        for (name, choice) in [FieldName::Net, FieldName::Tax, FieldName::Total]
            .into_iter()
            .zip(proven)
        {
            if let Some(list) = self.ranked.get_mut(&name) {
                let leader = list.first().map_or(0.0, |c| c.probability);
                // What adds up is at least as sure as what it replaces was.
                let probability = choice.probability.max(leader.min(0.9));
                list.retain(|c| c.candidate != choice.candidate);
                list.insert(
                    0,
                    Choice {
                        probability,
                        ..choice
                    },
                );
            }
        }
    }
}

fn amount_of(analysis: &Analysis, candidate: usize) -> Option<Decimal> {
    match analysis.candidates.amounts.get(candidate)?.fact {
        Fact::Amount(money) => Some(money.value),
        _ => None,
    }
}

/// The chosen labelled fields, those left out whose probability is too low.
#[must_use]
pub(super) fn fields(
    analysis: &Analysis,
    model: &FieldModel,
    choices: &Choices,
) -> BTreeMap<FieldName, Field> {
    let mut fields = BTreeMap::new();
    for spec in SPECS {
        let Some(choice) = choices.best(spec.name) else {
            continue;
        };
        if choice.probability < model.threshold(spec.name.as_str(), analysis.source) {
            continue;
        }
        let (candidates, _) = features::pool(analysis, spec.kind);
        let candidate = &candidates[choice.candidate];
        let value = match spec.kind {
            Kind::Amount => plain(&candidate.value),
            _ => candidate.value.clone(),
        };
        fields.insert(
            spec.name,
            page_field(
                analysis,
                candidate.tokens.clone(),
                value,
                choice.probability,
            ),
        );
    }
    fields
}

/// A field read from words of a page.
#[must_use]
pub(super) fn page_field(
    analysis: &Analysis,
    tokens: std::ops::Range<usize>,
    value: String,
    probability: f32,
) -> Field {
    let layout = &analysis.layout;
    Field {
        value,
        raw: layout.text(tokens.clone()),
        confidence: f64::from(probability.clamp(0.0, 1.0)),
        source: analysis.source,
        page: Some(layout.tokens[tokens.start].page),
        bbox: Some(layout.bbox(tokens)),
        path: None,
    }
}

/// `-0.00` is nothing to owe and nothing to be owed.
fn plain(value: &str) -> String {
    value.parse::<Decimal>().map_or_else(
        |_| value.to_owned(),
        |d| {
            if d.is_zero() {
                d.abs().to_string()
            } else {
                d.to_string()
            }
        },
    )
}
