//! The model card, with the figures of this fit.

use std::path::Path;

use scrutineer_eval::document_type::OnGenerated;

use super::Part;
use super::examples::Example;
use crate::artefact;

/// Writes `MODEL_CARD.md`; `parts` are those fitted and calibrated on.
pub(super) fn write(dir: &Path, tested: &OnGenerated, parts: [&Part; 2]) -> anyhow::Result<()> {
    let [fitted_on, calibrated_on] = parts.map(|part| counted(&part.examples));
    let [receipts_fitted, receipts_calibrated] = parts.map(|part| part.receipts.to_string());
    let metrics = tested.metrics();
    let mut text = include_str!("card.md")
        .replace("{fitted_on}", &fitted_on)
        .replace("{calibrated_on}", &calibrated_on)
        .replace("{receipts_fitted}", &receipts_fitted)
        .replace("{receipts_calibrated}", &receipts_calibrated)
        .replace("{tested_pages}", &tested.pages.count().to_string())
        .replace(
            "{tested_structures}",
            &tested.structures.count().to_string(),
        )
        .replace("{confusion}", tested.pages.to_string().trim_end())
        .replace(
            "{confusion_structures}",
            tested.structures.to_string().trim_end(),
        );
    for (name, value) in &metrics {
        text = text.replace(&format!("{{{name}}}"), &format!("{value:.3}"));
    }
    artefact::write_card(dir, &text)
}

/// How many examples of either kind.
fn counted(examples: &[Example]) -> String {
    let pages = examples.iter().filter(|example| example.has_pages());
    let pages = pages.count();
    format!(
        "{pages} with pages and {} e-invoices alone",
        examples.len() - pages
    )
}
