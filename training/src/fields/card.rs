//! The model card, with the figures of this fit.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::Measured;
use super::gather::Gathered;
use crate::artefact;

/// Writes `MODEL_CARD.md`.
pub(super) fn write(
    dir: &Path,
    gathered: &Gathered,
    measured: &BTreeMap<String, Measured>,
) -> anyhow::Result<()> {
    let text = include_str!("card.md")
        .replace("{data}", &gathered.to_string())
        .replace("{identities}", &gathered.identities.to_string())
        .replace("{figures}", &figures(gathered.public > 0, measured)?);
    artefact::write_card(dir, &text)
}

fn figures(has_public: bool, measured: &BTreeMap<String, Measured>) -> anyhow::Result<String> {
    let mut rows = String::new();
    for (field, m) in measured {
        let public = if has_public {
            format!("{:.3} | {:.3}", m.right_real, m.wrong_real)
        } else {
            "none | none".to_owned()
        };
        writeln!(
            rows,
            "| {field} | {:.3} | {:.3} | {public} |",
            m.right, m.wrong
        )?;
    }
    Ok(rows.trim_end().to_owned())
}
