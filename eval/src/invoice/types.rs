//! Types of documents, where the truth tells them.

use std::path::Path;

use scrutineer::cases::invoice::DocumentType;
use scrutineer::cases::invoice::document_type::{TypeInput, TypeModel};
use scrutineer::registry::Registry;
use scrutineer_datasets::sets::TruthRow;

use super::reader::Answer;
use crate::{EvalError, document_type};

/// The model that tells types.
pub(super) struct TypeJudge(TypeModel);

impl TypeJudge {
    /// Loads the model if any row tells a type.
    pub(super) fn for_rows(rows: &[TruthRow], models: &Path) -> Result<Option<Self>, EvalError> {
        if !rows.iter().any(|row| truth(row).is_some()) {
            return Ok(None);
        }
        let absent =
            |error: &dyn std::fmt::Display| EvalError::Absent(format!("model absent: {error}"));
        let registry = Registry::open(models).map_err(|error| absent(&error))?;
        TypeModel::load(&registry)
            .map(|model| Some(Self(model)))
            .map_err(|error| absent(&error))
    }

    /// Counts the verdict on one document.
    pub(super) fn judge(
        &self,
        row: &TruthRow,
        answer: &Answer,
        tally: &mut document_type::Tally,
    ) -> Result<(), EvalError> {
        let Some(truth) = truth(row) else {
            return Ok(());
        };
        let failed = |error: &dyn std::fmt::Display| EvalError::File {
            path: row.file.clone(),
            message: error.to_string(),
        };
        let input = TypeInput {
            pages: &answer.pages,
            reading: &answer.reading,
        };
        let features = self.0.features(&input).map_err(|error| failed(&error))?;
        if let Some(verdict) = self
            .0
            .judge(&features, &row.file)
            .map_err(|error| failed(&error))?
        {
            tally.add(truth, &verdict);
        }
        Ok(())
    }
}

fn truth(row: &TruthRow) -> Option<DocumentType> {
    let told = row.document_type.as_deref()?;
    DocumentType::ALL
        .into_iter()
        .find(|kind| kind.as_str() == told)
}
