//! From levels and context to a score in bits that add up.
//!
//! Before anything is compared an item is a copy with the chance of any, of any earlier item of its
//! party alike. Each field then adds the logarithm of how much oftener its level occurs among
//! copies than among things that are none. The first is learned ([`CopyRates`]); the second is
//! counted where the pair lies ([`Context`]), which is the term frequency of Fellegi and Sunter:
//! where a vendor bills one amount every week, agreeing on it says little.

use super::compare::{AmountLevel, DateLevel, DocumentLevel, PartyLevel};
use super::{Comparison, Context, CopyRates, Item, NumberLevel};

/// Smallest chance ever counted: no single field speaks louder.
const FLOOR: f64 = 1e-5;
/// Items that what is usual in any firm counts for.
const PRIOR_WEIGHT: f64 = 5.0;
/// What a sum that comes out to the smallest unit gives, in bits.
const SUM: f64 = 12.0;
/// What it gives that one of the two names the other as what it corrects, in bits.
const NAMED: f64 = 11.0;
/// What an evenly returning amount takes from a pair whose numbers differ, in bits.
const REGULAR: f64 = -6.0;

/// One field's share of the score.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Contribution {
    /// The field.
    pub feature: &'static str,
    /// Bits for a copy; negative against.
    pub bits: f64,
}

/// A pair's score.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Score {
    /// Sum of the contributions: log2 of the odds that it is a copy.
    pub bits: f64,
    /// What each field gives.
    pub contributions: Vec<Contribution>,
}

impl Score {
    /// Scores a pair.
    #[must_use]
    pub fn of(
        a: &Item,
        b: &Item,
        compared: &Comparison,
        context: &Context,
        rates: &CopyRates,
    ) -> Self {
        let one_party = compared.party == PartyLevel::Same;
        let numbered = a.number.is_some() && b.number.is_some();
        let printed = a.is_document || b.is_document;
        let mut contributions = vec![
            contribution("party", party(compared.party, context, rates)),
            contribution("amount", amount(compared.amount, one_party, context, rates)),
            contribution("number", number(compared.number, one_party, context, rates)),
            contribution("date", date(compared.date, numbered, printed)),
        ];
        contributions.extend(
            document(compared.document, one_party).map(|bits| contribution("document", bits)),
        );
        contributions.extend(extras(a, b));
        if context.regular && !matches!(compared.number, NumberLevel::Same | NumberLevel::Folded) {
            contributions.push(contribution("recurrence", REGULAR));
        }
        if context.adds_up {
            contributions.push(contribution("sum", SUM));
        }
        let may_correct = compared.party != PartyLevel::Different;
        if may_correct && (a.names(b) || b.names(a)) {
            contributions.push(contribution("corrects", NAMED));
        }
        let crowd = (context.same_days + 1) as f64;
        if context.same_days > 0 {
            contributions.push(contribution("same_day", -crowd.log2()));
        }
        let bits = contributions.iter().map(|part| part.bits).sum();
        Self {
            bits,
            contributions,
        }
    }

    /// The chance that it is a copy, within (0, 1).
    #[must_use]
    pub fn probability(&self) -> f64 {
        probability(self.bits)
    }
}

/// The chance that odds of so many bits are, within (0, 1).
pub(super) fn probability(bits: f64) -> f64 {
    1.0 / (1.0 + (-bits.clamp(-50.0, 50.0)).exp2())
}

const fn contribution(feature: &'static str, bits: f64) -> Contribution {
    Contribution { feature, bits }
}

/// `count` of `among`, drawn towards what is usual in any firm as if [`PRIOR_WEIGHT`] items had shown it.
fn chance(count: usize, among: usize, usual: f64) -> f64 {
    ((count as f64 + usual * PRIOR_WEIGHT) / (among as f64 + PRIOR_WEIGHT)).clamp(FLOOR, 1.0)
}

fn ratio(copies: f64, chance: f64) -> f64 {
    (copies / chance).log2()
}

fn party(level: PartyLevel, context: &Context, rates: &CopyRates) -> f64 {
    let among = |count: usize| (count as f64 + 1.0).recip();
    let (share, others) = match level {
        PartyLevel::Same => (1.0 - rates.under_another_party, context.neighbours),
        PartyLevel::Alike => (rates.under_another_party, context.of_party),
        PartyLevel::Different | PartyLevel::Absent => (rates.under_another_party, context.known),
    };
    (rates.copies * share * among(others)).log2()
}

