//! Named features of a candidate for a field; training and extraction share them.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::analysis::Analysis;
use super::candidates::{Candidate, Fact};
use super::concept::Concept;
use super::field_spec::{FieldSpec, Kind};
use super::proof;
use super::relation::{Relation, Support};

/// The features, in order.
pub(super) const NAMES: &[&str] = &[
    "hand",
    "left",
    "above",
    "other_left",
    "other_above",
    "rank",
    "gap",
    "first_page",
    "last_page",
    "y",
    "x",
    "size",
    "bold",
    "repeats",
    "elsewhere",
    "candidates",
    "title_in_row",
    "two_decimals",
    "currency",
    "size_rank",
    "is_largest",
    "role_net",
    "role_tax",
    "role_total",
    "not_positive",
    "line_column",
    "length",
    "digit_share",
    "letters",
    "order",
    "explicit",
    "doubtful",
    "number_in_row",
    "dunning",
    "tendered",
];

/// One candidate for one field.
#[derive(Debug, Clone)]
pub(super) struct Scored {
    /// Index into the candidates of the field's kind.
    pub candidate: usize,
    /// One value a name.
    pub features: Vec<f32>,
}

/// The candidates of a field's kind and the labels around them.
#[must_use]
pub(super) fn pool(analysis: &Analysis, kind: Kind) -> (&[Candidate], &[Vec<Relation>]) {
    match kind {
        Kind::Date => (&analysis.candidates.dates, &analysis.date_relations),
        Kind::Amount => (&analysis.candidates.amounts, &analysis.amount_relations),
        Kind::Identifier => (
            &analysis.candidates.identifiers,
            &analysis.identifier_relations,
        ),
    }
}

/// Features of every candidate worth looking at for a field.
#[must_use]
pub(super) fn of_field(analysis: &Analysis, spec: &FieldSpec) -> Vec<Scored> {
    let (candidates, relations) = pool(analysis, spec.kind);
    let labels = analysis.labels();
    let scale = Scale::of(candidates);
    let mut scored = Vec::new();
    for (i, candidate) in candidates.iter().enumerate() {
        let support = labels.support(&relations[i], spec.concepts, spec.neutral);
        let facts = Facts::of(analysis, candidate, &relations[i], &scale);
        let hand = hand_score(spec, &support, &facts);
        scored.push((i, support, facts, hand));
    }
    let mut best: HashMap<&str, f32> = HashMap::new();
    for (i, _, _, hand) in &scored {
        let known = best.entry(candidates[*i].value.as_str()).or_insert(0.0);
        *known = known.max(*hand);
    }
    let mut ranked: Vec<(&str, f32)> = best.iter().map(|(v, s)| (*v, *s)).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    let floor = ranked.get(12).map_or(0.0, |r| r.1);
    let count = ranked.len() as f32;
    scored
        .iter()
        .filter(|(_, _, _, hand)| *hand > 0.03 && *hand >= floor)
        .map(|(i, support, facts, hand)| {
            let value = candidates[*i].value.as_str();
            let rank = ranked.iter().position(|r| r.0 == value).unwrap_or(20) as f32;
            let rival = ranked.iter().find(|r| r.0 != value).map_or(0.0, |r| r.1);
            let others = scored
                .iter()
                .filter(|o| o.0 != *i && candidates[o.0].value == value);
            let (repeats, elsewhere) =
                others.fold((0.0_f32, 0.0_f32), |(n, m), o| (n + 1.0, m.max(o.3)));
            let mut features = vec![
                *hand,
                support.left,
                support.above,
                support.other_left,
                support.other_above,
                rank.min(10.0),
                hand - rival,
            ];
            features.extend_from_slice(&facts.place);
            features.extend_from_slice(&[repeats.min(5.0), elsewhere, count.min(100.0)]);
            features.extend_from_slice(&facts.own);
            Scored {
                candidate: *i,
                features,
            }
        })
        .collect()
}

/// Where values of one kind lie among each other.
struct Scale {
    largest: Vec<Decimal>,
    days: Vec<String>,
}

impl Scale {
    fn of(candidates: &[Candidate]) -> Self {
        let mut largest: Vec<Decimal> = candidates
            .iter()
            .filter_map(|c| match &c.fact {
                Fact::Amount(m) if m.exact || m.currency.is_some() => Some(m.value.abs()),
                _ => None,
            })
            .collect();
        largest.sort_by(|a, b| b.cmp(a));
        largest.dedup();
        let mut days: Vec<String> = candidates
            .iter()
            .filter(|c| matches!(c.fact, Fact::Date { .. }))
            .map(|c| c.value.clone())
            .collect();
        days.sort();
        days.dedup();
        Self { largest, days }
    }
}

