//! Ranked reasons: the margin of the most probable type, taken apart exactly.

use super::features::{Place, SignFeature, TypeFeatures};
use super::model::TypeWeights;
use super::{DocumentType, TypeVerdict, numbers, signs};
use crate::advice::{Direction, Evidence, Reason};
use crate::learn::conformal::ConformalSets;
use crate::learn::encoder::EMBEDDING_SIZE;

/// Reasons given one by one; the others are summed up in one.
const SHOWN: usize = 8;
/// Characters of a region's wording that are quoted.
const QUOTED: usize = 80;

/// Features with the probabilities computed from them.
pub(super) struct Scored<'a> {
    pub(super) weights: &'a TypeWeights,
    pub(super) sets: &'a ConformalSets,
    pub(super) features: &'a TypeFeatures,
    pub(super) vector: &'a [f64],
    /// Of every type, in the order of [`DocumentType::ALL`].
    pub(super) probabilities: Vec<f64>,
    pub(super) reference: &'a str,
}

/// One additive part of the margin.
struct Part {
    code: String,
    text: String,
    feature: String,
    weight: f64,
    quote: Option<String>,
    place: Option<Place>,
}

impl Scored<'_> {
    /// The verdict with its reasons.
    pub(super) fn explain(self) -> TypeVerdict {
        let order = self.sets.set(&self.probabilities);
        let top = order.first().copied().unwrap_or_default();
        let set: Vec<DocumentType> = order
            .iter()
            .filter_map(|index| DocumentType::ALL.get(*index))
            .copied()
            .collect();
        let named = set.first().copied().unwrap_or(DocumentType::Other);
        let margin = self.weights.linear.margin(top);
        let mut parts = self.parts(&margin.weights);
        parts.sort_by(|a, b| {
            b.weight
                .abs()
                .total_cmp(&a.weight.abs())
                .then(a.code.cmp(&b.code))
        });
        let evidence = parts
            .iter()
            .take(SHOWN)
            .filter_map(|part| self.evidence(part))
            .collect();
        let reasons = sum_up(parts).into_iter().map(|part| part.reason(named));
        let (reasons, counter_reasons) = reasons.partition(|r: &Reason| r.weight >= 0.0);
        TypeVerdict {
            value: (set.len() == 1).then_some(named),
            score: self.probabilities.get(top).copied().unwrap_or_default(),
            set,
            coverage: self.sets.coverage,
            raw_score: margin.at(self.vector),
            baseline: margin.intercept,
            reasons,
            counter_reasons,
            evidence,
            probabilities: self.probabilities,
        }
    }

    fn parts(&self, margin: &[f64]) -> Vec<Part> {
        let features = self.features;
        let mut parts = Vec::new();
        for chunk in &features.chunks {
            let vector = self.weights.chunk_vector(features, &chunk.embedding);
            let quote: String = chunk.text.chars().take(QUOTED).collect();
            parts.push(Part {
                code: format!("wording_{}", chunk.region),
                text: format!("The wording of the {} reads “{quote}”", chunk.region),
                feature: format!("text.{}", chunk.region),
                weight: vector
                    .iter()
                    .zip(margin)
                    .map(|(x, weight)| x * weight)
                    .sum(),
                quote: Some(quote),
                place: chunk.place,
            });
        }
        let names = self
            .weights
            .linear
            .features()
            .iter()
            .zip(margin)
            .skip(EMBEDDING_SIZE);
        let weight_of: std::collections::HashMap<&str, f64> = names
            .map(|(name, weight)| (name.as_str(), *weight))
            .collect();
        for sign in &features.signs {
            let weight = weight_of
                .get(sign.name.as_str())
                .copied()
                .unwrap_or_default()
                * sign.value;
            let family = signs::names()
                .iter()
                .filter(|name| sign.name.starts_with(**name));
            let family = family.max_by_key(|name| name.len()).copied();
            let is_number = numbers::NAMES.contains(&sign.name.as_str());
            let code = match family {
                Some(family) if !is_number => format!("words_{family}"),
                _ => sign.name.clone(),
            };
            match parts.iter_mut().find(|part: &&mut Part| part.code == code) {
                // The same words seen large, alone and often are one reason.
                Some(part) => part.weight += weight,
                None => parts.push(Part::of_sign(code, sign, weight)),
            }
        }
        parts
    }

    fn evidence(&self, part: &Part) -> Option<Evidence> {
        let place = part.place?;
        Some(Evidence {
            kind: "page".to_owned(),
            reference: self.reference.to_owned(),
            page: Some(place.page),
            bbox: Some(place.bbox),
            text: part.quote.clone(),
            sha256: None,
        })
    }
}

/// The heaviest parts, and one for all the others.
fn sum_up(mut parts: Vec<Part>) -> Vec<Part> {
    if parts.len() > SHOWN {
        let rest = parts.split_off(SHOWN);
        parts.push(Part {
            code: "other_signs".to_owned(),
            text: format!("{} lighter signs together", rest.len()),
            feature: "others".to_owned(),
            weight: rest.iter().map(|part| part.weight).sum(),
            quote: None,
            place: None,
        });
    }
    parts
}

impl Part {
    fn of_sign(code: String, sign: &SignFeature, weight: f64) -> Self {
        let text = match (&sign.text, sign.place) {
            (Some(quote), Some(place)) => format!("“{quote}” stands on page {}", place.page),
            (Some(quote), None) => format!("The e-invoice says “{quote}”"),
            (None, _) => sentence(&sign.name).to_owned(),
        };
        Self {
            code,
            text,
            feature: format!("sign.{}", sign.name),
            weight,
            quote: sign.text.clone(),
            place: sign.place,
        }
    }

    fn reason(self, top: DocumentType) -> Reason {
        let raises = self.weight >= 0.0;
        let verb = if raises {
            "speaks for"
        } else {
            "speaks against"
        };
        Reason {
            code: self.code,
            text: format!("{}: {verb} {}.", self.text, top.label()),
            direction: if raises {
                Direction::Raises
            } else {
                Direction::Lowers
            },
            weight: self.weight,
            feature: self.feature,
            value: self.quote,
            baseline: None,
        }
    }
}

/// What a sign without words of its own says.
fn sentence(name: &str) -> &'static str {
    match name {
        "order_number" => "The buyer's order number is given",
        "no_order_number" => "No order number of the buyer was found",
        "narrow_page" => "The page is as narrow as a till roll",
        "more_pages" => "There is more than one page",
        "many_words" => "How many words there are",
        "few_words" => "There are very few words",
        "amounts" => "How many amounts there are",
        "negative_amounts" => "Some amounts are negative",
        "dates" => "How many dates there are",
        "iban" => "A bank account is given",
        "percentages" => "Percentages are given",
        "structure" => "The document is an e-invoice",
        "code_invoice" => "The e-invoice's type code is an invoice's",
        "code_credit" => "The e-invoice's type code is a credit note's",
        "code_pro_forma" => "The e-invoice's type code is a pro forma invoice's",
        "code_other" => "The e-invoice's type code is of another kind",
        "hours_unit" => "Lines are in hours or days",
        "energy_unit" => "Lines are in units of energy or water",
        "negative_total" => "The total is negative",
        "person_and_time" => "Times of day or hours are given",
        "time_lines" => "Amounts stand beside hours or days",
        "energy_lines" => "Amounts stand beside units of energy or water",
        "piece_lines" => "Amounts stand beside numbers of pieces",
        _ => "A sign of the document",
    }
}
