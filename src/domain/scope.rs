//! What a key may do.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::advice::Case;

/// One permission of a key, written `*`, `documents`, `records`, `feedback`,
/// `read`, `reminders`, `audit`, `keys` or `case:NAME`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Scope {
    /// Everything within the tenant.
    All,
    /// Send documents and see them.
    Documents,
    /// Send canonical records and events.
    Records,
    /// Say what became of a recommendation.
    Feedback,
    /// See recommendations, worklists and models.
    Read,
    /// Have the list of sheets to remind of, which names persons.
    Reminders,
    /// See the audit chain and replay decisions.
    Audit,
    /// Make, list and revoke keys.
    Keys,
    /// Ask for scores of one case.
    Case(Case),
}

/// Why a text is not a scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a scope: one of *, documents, records, feedback, read, reminders, audit, keys or case:NAME"
)]
pub struct InvalidScope(pub String);

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::Documents => f.write_str("documents"),
            Self::Records => f.write_str("records"),
            Self::Feedback => f.write_str("feedback"),
            Self::Read => f.write_str("read"),
            Self::Reminders => f.write_str("reminders"),
            Self::Audit => f.write_str("audit"),
            Self::Keys => f.write_str("keys"),
            Self::Case(case) => write!(f, "case:{}", case.as_str()),
        }
    }
}

impl std::str::FromStr for Scope {
    type Err = InvalidScope;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "*" => Ok(Self::All),
            "documents" => Ok(Self::Documents),
            "records" => Ok(Self::Records),
            "feedback" => Ok(Self::Feedback),
            "read" => Ok(Self::Read),
            "reminders" => Ok(Self::Reminders),
            "audit" => Ok(Self::Audit),
            "keys" => Ok(Self::Keys),
            other => other
                .strip_prefix("case:")
                .and_then(|name| serde_json::from_value(name.into()).ok())
                .map(Self::Case)
                .ok_or_else(|| InvalidScope(other.chars().take(80).collect())),
        }
    }
}

impl TryFrom<String> for Scope {
    type Error = InvalidScope;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.to_string()
    }
}

/// The permissions of a key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Vec<String>)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// Whether the key may do this.
    #[must_use]
    pub fn allow(&self, scope: Scope) -> bool {
        self.0.contains(&Scope::All) || self.0.contains(&scope)
    }

    /// Whether the key may do nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The permissions, in order.
    pub fn iter(&self) -> impl Iterator<Item = Scope> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl std::fmt::Display for Scopes {
    /// Separated by single spaces.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (position, scope) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_str(" ")?;
            }
            write!(f, "{scope}")?;
        }
        Ok(())
    }
}

impl std::str::FromStr for Scopes {
    type Err = InvalidScope;

    /// Reads scopes separated by white space or commas.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split([' ', ',', '\t', '\n'])
            .filter(|part| !part.is_empty())
            .map(str::parse)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Scope, Scopes};
    use crate::advice::Case;

    #[test]
    fn a_scope_grants_itself_only() {
        let scopes: Scopes = "case:invoice, read".parse().unwrap();
        assert!(scopes.allow(Scope::Case(Case::Invoice)));
        assert!(scopes.allow(Scope::Read));
        assert!(!scopes.allow(Scope::Case(Case::Expense)));
        assert!(!scopes.allow(Scope::Documents));
        assert_eq!(scopes.to_string().parse::<Scopes>().unwrap(), scopes);
    }

    #[test]
    fn the_star_grants_everything_and_nothing_grants_nothing() {
        assert!("*".parse::<Scopes>().unwrap().allow(Scope::Keys));
        assert!(!Scopes::default().allow(Scope::Read));
        for bad in ["case:", "case:none", "Read", "**"] {
            assert!(bad.parse::<Scope>().is_err(), "{bad}");
        }
    }
}
