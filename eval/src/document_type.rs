//! How well types are told: accuracy, coverage of the sets, confusion.

use std::collections::BTreeMap;
use std::fmt;

use scrutineer::cases::invoice::DocumentType;
use scrutineer::cases::invoice::document_type::{TypeError, TypeInput, TypeModel, TypeVerdict};
use scrutineer::documents::parse::{ParseOptions, parse};
use scrutineer::documents::{FieldName, Reading};
use scrutineer_datasets::documents::DocumentKind;
use scrutineer_datasets::sets::TruthedDocuments;
use scrutineer_datasets::split::{self, Split};
use scrutineer_datasets::type_parts::TypePart;

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

/// Judges generated documents of layouts that no model was fitted on: those of
/// the test part among the first `drawn`.
///
/// # Errors
/// A document that the model cannot judge.
pub fn on_generated(model: &TypeModel, drawn: usize) -> Result<Tally, TypeError> {
    let mut tally = Tally::default();
    for document in TypePart::Test.documents(drawn) {
        let parsed = parse(&document.pdf, &ParseOptions::default());
        let features = model.features(&TypeInput {
            pages: &parsed.pages,
            reading: &Reading::default(),
        })?;
        if let Some(verdict) = model.judge(&features, &document.name)? {
            tally.add(type_of(document.truth.kind), &verdict);
        }
    }
    Ok(tally)
}

/// How the type model's answers on real documents agree with their type codes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Documents with a type code that speaks of an invoice, credit note or pro forma.
    pub documents: usize,
    /// The most probable type agrees with the code.
    pub agree: usize,
    /// One type was answered and it agrees.
    pub answered_agree: usize,
    /// One type was answered and it does not agree.
    pub answered_wrong: usize,
    /// Files whose most probable type does not agree, with that type.
    pub disagreeing: Vec<String>,
}

/// Judges the documents of a set that are on one side of the split.
///
/// # Errors
/// A set or file that cannot be read, or a document that cannot be judged.
pub fn on_real(
    model: &TypeModel,
    documents: &TruthedDocuments,
    side: Split,
    strip_xml: bool,
) -> anyhow::Result<Agreement> {
    let mut agreement = Agreement::default();
    let options = ParseOptions {
        ignore_xml: strip_xml,
        ..ParseOptions::default()
    };
    for row in &documents.rows {
        let stated = |name| row.stated(name).unwrap_or_default();
        let code = row.stated(FieldName::TypeCode);
        let is_pdf = row.file.to_lowercase().ends_with(".pdf");
        if split::of(stated(FieldName::Seller), stated(FieldName::Number)) != side
            || (strip_xml && !is_pdf)
        {
            continue;
        }
        let Some(allowed) = allowed_types(code) else {
            continue;
        };
        let parsed = parse(&std::fs::read(documents.folder.join(&row.file))?, &options);
        let reading = parsed
            .structured
            .map(|structured| structured.reading)
            .unwrap_or_default();
        let features = model.features(&TypeInput {
            pages: &parsed.pages,
            reading: &reading,
        })?;
        let Some(verdict) = model.judge(&features, &row.file)? else {
            continue;
        };
        let first = verdict.set.first().copied().unwrap_or(DocumentType::Other);
        agreement.documents += 1;
        agreement.agree += usize::from(allowed.contains(&first));
        if let Some(value) = verdict.value {
            agreement.answered_agree += usize::from(allowed.contains(&value));
            agreement.answered_wrong += usize::from(!allowed.contains(&value));
        }
        if !allowed.contains(&first) {
            agreement.disagreeing.push(format!("{}: {first}", row.file));
        }
    }
    Ok(agreement)
}

/// The types that a document of that UNTDID 1001 code may have; without a code it
/// is an ordinary invoice.
fn allowed_types(code: Option<&str>) -> Option<&'static [DocumentType]> {
    use DocumentType::{
        CreditNote, NonPoInvoice, PoInvoice, ProForma, ServicesInvoice, UtilityBill,
    };
    match code {
        Some("381" | "396" | "261" | "262" | "296" | "308") => Some(&[CreditNote]),
        Some("325") => Some(&[ProForma]),
        None | Some("380" | "326" | "386" | "389" | "751") => {
            Some(&[PoInvoice, NonPoInvoice, ServicesInvoice, UtilityBill])
        }
        // Corrections and others go either way.
        Some(_) => None,
    }
}

/// The case's type for the generator's.
#[must_use]
pub const fn type_of(kind: DocumentKind) -> DocumentType {
    match kind {
        DocumentKind::PoInvoice => DocumentType::PoInvoice,
        DocumentKind::NonPoInvoice => DocumentType::NonPoInvoice,
        DocumentKind::ServicesInvoice => DocumentType::ServicesInvoice,
        DocumentKind::CreditNote => DocumentType::CreditNote,
        DocumentKind::ProForma => DocumentType::ProForma,
        DocumentKind::Statement => DocumentType::Statement,
        DocumentKind::Reminder => DocumentType::Reminder,
        DocumentKind::UtilityBill => DocumentType::UtilityBill,
        DocumentKind::Receipt => DocumentType::Receipt,
        DocumentKind::Other => DocumentType::Other,
    }
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
