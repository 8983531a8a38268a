//! How well types are told: accuracy, coverage of the sets, confusion.

mod real;

use std::collections::BTreeMap;
use std::fmt;

use scrutineer::cases::invoice::DocumentType;
use scrutineer::cases::invoice::document_type::{TypeError, TypeInput, TypeModel, TypeVerdict};
use scrutineer::documents::Reading;
use scrutineer::documents::parse::{ParseOptions, parse};
use scrutineer_datasets::structure;
use scrutineer_datasets::type_parts::TypePart;

pub use real::{Agreement, on_real};

const TYPES: usize = DocumentType::ALL.len();

/// What became of documents whose type is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// `confusion[truth][answer]`: the most probable type, abstained or not.
    confusion: [[usize; TYPES]; TYPES],
    covered: [usize; TYPES],
    answered: [usize; TYPES],
    answered_right: [usize; TYPES],
    set_sizes: usize,
}

impl Tally {
    /// Counts one document.
    pub fn add(&mut self, truth: DocumentType, verdict: &TypeVerdict) {
        let row = index(truth);
        let Some(first) = verdict.set.first() else {
            return;
        };
        self.confusion[row][index(*first)] += 1;
        self.covered[row] += usize::from(verdict.set.contains(&truth));
        self.answered[row] += usize::from(verdict.value.is_some());
        self.answered_right[row] += usize::from(verdict.value == Some(truth));
        self.set_sizes += verdict.set.len();
    }

    /// Judges one document and counts it.
    fn judge(
        &mut self,
        model: &TypeModel,
        input: &TypeInput<'_>,
        truth: DocumentType,
    ) -> Result<(), TypeError> {
        let features = model.features(input)?;
        if let Some(verdict) = model.judge(&features, "generated")? {
            self.add(truth, &verdict);
        }
        Ok(())
    }

    /// Documents counted.
    #[must_use]
    pub fn count(&self) -> usize {
        self.confusion.iter().flatten().sum()
    }

    /// Figures by name, each 0..=1 but `type_set_size`; none for no documents.
    #[must_use]
    pub fn metrics(&self) -> BTreeMap<String, f64> {
        let count = self.count();
        if count == 0 {
            return BTreeMap::new();
        }
        let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
        let right = (0..TYPES).map(|at| self.confusion[at][at]).sum();
        let answered = self.answered.iter().sum();
        let mut metrics = BTreeMap::from([
            ("type_accuracy".to_owned(), share(right, count)),
            (
                "type_coverage90".to_owned(),
                share(self.covered.iter().sum(), count),
            ),
            ("type_answered".to_owned(), share(answered, count)),
            (
                "type_accuracy_answered".to_owned(),
                share(self.answered_right.iter().sum(), answered),
            ),
            ("type_set_size".to_owned(), share(self.set_sizes, count)),
        ]);
        for (at, kind) in DocumentType::ALL.iter().enumerate() {
            let of_kind: usize = self.confusion[at].iter().sum();
            if of_kind > 0 {
                metrics.insert(
                    format!("type_recall_{kind}"),
                    share(self.confusion[at][at], of_kind),
                );
                metrics.insert(
                    format!("type_coverage90_{kind}"),
                    share(self.covered[at], of_kind),
                );
            }
        }
        metrics
    }
}

/// The confusion matrix: a row for each true type, a column for each answer.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<18}", "true \\ answered")?;
        for kind in DocumentType::ALL {
            write!(f, " {:>6.6}", kind.as_str())?;
        }
        writeln!(f, " covered answered")?;
        for (at, kind) in DocumentType::ALL.iter().enumerate() {
            write!(f, "{:<18}", kind.as_str())?;
            for count in self.confusion[at] {
                write!(f, " {count:>6}")?;
            }
            writeln!(f, " {:>7} {:>8}", self.covered[at], self.answered[at])?;
        }
        Ok(())
    }
}

/// What became of generated documents of layouts that no model was fitted on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OnGenerated {
    /// By their pages alone.
    pub pages: Tally,
    /// As e-invoices without pages, those that are sent as such.
    pub structures: Tally,
}

impl OnGenerated {
    /// Figures by name; those of e-invoices begin with `structure_`.
    #[must_use]
    pub fn metrics(&self) -> BTreeMap<String, f64> {
        let mut metrics = self.pages.metrics();
        let of_structures = self.structures.metrics().into_iter();
        metrics.extend(of_structures.map(|(name, value)| (format!("structure_{name}"), value)));
        metrics
    }
}

/// Judges generated documents of layouts that no model was fitted on: those of
/// the test part among the first `drawn`.
///
/// # Errors
/// A document that the model cannot judge.
pub fn on_generated(model: &TypeModel, drawn: usize) -> Result<OnGenerated, TypeError> {
    let mut found = OnGenerated::default();
    for document in TypePart::Test.documents(drawn) {
        let parsed = parse(&document.bytes, &ParseOptions::default());
        let truth = document.truth.kind;
        let unread = Reading::default();
        let by_pages = TypeInput {
            pages: &parsed.pages,
            reading: &unread,
        };
        found.pages.judge(model, &by_pages, truth)?;
        if let Some(reading) = &structure::of(&document.truth) {
            let alone = TypeInput {
                pages: &[],
                reading,
            };
            found.structures.judge(model, &alone, truth)?;
        }
    }
    Ok(found)
}

/// Position in [`DocumentType::ALL`].
#[must_use]
pub fn index(kind: DocumentType) -> usize {
    DocumentType::ALL
        .iter()
        .position(|other| *other == kind)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(set: Vec<DocumentType>) -> TypeVerdict {
        TypeVerdict {
            value: (set.len() == 1).then(|| set[0]),
            score: 0.9,
            set,
            coverage: 0.9,
            probabilities: vec![0.1; TYPES],
            raw_score: 0.0,
            baseline: 0.0,
            reasons: Vec::new(),
            counter_reasons: Vec::new(),
            evidence: Vec::new(),
        }
    }

    #[test]
    fn an_abstention_counts_as_covered_but_not_as_answered() {
        use DocumentType::{CreditNote, Receipt, Reminder};
        let mut tally = Tally::default();
        tally.add(Receipt, &verdict(vec![Receipt]));
        tally.add(Reminder, &verdict(vec![Receipt, Reminder]));
        tally.add(CreditNote, &verdict(vec![Receipt]));
        let metrics = tally.metrics();
        assert!((metrics["type_accuracy"] - 1.0 / 3.0).abs() < 1e-12);
        assert!((metrics["type_coverage90"] - 2.0 / 3.0).abs() < 1e-12);
        assert!((metrics["type_accuracy_answered"] - 0.5).abs() < 1e-12);
        assert!(!metrics.contains_key("type_recall_other"));
        assert!(Tally::default().metrics().is_empty());
    }
}
