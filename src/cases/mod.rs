//! The cases: one folder each, all read the same way.

pub mod collections;
pub mod invoice;
pub mod project_setup;
