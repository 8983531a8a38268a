//! Document numbers as people and scanners spell them.

use chrono::{Datelike as _, NaiveDate};
use unicode_normalization::UnicodeNormalization as _;

use crate::history::identifier_key;
use crate::learn::linkage::one_slip;

/// Shortest skeleton in which a slip is told from another number: among three-character numbers
/// nearly everything is one slip apart.
const SHORTEST_WITH_SLIPS: usize = 4;
/// Characters that a copy's number may have more at its end or start: `-1`, `A`, `DUP`.
const LONGEST_ADDITION: usize = 3;

/// What people write where there is no number, as [`identifier_key`] spells it: in English, German, French,
/// Italian, Spanish, Dutch and Polish.
const NONE: [&str; 17] = [
    "NA",
    "NONE",
    "NO",
    "NULL",
    "NIL",
    "TBA",
    "TBD",
    "UNKNOWN",
    "OHNE",
    "KEINE",
    "UNBEKANNT",
    "SANS",
    "AUCUN",
    "NESSUNO",
    "NINGUNO",
    "GEEN",
    "BRAK",
];

/// Whether an identifier, as [`identifier_key`] spells it, names nothing: many things would share it.
pub(super) fn names_nothing(key: &str) -> bool {
    key.is_empty() || NONE.contains(&key)
}

/// A document number in the spellings it is compared by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// As given.
    pub text: String,
    /// Capitals, without spaces, and wide characters as the usual ones.
    pub normalised: String,
    /// Letters and digits alone, look-alikes folded (O to 0, I and L to 1, S to 5, B to 8), no leading zeros.
    pub skeleton: String,
    /// Digits alone, no leading zeros.
    pub digits: String,
    /// Whether a spreadsheet rounded it (`2.10862E+13`): many numbers look so, and agreeing says little.
    pub rounded: bool,
}

/// How near two numbers are, the nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberLevel {
    /// The same but for capitals and spaces.
    Same,
    /// The same once look-alikes, punctuation and leading zeros are folded.
    Folded,
    /// One character wrong, lost, added or two exchanged.
    Slip,
    /// One is the other with up to three characters more at an end.
    Extended,
    /// One character apart, in the place where a series counts.
    Neighbour,
    /// The same once a spreadsheet had rounded both.
    Rounded,
    /// Something else.
    Different,
    /// At least one has none.
    Absent,
}

impl Number {
    /// Reads a number; `None` when it has neither letter nor digit, or says that there is none.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let normalised: String = text
            .nfkc()
            .filter(|c| !c.is_whitespace())
            .flat_map(char::to_uppercase)
            .collect();
        let letters: String = normalised
            .chars()
            .filter(|c| c.is_alphanumeric())
            .map(folded)
            .collect();
        let digits: String = normalised.chars().filter(char::is_ascii_digit).collect();
        let is_one = !letters.is_empty() && !names_nothing(&identifier_key(text));
        is_one.then(|| Self {
            text: text.to_owned(),
            rounded: rounded_by_a_spreadsheet(&normalised),
            skeleton: unpadded(&letters),
            digits: unpadded(&digits),
            normalised,
        })
    }

    /// How near another number is. Symmetric.
    #[must_use]
    pub fn compared(&self, other: &Self) -> NumberLevel {
        if self.rounded || other.rounded {
            return if self.normalised == other.normalised {
                NumberLevel::Rounded
            } else {
                NumberLevel::Different
            };
        }
        if self.normalised == other.normalised {
            return NumberLevel::Same;
        }
        let (a, b) = (&self.skeleton, &other.skeleton);
        if a == b {
            return NumberLevel::Folded;
        }
        if a.len().min(b.len()) < SHORTEST_WITH_SLIPS {
            return NumberLevel::Different;
        }
        if counted_on(a, b) {
            return NumberLevel::Neighbour;
        }
        let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
        if long.len() - short.len() <= LONGEST_ADDITION
            && (long.starts_with(short.as_str()) || long.ends_with(short.as_str()))
        {
            return NumberLevel::Extended;
        }
        if one_slip(a.as_bytes(), b.as_bytes()) {
            return NumberLevel::Slip;
        }
        // `INV-4711` and `4711`.
        if self.digits.len() >= SHORTEST_WITH_SLIPS && self.digits == other.digits {
            return NumberLevel::Extended;
        }
        NumberLevel::Different
    }
}

impl Number {
    /// Whether two numbers differ in what they count periods by, and there as their dates do: in a
    /// year, or in a month. Symmetric.
    #[must_use]
    pub fn counts_periods(&self, date: NaiveDate, other: &Self, other_date: NaiveDate) -> bool {
        let (ours, theirs) = (runs(&self.text), runs(&other.text));
        let years = date.year() - other_date.year();
        let months = years * 12 + date.month().cast_signed() - other_date.month().cast_signed();
        let differ = ours.iter().zip(&theirs).filter(|(one, two)| one != two);
        let counted: Vec<bool> = differ
            .map(|(one, two)| {
                let (Ok(one), Ok(two)) = (one.parse::<i32>(), two.parse::<i32>()) else {
                    return false;
                };
                let both = |range: std::ops::RangeInclusive<i32>| {
                    range.contains(&one) && range.contains(&two)
                };
                (both(1990..=2199) && one - two == years)
                    || (both(1..=12) && (one - two - months) % 12 == 0)
            })
            .collect();
        months != 0
            && ours.len() == theirs.len()
            && !counted.is_empty()
            && counted.iter().all(|counted| *counted)
    }
}

