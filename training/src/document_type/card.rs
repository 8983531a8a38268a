//! The model card, with the figures of this fit.

use std::fs;
use std::path::Path;

use anyhow::Context;
use scrutineer_eval::document_type::Tally;

/// Writes `MODEL_CARD.md`.
pub(super) fn write(
    dir: &Path,
    tally: &Tally,
    fitted_on: usize,
    calibrated_on: usize,
) -> anyhow::Result<()> {
    let figure = |name: &str| {
        let value = tally.metrics().get(name).copied().unwrap_or_default();
        format!("{value:.3}")
    };
    let text = include_str!("card.md")
        .replace("{fitted_on}", &fitted_on.to_string())
        .replace("{calibrated_on}", &calibrated_on.to_string())
        .replace("{tested_on}", &tally.count().to_string())
        .replace("{accuracy}", &figure("type_accuracy"))
        .replace("{covered}", &figure("type_coverage90"))
        .replace("{answered}", &figure("type_answered"))
        .replace("{accuracy_answered}", &figure("type_accuracy_answered"))
        .replace("{set_size}", &figure("type_set_size"))
        .replace("{confusion}", tally.to_string().trim_end());
    let path = dir.join("MODEL_CARD.md");
    fs::write(&path, text).with_context(|| path.display().to_string())
}
