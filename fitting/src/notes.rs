//! A reader of notes for histories that mostly have none.

use std::sync::{Arc, Mutex, PoisonError};

use scrutineer::cases::collections::notes::{NoteError, NoteReader, ReadsNotes, Topics};
use scrutineer::registry::{Registry, locate};

/// A reader whose models are loaded when it meets the first note, from where
/// [`locate`] finds them: a history without notes needs no models.
#[derive(Debug, Default)]
pub struct WhenMet {
    opened: Mutex<Option<Arc<NoteReader>>>,
}

impl WhenMet {
    fn reader(&self) -> Result<Arc<NoteReader>, NoteError> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reader) = &*opened {
            return Ok(Arc::clone(reader));
        }
        let registry = Registry::open(&locate(None)?)?;
        let reader = Arc::new(NoteReader::open(&registry)?);
        *opened = Some(Arc::clone(&reader));
        Ok(reader)
    }
}

impl ReadsNotes for WhenMet {
    fn topics(&self, note: &str) -> Result<Topics, NoteError> {
        self.reader()?.topics(note)
    }

    fn knows(&self, _note: &str) -> bool {
        false
    }
}