/// Runs of digits and of letters, in capitals.
fn runs(text: &str) -> Vec<String> {
    let mut runs: Vec<String> = Vec::new();
    let mut before: Option<bool> = None;
    for c in text.chars().flat_map(char::to_uppercase) {
        let now = c.is_alphanumeric().then(|| c.is_ascii_digit());
        match (now, runs.last_mut()) {
            (Some(_), Some(run)) if now == before => run.push(c),
            (Some(_), _) => runs.push(c.to_string()),
            (None, _) => {}
        }
        before = now;
    }
    runs
}

/// Look-alikes of scanners and hurried typists as the digit.
const fn folded(c: char) -> char {
    match c {
        'O' => '0',
        'I' | 'L' => '1',
        'S' => '5',
        'B' => '8',
        other => other,
    }
}

fn unpadded(text: &str) -> String {
    let bare = text.trim_start_matches('0');
    if bare.is_empty() && !text.is_empty() {
        "0".to_owned()
    } else {
        bare.to_owned()
    }
}

/// `2.10862E+13`: a mantissa with a point and an exponent with its sign.
fn rounded_by_a_spreadsheet(text: &str) -> bool {
    text.split_once("E+").is_some_and(|(mantissa, exponent)| {
        let number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let whole = mantissa.replacen('.', "", 1);
        number(&whole) && number(exponent)
    })
}

/// Whether the last characters alone differ, as in a series: `4711` and `4712`, `88A` and `88B`.
fn counted_on(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    a.len() == b.len()
        && match (a.split_last(), b.split_last()) {
            (Some((x, head)), Some((y, other))) => x != y && head == other,
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(a: &str, b: &str) -> NumberLevel {
        Number::new(a).unwrap().compared(&Number::new(b).unwrap())
    }

    #[test]
    fn spellings_of_one_number_are_told_from_other_numbers() {
        for (a, b, expected) in [
            ("inv 4711", "INV4711", NumberLevel::Same),
            (
                "\u{ff32}\u{ff25}\u{ff0d}\u{ff14}\u{ff17}\u{ff11}\u{ff11}",
                "re-4711",
                NumberLevel::Same,
            ),
            ("RE-O815", "RE0815", NumberLevel::Folded),
            ("I0I77", "10177", NumberLevel::Folded),
            ("B8S51", "88551", NumberLevel::Folded),
            ("000471-1", "4711", NumberLevel::Folded),
            ("471123", "417123", NumberLevel::Slip),
            ("471123", "491123", NumberLevel::Slip),
            ("471123", "47123", NumberLevel::Slip),
            ("4711", "4711-2", NumberLevel::Extended),
            ("NV4711", "4711", NumberLevel::Extended),
            ("4711", "4712", NumberLevel::Neighbour),
            ("2.1E+13", "2.1E+13", NumberLevel::Rounded),
            ("4711", "5812", NumberLevel::Different),
            ("123", "124", NumberLevel::Different),
        ] {
            assert_eq!(level(a, b), expected, "{a} {b}");
            assert_eq!(level(b, a), expected, "{b} {a}");
        }
        for none in [" - ", "n/a", "N. A.", "ohne"] {
            assert!(Number::new(none).is_none(), "{none}");
        }
        assert!(Number::new("NA-17").is_some());
    }

    #[test]
    fn numbers_that_count_years_and_months_go_with_their_dates() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (a, on, b, and, expected) in [
            ("2025-001", "2025-01-10", "2026-001", "2026-01-10", true),
            (
                "Miete 1/2026",
                "2026-01-01",
                "Miete 2/2026",
                "2026-02-01",
                true,
            ),
            (
                "Miete 12/2025",
                "2025-12-01",
                "Miete 1/2026",
                "2026-01-01",
                true,
            ),
            // A digit typed wrongly, and a copy of the same month.
            ("2025-001", "2026-01-10", "2026-001", "2026-01-20", false),
            ("2026-05", "2026-05-01", "2026-07", "2026-06-01", false),
            ("2026-05", "2026-05-01", "2026-05", "2026-06-01", false),
            (
                "RE-2041077",
                "2026-03-02",
                "RE-2041078",
                "2026-04-02",
                false,
            ),
            ("A1", "2026-03-02", "A1-2", "2026-04-02", false),
        ] {
            let (one, two) = (Number::new(a).unwrap(), Number::new(b).unwrap());
            assert_eq!(
                one.counts_periods(day(on), &two, day(and)),
                expected,
                "{a} {b}"
            );
            assert_eq!(
                two.counts_periods(day(and), &one, day(on)),
                expected,
                "{b} {a}"
            );
        }
    }
}
