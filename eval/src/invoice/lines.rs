//! Lines and tax by rate read from pages, against those that are stated.
//!
//! A truth row may hold the lines themselves. Rows of the public sets hold only
//! how many there are: there the e-invoice attached to the same file tells them,
//! where our reader of structure finds exactly that many.

use std::path::Path;

use rust_decimal::Decimal;
use scrutineer::documents::parse::{ParseOptions, parse};
use scrutineer::documents::{FieldName, Line, Reading, TaxSubtotal};
use scrutineer_datasets::sets::TruthRow;

use super::compare::words;
use super::printed::PrintedText;
use super::score::Tally;
use crate::FieldScore;

/// Lines and taxes that a document states, as far as anything tells.
#[derive(Debug)]
pub(super) struct Stated {
    lines: Vec<Line>,
    taxes: Vec<TaxSubtotal>,
}

impl Stated {
    /// What the row holds, or the e-invoice attached to the file at `path`; `None`
    /// where neither tells the lines, as with profiles that have none.
    pub(super) fn of(row: &TruthRow, path: &Path) -> Option<Self> {
        if let Some(lines) = &row.line_items {
            return Some(Self {
                lines: lines.clone(),
                taxes: row.taxes.clone().unwrap_or_default(),
            });
        }
        let count = row.lines.filter(|count| *count > 0)?;
        let structured = std::fs::read(path)
            .ok()
            .and_then(|bytes| parse(&bytes, &ParseOptions::default()).structured);
        match structured {
            Some(structured) if structured.reading.lines.len() == count => Some(Self {
                lines: structured.reading.lines,
                taxes: structured.reading.taxes,
            }),
            _ => None,
        }
    }
}

/// Counts what was read of the lines and taxes; those not printed count neither way.
pub(super) fn tally(
    file: &str,
    stated: &Stated,
    reading: Option<&Reading>,
    text: &PrintedText,
    tally: &mut Tally,
) {
    let empty = Reading::default();
    let (read, readable) = (reading.unwrap_or(&empty), reading.is_some());
    tally.lines("line_net", |score| {
        let pairs = pairs(&stated.lines, &read.lines);
        let printed = |line: &Line| line.net.is_some_and(|net| prints(text, net));
        let due = stated.lines.iter().filter(|line| printed(line)).count();
        let right = pairs.iter().filter(|(line, _)| printed(line)).count();
        let answered = read.lines.iter().filter(|line| line.net.is_some()).count();
        let others = answered - pairs.len();
        let open = due - right;
        let wrong = others.min(open);
        score.right += right;
        score.wrong += wrong;
        score.unstated += others - wrong;
        let left = open - wrong;
        if readable {
            score.abstained += left;
        } else {
            score.missed += left;
        }
    });
    for (line, found) in pairs(&stated.lines, &read.lines) {
        if let Some(quantity) = line.quantity.filter(|q| prints(text, *q)) {
            tally.lines("line_quantity", |score| {
                count(score, found.quantity.map(|read| read == quantity));
            });
        }
        if let Some(description) = line.description.as_deref().map(words)
            && text.prints(FieldName::Seller, &description.join(" "))
        {
            let same = |read: &str| holds(&words(read), &description);
            tally.lines("line_description", |score| {
                count(score, found.description.as_deref().map(same));
            });
        }
    }
    for line in not_read(stated, read, text) {
        let net = line.net.unwrap_or_default();
        let description = line.description.as_deref().unwrap_or_default();
        tally.line_not_read(file, format!("{net} {description}"));
    }
    taxes(stated, read, readable, text, tally);
}

/// Printed lines that no read line has the net amount of.
fn not_read<'a>(stated: &'a Stated, read: &'a Reading, text: &PrintedText) -> Vec<&'a Line> {
    let pairs = pairs(&stated.lines, &read.lines);
    let lines = stated.lines.iter();
    lines
        .filter(|line| line.net.is_some_and(|net| prints(text, net)))
        .filter(|line| !pairs.iter().any(|(paired, _)| std::ptr::eq(*paired, *line)))
        .collect()
}

