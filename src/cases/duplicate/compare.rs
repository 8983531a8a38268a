//! Two items beside each other, one level a field.

use chrono::Datelike as _;

use super::item::in_order;
use super::{Item, NumberLevel};
use crate::learn::linkage::one_slip;

/// Names at least this alike (Jaro-Winkler, 0 to 1) may be one party's.
const ALIKE_NAMES: f64 = 0.92;
/// Amounts within this share of the larger are near: what rates of exchange and tips move.
const NEAR_SHARE: i128 = 25;

/// How near two parties are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartyLevel {
    /// One party.
    Same,
    /// Names nearly the same, or one bank account.
    Alike,
    /// Another.
    Different,
    /// At least one is not known.
    Absent,
}

/// How near two amounts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AmountLevel {
    /// The same in one currency.
    Same,
    /// The same money, told in two currencies.
    Converted,
    /// The same with the other sign.
    Opposite,
    /// One digit wrong, lost or added, or two exchanged, or the point moved; of two documents of one
    /// number, the same figure in another currency.
    Slip,
    /// Within four in a hundred.
    Near,
    /// Something else.
    Different,
}

/// How near two dates are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DateLevel {
    /// One day.
    Same,
    /// At most three days.
    Days,
    /// Day and month exchanged, or the same day of another year.
    Misread,
    /// At most ten days.
    Week,
    /// At most 35 days.
    Month,
    /// At most 100 days.
    Quarter,
    /// More.
    Far,
}

/// How near two documents are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentLevel {
    /// The same bytes.
    Same,
    /// One picture, saved anew.
    Picture,
    /// Another.
    Different,
    /// At least one is not known.
    Absent,
}

/// The levels of one pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Comparison {
    /// Of the party.
    pub party: PartyLevel,
    /// Of the number.
    pub number: NumberLevel,
    /// Of the amount.
    pub amount: AmountLevel,
    /// Of the date.
    pub date: DateLevel,
    /// Days between the dates.
    pub days: u64,
    /// Of the document.
    pub document: DocumentLevel,
}

impl Comparison {
    /// Compares two items. Symmetric.
    #[must_use]
    pub fn of(a: &Item, b: &Item) -> Self {
        let number = match (&a.number, &b.number) {
            (Some(one), Some(other)) => one.compared(other),
            _ => NumberLevel::Absent,
        };
        Self {
            party: party(a, b),
            number,
            amount: amount(a, b, number),
            date: date(a, b),
            days: a
                .date
                .signed_duration_since(b.date)
                .num_days()
                .unsigned_abs(),
            document: document(a, b),
        }
    }
}

fn document(a: &Item, b: &Item) -> DocumentLevel {
    let (Some(one), Some(other)) = (&a.document, &b.document) else {
        return DocumentLevel::Absent;
    };
    if one == other {
        DocumentLevel::Same
    } else if a.same_pictures.contains(other) || b.same_pictures.contains(one) {
        DocumentLevel::Picture
    } else {
        DocumentLevel::Different
    }
}

fn party(a: &Item, b: &Item) -> PartyLevel {
    // A vendor's id and a merchant's name are no spellings of one thing: names decide.
    match (&a.party, &b.party) {
        (Some(one), Some(other)) if one == other => PartyLevel::Same,
        (Some(_), Some(_)) => {
            let account = a.bank.is_some() && a.bank == b.bank;
            let is_nameless = |item: &Item| names(item).is_empty();
            if account || alike_names(a, b).is_some() {
                PartyLevel::Alike
            } else if a.is_of_stranger != b.is_of_stranger && (is_nameless(a) || is_nameless(b)) {
                // Whether the stranger is the vendor cannot be told of one whose name is not known.
                PartyLevel::Absent
            } else {
                PartyLevel::Different
            }
        }
        _ => PartyLevel::Absent,
    }
}

