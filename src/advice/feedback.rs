//! What a person made of an answer: the label for the next training.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Most corrected values one feedback may carry.
pub const MAX_CORRECTIONS: usize = 200;
/// Most bytes of one corrected value, of its name and of `about`.
pub const MAX_TEXT_BYTES: usize = 2_000;

/// What the person decided.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The advice was right.
    Accepted,
    /// Right after the corrections given.
    Edited,
    /// The advice was wrong or of no use.
    Rejected,
}

/// Why, from a fixed list, so that reasons can be counted and learnt from.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FeedbackReason {
    /// A value was read wrong.
    WrongValue,
    /// A value that stands in the document was not found.
    MissingValue,
    /// The kind of document or outcome is another one.
    WrongType,
    /// What was flagged is in order.
    FalseAlarm,
    /// Right, but known and dealt with before.
    AlreadyKnown,
    /// Right, but the firm made an exception for it.
    PolicyException,
    /// The document could not be read well enough to tell.
    Unreadable,
    /// It was no business document of ours.
    NotOurs,
    /// None of these.
    Other,
}

impl FeedbackReason {
    /// Every reason, in the order they are offered.
    pub const ALL: &'static [Self] = &[
        Self::WrongValue,
        Self::MissingValue,
        Self::WrongType,
        Self::FalseAlarm,
        Self::AlreadyKnown,
        Self::PolicyException,
        Self::Unreadable,
        Self::NotOurs,
        Self::Other,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WrongValue => "wrong_value",
            Self::MissingValue => "missing_value",
            Self::WrongType => "wrong_type",
            Self::FalseAlarm => "false_alarm",
            Self::AlreadyKnown => "already_known",
            Self::PolicyException => "policy_exception",
            Self::Unreadable => "unreadable",
            Self::NotOurs => "not_ours",
            Self::Other => "other",
        }
    }

    /// In words for a person.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::WrongValue => "A value was read wrong",
            Self::MissingValue => "A value is missing",
            Self::WrongType => "It is another kind of document",
            Self::FalseAlarm => "False alarm: it is in order",
            Self::AlreadyKnown => "Known and dealt with",
            Self::PolicyException => "We made an exception",
            Self::Unreadable => "Not readable enough to tell",
            Self::NotOurs => "Not a document of ours",
            Self::Other => "Something else",
        }
    }
}

/// A person's word on one recommendation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Feedback {
    /// What was decided.
    pub verdict: Verdict,
    /// Why; required when rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<FeedbackReason>,
    /// What it speaks of: a field's name, `type`, or a finding's code; the whole when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 2000)]
    pub about: Option<String>,
    /// Corrected values by name, normalised; an empty value says that the document
    /// does not state it. Only with `edited`, and then at least one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = std::collections::HashMap<String, String>)]
    pub corrected: BTreeMap<String, String>,
}

/// Why a feedback makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidFeedback {
    /// A rejection teaches nothing without its reason.
    #[error("`reason` is required when `verdict` is `rejected`")]
    ReasonMissing,
    /// `edited` without a corrected value.
    #[error("`corrected` must hold at least one value when `verdict` is `edited`")]
    CorrectionMissing,
    /// A corrected value with another verdict than `edited`.
    #[error("`corrected` is only for the verdict `edited`")]
    CorrectionUnexpected,
    /// More than [`MAX_CORRECTIONS`].
    #[error("`corrected` holds {0} values, at most {MAX_CORRECTIONS} are taken")]
    TooManyCorrections(usize),
    /// An empty name or a text past [`MAX_TEXT_BYTES`].
    #[error("`{0}` is empty or longer than {MAX_TEXT_BYTES} bytes")]
    TextLength(&'static str),
    /// A member speaks of what its case does not have, or in another form.
    #[error("`{member}` {what}")]
    Member {
        /// The member, such as `corrected.total`.
        member: String,
        /// What is wrong with it.
        what: &'static str,
    },
}

impl Feedback {
    /// Whether what was shown was rightly shown; also where the firm made an exception of it.
    #[must_use]
    pub fn confirms(&self) -> bool {
        self.verdict != Verdict::Rejected || self.reason == Some(FeedbackReason::PolicyException)
    }

    /// Checks what the schema cannot say.
    ///
    /// # Errors
    /// [`InvalidFeedback`] naming the member at fault.
    pub fn validate(&self) -> Result<(), InvalidFeedback> {
        match self.verdict {
            Verdict::Rejected if self.reason.is_none() => {
                return Err(InvalidFeedback::ReasonMissing);
            }
            Verdict::Edited if self.corrected.is_empty() => {
                return Err(InvalidFeedback::CorrectionMissing);
            }
            Verdict::Accepted | Verdict::Rejected if !self.corrected.is_empty() => {
                return Err(InvalidFeedback::CorrectionUnexpected);
            }
            _ => {}
        }
        if self.corrected.len() > MAX_CORRECTIONS {
            return Err(InvalidFeedback::TooManyCorrections(self.corrected.len()));
        }
        if let Some(about) = &self.about
            && (about.is_empty() || about.len() > MAX_TEXT_BYTES)
        {
            return Err(InvalidFeedback::TextLength("about"));
        }
        for (name, value) in &self.corrected {
            if name.is_empty() || name.len() > MAX_TEXT_BYTES || value.len() > MAX_TEXT_BYTES {
                return Err(InvalidFeedback::TextLength("corrected"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn feedback(verdict: Verdict) -> Feedback {
        Feedback {
            verdict,
            reason: None,
            about: None,
            corrected: BTreeMap::new(),
        }
    }

    #[test]
    fn each_verdict_needs_what_it_teaches() {
        assert_eq!(feedback(Verdict::Accepted).validate(), Ok(()));
        assert_eq!(
            feedback(Verdict::Rejected).validate(),
            Err(InvalidFeedback::ReasonMissing)
        );
        assert_eq!(
            feedback(Verdict::Edited).validate(),
            Err(InvalidFeedback::CorrectionMissing)
        );
        let mut edited = feedback(Verdict::Edited);
        edited
            .corrected
            .insert("total".to_owned(), "12.50".to_owned());
        assert_eq!(edited.validate(), Ok(()));
        edited.verdict = Verdict::Accepted;
        assert_eq!(
            edited.validate(),
            Err(InvalidFeedback::CorrectionUnexpected)
        );
    }

    #[test]
    fn texts_and_counts_are_bounded() {
        let mut edited = feedback(Verdict::Edited);
        for n in 0..=MAX_CORRECTIONS {
            edited.corrected.insert(format!("f{n}"), String::new());
        }
        assert_eq!(
            edited.validate(),
            Err(InvalidFeedback::TooManyCorrections(MAX_CORRECTIONS + 1))
        );
        let mut accepted = feedback(Verdict::Accepted);
        accepted.about = Some("x".repeat(MAX_TEXT_BYTES + 1));
        assert_eq!(
            accepted.validate(),
            Err(InvalidFeedback::TextLength("about"))
        );
    }

    #[test]
    fn an_unknown_member_or_reason_is_refused() {
        for text in [
            r#"{"verdict":"accepted","approve":true}"#,
            r#"{"verdict":"approved"}"#,
            r#"{"verdict":"rejected","reason":"because"}"#,
        ] {
            assert!(serde_json::from_str::<Feedback>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_wire_name_is_the_serde_name() {
        for reason in FeedbackReason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
        }
    }
}
