//! The period of supply.

use super::super::analysis::Analysis;
use super::super::choose::page_field;
use super::super::concept::Concept;
use super::Fields;
use crate::documents::FieldName;

/// Two dates beside each other, labelled as a period, or under two labels of their own.
pub(super) fn add_period(analysis: &Analysis, fields: &mut Fields) {
    let labels = analysis.labels();
    let dates = &analysis.candidates.dates;
    let layout = &analysis.layout;
    let of = |i: usize, concept: Concept| {
        labels
            .support(&analysis.date_relations[i], &[(concept, 1.0)], &[])
            .best()
    };
    let mut best: Option<(f32, usize, usize)> = None;
    for i in 0..dates.len().saturating_sub(1) {
        let (from, to) = (&dates[i], &dates[i + 1]);
        let between = from.tokens.end..to.tokens.start;
        let near = between.len() <= 2
            && layout.tokens[from.tokens.start].row == layout.tokens[to.tokens.start].row;
        let joined = near
            && (between.is_empty()
                || layout.tokens[between.clone()]
                    .iter()
                    .all(|t| is_until(&t.text)));
        if joined && from.value <= to.value {
            let score = of(i, Concept::ServicePeriod).max(0.6 * of(i, Concept::DeliveryDate));
            if score > best.map_or(0.45, |b| b.0) {
                best = Some((score, i, i + 1));
            }
        }
    }
    if let Some((score, from, to)) = best {
        for (name, at) in [(FieldName::ServiceStart, from), (FieldName::ServiceEnd, to)] {
            let field = page_field(
                analysis,
                dates[at].tokens.clone(),
                dates[at].value.clone(),
                0.55 + 0.4 * score,
            );
            fields.insert(name, field);
        }
        return;
    }
    for (name, concept) in [
        (FieldName::ServiceStart, Concept::ServiceStart),
        (FieldName::ServiceEnd, Concept::ServiceEnd),
    ] {
        let found = (0..dates.len())
            .map(|i| (of(i, concept), i))
            .filter(|f| f.0 > 0.6)
            .reduce(|a, b| if b.0 > a.0 { b } else { a });
        if let Some((score, at)) = found {
            let field = page_field(
                analysis,
                dates[at].tokens.clone(),
                dates[at].value.clone(),
                0.5 + 0.45 * score,
            );
            fields.insert(name, field);
        }
    }
}

fn is_until(text: &str) -> bool {
    matches!(
        text.to_lowercase().trim_matches(':'),
        "-" | "\u{2013}"
            | "\u{2014}"
            | "bis"
            | "to"
            | "au"
            | "t/m"
            | "al"
            | "a"
            | "until"
            | "through"
            | "tot"
            | "zum"
            | "hasta"
            | "till"
            | "/"
            | "à"
            | "tem"
            | "do"
            | "e"
            | "et"
            | "und"
            | "and"
    )
}