fn amount(level: AmountLevel, one_party: bool, context: &Context, rates: &CopyRates) -> f64 {
    let usual = if one_party {
        chance(context.with_amount, context.neighbours, 0.02)
    } else {
        chance(context.of_amount, context.known, 1e-4)
    };
    let usual = match level {
        AmountLevel::Same | AmountLevel::Opposite => usual,
        AmountLevel::Converted => usual.max(0.02),
        AmountLevel::Slip => usual.max(0.004),
        AmountLevel::Near => usual.max(0.04),
        AmountLevel::Different => 0.95,
    };
    ratio(rates.amount(level), usual)
}

fn number(level: NumberLevel, one_party: bool, context: &Context, rates: &CopyRates) -> f64 {
    let usual = if one_party {
        chance(context.with_number, context.neighbours, 0.005)
    } else {
        chance(context.of_number, context.known, 1e-4)
    };
    let usual = match level {
        NumberLevel::Same | NumberLevel::Folded => usual,
        NumberLevel::Slip | NumberLevel::Extended | NumberLevel::Neighbour => usual.max(0.0005),
        NumberLevel::Rounded => usual.max(0.05),
        NumberLevel::Different => 0.95,
        NumberLevel::Absent => return 0.0,
    };
    ratio(rates.number(level), usual)
}

/// Purchases are dated by the day they were made, and so are their copies. A recorded document comes back
/// with another run of payments: two alike on one day are oftener one that was posted in parts. A
/// document that comes in again still shows its own date, unless that is misread.
fn date(level: DateLevel, numbered: bool, printed: bool) -> f64 {
    if numbered && printed {
        let (copies, usual) = match level {
            DateLevel::Same => (0.85, 0.3),
            DateLevel::Misread => (0.05, 0.02),
            DateLevel::Days => (0.04, 0.07),
            DateLevel::Week => (0.02, 0.08),
            DateLevel::Month => (0.02, 0.2),
            DateLevel::Quarter => (0.01, 0.2),
            DateLevel::Far => (0.01, 0.3),
        };
        return ratio(copies, usual);
    }
    let (copies, usual) = match (level, numbered) {
        (DateLevel::Same, true) => (0.03, 0.6),
        (DateLevel::Same, false) => (0.6, 0.02),
        (DateLevel::Days, true) => (0.15, 0.05),
        (DateLevel::Days, false) => (0.2, 0.04),
        (DateLevel::Misread, _) => (0.05, 0.02),
        (DateLevel::Week, true) => (0.2, 0.07),
        (DateLevel::Month, true) => (0.4, 0.18),
        (DateLevel::Week, false) => (0.05, 0.06),
        (DateLevel::Month, false) => (0.05, 0.15),
        (DateLevel::Quarter, _) => (0.1, 0.2),
        (DateLevel::Far, _) => (0.02, 0.5),
    };
    ratio(copies, usual)
}

/// What two documents say of a copy, where both are known. Of scanned receipts none showed another's
/// picture: of 88 pairs of one merchant, and of 3,828 of two.
fn document(level: DocumentLevel, one_party: bool) -> Option<f64> {
    match level {
        DocumentLevel::Same => Some(14.0),
        DocumentLevel::Picture => Some(if one_party { 6.0 } else { 11.0 }),
        DocumentLevel::Different => Some(-1.0),
        DocumentLevel::Absent => None,
    }
}

/// What only some records hold; each speaks only where both sides hold it.
fn extras(a: &Item, b: &Item) -> Vec<Contribution> {
    let mut found = Vec::new();
    let mut compare = |feature, both: Option<(&str, &str)>, same: f64, different: f64| {
        if let Some((one, other)) = both {
            found.push(contribution(
                feature,
                if one == other { same } else { different },
            ));
        }
    };
    let both = |text: fn(&Item) -> Option<&str>| text(a).zip(text(b));
    compare("employee", a.spenders(b), 3.0, -3.0);
    compare("order", both(|item| item.order_key.as_deref()), 2.0, -2.0);
    compare("bank", both(|item| item.bank.as_deref()), 0.5, -1.0);
    compare("report", both(|item| item.report.as_deref()), 0.5, -0.5);
    found
}
