//! What asks a model, loaded with the version that is to answer.

use std::sync::Arc;

use crate::cases::billing::{BillingCase, BillingInput};
use crate::cases::collections::CollectionsInput;
use crate::cases::collections::notes::{NOTE_MODEL, NoteReader};
use crate::cases::forecast_case::Question as _;
use crate::cases::invoice::document_type::{TYPE_MODEL, TypeModel};
use crate::cases::project_setup::{SETUP_MODEL, SetupCase};
use crate::cases::timesheet::{Reminders, SHEET_MODEL, TimesheetCase, TimesheetInput};
use crate::documents::fields::{FIELD_MODEL, FieldModel};
use crate::learn::forecast::Forecast;
use crate::registry::{LoadError, Registry};

/// Name of the text encoder in the registry.
const ENCODER_MODEL: &str = "text_encoder";

/// Loads what asks the model of that name, as the service does at start, so that a version which
/// would keep the service from starting is refused before. What asks other models is left out: one
/// that is damaged must not keep another from being changed.
///
/// Nothing is loaded for a name that nothing asks at start, such as `ocr`: whoever reads pictures
/// loads it later, and without it all else works.
///
/// # Errors
/// What the loader says, which names the file or what does not fit.
pub(super) fn load(registry: &Registry, name: &str) -> Result<(), LoadError> {
    match name {
        FIELD_MODEL => drop(FieldModel::load(registry)?),
        TYPE_MODEL => drop(TypeModel::load(registry)?),
        NOTE_MODEL => drop(NoteReader::open(registry)?),
        ENCODER_MODEL => load_what_encodes(registry)?,
        // The case would ask for the firm's settings, which no version hangs on.
        CollectionsInput::MODEL => {
            drop(Forecast::load(registry, name, CollectionsInput::FEATURES)?);
        }
        TimesheetInput::MODEL => drop(TimesheetCase::load(registry, ())?),
        SHEET_MODEL => drop(Reminders::load(registry)?),
        SETUP_MODEL => drop(SetupCase::load(registry)?),
        BillingInput::MODEL => drop(BillingCase::load(registry, ())?),
        _ => {}
    }
    Ok(())
}

/// All that reads by the text encoder: their golden scores hold with the encoder they were fitted on.
fn load_what_encodes(registry: &Registry) -> Result<(), LoadError> {
    let types = TypeModel::load(registry)?;
    NoteReader::load(registry, Arc::clone(types.encoder()))?;
    Ok(())
}