/// Facts of a candidate that do not depend on the field.
struct Facts {
    place: [f32; 6],
    own: [f32; 19],
}

impl Facts {
    fn of(
        analysis: &Analysis,
        candidate: &Candidate,
        relations: &[Relation],
        scale: &Scale,
    ) -> Self {
        let layout = &analysis.layout;
        let token = &layout.tokens[candidate.tokens.start];
        let (width, height) = layout.page_size(token.page);
        let first = layout.pages.first().map_or(1, |p| p.0);
        let last = layout.pages.last().map_or(1, |p| p.0);
        let flag = |b: bool| f32::from(u8::from(b));
        let place = [
            flag(token.page == first),
            flag(token.page == last),
            token.bbox.y0 / height,
            token.bbox.x0 / width,
            token.size / layout.body_size,
            flag(token.bold),
        ];
        let labels = analysis.labels();
        let in_row = |concept: Concept| {
            labels.in_row(token.row).iter().any(|i| {
                let hit = &analysis.hits[*i];
                hit.tokens.end <= candidate.tokens.start
                    && hit.weight(concept) > 0.3
                    && hit.segment == token.segment
            })
        };
        let columns = [
            (Concept::LineNet, 1.0),
            (Concept::UnitPrice, 1.0),
            (Concept::Quantity, 1.0),
            (Concept::LineGross, 1.0),
            (Concept::LineNo, 1.0),
            (Concept::ItemCode, 1.0),
            (Concept::LineTax, 1.0),
        ];
        let line_column = labels.support(relations, &columns, &[]).above;
        let length = candidate.value.chars().count() as f32;
        let digits = candidate.value.chars().filter(char::is_ascii_digit).count() as f32;
        let mut own = [0.0; 19];
        own[0] = flag(in_row(Concept::Title));
        own[9] = line_column;
        own[10] = length.min(40.0);
        own[11] = digits / length.max(1.0);
        own[12] = flag(candidate.value.chars().any(char::is_alphabetic));
        match &candidate.fact {
            Fact::Amount(money) => {
                let roles = proof::roles(&analysis.sums, money.value);
                let rank = scale
                    .largest
                    .iter()
                    .position(|v| *v == money.value.abs())
                    .map_or(12.0, |r| r as f32);
                own[1] = flag(money.exact);
                own[2] = flag(money.currency.is_some());
                own[3] = rank.min(12.0);
                own[4] = flag(rank == 0.0);
                own[5] = roles.net;
                own[6] = roles.tax;
                own[7] = roles.total;
                own[8] = flag(money.value <= Decimal::ZERO);
            }
            Fact::Date { doubtful, explicit } => {
                let at = scale
                    .days
                    .iter()
                    .position(|d| *d == candidate.value)
                    .unwrap_or(0) as f32;
                own[13] = at / (scale.days.len().max(2) - 1) as f32;
                own[14] = flag(*explicit);
                own[15] = flag(*doubtful);
            }
            Fact::Identifier => {}
        }
        own[16] = flag(in_row(Concept::Number));
        own[17] = flag(analysis.dunning);
        own[18] = flag(analysis.tendered);
        Self { place, own }
    }
}

/// The plain rule: how a careful reader would weigh it, 0..=1.
fn hand_score(spec: &FieldSpec, support: &Support, facts: &Facts) -> f32 {
    let own = &facts.own;
    let against = (support.other() - 0.8 * support.best()).max(0.0);
    let labelled = support.best() - 0.5 * against;
    let score = match spec.kind {
        Kind::Identifier => {
            let short = if own[10] < 2.0 {
                0.25
            } else if own[10] < 4.0 {
                0.1
            } else {
                0.0
            };
            labelled - short + 0.1 * (facts.place[4] - 1.0).clamp(0.0, 0.5) * own[0]
        }
        Kind::Date => {
            let alone = if spec.name == crate::documents::FieldName::IssueDate {
                0.15 * facts.place[0] * (1.0 - facts.place[2]) + 0.3 * own[16]
            } else {
                0.0
            };
            labelled + alone
        }
        Kind::Amount => {
            let role = match spec.name {
                crate::documents::FieldName::Net => own[5],
                crate::documents::FieldName::Tax => own[6],
                crate::documents::FieldName::Total | crate::documents::FieldName::Payable => own[7],
                _ => 0.0,
            };
            let money = if own[1] + own[2] > 0.0 { 0.0 } else { 0.3 };
            let large = if spec.name == crate::documents::FieldName::Total {
                0.1 * own[4]
            } else {
                0.0
            };
            0.65 * labelled + 0.4 * role + large - money - 0.25 * own[9] * (1.0 - support.left)
        }
    };
    score.clamp(0.0, 1.0)
}
