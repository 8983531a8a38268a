//! Lines of tables that have no head: rows of words with an amount at one right edge,
//! taken only where arithmetic proves them.

use rust_decimal::Decimal;

use super::super::analysis::Analysis;
use super::super::recognise::amount::{self, Amount};
use super::super::text::collapse;
use super::Known;
use super::stops::Stops;
use crate::documents::{BBox, Line};

/// Amounts of one column end within this many points of each other.
const SAME_EDGE: f32 = 3.0;
/// Rows of one run looked at.
const MOST_ROWS: usize = 120;
/// Text between two rows of a run, in heights of a row.
const WIDEST_GAP: f32 = 4.0;

/// Reads the first run of rows whose amounts make a net that the page states, or
/// that all multiply up; nothing else.
#[must_use]
pub(super) fn read(analysis: &Analysis, stops: &Stops, known: &Known) -> Vec<Line> {
    runs(analysis, stops)
        .iter()
        .find_map(|run| proved(run, known))
        .unwrap_or_default()
}

/// One row that could be a line.
struct Candidate {
    line: Line,
    edge: f32,
    bbox: BBox,
    multiplies: bool,
}

fn runs(analysis: &Analysis, stops: &Stops) -> Vec<Vec<Candidate>> {
    let layout = &analysis.layout;
    let mut runs: Vec<Vec<Candidate>> = vec![Vec::new()];
    for row in 0..layout.rows.len() {
        if stops.is_carried(row) {
            continue;
        }
        let found = candidate(analysis, row).filter(|_| stops.sums_up(row).is_none());
        let Some(found) = found else {
            if stops.sums_up(row).is_some() {
                runs.push(Vec::new());
            }
            continue;
        };
        let goes_on = runs.last().and_then(|run| run.last()).is_some_and(|last| {
            last.line.page == found.line.page
                && (last.edge - found.edge).abs() <= SAME_EDGE
                && found.bbox.y0 - last.bbox.y1 <= WIDEST_GAP * last.bbox.height().max(6.0)
        });
        match runs.last_mut() {
            Some(run) if goes_on && run.len() < MOST_ROWS => run.push(found),
            _ => runs.push(vec![found]),
        }
    }
    runs
}

/// The longest stretch of a run that makes a net with two amounts or more, or the
/// whole run where every row multiplies up.
fn proved(run: &[Candidate], known: &Known) -> Option<Vec<Line>> {
    let lines = |part: &[Candidate]| part.iter().map(|c| c.line.clone()).collect();
    for length in (2..=run.len()).rev() {
        for part in run.windows(length) {
            let nets = part.iter().filter_map(|c| c.line.net);
            let several = nets.clone().filter(|net| !net.is_zero()).count() >= 2;
            if several && known.is_exactly(nets.sum()) {
                return Some(lines(part));
            }
        }
    }
    let multiply = !run.is_empty() && run.iter().all(|c| c.multiplies);
    let sum: Decimal = run.iter().filter_map(|c| c.line.net).sum();
    // Where the page states no net, products of two rows are proof enough.
    let unopposed = known.nets.is_empty() && run.len() >= 2 && !known.is_gross(sum, run.len());
    (multiply && (known.is_exactly(sum) || unopposed)).then(|| lines(run))
}

/// Words, then numbers, the last of them an amount of money that ends the row.
fn candidate(analysis: &Analysis, row: usize) -> Option<Candidate> {
    let layout = &analysis.layout;
    let own = &layout.rows[row];
    if own.segments.len() < 2 {
        return None;
    }
    let mut numbers: Vec<(usize, Amount)> = Vec::new();
    for segment in own.segments.clone() {
        let mut at = layout.segments[segment].tokens.start;
        let end = layout.segments[segment].tokens.end;
        while at < end {
            let words: Vec<&str> = layout.tokens[at..end]
                .iter()
                .map(|t| t.text.as_str())
                .collect();
            match amount::read(&words, analysis.habits.writing) {
                Some(found) => {
                    let words = found.words.max(1);
                    numbers.push((at, found));
                    at += words;
                }
                None => at += 1,
            }
        }
    }
    let (at, net) = numbers.pop()?;
    let ends = at + net.words.max(1) == own.tokens.end;
    if !ends || net.percent || !net.exact || at == layout.segments[own.segments.start].tokens.start
    {
        return None;
    }
    let product = factors(&numbers, own.tokens.start, net.value);
    let stop = product.map_or(at, |(q, p)| numbers[q].0.min(numbers[p].0));
    let description = collapse(&layout.text(own.tokens.start..stop));
    if description.chars().filter(|c| c.is_alphabetic()).count() < 3 {
        return None;
    }
    let line = Line {
        description: Some(description),
        quantity: product.map(|(q, _)| numbers[q].1.value),
        unit_price: product.map(|(_, p)| numbers[p].1.value),
        net: Some(net.value),
        page: Some(own.page),
        bbox: Some(own.bbox),
        ..Line::default()
    };
    Some(Candidate {
        line,
        edge: layout.bbox(at..own.tokens.end).x1,
        bbox: own.bbox,
        multiplies: product.is_some(),
    })
}

/// Two numbers of a row, quantity and price, whose product is its amount; the
/// number that opens the row counts rows.
fn factors(numbers: &[(usize, Amount)], start: usize, net: Decimal) -> Option<(usize, usize)> {
    let usable: Vec<usize> = (0..numbers.len())
        .filter(|i| !numbers[*i].1.percent && numbers[*i].0 != start)
        .collect();
    for quantity in &usable {
        for price in usable.iter().filter(|p| *p > quantity) {
            let product = numbers[*quantity]
                .1
                .value
                .checked_mul(numbers[*price].1.value)?;
            let near = (product.abs() - net.abs()).abs() <= Decimal::new(11, 3);
            if near && !net.is_zero() && numbers[*price].1.decimals >= 2 {
                return Some((*quantity, *price));
            }
        }
    }
    None
}
