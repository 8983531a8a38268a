//! Gates: thresholds that a build must meet before it ships.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde::Deserialize;

use crate::invoice::{InvoiceOptions, InvoiceOutcome};
use crate::results::Protocols;
use crate::{EvalError, Evaluation};

/// A file of thresholds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// The case, such as `invoice`.
    pub case: String,
    /// Thresholds, all of which must hold.
    pub threshold: Vec<Threshold>,
}

/// One figure and its bounds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// Protocol it is measured by, one of [`Protocols::ALL`].
    pub protocol: String,
    /// Path of the figure: `metrics.NAME`, or `fields.NAME.right` (also `wrong`,
    /// `abstained`, `missed`) as a share of the stated values, or
    /// `fields.NAME.right_corrected`.
    pub metric: String,
    /// Smallest value that passes.
    pub min: Option<f64>,
    /// Largest value that passes.
    pub max: Option<f64>,
    /// Baseline of the same evaluation below whose figure it must lie; of `metrics.NAME` alone.
    pub below_baseline: Option<String>,
    /// The same, where more is better.
    pub above_baseline: Option<String>,
}

impl Threshold {
    /// Whether nothing could fail it.
    const fn is_open(&self) -> bool {
        self.min.is_none() && self.max.is_none() && !self.names_baseline()
    }

    const fn names_baseline(&self) -> bool {
        self.below_baseline.is_some() || self.above_baseline.is_some()
    }

    /// Name of the figure among those that baselines have too.
    fn shared_figure(&self) -> Option<&str> {
        let name = self.metric.strip_prefix("metrics.");
        name.filter(|name| !name.contains('.'))
    }
}

/// A threshold and what was measured.
#[derive(Debug)]
pub struct Check {
    /// Protocol and path of the figure.
    pub name: String,
    /// The figure; absent when there was nothing to measure, which fails.
    pub value: Option<f64>,
    /// Bounds in words.
    pub bounds: String,
    /// Whether it holds.
    pub passed: bool,
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.passed { "pass" } else { "MISS" };
        match self.value {
            Some(value) => write!(f, "{verdict}  {}  {value:.4}  ({})", self.name, self.bounds),
            None => write!(
                f,
                "{verdict}  {}  nothing measured  ({})",
                self.name, self.bounds
            ),
        }
    }
}

impl Gate {
    /// Reads a gate file.
    ///
    /// # Errors
    /// [`EvalError::File`] when it is absent, is not a gate file, or holds nothing that could fail.
    pub fn load(path: &Path) -> Result<Self, EvalError> {
        let wrong = |message: String| EvalError::File {
            path: path.display().to_string(),
            message,
        };
        let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
        let gate: Self = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        if ![
            "invoice",
            "collections",
            "project_setup",
            "expense",
            "duplicate",
            "link",
            "demo_firm",
        ]
        .contains(&gate.case.as_str())
        {
            return Err(wrong(format!("`case`: no protocols for {:?}", gate.case)));
        }
        if gate.threshold.is_empty() {
            return Err(wrong("`threshold`: there is none".to_owned()));
        }
        for one in &gate.threshold {
            let fault = if one.is_open() {
                "has neither `min` nor `max` nor a baseline"
            } else if one.names_baseline() && one.shared_figure().is_none() {
                "is no figure of baselines"
            } else {
                continue;
            };
            let Threshold {
                protocol, metric, ..
            } = one;
            return Err(wrong(format!("`threshold`: {protocol} {metric} {fault}")));
        }
        Ok(gate)
    }
}

/// Measures every protocol that the gate names, once, and checks its thresholds.
///
/// # Errors
/// [`EvalError`] when data or models are absent, or a protocol or path is unknown.
pub fn run(
    gate: &Gate,
    models: &Path,
    measure: impl Fn(&InvoiceOptions) -> Result<InvoiceOutcome, EvalError>,
) -> Result<Vec<Check>, EvalError> {
    let protocols = Protocols::new(models);
    let mut measured: BTreeMap<&str, Evaluation> = BTreeMap::new();
    let mut checks = Vec::new();
    for threshold in &gate.threshold {
        let name = threshold.protocol.as_str();
        if !measured.contains_key(name) {
            measured.insert(name, protocols.evaluate(name, &measure)?);
        }
        if let Some(evaluation) = measured.get(name) {
            checks.push(check(threshold, evaluation)?);
        }
    }
    Ok(checks)
}

