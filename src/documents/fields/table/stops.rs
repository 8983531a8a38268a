//! Rows where the lines of a table end: sums, and sums carried from page to page.

use std::collections::HashMap;

use super::super::analysis::Analysis;
use super::super::concept::Concept;
use super::super::labels::Hit;
use super::super::text::squeeze;

/// What announces the sum of a page, to be carried to the next.
const CARRIED: &[&str] = &[
    "ubertrag",
    "uebertrag",
    "carriedforward",
    "carryover",
    "carriedover",
    "broughtforward",
    "subtotalcarriedforward",
    "areporter",
    "report",
    "soustotalareporter",
    "transport",
    "transporteren",
    "overtebrengen",
    "overgebracht",
    "subtotaalpagina",
    "sumaysigue",
    "sumaanterior",
    "subtotalacontinuar",
    "alavuelta",
    "delavuelta",
    "ariportare",
    "segue",
    "riporto",
    "subtotaledariportare",
    "zwischensumme",
    "subtotal",
    "soustotal",
    "subtotaal",
    "subtotale",
];

/// The labels of a document by row.
pub(super) struct Stops<'a> {
    analysis: &'a Analysis,
    labels: HashMap<usize, Vec<&'a Hit>>,
}

impl<'a> Stops<'a> {
    /// Sorts the labels by row.
    #[must_use]
    pub(super) fn of(analysis: &'a Analysis) -> Self {
        let mut labels: HashMap<usize, Vec<&Hit>> = HashMap::new();
        for hit in &analysis.hits {
            labels.entry(hit.row).or_default().push(hit);
        }
        Self { analysis, labels }
    }

    /// Whether the row carries a sum over to the next page or sums up a part.
    #[must_use]
    pub(super) fn is_carried(&self, row: usize) -> bool {
        let layout = &self.analysis.layout;
        layout.rows[row].segments.clone().any(|segment| {
            let text = squeeze(&layout.segment_text(segment));
            CARRIED.iter().any(|phrase| {
                text.strip_prefix(phrase).is_some_and(|rest| {
                    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
                    rest.is_empty()
                        || ["eur", "auf", "von", "page", "pagina", "seite", "precedente"]
                            .iter()
                            .any(|word| rest.starts_with(word))
                })
            })
        })
    }

    /// `Some(true)` for a row of the sums below a table, `Some(false)` for one that
    /// sums up some section, `None` for any other.
    #[must_use]
    pub(super) fn sums_up(&self, row: usize) -> Option<bool> {
        const SUMS: [Concept; 7] = [
            Concept::Net,
            Concept::LinesTotal,
            Concept::Total,
            Concept::Payable,
            Concept::Tax,
            Concept::Prepaid,
            Concept::TaxBase,
        ];
        let layout = &self.analysis.layout;
        let hits = self.labels.get(&row)?;
        hits.iter()
            .filter(|h| self.leads(h) && SUMS.iter().any(|c| h.weight(*c) >= 0.8))
            .map(|h| {
                // `Total 12,00 EUR` and `VAT (19 %)`, but not `Tax advice in May`.
                let segment = &layout.segments[h.segment];
                layout.tokens[h.tokens.end..segment.tokens.end]
                    .iter()
                    .all(|t| t.text.chars().filter(|c| c.is_alphabetic()).count() <= 4)
            })
            .reduce(|a, b| a | b)
    }

    /// Whether a label comes first in its segment but for a number (`19 % USt`).
    fn leads(&self, hit: &Hit) -> bool {
        let layout = &self.analysis.layout;
        let start = layout.segments[hit.segment].tokens.start;
        let before = layout.tokens.get(start..hit.tokens.start);
        hit.leads
            || before
                .is_some_and(|words| words.iter().all(|t| !t.text.contains(char::is_alphabetic)))
    }
}
