//! Canonical records and value types; no IO.

mod canonical;
mod codes;
mod csv_form;
mod currency;
mod fields;
pub mod loader;
mod money;
mod period;
pub mod records;
mod salt;
pub mod schema;
mod scope;
mod tenant;

pub(crate) use canonical::sha256_hex_of;
pub use canonical::{CanonicalJson, sha256_hex};
pub use codes::{Country, RecordId, Sha256Hex};
pub use csv_form::CsvForm;
pub use currency::{Currency, UnknownCurrency};
pub use fields::{FieldProblem, FieldSet, FieldValue, MemberReader};
pub use money::{Amount, InvalidAmount, Money, MoneyError};
pub use period::{InvalidPeriod, Period};
pub use records::{CheckedRecord, RecordKind};
pub use salt::Salt;
pub use scope::{InvalidScope, Scope, Scopes};
pub use tenant::{InvalidTenant, TenantId};
