//! Canonical records and value types; no IO.
