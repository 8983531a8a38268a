//! Fits every shipped model: seeds fixed, the same bytes every time.

pub mod artefact;
pub mod document_type;
pub mod fields;
pub mod progress;
pub mod text_encoder;
