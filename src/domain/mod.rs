//! Canonical records and value types; no IO.

mod canonical;
pub mod schema;
mod scope;
mod tenant;

pub use canonical::{canonical_json, sha256_hex};
pub use scope::{InvalidScope, Scope, Scopes};
pub use tenant::{InvalidTenant, TenantId};
