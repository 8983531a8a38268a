//! What collectors noted and customers wrote: what it speaks of, and what follows from it.
//!
//! A note is taken apart into sentences; each goes through the text encoder, and with signs
//! and the beginnings of its words through a linear model. A sentence counts only where its
//! conformal set holds one topic alone: a note that is not understood says nothing.

mod denied;
mod model;
mod reader;
mod said;
mod sentences;
mod signs;
mod terms;
mod topic;

#[cfg(test)]
mod tests;

pub use model::{
    NOTE_FILE, NOTE_FORMAT_VERSION, NOTE_MODEL, NoteModel, NoteWeights, SentenceFeatures,
    SentenceVerdict, sentence_features,
};
pub use reader::{NoteReader, ReadsNotes};
pub use said::{Noted, Notes};
pub use topic::{NoteTopic, Topics};

use crate::learn::encoder::EncoderError;
use crate::learn::linear::LinearError;
use crate::registry::RegistryError;

/// Why a note could not be read, or the model not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum NoteError {
    /// Absent, tampered with, or not agreeing with its golden scores.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The text encoder failed.
    #[error(transparent)]
    Encoder(#[from] EncoderError),
    /// Weights and features do not fit together.
    #[error("interaction notes: {0}")]
    Linear(#[from] LinearError),
    /// The weights are for other topics or features than this program's.
    #[error("interaction notes: {0}")]
    Weights(String),
}