/// The names by which two parties may be one, as they are written: the first of each that are alike, of
/// which the name on record comes before the one traded under.
pub(super) fn alike_names<'a>(a: &'a Item, b: &'a Item) -> Option<(&'a str, &'a str)> {
    let printed = a.is_document || b.is_document;
    let theirs = names(b);
    names(a).into_iter().find_map(|(one, bare)| {
        let mut theirs = theirs.iter();
        let (other, _) = theirs.find(|(_, known)| are_alike(&bare, known, printed))?;
        Some((one, *other))
    })
}

/// The names of an item's party, each as it is written and as it is compared.
fn names(item: &Item) -> Vec<(&str, String)> {
    let names = [item.party_name.as_deref(), item.trading_name.as_deref()];
    let names = names.into_iter().flatten();
    names
        .filter_map(|name| Some((name, super::bare_name(name)?)))
        .collect()
}

fn are_alike(one: &str, other: &str, printed: bool) -> bool {
    one.starts_with(other)
        || other.starts_with(one)
        || strsim::jaro_winkler(one, other) >= ALIKE_NAMES
        || (one.len() == other.len() && in_order(one) == in_order(other))
        // A document states the whole name, a record often what people say.
        || (printed && holds_all_words(one, other))
}

/// Whether all words of the shorter name are in the longer.
fn holds_all_words(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    short
        .split(' ')
        .all(|word| long.split(' ').any(|known| known == word))
}

fn amount(a: &Item, b: &Item, number: NumberLevel) -> AmountLevel {
    let one_currency = a.currency == b.currency;
    if one_currency && a.minor == b.minor {
        return AmountLevel::Same;
    }
    if one_currency && a.minor == -b.minor {
        return AmountLevel::Opposite;
    }
    // A rate of another day moves a converted amount a little.
    let at_home = a.home_minor.zip(b.home_minor);
    if !one_currency && at_home.is_some_and(|(one, other)| near(one, other)) {
        return AmountLevel::Converted;
    }
    // One bill, of which the currency was entered wrongly.
    let one_bill = number <= NumberLevel::Folded && a.minor != 0;
    if !one_currency && one_bill && a.hundredths() == b.hundredths() {
        return AmountLevel::Slip;
    }
    if !one_currency || (a.minor < 0) != (b.minor < 0) {
        return AmountLevel::Different;
    }
    if near(a.minor, b.minor) && !slipped(a.minor, b.minor) {
        return AmountLevel::Near;
    }
    if slipped(a.minor, b.minor) {
        AmountLevel::Slip
    } else {
        AmountLevel::Different
    }
}

fn near(one: i128, other: i128) -> bool {
    let largest = one.unsigned_abs().max(other.unsigned_abs());
    one.abs_diff(other)
        .saturating_mul(NEAR_SHARE.unsigned_abs())
        <= largest
}

/// Whether one slip of the fingers or a moved point makes one amount the other.
fn slipped(one: i128, other: i128) -> bool {
    let (small, large) = if one.abs() <= other.abs() {
        (one, other)
    } else {
        (other, one)
    };
    if small == 0 {
        return false;
    }
    if [10, 100, 1000]
        .iter()
        .any(|factor| small.checked_mul(*factor) == Some(large))
    {
        return true;
    }
    // Of small amounts nearly any is one digit from any other.
    let (a, b) = (
        small.unsigned_abs().to_string(),
        large.unsigned_abs().to_string(),
    );
    a.len() >= 4 && one_slip(a.as_bytes(), b.as_bytes())
}

fn date(a: &Item, b: &Item) -> DateLevel {
    let days = a
        .date
        .signed_duration_since(b.date)
        .num_days()
        .unsigned_abs();
    let exchanged = a.date.day() == b.date.month()
        && a.date.month() == b.date.day()
        && a.date.year() == b.date.year();
    let years = a.date.day() == b.date.day() && a.date.month() == b.date.month();
    match days {
        0 => DateLevel::Same,
        1..=3 => DateLevel::Days,
        _ if exchanged || years => DateLevel::Misread,
        4..=10 => DateLevel::Week,
        11..=35 => DateLevel::Month,
        36..=100 => DateLevel::Quarter,
        _ => DateLevel::Far,
    }
}
