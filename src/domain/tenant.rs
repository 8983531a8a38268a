//! Whose data it is.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A firm. 1 to 63 of `a-z`, `0-9`, `-` and `_`, starting with a letter or digit, so
/// that it can stand in a path, a log line and a header as it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[a-z0-9][a-z0-9_-]{0,62}$")]
pub struct TenantId(String);

/// Why a name is not a tenant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a tenant: 1 to 63 of a-z, 0-9, `-`, `_`, starting with a letter or digit")]
pub struct InvalidTenant(pub String);

impl TenantId {
    /// Checks and wraps a name.
    ///
    /// # Errors
    /// [`InvalidTenant`] if it is empty, too long or has another character.
    pub fn new(name: &str) -> Result<Self, InvalidTenant> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let head = name.bytes().next().is_some_and(plain);
        let tail = name.bytes().all(|b| plain(b) || b == b'-' || b == b'_');
        if head && tail && name.len() <= 63 {
            Ok(Self(name.to_owned()))
        } else {
            Err(InvalidTenant(name.chars().take(80).collect()))
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for TenantId {
    /// The tenant of an installation that serves one firm: `default`.
    fn default() -> Self {
        Self("default".to_owned())
    }
}

impl std::fmt::Display for TenantId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for TenantId {
    type Err = InvalidTenant;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::new(name)
    }
}

impl TryFrom<String> for TenantId {
    type Error = InvalidTenant;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::new(&name)
    }
}

impl From<TenantId> for String {
    fn from(tenant: TenantId) -> Self {
        tenant.0
    }
}

#[cfg(test)]
mod tests {
    use super::TenantId;

    #[test]
    fn a_tenant_cannot_be_a_path_or_empty() {
        for bad in ["", "..", "a/b", "A", "a b", "-a", "a\0", &"a".repeat(64)] {
            assert!(TenantId::new(bad).is_err(), "{bad:?}");
        }
        assert_eq!(TenantId::new("firm-1_x").unwrap().as_str(), "firm-1_x");
    }
}
