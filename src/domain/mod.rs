//! Canonical records and value types; no IO.

pub mod schema;
