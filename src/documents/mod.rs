//! Bytes to pages, words with boxes, and fields; pictures to what they look like.

mod attached;
pub mod checks;
mod field_name;
pub mod fields;
mod model;
pub mod ocr;
pub mod parse;
pub mod pdf;
pub mod picture;
mod render;
pub mod sandbox;
mod scan;
pub mod sniff;
pub mod xml;

pub use field_name::{FieldKind, FieldName};
pub use model::{
    AllowanceCharge, BBox, Field, Instalment, Line, Media, Page, Parsed, Problem, Reading, Source,
    Structured, TaxSubtotal, Word,
};
pub use render::render;
