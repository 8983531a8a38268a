//! Which of ten types a document is, how sure that is, and why.
//!
//! Texts of a few regions go through the text encoder; words that mark a type
//! in six languages, numbers of the page and codes of an e-invoice are named
//! signs. An e-invoice without pages is judged by its signs alone. A multinomial logistic model adds both up, a temperature makes the
//! result a probability, and a conformal set says which types cannot be told
//! apart. More than one type in the set: it abstains.

mod chunks;
mod explanation;
mod features;
mod kind;
mod model;
mod numbers;
mod order;
mod signs;
mod text;
mod verdict;

pub use features::{ChunkFeature, Place, SignFeature, TypeFeatures, feature_names};
pub use kind::DocumentType;
pub use model::{Calibration, TYPE_FORMAT_VERSION, TYPE_MODEL, TypeError, TypeModel, TypeWeights};
pub use numbers::is_credit_note_code;
pub use verdict::TypeVerdict;

use crate::documents::{Page, Reading};

/// What the type is judged by.
#[derive(Debug, Clone, Copy)]
pub struct TypeInput<'a> {
    /// Pages with their words; empty for XML alone.
    pub pages: &'a [Page],
    /// What the document says; only what comes from its structure is used, since
    /// pages are looked at here anew.
    pub reading: &'a Reading,
}

#[cfg(test)]
mod tests;
