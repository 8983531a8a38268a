//! One document with everything known of it before fields are chosen.

use rust_decimal::Decimal;

use super::candidates::{Candidate, Candidates, Fact};
use super::concept::Concept;
use super::evidence::Habits;
use super::labels::{self, Hit};
use super::layout::Layout;
use super::proof::{self, Labelled, Sum};
use super::relation::{Labels, Relation};
use crate::documents::{Page, Source};

/// Rows, labels, candidates and sums of one document.
pub(super) struct Analysis {
    /// Rows and segments.
    pub layout: Layout,
    /// Labels found.
    pub hits: Vec<Hit>,
    /// How numbers and dates are written.
    pub habits: Habits,
    /// What could be a value.
    pub candidates: Candidates,
    /// For each amount, the labels around it.
    pub amount_relations: Vec<Vec<Relation>>,
    /// For each date.
    pub date_relations: Vec<Vec<Relation>>,
    /// For each identifier.
    pub identifier_relations: Vec<Vec<Relation>>,
    /// Sums that hold among the amounts.
    pub sums: Vec<Sum>,
    /// Whether a title calls it a statement or a reminder.
    pub dunning: bool,
    /// Whether it says what was handed over, or given back, at a till.
    pub tendered: bool,
    /// Where its words come from: [`Source::Ocr`] where any were read from pixels.
    pub source: Source,
}

impl Analysis {
    /// Reads a document.
    #[must_use]
    pub(super) fn of(pages: &[Page]) -> Self {
        let layout = Layout::of(pages);
        let habits = Habits::of(&layout);
        let source = pages
            .iter()
            .map(|page| page.source)
            .find(|source| *source == Source::Ocr)
            .unwrap_or(Source::Page);
        let mut hits = labels::find(&layout, source);
        settle_heads(&layout, &mut hits);
        let candidates = Candidates::of(&layout, &habits);
        let labels = Labels::new(&layout, &hits);
        let relate = |list: &[Candidate]| -> Vec<Vec<Relation>> {
            list.iter().map(|c| labels.around(&c.tokens)).collect()
        };
        let amount_relations = relate(&candidates.amounts);
        let date_relations = relate(&candidates.dates);
        let identifier_relations = relate(&candidates.identifiers);
        let labelled: Vec<Labelled> = candidates
            .amounts
            .iter()
            .zip(&amount_relations)
            .filter_map(|(candidate, relations)| {
                let Fact::Amount(money) = &candidate.fact else {
                    return None;
                };
                let of =
                    |concepts: &[(Concept, f32)]| labels.support(relations, concepts, &[]).best();
                (money.exact || money.currency.is_some() || money.value.abs() >= Decimal::TEN).then(
                    || Labelled {
                        value: money.value,
                        net: of(&[
                            (Concept::Net, 1.0),
                            (Concept::LinesTotal, 0.6),
                            (Concept::TaxBase, 0.6),
                        ]),
                        tax: of(&[(Concept::Tax, 1.0)]),
                        total: of(&[(Concept::Total, 1.0), (Concept::Payable, 0.9)]),
                    },
                )
            })
            .collect();
        let rates: Vec<Decimal> = candidates.percents.iter().map(|p| p.1).collect();
        let sums = proof::sums(&labelled, &rates);
        let dunning = is_dunning(&layout, &hits);
        let tendered = is_tendered(&layout, &hits, &candidates);
        Self {
            layout,
            hits,
            habits,
            candidates,
            amount_relations,
            date_relations,
            identifier_relations,
            sums,
            dunning,
            tendered,
            source,
        }
    }

    /// The labels, ready to be asked about values.
    #[must_use]
    pub(super) fn labels(&self) -> Labels<'_> {
        Labels::new(&self.layout, &self.hits)
    }
}

/// Whether a row begins with `Cash`, `Change` or the like and goes on with an amount.
fn is_tendered(layout: &Layout, hits: &[Hit], candidates: &Candidates) -> bool {
    let mut at_till = hits
        .iter()
        .filter(|hit| hit.leads && hit.weight(Concept::Tendered) > 0.0);
    at_till.any(|hit| {
        let beside = |amount: &Candidate| {
            amount.tokens.start >= hit.tokens.end
                && layout.tokens[amount.tokens.start].row == hit.row
        };
        candidates.amounts.iter().any(beside)
    })
}

/// Titles of documents that list other invoices instead of being one.
fn is_dunning(layout: &Layout, hits: &[Hit]) -> bool {
    const TITLES: &[&str] = &[
        "statement",
        "statementofaccount",
        "accountstatement",
        "reminder",
        "paymentreminder",
        "finalnotice",
        "overduenotice",
        "mahnung",
        "zahlungserinnerung",
        "kontoauszug",
        "releve",
        "relevedecompte",
        "relance",
        "rappel",
        "rekeningoverzicht",
        "herinnering",
        "betalingsherinnering",
        "aanmaning",
        "extracto",
        "extractodecuenta",
        "estadodecuenta",
        "recordatorio",
        "recordatoriodepago",
        "estrattoconto",
        "sollecito",
        "sollecitodipagamento",
    ];
    let mut titles = hits
        .iter()
        .filter(|h| h.weight(Concept::Title) > 0.5 && h.leads);
    titles.any(|h| {
        let large = layout.tokens[h.tokens.start].size > 1.15 * layout.body_size;
        (large || h.ends)
            && TITLES.contains(&super::text::squeeze(&layout.text(h.tokens.clone())).as_str())
    })
}

/// In the head of a table of lines, `Total` means the line's; there the meanings
/// of sums are taken away. Elsewhere single words are no heads of columns.
fn settle_heads(layout: &Layout, hits: &mut [Hit]) {
    for row in 0..layout.rows.len() {
        let own: Vec<usize> = (0..hits.len())
            .filter(|i| hits[*i].row.abs_diff(row) <= 1 && hits[*i].page == layout.rows[row].page)
            .collect();
        let here: Vec<usize> = own
            .iter()
            .copied()
            .filter(|i| hits[*i].row == row)
            .collect();
        if !is_head(hits, &here, &own) {
            continue;
        }
        for i in here {
            if hits[i].meanings.iter().any(|m| m.concept.is_column()) {
                hits[i].meanings.retain(|m| m.concept.is_column());
            }
        }
    }
}

/// Three or more columns, the description or quantity among them.
fn is_head(hits: &[Hit], here: &[usize], near: &[usize]) -> bool {
    let columns = |list: &[usize]| {
        list.iter()
            .filter(|i| hits[**i].meanings.iter().any(|m| m.concept.is_column()))
            .count()
    };
    let names = |list: &[usize]| {
        list.iter().any(|i| {
            hits[*i].weight(Concept::Description) > 0.0 || hits[*i].weight(Concept::Quantity) > 0.0
        })
    };
    (columns(here) >= 3 && names(here))
        || (columns(here) >= 1
            && columns(near) >= 4
            && names(near)
            && here.len() == columns(here)
            && columns(here) >= 2)
}
