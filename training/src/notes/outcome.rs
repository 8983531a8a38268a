//! What the model says of sentences whose templates it was not fitted on.

use std::collections::BTreeMap;

use scrutineer::cases::collections::notes::{NoteTopic, NoteWeights};

use super::Example;

/// What came out on the templates held out.
#[derive(Debug, Clone, Default)]
pub struct NoteOutcome {
    all: Counts,
    by_topic: BTreeMap<NoteTopic, Counts>,
    by_language: BTreeMap<&'static str, Counts>,
}

/// Sentences counted.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    sentences: usize,
    /// The most probable topic is the true one.
    right: usize,
    /// The true topic is in the set.
    covered: usize,
    /// The set holds one topic alone.
    told: usize,
    /// And it is the true one.
    told_right: usize,
}

impl Counts {
    fn add(&mut self, set: &[usize], truth: usize) {
        let told = set.len() == 1;
        let right = set.first() == Some(&truth);
        self.sentences += 1;
        self.right += usize::from(right);
        self.covered += usize::from(set.contains(&truth));
        self.told += usize::from(told);
        self.told_right += usize::from(told && right);
    }

    /// Accuracy, coverage, share told, and share right of what is told.
    fn shares(&self) -> [f64; 4] {
        let of = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
        [
            of(self.right, self.sentences),
            of(self.covered, self.sentences),
            of(self.told, self.sentences),
            of(self.told_right, self.told),
        ]
    }
}

impl NoteOutcome {
    pub(super) fn of(weights: &NoteWeights, examples: &[Example]) -> anyhow::Result<Self> {
        let places = weights.places();
        let mut outcome = Self::default();
        for example in examples {
            let scores = weights
                .linear
                .scores(&weights.vector(&example.features, &places))?;
            let set = weights
                .sets
                .set(&weights.temperature.probabilities(&scores));
            let one = &example.template;
            let by_topic = outcome.by_topic.entry(one.topic).or_default();
            by_topic.add(&set, example.class);
            let by_language = outcome.by_language.entry(one.language).or_default();
            by_language.add(&set, example.class);
            outcome.all.add(&set, example.class);
        }
        Ok(outcome)
    }

    /// The figures, by name.
    #[must_use]
    pub fn metrics(&self) -> BTreeMap<String, f64> {
        const NAMES: [&str; 4] = ["accuracy", "coverage90", "told", "right_where_told"];
        let mut metrics = BTreeMap::new();
        for (group, counts) in self.groups() {
            for (name, share) in NAMES.iter().zip(counts.shares()) {
                let group = group.as_ref().map_or(String::new(), |g| format!("_{g}"));
                metrics.insert(format!("{name}{group}"), share);
            }
        }
        metrics
    }

    /// The figures as the rows of a table in Markdown.
    #[must_use]
    pub fn table(&self) -> String {
        let rows = self.groups().into_iter().map(|(group, counts)| {
            let [accuracy, covered, told, right] = counts.shares().map(|x| format!("{x:.3}"));
            let group = group.unwrap_or_else(|| "all".to_owned());
            format!(
                "| {group} | {} | {accuracy} | {covered} | {told} | {right} |",
                counts.sentences
            )
        });
        rows.collect::<Vec<_>>().join("\n")
    }

    fn groups(&self) -> Vec<(Option<String>, Counts)> {
        let topics = self.by_topic.iter();
        let topics = topics.map(|(topic, counts)| (Some(topic.as_str().to_owned()), *counts));
        let languages = self.by_language.iter();
        let languages = languages.map(|(code, counts)| (Some((*code).to_owned()), *counts));
        let all = std::iter::once((None, self.all));
        all.chain(topics).chain(languages).collect()
    }
}
