//! The readers of the product, without the rest of it: an instrumented build of
//! the models and the server would take longer than the fuzzing.

#[path = "../../src/advice/mod.rs"]
pub mod advice;
#[path = "../../src/documents/mod.rs"]
pub mod documents;
#[path = "../../src/domain/mod.rs"]
pub mod domain;
#[path = "../../src/eventlog/mod.rs"]
pub mod eventlog;
pub mod laid_out;
#[path = "../../src/registry/mod.rs"]
pub mod registry;
