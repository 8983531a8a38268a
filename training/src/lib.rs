//! Fits every shipped model: seeds fixed, the same bytes every time.

pub mod artefact;
pub mod text_encoder;
