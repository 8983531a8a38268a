//! Detectors as bars by month, and first digits as bars beside the curve they should follow.

use std::collections::BTreeSet;

use super::words;
use crate::cases::detectors::first_digits::{Conformity, FirstDigits};
use crate::cases::detectors::{DryRun, Example, Tried};

/// Months drawn, the latest.
const MONTHS: usize = 24;
/// Height of a month's bar in its own units.
const HIGH: f64 = 24.0;
/// Width of a month.
const WIDE: f64 = 8.0;
/// Height of a plot of digits, and width of a pair of digits.
const DIGITS_HIGH: f64 = 120.0;
const PAIR_WIDE: f64 = 8.0;

/// The page's content.
pub(in crate::web) struct DetectorsView {
    pub(in crate::web) as_of: String,
    pub(in crate::web) claims: usize,
    pub(in crate::web) cards: usize,
    pub(in crate::web) invoices: usize,
    pub(in crate::web) groups: Vec<Group>,
    pub(in crate::web) digits: Vec<Digits>,
}

/// Detectors of one kind of record.
pub(in crate::web) struct Group {
    pub(in crate::web) title: &'static str,
    pub(in crate::web) detectors: Vec<Shown>,
    /// Names of those that flagged nothing.
    pub(in crate::web) silent: String,
}

/// One detector that flagged something.
pub(in crate::web) struct Shown {
    pub(in crate::web) name: String,
    pub(in crate::web) asks: String,
    pub(in crate::web) runs: bool,
    pub(in crate::web) flagged: usize,
    pub(in crate::web) share: String,
    /// Width of the drawing of months.
    pub(in crate::web) wide: f64,
    pub(in crate::web) bars: Vec<Bar>,
    /// First and last month drawn.
    pub(in crate::web) span: String,
    pub(in crate::web) examples: Vec<Example>,
}

/// A bar, and what it says.
pub(in crate::web) struct Bar {
    pub(in crate::web) x: String,
    pub(in crate::web) y: String,
    pub(in crate::web) height: String,
    pub(in crate::web) title: String,
    /// Whether it stands out.
    pub(in crate::web) odd: bool,
}

/// First two digits of one kind of amount.
pub(in crate::web) struct Digits {
    pub(in crate::web) title: &'static str,
    pub(in crate::web) words: String,
    pub(in crate::web) bars: Vec<Bar>,
    /// Points of the curve expected.
    pub(in crate::web) curve: String,
}

impl DetectorsView {
    /// From a dry run.
    pub(in crate::web) fn new(run: &DryRun) -> Self {
        let months: BTreeSet<&String> =
            run.detectors.iter().flat_map(|d| d.months.keys()).collect();
        let skipped = months.len().saturating_sub(MONTHS);
        let months: Vec<&String> = months.into_iter().skip(skipped).collect();
        let group = |(title, of, looked_at): (&'static str, &str, usize)| {
            let of_kind = run.detectors.iter().filter(|tried| tried.of == of);
            let (flagging, silent): (Vec<_>, Vec<_>) = of_kind.partition(|tried| tried.flagged > 0);
            let silent: Vec<String> = silent.into_iter().map(name).collect();
            (looked_at > 0).then(|| Group {
                title,
                detectors: flagging
                    .into_iter()
                    .map(|tried| shown(tried, &months))
                    .collect(),
                silent: silent.join(", "),
            })
        };
        let digits = [
            ("Amounts claimed", &run.claim_digits),
            ("Totals of invoices", &run.invoice_digits),
        ];
        Self {
            as_of: words::minute(run.as_of),
            claims: run.claims,
            cards: run.cards,
            invoices: run.invoices,
            groups: [
                ("Claims", "expense_claim", run.claims),
                ("Uses of cards", "card_transaction", run.cards),
                ("Invoices of vendors", "vendor_invoice", run.invoices),
            ]
            .into_iter()
            .filter_map(group)
            .collect(),
            digits: digits
                .into_iter()
                .filter_map(|(title, digits)| Some(drawn(title, digits.as_ref()?)))
                .collect(),
        }
    }
}

fn name(tried: &Tried) -> String {
    tried.detector.replace('_', " ")
}

fn shown(tried: &Tried, months: &[&String]) -> Shown {
    let most = tried.months.values().copied().max().unwrap_or(0).max(1) as f64;
    let bars = months.iter().enumerate().map(|(at, month)| {
        let flagged = tried.months.get(*month).copied().unwrap_or(0);
        let height = flagged as f64 / most * HIGH;
        Bar {
            x: format!("{:.1}", at as f64 * WIDE),
            y: format!("{:.1}", HIGH - height),
            height: format!("{height:.1}"),
            title: format!("{month}: {flagged}"),
            odd: false,
        }
    });
    let ends = months.first().zip(months.last());
    Shown {
        name: name(tried),
        asks: tried.asks.clone(),
        runs: tried.runs,
        flagged: tried.flagged,
        share: format!("{:.1} %", tried.share * 100.0),
        wide: (months.len() as f64 * WIDE).max(WIDE),
        bars: bars.collect(),
        span: ends.map_or_else(String::new, |(first, last)| format!("{first} to {last}")),
        examples: tried.examples.clone(),
    }
}

fn drawn(title: &'static str, digits: &FirstDigits) -> Digits {
    let shares = digits
        .pairs
        .iter()
        .flat_map(|pair| [pair.seen, pair.expected]);
    let most = shares.fold(f64::MIN_POSITIVE, f64::max);
    let high = |share: f64| share / most * DIGITS_HIGH;
    let bars = digits.pairs.iter().enumerate().map(|(at, pair)| Bar {
        x: format!("{:.1}", at as f64 * PAIR_WIDE),
        y: format!("{:.1}", DIGITS_HIGH - high(pair.seen)),
        height: format!("{:.1}", high(pair.seen)),
        title: format!(
            "{}: {:.2} % where {:.2} % are expected",
            pair.digits,
            pair.seen * 100.0,
            pair.expected * 100.0
        ),
        // Nine in ten thousand by chance, of ninety looked at.
        odd: pair.z > 3.3,
    });
    let curve = digits.pairs.iter().enumerate().map(|(at, pair)| {
        let x = (at as f64 + 0.5) * PAIR_WIDE;
        format!("{x:.1},{:.1}", DIGITS_HIGH - high(pair.expected))
    });
    let conformity = match digits.conformity {
        Conformity::Close => "close conformity",
        Conformity::Acceptable => "acceptable conformity",
        Conformity::Marginal => "marginal conformity",
        Conformity::None => "no conformity",
    };
    Digits {
        title,
        words: format!(
            "{} amounts of 10 and more; mean absolute deviation {:.4}, {conformity}. It says something about all of them together and nothing about one.",
            digits.amounts, digits.deviation
        ),
        bars: bars.collect(),
        curve: curve.collect::<Vec<_>>().join(" "),
    }
}
