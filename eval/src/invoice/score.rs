//! Counts, and the figures made of them.

use std::collections::BTreeMap;
use std::time::Duration;

use super::reader::{Answer, Protocol};
use super::{Disagreement, InvoiceOptions, InvoiceOutcome, median_ms};
use crate::{Evaluation, FieldScore, document_type};

/// Counts in the making.
#[derive(Default)]
pub(super) struct Tally {
    documents: usize,
    unreadable: usize,
    pages: usize,
    not_printed: usize,
    xml_durations: Vec<Duration>,
    page_durations: Vec<Duration>,
    fields: BTreeMap<String, FieldScore>,
    lines: BTreeMap<String, FieldScore>,
    /// Words of pictures: read, and written down for them.
    words: (usize, usize),
    disagreements: Vec<Disagreement>,
}

impl Tally {
    pub(super) fn document(&mut self, answer: Option<&Answer>) {
        self.documents += 1;
        let Some(answer) = answer else {
            self.unreadable += 1;
            return;
        };
        self.pages += answer.pages.len();
        if answer.is_xml {
            self.xml_durations.push(answer.took);
        } else if let Ok(pages) = u32::try_from(answer.pages.len().max(1)) {
            self.page_durations.push(answer.took / pages);
        }
    }

    pub(super) const fn not_printed(&mut self) {
        self.not_printed += 1;
    }

    pub(super) fn unstated(&mut self, name: &str) {
        self.fields.entry(name.to_owned()).or_default().unstated += 1;
    }

    pub(super) fn truth_of_other_term(&mut self, name: &str) {
        self.fields
            .entry(name.to_owned())
            .or_default()
            .truth_of_other_term += 1;
    }

    pub(super) const fn words(&mut self, (read, all): (usize, usize)) {
        self.words = (self.words.0 + read, self.words.1 + all);
    }

    /// Counts of lines, kept apart from those of fields.
    pub(super) fn lines(&mut self, name: &str, count: impl FnOnce(&mut FieldScore)) {
        count(self.lines.entry(name.to_owned()).or_default());
    }

    /// Notes a stated line that was not read.
    pub(super) fn line_not_read(&mut self, file: &str, line: String) {
        self.disagreements.push(Disagreement {
            file: file.to_owned(),
            field: "line_net".to_owned(),
            truth: line,
            read: None,
        });
    }

    /// One stated value: `(file, stated)` and `(document read, value, same)`. True
    /// when it was read right.
    pub(super) fn field(
        &mut self,
        name: &str,
        (file, stated): (&str, &str),
        (readable, read, same): (bool, Option<&str>, Option<bool>),
    ) -> bool {
        let score = self.fields.entry(name.to_owned()).or_default();
        match same {
            Some(true) => {
                score.right += 1;
                return true;
            }
            Some(false) => score.wrong += 1,
            None if readable => score.abstained += 1,
            None => score.missed += 1,
        }
        self.disagreements.push(Disagreement {
            file: file.to_owned(),
            field: name.to_owned(),
            truth: stated.to_owned(),
            read: read.map(str::to_owned),
        });
        false
    }

    #[cfg(test)]
    pub(super) const fn line_scores(&self) -> &BTreeMap<String, FieldScore> {
        &self.lines
    }

    pub(super) fn finish(
        mut self,
        options: &InvoiceOptions,
        types: document_type::Tally,
    ) -> InvoiceOutcome {
        let mut all = FieldScore::default();
        for score in self.fields.values() {
            all.add(score);
        }
        let count = |value: usize| Some(value as f64);
        let mut metrics = BTreeMap::from([
            ("exact".to_owned(), all.share(all.right)),
            ("exact_truth_corrected".to_owned(), all.right_corrected()),
            ("wrong".to_owned(), all.share(all.wrong)),
            ("abstained".to_owned(), all.share(all.abstained)),
            ("missed".to_owned(), all.share(all.missed)),
            ("unreadable".to_owned(), count(self.unreadable)),
        ]);
        metrics.insert("pages".to_owned(), count(self.pages));
        metrics.insert(
            "ms_per_xml_median".to_owned(),
            median_ms(&mut self.xml_durations),
        );
        metrics.insert(
            "ms_per_page_median".to_owned(),
            median_ms(&mut self.page_durations),
        );
        if self.words.1 > 0 {
            let read = self.words.0 as f64 / self.words.1 as f64;
            metrics.insert("words_read".to_owned(), Some(read));
        }
        if options.protocol == Protocol::Page {
            metrics.insert("not_printed".to_owned(), count(self.not_printed));
        }
        if let Some(net) = self.lines.get("line_net") {
            metrics.extend(line_metrics(net));
        }
        metrics.extend(
            types
                .metrics()
                .into_iter()
                .map(|(name, value)| (name, Some(value))),
        );
        let evaluation = Evaluation {
            case: "invoice".to_owned(),
            set: options.set.clone(),
            protocol: protocol_in_words(options),
            n: self.documents,
            metrics,
            baselines: BTreeMap::new(),
            fields: self.fields,
            lines: self.lines,
            confusion: BTreeMap::new(),
        };
        InvoiceOutcome {
            evaluation,
            disagreements: self.disagreements,
            types,
        }
    }
}

/// Shares of the lines whose net amount the page prints: read at all, and right
/// among all lines that were read.
fn line_metrics(net: &FieldScore) -> [(String, Option<f64>); 2] {
    let read = net.right + net.wrong + net.unstated;
    let right_of_read = (read > 0).then(|| net.right as f64 / read as f64);
    [
        ("lines_read".to_owned(), net.share(net.right + net.wrong)),
        ("lines_right_of_read".to_owned(), right_of_read),
    ]
}

fn protocol_in_words(options: &InvoiceOptions) -> String {
    use scrutineer_datasets::split::Split;
    let part = match options.protocol {
        Protocol::Whole => "as the service reads it",
        Protocol::Page => "pages alone, printed values only",
    };
    match options.split {
        None => part.to_owned(),
        Some(Split::Build) => format!("{part}; identities used in building"),
        Some(Split::HeldOut) => format!("{part}; identities held out"),
    }
}
