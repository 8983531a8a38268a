//! What is odd about a document.

mod finding;

pub use finding::Finding;
