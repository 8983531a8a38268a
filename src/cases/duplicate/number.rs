//! Document numbers as people and scanners spell them.

use crate::learn::linkage::one_slip;

/// Shortest skeleton in which a slip is told from another number: among three-character numbers
/// nearly everything is one slip apart.
const SHORTEST_WITH_SLIPS: usize = 4;
/// Characters that a copy's number may have more at its end or start: `-1`, `A`, `DUP`.
const LONGEST_ADDITION: usize = 3;

/// A document number in the spellings it is compared by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// As given.
    pub text: String,
    /// Capitals, without spaces.
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
    /// Reads a number; `None` when it has neither letter nor digit.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let normalised: String = text
            .chars()
            .filter(|c| !c.is_whitespace())
            .flat_map(char::to_uppercase)
            .collect();
        let letters: String = normalised
            .chars()
            .filter(|c| c.is_alphanumeric())
            .map(folded)
            .collect();
        let digits: String = normalised.chars().filter(char::is_ascii_digit).collect();
        (!letters.is_empty()).then(|| Self {
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
        assert!(Number::new(" - ").is_none());
    }
}
