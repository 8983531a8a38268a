//! The model card, with the figures of this fit.

use std::path::Path;

use super::NoteOutcome;
use crate::artefact;

/// Writes `MODEL_CARD.md`; the numbers are sentences fitted on and tested on, and terms known.
pub(super) fn write(dir: &Path, outcome: &NoteOutcome, counts: [usize; 3]) -> anyhow::Result<()> {
    let [fitted, tested, terms] = counts.map(|count| count.to_string());
    let text = include_str!("card.md")
        .replace("{fitted}", &fitted)
        .replace("{tested}", &tested)
        .replace("{terms}", &terms)
        .replace("{table}", &outcome.table());
    artefact::write_card(dir, &text)
}
