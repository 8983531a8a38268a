//! Sets of required steps and the join that unites policy with advice.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A required step, a non-empty name of lower-case letters, digits, `_`, `.` and `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[a-z0-9][a-z0-9_.-]{0,63}$")]
pub struct Control(String);

/// Why a name is not a control.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a control name: 1 to 64 of a-z, 0-9, `_`, `.`, `-`, starting with a letter or digit"
)]
pub struct InvalidControl(pub String);

impl Control {
    /// Checks and wraps a name.
    ///
    /// # Errors
    /// [`InvalidControl`] if the name is empty, longer than 64 or has another character.
    pub fn new(name: &str) -> Result<Self, InvalidControl> {
        let mut bytes = name.bytes();
        let head = bytes
            .next()
            .is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let tail = bytes.all(|b| {
            b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'.' | b'-')
        });
        if head && tail && name.len() <= 64 {
            Ok(Self(name.to_owned()))
        } else {
            Err(InvalidControl(name.to_owned()))
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Control {
    type Error = InvalidControl;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::new(&name)
    }
}

impl From<Control> for String {
    fn from(control: Control) -> Self {
        control.0
    }
}

/// A set of required steps. What an engine must enforce is `policy.join(&advice)`.
///
/// The join is set union: commutative, associative, idempotent and monotone,
/// with the empty set as identity, so no advice can take a step away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Vec<Control>)]
pub struct Controls(BTreeSet<Control>);

impl Controls {
    /// The least set that holds both.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).cloned().collect())
    }

    /// Whether every step here is required there too.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    /// The steps, in order of name.
    pub fn iter(&self) -> impl Iterator<Item = &Control> {
        self.0.iter()
    }

    /// Whether no step is required.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Control> for Controls {
    fn from_iter<I: IntoIterator<Item = Control>>(steps: I) -> Self {
        Self(steps.into_iter().collect())
    }
}
