//! Which type of document it is.

mod kind;
mod verdict;

pub use kind::DocumentType;
pub use verdict::TypeVerdict;
