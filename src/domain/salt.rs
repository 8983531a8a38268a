//! What hashes of employees' data are salted with.

use std::fmt;

/// The salt; it is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Salt(Vec<u8>);

impl Salt {
    /// Of a file's bytes, without the end of its line.
    #[must_use]
    pub fn of_file(bytes: &[u8]) -> Self {
        Self(bytes.trim_ascii_end().to_vec())
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Salt(..)")
    }
}
