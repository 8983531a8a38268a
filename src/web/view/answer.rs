//! What the answer says about itself: kind, doubt, what is asked for.

use super::analysis::{Analysis, TypeVerdict};
use super::words;
use crate::advice::{Effect, Recommendation, Status};

/// The kind of document and how sure that is.
#[derive(Debug, Clone)]
pub(crate) struct KindView {
    /// Name on the wire; empty when not sure.
    pub(crate) name: String,
    /// In words.
    pub(crate) label: String,
    /// Whether one kind is told.
    pub(crate) is_told: bool,
    /// Probability in whole percent, where there is one.
    pub(crate) percent: Option<u8>,
    /// Class of the probability.
    pub(crate) trust: &'static str,
    /// The kinds that cannot be told apart, where there are several.
    pub(crate) candidates: Vec<String>,
    /// Stated coverage of those in whole percent.
    pub(crate) coverage: Option<u8>,
}

/// Why the answer is not to be taken for certain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Doubt {
    /// `unsure`, `degraded`, `short` or `pending`.
    pub(crate) class: &'static str,
    /// One line.
    pub(crate) heading: &'static str,
    /// What that means for the reader.
    pub(crate) text: &'static str,
    /// What is missing or old, in words.
    pub(crate) missing: Vec<String>,
}

/// What is asked of the reader.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// `low`, `medium` or `high`.
    pub(crate) level: &'static str,
    /// The level in words.
    pub(crate) level_words: String,
    /// What to do, in one sentence.
    pub(crate) effect: &'static str,
    /// Steps added to those of policy.
    pub(crate) controls: Vec<String>,
    /// The model that answered, with its version.
    pub(crate) model: Option<String>,
}

/// The kind as it is shown.
pub(crate) fn kind(verdict: &TypeVerdict, answer: Option<&Recommendation>) -> KindView {
    let percent = verdict.score.map(words::percent);
    let several = verdict.set.len() > 1;
    KindView {
        name: verdict.value.clone().unwrap_or_default(),
        label: verdict
            .value
            .as_deref()
            .map_or_else(|| "Not sure".to_owned(), words::document_type),
        is_told: verdict.value.is_some(),
        percent,
        trust: words::trust(percent.unwrap_or(0)).0,
        candidates: verdict
            .set
            .iter()
            .filter(|_| several || verdict.value.is_none())
            .map(|name| words::document_type(name))
            .collect(),
        coverage: answer
            .and_then(|answer| answer.prediction_set.as_ref())
            .map(|set| words::percent(set.coverage)),
    }
}

/// Why the reader should not take this for certain; none when there is a score.
pub(crate) fn doubt(analysis: &Analysis) -> Option<Doubt> {
    let Some(answer) = &analysis.recommendation else {
        return Some(Doubt {
            class: "pending",
            heading: "Still being read",
            text: "There is no answer yet. Reload this page in a moment; your own policy applies meanwhile.",
            missing: Vec::new(),
        });
    };
    let (class, heading, text) = match answer.status {
        Status::Scored => return None,
        Status::Abstained => (
            "unsure",
            "Not sure",
            "The model cannot tell what this is well enough to say so. Please look for yourself.",
        ),
        Status::InsufficientHistory => (
            "short",
            "Too little history",
            "There are too few records of your firm to compare this with.",
        ),
        Status::Degraded => (
            "degraded",
            "Only partly read",
            "A part of the reading did not work, so something may be missing below.",
        ),
    };
    let quality = &answer.data_quality;
    let missing = quality.missing.iter().map(|name| words::sentence(name));
    let stale = quality
        .stale
        .iter()
        .map(|name| format!("{} (out of date)", words::sentence(name)));
    Some(Doubt {
        class,
        heading,
        text,
        missing: missing.chain(stale).collect(),
    })
}

/// What is asked of the reader.
pub(crate) fn asked(answer: &Recommendation) -> Asked {
    let level = words::level_name(answer.level);
    Asked {
        level,
        level_words: words::level(level),
        effect: match answer.effect {
            Effect::None => "Nothing beyond your own policy.",
            Effect::Suggest => "A value is suggested for you to accept.",
            Effect::RequestInfo => "Ask the sender for what is missing.",
            Effect::AddReview => "Please have a person look at it.",
            Effect::AddStep => "Please add the steps below.",
            Effect::RaisePriority => "Please look at it earlier than usual.",
        },
        controls: answer
            .controls_to_add
            .iter()
            .map(|control| control.as_str().to_owned())
            .collect(),
        model: answer
            .model
            .as_ref()
            .map(|model| format!("{} {}", model.name, model.version)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::advice::samples::recommendation;

    #[test]
    fn doubt_is_said_plainly_for_every_status_but_scored() {
        let mut analysis = Analysis::default();
        assert_eq!(doubt(&analysis).unwrap().class, "pending");
        analysis.recommendation = Some(recommendation());
        assert_eq!(doubt(&analysis), None);
        let answer = analysis.recommendation.as_mut().unwrap();
        answer.status = Status::Degraded;
        answer.data_quality.missing = vec!["text_layer".to_owned()];
        let said = doubt(&analysis).unwrap();
        assert_eq!(said.class, "degraded");
        assert_eq!(said.missing, ["Text layer"]);
    }

    #[test]
    fn an_abstaining_type_names_its_candidates() {
        let verdict = TypeVerdict {
            value: None,
            set: vec!["reminder".to_owned(), "statement".to_owned()],
            score: None,
        };
        let shown = kind(&verdict, Some(&recommendation()));
        assert!(!shown.is_told);
        assert_eq!(
            shown.candidates,
            ["Payment reminder", "Statement of account"]
        );
        assert_eq!(shown.coverage, Some(90));
    }
}
