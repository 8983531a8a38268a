//! What a fitted model is held against: simple baselines, measured on the same cases.

use std::collections::BTreeMap;

use scrutineer::registry::ManifestBaseline;

use crate::rounded;

/// Figures by name; none where there was nothing to measure.
pub type Figures = BTreeMap<String, Option<f64>>;

/// Digits kept of every figure.
pub(crate) const DIGITS: i32 = 4;

/// Errors that a model and its baselines are compared by: the first that it shares with any.
const COMPARED: [&str; 3] = ["brier", "mae_days", "mae_remaining_days"];

/// How the name of a baseline ends that knows more than the service does, so that it could not
/// answer in the model's place.
const NOT_IN_SERVICE: &str = "not in the service";

/// The best of the baselines that could answer in the model's place, by an error that it shares with
/// the model; none where there is no such baseline.
#[must_use]
pub fn best(metrics: &Figures, baselines: &BTreeMap<String, Figures>) -> Option<ManifestBaseline> {
    COMPARED
        .iter()
        .find_map(|figure| best_by(figure, metrics, baselines))
}

fn best_by(
    figure: &str,
    metrics: &Figures,
    baselines: &BTreeMap<String, Figures>,
) -> Option<ManifestBaseline> {
    let ours = known(metrics, figure)?;
    let (name, theirs) = baselines
        .iter()
        .filter(|(name, _)| !name.ends_with(NOT_IN_SERVICE))
        .filter_map(|(name, figures)| Some((name, known(figures, figure)?)))
        .min_by(|a, b| a.1.total_cmp(&b.1))?;
    Some(ManifestBaseline {
        name: name.clone(),
        figure: figure.to_owned(),
        ours,
        theirs,
    })
}

/// The part of a card on the figures that the model shares with its baselines, and whether it beats
/// the best of them; nothing where it shares none.
pub(crate) fn section(metrics: &Figures, baselines: &BTreeMap<String, Figures>) -> String {
    let is_beside = |figures: &Figures| metrics.keys().any(|name| both(name, metrics, figures));
    let beside: Vec<(&String, &Figures)> = baselines
        .iter()
        .filter(|(_, figures)| is_beside(figures))
        .collect();
    if beside.is_empty() {
        return String::new();
    }
    let is_shared = |name: &str| beside.iter().any(|(_, theirs)| both(name, metrics, theirs));
    let rows: Vec<String> = metrics
        .keys()
        .filter(|name| is_shared(name))
        .map(|name| {
            let theirs = beside.iter().map(|(_, figures)| cell(figures, name));
            row(name, &cell(metrics, name), theirs)
        })
        .collect();
    let names = beside.iter().map(|(name, _)| name.replace('|', "\\|"));
    format!(
        "\n## Beside simple baselines\n\n{}\n|---|{}\n{}\n{}",
        row("figure", "model", names),
        "---:|".repeat(beside.len() + 1),
        rows.join("\n"),
        verdict(metrics, baselines)
    )
}

/// That the model is no better than the best baseline; nothing where it is.
fn verdict(metrics: &Figures, baselines: &BTreeMap<String, Figures>) -> String {
    match best(metrics, baselines) {
        Some(baseline) if !baseline.is_beaten() => format!(
            "\n**No better than {baseline}**: `scrutineer models promote` asks why it is to answer.\n"
        ),
        _ => String::new(),
    }
}

fn row(name: &str, ours: &str, theirs: impl Iterator<Item = String>) -> String {
    let theirs: String = theirs.map(|cell| format!(" {cell} |")).collect();
    format!("| {name} | {ours} |{theirs}")
}

/// Whether both have a figure.
fn both(name: &str, ours: &Figures, theirs: &Figures) -> bool {
    known(ours, name).is_some() && known(theirs, name).is_some()
}

fn known(figures: &Figures, name: &str) -> Option<f64> {
    let figure = figures.get(name).copied().flatten();
    figure.map(|value| rounded(value, DIGITS))
}

fn cell(figures: &Figures, name: &str) -> String {
    known(figures, name).map_or_else(String::new, |value| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(known: &[(&str, f64)]) -> Figures {
        let known = known.iter().copied();
        known
            .map(|(name, value)| (name.to_owned(), Some(value)))
            .collect()
    }

    fn baselines(of: &[(&str, &[(&str, f64)])]) -> BTreeMap<String, Figures> {
        let of = of.iter().copied();
        of.map(|(name, known)| (name.to_owned(), figures(known)))
            .collect()
    }

    #[test]
    fn the_best_that_could_answer_is_compared_by_brier_and_else_by_days() {
        let known = baselines(&[
            ("a share", &[("brier", 0.224_04), ("mae_days", 9.0)]),
            ("another", &[("brier", 0.3), ("mae_days", 1.0)]),
            ("ranks alone", &[("auc", 0.9)]),
            ("a classifier, not in the service", &[("brier", 0.1)]),
        ]);
        let metrics = figures(&[("auc", 0.7), ("brier", 0.231), ("mae_days", 4.0)]);
        let best_by_brier = best(&metrics, &known).unwrap();
        assert!(!best_by_brier.is_beaten());
        assert_eq!(best_by_brier.to_string(), "a share (brier .231, .224)");

        let without = figures(&[("mae_days", 4.0)]);
        let best_by_days = best(&without, &known).unwrap();
        assert_eq!(best_by_days.to_string(), "another (mae_days 4, 1)");

        let ranks = figures(&[("auc", 0.7)]);
        assert_eq!(best(&ranks, &known), None);
        assert_eq!(best(&metrics, &BTreeMap::new()), None);
        // What could not be measured is no figure.
        let unknown = Figures::from([("brier".to_owned(), None)]);
        assert_eq!(best(&unknown, &known), None);
    }

    #[test]
    fn a_card_lays_shared_figures_side_by_side() {
        let metrics = figures(&[("auc", 0.7), ("brier", 0.2), ("fitted_on", 90.0)]);
        let known = baselines(&[
            ("a share", &[("brier", 0.224_04)]),
            ("by |step|", &[("auc", 0.6), ("brier", 0.25)]),
            ("of others", &[("top1", 0.5)]),
        ]);
        let expected = "\n## Beside simple baselines\n\n\
            | figure | model | a share | by \\|step\\| |\n\
            |---|---:|---:|---:|\n\
            | auc | 0.7 |  | 0.6 |\n\
            | brier | 0.2 | 0.224 | 0.25 |\n";
        assert_eq!(section(&metrics, &known), expected);
        assert_eq!(section(&metrics, &BTreeMap::new()), "");
        let worse = figures(&[("brier", 0.231)]);
        let said = section(&worse, &known);
        assert!(
            said.contains("**No better than a share (brier .231, .224)**"),
            "{said}"
        );
    }
}
