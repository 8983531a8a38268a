//! Small value types of canonical records.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::fields::{FieldProblem, FieldValue, problem, read_text};

/// A record's id in the firm's own system: 1 to 200 characters, none of them a control character.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[schema(value_type = String, min_length = 1, max_length = 200)]
pub struct RecordId(String);

impl RecordId {
    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for RecordId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for RecordId {
    type Err = FieldProblem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::read("id", text.into()).map_err(|mut found| found.remove(0))
    }
}

impl FieldValue for RecordId {
    fn read(path: &str, value: Value) -> Result<Self, Vec<FieldProblem>> {
        let text = read_text(path, value, 200)?;
        if text.contains(['\n', '\r', '\t']) {
            return Err(problem(path, "holds a control character"));
        }
        Ok(Self(text))
    }
}

/// A country: two capitals of ISO 3166-1, not looked up.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[schema(value_type = String, pattern = "^[A-Z]{2}$")]
pub struct Country(String);

impl Country {
    /// The two letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FieldValue for Country {
    fn read(path: &str, value: Value) -> Result<Self, Vec<FieldProblem>> {
        let text = value.as_str().map(str::trim).unwrap_or_default();
        if text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(problem(path, "must be two capitals of ISO 3166-1, as DE"))
        }
    }
}

/// A SHA-256 digest in lower-case hexadecimal, such as the salted hash of a bank account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
pub struct Sha256Hex(String);

impl Sha256Hex {
    /// The 64 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FieldValue for Sha256Hex {
    fn read(path: &str, value: Value) -> Result<Self, Vec<FieldProblem>> {
        let text = value.as_str().map(str::trim).unwrap_or_default();
        let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if text.len() == 64 && text.bytes().all(digit) {
            Ok(Self(text.to_owned()))
        } else {
            Err(problem(
                path,
                "must be a SHA-256 in 64 lower-case hexadecimal digits, never the value itself",
            ))
        }
    }
}

/// Declares a closed list of names as an enum that records can hold. A name is a token tree and no
/// `literal`: what a macro has read as a literal is no name to the derived schema.
macro_rules! code_list {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:tt,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, utoipa::ToSchema)]
        pub enum $name {
            $($(#[$variant_meta])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl $crate::domain::FieldValue for $name {
            fn read(
                path: &str,
                value: serde_json::Value,
            ) -> Result<Self, Vec<$crate::domain::FieldProblem>> {
                match value.as_str().map(str::trim) {
                    $(Some($text) => Ok(Self::$variant),)+
                    _ => Err($crate::domain::fields::problem(
                        path,
                        concat!("must be one of:" $(, " ", $text)+),
                    )),
                }
            }
        }
    };
}
pub(crate) use code_list;
