//! What an answer names beside its subject: whoever erases that finds the answer by it.

use serde::Deserialize;

use super::error::{Result, StoreError};
use crate::advice::{Case, Recommendation};
use crate::domain::{CanonicalJson, RecordKind};

/// Stands in the input of an answer on collections that notes were read for, and in no other.
const NOTES: &str = "\"notes\":";

/// What is read of such an input.
#[derive(Deserialize)]
struct Noted {
    #[serde(default)]
    notes: Vec<Note>,
}

#[derive(Deserialize)]
struct Note {
    interaction_id: String,
}

/// Kinds and ids of what an answer about one expense, or about copies, lays beside its subject, and of
/// the notes that were read for one on collections; each once. Otherwise forecasts sum up many records
/// and quote none; what is found in a document stays with that document.
///
/// # Errors
/// [`StoreError::Invalid`] if the notes are not where they should be: then they could never be erased.
pub(super) fn mentions(
    recommendation: &Recommendation,
    input: &CanonicalJson,
) -> Result<Vec<(String, String)>> {
    let case = recommendation.case;
    if !matches!(case, Case::Expense | Case::Duplicate | Case::Collections) {
        return Ok(Vec::new());
    }
    let is_quoted = |kind: &str| match case {
        Case::Collections => kind == RecordKind::Interaction.as_str(),
        _ => kind == "document" || kind.parse::<RecordKind>().is_ok(),
    };
    let named = recommendation.evidence.iter();
    let mut mentions: Vec<(String, String)> = named
        .filter_map(|one| one.reference.split_once('/'))
        .filter(|(kind, _)| is_quoted(kind))
        .map(|(kind, id)| (kind.to_owned(), id.to_owned()))
        .collect();
    // Most have none: they are not read again.
    if case == Case::Collections && input.as_str().contains(NOTES) {
        // Those that nothing is quoted of count too: they are among what was asked.
        let noted: Noted = serde_json::from_str(input.as_str())
            .map_err(|error| StoreError::Invalid(format!("no notes of collections: {error}")))?;
        let kind = RecordKind::Interaction.as_str();
        let notes = noted.notes.into_iter();
        mentions.extend(notes.map(|note| (kind.to_owned(), note.interaction_id)));
    }
    mentions.sort_unstable();
    mentions.dedup();
    Ok(mentions)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::advice::samples;

    fn named(case: Case, references: &[&str], input: &Value) -> Result<Vec<(String, String)>> {
        let mut answer = samples::recommendation();
        answer.case = case;
        let evidence = references
            .iter()
            .map(|reference| json!({"kind": "record", "ref": reference}));
        answer.evidence = serde_json::from_value(evidence.collect()).unwrap();
        mentions(&answer, &CanonicalJson::of(input).unwrap())
    }

    #[test]
    fn an_answer_on_collections_names_its_notes_and_no_other_record() {
        let references = ["customer_invoice/I1", "customer/C1", "interaction/N/1"];
        let notes = json!({"notes": [{"interaction_id": "N2", "on": "2026-01-01"},
            {"interaction_id": "N/1"}, {"interaction_id": "N2"}]});
        let note = |id: &str| ("interaction".to_owned(), id.to_owned());
        let found = named(Case::Collections, &references, &notes).unwrap();
        assert_eq!(found, [note("N/1"), note("N2")]);
        let silent = json!({"customer_id": "\"notes\":"});
        let found = named(Case::Collections, &references[..2], &silent).unwrap();
        assert!(found.is_empty(), "{found:?}");
        let unknown = json!({"notes": [{"id": "N2"}]});
        let refused = named(Case::Collections, &references, &unknown);
        assert!(
            matches!(refused, Err(StoreError::Invalid(_))),
            "{refused:?}"
        );
        // Other cases have no notes, whatever their input calls so.
        let found = named(Case::Duplicate, &references, &unknown).unwrap();
        assert_eq!(found.len(), 3);
        let found = named(Case::Timesheet, &references, &unknown).unwrap();
        assert!(found.is_empty(), "{found:?}");
    }
}
