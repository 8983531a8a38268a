//! Fits `collections`: days late of customer invoices.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chrono::NaiveDate;
use scrutineer::cases::collections::CollectionsInput;
use scrutineer::cases::forecast_case::Question as _;
use scrutineer::registry::ManifestSource;
use scrutineer_eval::collections::{self, CollectionsOptions, CollectionsOutcome};

use crate::forecast::{self, ForecastCard};

const LIMITS: &str = "One firm's customers in one currency and one kind of trade, without interactions, disputes or customer \
attributes: those features stay unused until a firm refits on its own records. Asked on the day of issue; for an invoice asked \
about later the curve is cut at today and what is left of it calibrated. A firm whose customers pay in another rhythm should refit before it relies on the \
probabilities; ranks suffer less.";
const OWN_LIMITS: &str = "Fitted on this firm's records; it says nothing of another's. Asked on the day of issue; for an \
invoice asked about later the curve is cut at today and what is left of it calibrated.";

/// Fits the shipped model on the HighRadius extract, before the test period, and says how it
/// did in it.
///
/// # Errors
/// The set is absent, or a folder cannot be written.
pub fn train_shipped(
    models_dir: &Path,
    data: &Path,
) -> anyhow::Result<(PathBuf, CollectionsOutcome)> {
    let outcome = collections::on_highradius(data, None, None)?;
    let card = ForecastCard {
        data: format!(
            "Paid invoices of one firm issued and due before {}, from the HighRadius extract",
            outcome.cut
        ),
        sources: vec![ManifestSource {
            name: "Shush98/Payment-date-prediction-engine, commit 43f324dd: an anonymised SAP extract published by HighRadius".to_owned(),
            licence: "NOASSERTION".to_owned(),
            sha256: None,
        }],
        made_by: "scrutineer-train collections --data DIR".to_owned(),
        limits: LIMITS,
        ..card(&outcome)
    };
    let dir = forecast::write(models_dir, Some(1), &outcome.fitted, card, Vec::new())?;
    Ok((dir, outcome))
}

/// Fits on a firm's own records before a cut, as the next version.
///
/// # Errors
/// Records that are absent, wrong or too few, or a folder that cannot be written.
pub fn train_own(
    models_dir: &Path,
    records: &Path,
    cut: NaiveDate,
) -> anyhow::Result<(PathBuf, CollectionsOutcome)> {
    let options = CollectionsOptions {
        set: records.display().to_string(),
        protocol: format!("asked on the day of issue, fitted before {cut}"),
        cut,
        end: None,
    };
    let outcome = collections::on_records(records, &options)?;
    let card = ForecastCard {
        data: format!("Invoices of the firm issued and due before {cut}"),
        sources: Vec::new(),
        made_by: format!("scrutineer-train collections --records DIR --cut {cut}"),
        limits: OWN_LIMITS,
        ..card(&outcome)
    };
    let dir = forecast::write(models_dir, None, &outcome.fitted, card, Vec::new())
        .with_context(|| models_dir.display().to_string())?;
    Ok((dir, outcome))
}

fn card(outcome: &CollectionsOutcome) -> ForecastCard<'_> {
    ForecastCard {
        name: CollectionsInput::MODEL,
        description: "Days between due date and payment of a customer invoice, as a distribution",
        features: CollectionsInput::FEATURES,
        data: String::new(),
        trained_until: outcome.cut,
        sources: Vec::new(),
        metrics: &outcome.evaluation.metrics,
        baselines: &outcome.evaluation.baselines,
        made_by: String::new(),
        limits: OWN_LIMITS,
    }
}
