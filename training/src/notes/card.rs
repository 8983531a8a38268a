//! The model card, with the figures of this fit.

use std::fs;
use std::path::Path;

use anyhow::Context;

use super::NoteOutcome;

/// Writes `MODEL_CARD.md`; the numbers are sentences fitted on and tested on, and terms known.
pub(super) fn write(dir: &Path, outcome: &NoteOutcome, counts: [usize; 3]) -> anyhow::Result<()> {
    let [fitted, tested, terms] = counts.map(|count| count.to_string());
    let text = include_str!("card.md")
        .replace("{fitted}", &fitted)
        .replace("{tested}", &tested)
        .replace("{terms}", &terms)
        .replace("{table}", &outcome.table());
    let path = dir.join("MODEL_CARD.md");
    fs::write(&path, text).with_context(|| path.display().to_string())
}