fn taxes(stated: &Stated, read: &Reading, readable: bool, text: &PrintedText, tally: &mut Tally) {
    let printed = stated.taxes.iter().filter(|t| {
        let both = t.rate.zip(t.tax).filter(|(_, tax)| !tax.is_zero());
        both.is_some_and(|(rate, tax)| prints(text, tax) && prints(text, rate))
    });
    let mut open: Vec<&TaxSubtotal> = read.taxes.iter().collect();
    for tax in printed {
        let at = open.iter().position(|found| found.rate == tax.rate);
        let found = at.map(|at| open.swap_remove(at));
        let same = found.map(|found| {
            let base = found.base.is_none_or(|base| Some(base) == tax.base);
            found.tax == tax.tax && base
        });
        tally.lines("tax_by_rate", |score| match same {
            None if !readable => score.missed += 1,
            same => count(score, same),
        });
    }
    // Rates that the document does not state, zero rates aside.
    let beyond = open.iter().filter(|found| {
        let known = stated.taxes.iter().any(|tax| tax.rate == found.rate);
        !known && found.tax.is_some_and(|tax| !tax.is_zero())
    });
    let beyond = beyond.count();
    if beyond > 0 {
        tally.lines("tax_by_rate", |score| score.unstated += beyond);
    }
}

fn count(score: &mut FieldScore, same: Option<bool>) {
    match same {
        Some(true) => score.right += 1,
        Some(false) => score.wrong += 1,
        None => score.abstained += 1,
    }
}

fn prints(text: &PrintedText, value: Decimal) -> bool {
    text.prints(FieldName::Net, &value.to_string())
}

/// Whether the words stand in the others, in one piece.
fn holds(words: &[String], wanted: &[String]) -> bool {
    !wanted.is_empty() && words.windows(wanted.len()).any(|window| window == wanted)
}

/// Stated lines with the read line of the same net amount, each used once; those of
/// the same quantity, too, go first.
fn pairs<'a>(stated: &'a [Line], read: &'a [Line]) -> Vec<(&'a Line, &'a Line)> {
    let has_net = |line: &&Line| line.net.is_some();
    let mut open: Vec<&Line> = read.iter().filter(has_net).collect();
    let mut due: Vec<&Line> = stated.iter().filter(has_net).collect();
    let mut pairs = Vec::new();
    for by_quantity in [true, false] {
        due.retain(|line| {
            let at = open.iter().position(|other| {
                other.net == line.net && (!by_quantity || other.quantity == line.quantity)
            });
            if let Some(at) = at {
                pairs.push((*line, open.remove(at)));
            }
            at.is_none()
        });
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(net: i64, quantity: i64, description: &str) -> Line {
        Line {
            net: Some(Decimal::from(net)),
            quantity: Some(Decimal::from(quantity)),
            description: Some(description.to_owned()),
            ..Line::default()
        }
    }

    #[test]
    fn lines_are_paired_by_net_and_counted_apart() {
        let stated = Stated {
            lines: vec![
                line(10, 1, "Paper A4"),
                line(10, 2, "Ink"),
                line(7, 1, "Pen"),
                line(99, 1, "not printed"),
            ],
            taxes: vec![TaxSubtotal {
                rate: Some(Decimal::from(19)),
                base: Some(Decimal::from(100)),
                tax: Some(Decimal::from(19)),
                ..TaxSubtotal::default()
            }],
        };
        let reading = Reading {
            lines: vec![
                line(10, 2, "Ink, black"),
                line(10, 3, "Paper"),
                line(8, 1, "Pen"),
                line(5, 1, "x"),
            ],
            taxes: vec![TaxSubtotal {
                rate: Some(Decimal::from(19)),
                tax: Some(Decimal::from(19)),
                ..TaxSubtotal::default()
            }],
            ..Reading::default()
        };
        let text = PrintedText::of_text("Paper A4 1 10,00 Ink 2 10,00 Pen 7,00 19 % 19,00");
        let mut counts = Tally::default();
        tally("a.pdf", &stated, Some(&reading), &text, &mut counts);
        let scores = counts.line_scores();
        let net = &scores["line_net"];
        assert_eq!(
            (net.right, net.wrong, net.abstained, net.unstated),
            (2, 1, 0, 1)
        );
        let quantity = &scores["line_quantity"];
        assert_eq!((quantity.right, quantity.wrong), (1, 1));
        let description = &scores["line_description"];
        assert_eq!((description.right, description.wrong), (1, 1));
        assert_eq!(scores["tax_by_rate"].right, 1);
    }
}