fn check(threshold: &Threshold, evaluation: &Evaluation) -> Result<Check, EvalError> {
    let value = figure(evaluation, &threshold.metric).ok_or_else(|| EvalError::File {
        path: "gate".to_owned(),
        message: format!("`metric`: {:?} is no path of a figure", threshold.metric),
    })?;
    let within = |value: f64| {
        threshold.min.is_none_or(|min| value >= min) && threshold.max.is_none_or(|max| value <= max)
    };
    let mut bounds = match (threshold.min, threshold.max) {
        (Some(min), Some(max)) => vec![format!("{min} to {max}")],
        (Some(min), None) => vec![format!("at least {min}")],
        (None, Some(max)) => vec![format!("at most {max}")],
        (None, None) => Vec::new(),
    };
    let mut passed = value.is_some_and(within);
    for (side, baseline) in [
        (Side::Below, &threshold.below_baseline),
        (Side::Above, &threshold.above_baseline),
    ] {
        let Some(baseline) = baseline else {
            continue;
        };
        let theirs = baseline_figure(evaluation, baseline, threshold.shared_figure());
        let both = value.zip(theirs);
        passed &= both.is_some_and(|(ours, theirs)| side.holds(ours, theirs));
        bounds.push(side.in_words(baseline, theirs));
    }
    Ok(Check {
        name: format!("{} {}", threshold.protocol, threshold.metric),
        value,
        bounds: bounds.join(", "),
        passed,
    })
}

/// Where a figure must lie beside a baseline's; as good as it is not enough.
#[derive(Clone, Copy)]
enum Side {
    Below,
    Above,
}

impl Side {
    fn holds(self, ours: f64, theirs: f64) -> bool {
        match self {
            Self::Below => ours < theirs,
            Self::Above => ours > theirs,
        }
    }

    fn in_words(self, baseline: &str, theirs: Option<f64>) -> String {
        let side = match self {
            Self::Below => "below",
            Self::Above => "above",
        };
        let theirs = theirs.map_or_else(|| "absent".to_owned(), |theirs| format!("{theirs:.4}"));
        format!("{side} that of {baseline:?}, {theirs}")
    }
}

/// The figure of a baseline; none where there is no such baseline or it has none of that name.
fn baseline_figure(evaluation: &Evaluation, baseline: &str, figure: Option<&str>) -> Option<f64> {
    let figures = evaluation.baselines.get(baseline)?;
    figures.get(figure?).copied().flatten()
}

