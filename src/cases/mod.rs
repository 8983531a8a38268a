//! The cases: one folder each, all read the same way.

pub mod collections;
pub mod forecast;
pub mod invoice;
pub mod record_case;
