//! How well documents are read: every field of every document against its truth.
//!
//! Two protocols. `Whole` reads as the service does: the e-invoice, alone or
//! attached to a PDF, or the pages where there is none. `Page` sets the
//! attachment aside and counts only values that are printed: those that
//! `pdftotext -layout` finds in the text layer; lines and tax by rate are counted
//! beside. Types are judged where rows tell them.

mod compare;
mod lines;
mod printed;
mod reader;
mod score;
mod types;
mod words;

use std::path::PathBuf;
use std::time::Duration;

pub use reader::Protocol;
use scrutineer::documents::{FieldName, Source};
use scrutineer_datasets::sets::TruthRow;
use scrutineer_datasets::split::{self, Split};

use self::lines::Stated;
use self::printed::PrintedText;
use self::reader::{Answer, Reader};
use self::score::Tally;
use self::types::TypeJudge;
use crate::{EvalError, Evaluation, document_type};

/// What to measure.
#[derive(Debug, Clone)]
pub struct InvoiceOptions {
    /// Name of the set, for the report.
    pub set: String,
    /// Folder that the rows' files are relative to.
    pub documents: PathBuf,
    /// Truth rows.
    pub rows: Vec<TruthRow>,
    /// The whole document or its pages alone.
    pub protocol: Protocol,
    /// Only documents on this side of the split.
    pub split: Option<Split>,
    /// Folder of the models.
    pub models: PathBuf,
}

/// A field answered otherwise than the truth says.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Disagreement {
    /// The document.
    pub file: String,
    /// The field.
    pub field: String,
    /// What the truth says.
    pub truth: String,
    /// What was read; absent when the field was not answered.
    pub read: Option<String>,
}

/// The figures, and each disagreement behind them.
#[derive(Debug, Clone)]
pub struct InvoiceOutcome {
    /// The figures.
    pub evaluation: Evaluation,
    /// In order of the rows; documents that could not be read have one entry
    /// for each stated field.
    pub disagreements: Vec<Disagreement>,
    /// What became of documents whose row tells a type.
    pub types: document_type::Tally,
}

/// Fields that a page does not print as such.
const NOT_PRINTED: &[FieldName] = &[
    FieldName::TypeCode,
    FieldName::SellerCountry,
    FieldName::BuyerCountry,
];

/// Reads every document and compares it with its row. `progress` is called once
/// a document.
///
/// # Errors
/// [`EvalError::Absent`] when the folder or the models are not there. A document
/// that is absent or unreadable is counted as missed.
pub fn evaluate(
    options: &InvoiceOptions,
    mut progress: impl FnMut(),
) -> Result<InvoiceOutcome, EvalError> {
    if !options.documents.is_dir() {
        return Err(EvalError::Absent(format!(
            "data absent: {}",
            options.documents.display()
        )));
    }
    let reader = Reader::new(options.protocol, &options.models)?;
    let judge = TypeJudge::for_rows(&options.rows, &options.models)?;
    let mut types = document_type::Tally::default();
    let mut tally = Tally::default();
    for row in &options.rows {
        progress();
        if !wanted(row, options) {
            continue;
        }
        let path = options.documents.join(&row.file);
        let answer = reader.read(&path);
        let text = match options.protocol {
            Protocol::Whole => None,
            Protocol::Page => Some(PrintedText::of(&path, answer.as_ref())),
        };
        tally_row(row, answer.as_ref(), text.as_ref(), &mut tally);
        let pages = answer.as_ref().map_or(&[][..], |answer| &answer.pages);
        if let Some(words) = words::read(&path, pages) {
            tally.words(words);
        }
        if let Some(text) = &text
            && let Some(stated) = Stated::of(row, &path)
        {
            let reading = answer.as_ref().map(|answer| &answer.reading);
            lines::tally(&row.file, &stated, reading, text, &mut tally);
        }
        if let (Some(judge), Some(answer)) = (&judge, &answer) {
            judge.judge(row, answer, &mut types)?;
        }
    }
    Ok(tally.finish(options, types))
}

fn wanted(row: &TruthRow, options: &InvoiceOptions) -> bool {
    let is_pdf = row.file.to_ascii_lowercase().ends_with(".pdf");
    if options.protocol == Protocol::Page && !is_pdf {
        return false;
    }
    options.split.is_none_or(|wanted| {
        let seller = row.stated(FieldName::Seller).unwrap_or_default();
        let number = row.stated(FieldName::Number).unwrap_or_default();
        split::of(seller, number) == wanted
    })
}

fn tally_row(
    row: &TruthRow,
    answer: Option<&Answer>,
    text: Option<&PrintedText>,
    tally: &mut Tally,
) {
    tally.document(answer);
    for (name, stated) in &row.fields {
        let field = answer.and_then(|answer| answer.reading.fields.get(name));
        let read = field.map(|field| field.value.as_str());
        let from_page =
            field.is_some_and(|field| matches!(field.source, Source::Page | Source::Ocr));
        if text.is_some() && NOT_PRINTED.contains(name) {
            continue;
        }
        match stated {
            Some(stated) => {
                if text.is_some_and(|text| !text.prints(*name, stated)) {
                    tally.not_printed();
                    continue;
                }
                let same = read.map(|read| compare::same(*name, stated, read, from_page));
                let right = tally.field(
                    name.as_str(),
                    (&row.file, stated),
                    (answer.is_some(), read, same),
                );
                if !right && answer.is_some_and(|answer| states_other_term(answer, *name, stated)) {
                    tally.truth_of_other_term(name.as_str());
                }
            }
            None if read.is_some() => tally.unstated(name.as_str()),
            None => {}
        }
    }
    let lines = row.lines.filter(|count| text.is_none() && *count > 0);
    if let Some(count) = lines {
        let read = answer.map(|answer| answer.reading.lines.len().to_string());
        let same = answer.map(|answer| answer.reading.lines.len() == count);
        tally.field(
            "lines",
            (&row.file, &count.to_string()),
            (answer.is_some(), read.as_deref(), same),
        );
    }
}

/// Terms that a reader of structure may take for one another, and what EN 16931
/// says: BT-31 is the identifier under scheme VAT and BT-32 any other; BT-84 is
/// the account paid to and BT-91 the one debited; BT-110 is in document currency
/// and BT-111 in the accounting currency.
const OTHER_TERMS: &[(FieldName, FieldName)] = &[
    (FieldName::SellerVat, FieldName::SellerTaxNumber),
    (FieldName::Iban, FieldName::DebitedAccount),
    (FieldName::Tax, FieldName::TaxInTaxCurrency),
];

/// Whether what the truth states for `name` stands in the structure as another term.
fn states_other_term(answer: &Answer, name: FieldName, stated: &str) -> bool {
    OTHER_TERMS
        .iter()
        .filter(|(term, _)| *term == name)
        .any(|(_, other)| {
            let field = answer.reading.fields.get(other);
            field.is_some_and(|field| {
                field.source == Source::Xml && compare::same(name, stated, &field.value, false)
            })
        })
}

/// Median of durations in milliseconds; `None` for none.
fn median_ms(durations: &mut [Duration]) -> Option<f64> {
    durations.sort_unstable();
    durations
        .get(durations.len() / 2)
        .map(|middle| middle.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests;