/// The figure at a path: outer `None` for an unknown path.
fn figure(evaluation: &Evaluation, path: &str) -> Option<Option<f64>> {
    let mut steps = path.split('.');
    match (steps.next()?, steps.next()?, steps.next(), steps.next()) {
        ("metrics", name, None, None) => evaluation.metrics.get(name).copied(),
        ("fields", name, Some(part), None) => {
            let score = evaluation.fields.get(name).copied().unwrap_or_default();
            let count = match part {
                "right_corrected" => return Some(score.right_corrected()),
                "right" => score.right,
                "wrong" => score.wrong,
                "abstained" => score.abstained,
                "missed" => score.missed,
                _ => return None,
            };
            Some(score.share(count))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Gate, Threshold, check};
    use crate::{Evaluation, FieldScore};

    fn evaluation(right: usize, wrong: usize) -> Evaluation {
        let score = FieldScore {
            right,
            wrong,
            ..FieldScore::default()
        };
        Evaluation {
            case: "invoice".into(),
            set: "s".into(),
            protocol: "p".into(),
            n: right + wrong,
            metrics: [("exact".to_owned(), Some(0.5))].into(),
            baselines: [
                ("worse".to_owned(), figures(Some(0.4))),
                ("as good".to_owned(), figures(Some(0.5))),
                ("better".to_owned(), figures(Some(0.6))),
                ("unmeasured".to_owned(), figures(None)),
            ]
            .into(),
            fields: [("total".to_owned(), score)].into(),
            lines: [].into(),
            confusion: [].into(),
        }
    }

    fn figures(exact: Option<f64>) -> BTreeMap<String, Option<f64>> {
        [("exact".to_owned(), exact)].into()
    }

    fn threshold(metric: &str, min: Option<f64>, max: Option<f64>) -> Threshold {
        Threshold {
            protocol: "p".into(),
            metric: metric.into(),
            min,
            max,
            below_baseline: None,
            above_baseline: None,
        }
    }

    #[test]
    fn a_threshold_holds_at_its_bound_and_not_below() {
        let right = threshold("fields.total.right", Some(0.9), None);
        assert!(check(&right, &evaluation(9, 1)).unwrap().passed);
        assert!(!check(&right, &evaluation(89, 11)).unwrap().passed);
        let wrong = threshold("fields.total.wrong", None, Some(0.1));
        assert!(check(&wrong, &evaluation(9, 1)).unwrap().passed);
        assert!(!check(&wrong, &evaluation(89, 11)).unwrap().passed);
        assert!(
            check(
                &threshold("metrics.exact", Some(0.5), None),
                &evaluation(1, 0)
            )
            .unwrap()
            .passed
        );
    }

    #[test]
    fn nothing_measured_fails_and_an_unknown_path_is_an_error() {
        assert!(
            !check(
                &threshold("fields.total.right", Some(0.0), None),
                &evaluation(0, 0)
            )
            .unwrap()
            .passed
        );
        assert!(
            check(
                &threshold("fields.total.rigth", Some(0.0), None),
                &evaluation(1, 0)
            )
            .is_err()
        );
        assert!(check(&threshold("total", Some(0.0), None), &evaluation(1, 0)).is_err());
    }

    #[test]
    fn a_figure_must_be_better_than_the_baseline_that_is_named() {
        let exact = |min| threshold("metrics.exact", min, None);
        let above = |baseline: &str, min: Option<f64>| Threshold {
            above_baseline: Some(baseline.to_owned()),
            ..exact(min)
        };
        let below = |baseline: &str| Threshold {
            below_baseline: Some(baseline.to_owned()),
            ..exact(None)
        };
        let checked = |threshold: &Threshold| check(threshold, &evaluation(1, 0)).unwrap();
        assert!(checked(&above("worse", None)).passed);
        assert!(checked(&below("better")).passed);
        for missed in ["as good", "unmeasured", "of another name"] {
            assert!(!checked(&above(missed, None)).passed, "{missed}");
            assert!(!checked(&below(missed)).passed, "{missed}");
        }
        assert!(!checked(&above("better", None)).passed);
        assert!(!checked(&below("worse")).passed);
        // A bound beside it must hold too.
        assert!(!checked(&above("worse", Some(0.9))).passed);
        let said = checked(&above("worse", Some(0.1))).to_string();
        assert_eq!(
            said,
            "pass  p metrics.exact  0.5000  (at least 0.1, above that of \"worse\", 0.4000)"
        );
        let absent = checked(&below("of another name")).to_string();
        assert!(absent.starts_with("MISS") && absent.contains("absent"));
        let unknown = Threshold {
            metric: "metrics.exakt".to_owned(),
            ..above("worse", None)
        };
        assert!(check(&unknown, &evaluation(1, 0)).is_err());
        // Measured by the baseline, but not here.
        let mut unmeasured = evaluation(1, 0);
        unmeasured.metrics = figures(None);
        let missed = check(&below("better"), &unmeasured).unwrap();
        assert!(!missed.passed);
    }

    #[test]
    fn a_gate_that_could_not_fail_is_refused_by_file_and_figure() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("loose.toml");
        let load = |text: &str| {
            std::fs::write(&path, text).unwrap();
            Gate::load(&path).map_err(|error| error.to_string())
        };
        let figure = "[[threshold]]\nprotocol = \"p\"\nmetric = \"metrics.auc\"\n";
        let case = "case = \"link\"\n";
        for none in [case.to_owned(), format!("{case}threshold = []\n")] {
            let refused = load(&none).unwrap_err();
            assert!(refused.contains("loose.toml") && refused.contains("threshold"));
        }
        let bounded = format!("{case}{figure}min = 0.5\n");
        assert!(load(&bounded).is_ok());
        let refused = load(&format!("{bounded}{figure}")).unwrap_err();
        assert!(refused.contains("loose.toml") && refused.contains("p metrics.auc has neither"));
        for side in ["below_baseline", "above_baseline"] {
            let beside = format!("{side} = \"the firm's past share\"\n");
            assert!(load(&format!("{case}{figure}{beside}")).is_ok());
            let shares = figure.replace("metrics.auc", "fields.total.right");
            let refused = load(&format!("{case}{shares}{beside}")).unwrap_err();
            assert!(refused.contains("fields.total.right is no figure of baselines"));
        }
        let misspelt = load(&format!("{bounded}below_base = \"a\"\n")).unwrap_err();
        assert!(misspelt.contains("below_base"));
    }
}
