//! Amounts of money within a run of words, with sign, currency and percent.

use rust_decimal::Decimal;

use super::currency::{self, Currency};
use super::number::{self, Writing};

/// An amount or a percentage found at the start of a run of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount {
    /// Signed value.
    pub value: Decimal,
    /// Digits after the decimal mark.
    pub decimals: u8,
    /// Whether those are as many as money has.
    pub exact: bool,
    /// Whether thousands are grouped.
    pub grouped: bool,
    /// The currency written with it.
    pub currency: Option<Currency>,
    /// Whether a percent sign follows.
    pub percent: bool,
    /// How many words it takes.
    pub words: usize,
}

/// Reads the amount that starts with the first of `words`; at most six are looked at. `None` too
/// where a currency of thousandths leaves open whether `1.234` is one or a thousand.
#[must_use]
pub fn read(words: &[&str], writing: Writing) -> Option<Amount> {
    let words = &words[..words.len().min(6)];
    let mut at = 0;
    let mut sign = false;
    let mut money = None;
    // Sign and currency may come before the digits, in either order.
    while let Some(word) = words.get(at).filter(|_| at < 3) {
        if matches!(*word, "-" | "\u{2212}" | "\u{2013}") && !sign {
            sign = true;
        } else if *word == "+" {
        } else if let Some(found) =
            currency::of_word_beside(word, words.get(at + 1).copied()).filter(|_| money.is_none())
        {
            money = Some(found);
        } else {
            break;
        }
        at += 1;
    }
    let core = Core::of(words.get(at)?)?;
    sign ^= core.negative;
    money = core.currency.or(money);
    let (number, taken) = longest_number(&core, &words[at..], writing)?;
    let last = Core::of(words[at + taken - 1])?;
    sign ^= taken > 1 && last.negative;
    money = money.or(last.currency);
    let mut percent = last.percent;
    at += taken;
    if let Some(word) = words.get(at) {
        if word.trim_end_matches([':', ',', ')']) == "%" {
            percent = true;
            at += 1;
        } else if matches!(*word, "-" | "CR" | "Cr" | "cr")
            && words.get(at + 1).is_none_or(|n| !starts_digit(n))
        {
            sign = true;
            at += 1;
        }
    }
    if let Some(found) = words
        .get(at)
        .and_then(|w| currency::of_word_beside(w, words.get(at - 1).copied()))
        && money.is_none()
        && !percent
        && !words
            .get(at + 1)
            .is_some_and(|n| starts_digit(n) && glued_to_next(words[at]))
    {
        money = Some(found);
        at += 1;
    }
    let thousandths = money.map_or(writing.thousandths, Currency::has_thousandths);
    if thousandths && number.either && !percent {
        return None;
    }
    let value = if sign { -number.value } else { number.value };
    Some(Amount {
        value,
        decimals: number.decimals,
        exact: number.decimals == 2 || thousandths && number.decimals == 3,
        grouped: number.grouped,
        currency: money,
        percent,
        words: at,
    })
}

fn starts_digit(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

/// `$ 12`: a sign that is written before its amount belongs to the next one.
fn glued_to_next(word: &str) -> bool {
    matches!(word, "$" | "£" | "US$" | "₹" | "Rs" | "Rs.")
}

/// One word taken apart: sign, currency, digits, percent.
struct Core<'a> {
    digits: &'a str,
    negative: bool,
    currency: Option<Currency>,
    percent: bool,
}

impl<'a> Core<'a> {
    fn of(word: &'a str) -> Option<Self> {
        let mut rest = word;
        let mut negative = false;
        let mut found = None;
        let mut percent = false;
        for _ in 0..3 {
            if let Some(inner) = rest.strip_prefix('(').and_then(|r| r.strip_suffix(')')) {
                // Accountants write (12.00) for minus; (12) alone is a remark.
                negative |= inner.contains(['.', ',']) && !inner.contains('%');
                rest = inner;
            }
            if let Some(inner) = rest.strip_prefix(['-', '\u{2212}', '\u{2013}']) {
                negative = true;
                rest = inner;
            }
            rest = rest.strip_prefix(['+', '=', '*', '(']).unwrap_or(rest);
            if let Some((currency, inner)) = currency::strip_prefix(rest) {
                found = Some(currency);
                rest = inner;
            }
        }
        for _ in 0..3 {
            if let Some(inner) = rest.strip_suffix('%') {
                percent = true;
                rest = inner;
            }
            if let Some((currency, inner)) = currency::strip_suffix(rest) {
                found = Some(currency);
                rest = inner;
            }
            if let Some(inner) = rest
                .strip_suffix(",-")
                .or_else(|| rest.strip_suffix(".-"))
                .or_else(|| rest.strip_suffix(",--"))
            {
                rest = inner;
            } else if let Some(inner) = rest
                .strip_suffix(['-', '\u{2212}', '\u{2013}'])
                .or_else(|| rest.strip_suffix("CR"))
                .filter(|r| r.ends_with(|c: char| c.is_ascii_digit()))
            {
                negative = true;
                rest = inner;
            }
            rest = rest
                .strip_suffix(['.', ',', ';', ':', '*', ')'])
                .unwrap_or(rest);
        }
        let plain = !rest.is_empty()
            && rest
                .chars()
                .all(|c| c.is_ascii_digit() || ".,'\u{2019}`".contains(c));
        plain.then_some(Self {
            digits: rest,
            negative,
            currency: found,
            percent,
        })
    }
}

/// Joins `1 234,56` written with spaces: groups of three follow one to three digits.
/// Groups are joined only up to a decimal fraction, so that columns of whole
/// numbers stay apart.
fn longest_number(
    core: &Core<'_>,
    words: &[&str],
    Writing { mark, thousandths }: Writing,
) -> Option<(number::Number, usize)> {
    let alone = number::parse(core.digits, mark);
    let is_group =
        |d: &str| d.len() <= 3 && !d.starts_with('0') && d.chars().all(|c| c.is_ascii_digit());
    if is_group(core.digits) && core.digits.len() + 1 > 1 && !core.percent {
        let mut joined = core.digits.to_owned();
        for (i, word) in words.iter().enumerate().skip(1).take(3) {
            let Some(next) = Core::of(word) else { break };
            let digits = next.digits;
            let head = digits
                .get(..3)
                .is_some_and(|h| h.chars().all(|c| c.is_ascii_digit()));
            if !head || !word.starts_with(|c: char| c.is_ascii_digit()) {
                break;
            }
            joined.push(' ');
            joined.push_str(digits);
            let tail = &digits[3..];
            let has_fraction = tail.len() == 3 || thousandths && tail.len() == 4;
            if has_fraction && tail.starts_with([',', '.']) {
                if let Some(number) = number::parse(&joined, mark) {
                    return Some((number, i + 1));
                }
                break;
            }
            if digits.len() != 3 {
                break;
            }
        }
    }
    alone.map(|n| (n, 1))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn read_text(text: &str) -> Option<(String, usize)> {
        read_as(text, Writing::default())
    }

    fn read_as(text: &str, writing: Writing) -> Option<(String, usize)> {
        let words: Vec<&str> = text.split(' ').collect();
        read(&words, writing).map(|a| (a.value.to_string(), a.words))
    }

    #[test]
    fn signs_and_currencies() {
        for (text, value, words) in [
            ("1.234,56 €", "1234.56", 2),
            ("€ 1.234,56", "1234.56", 2),
            ("EUR1.234,56", "1234.56", 1),
            ("1 234,56 €", "1234.56", 3),
            ("12 345 678,90", "12345678.90", 3),
            ("-5,00", "-5.00", 1),
            ("- 5,00", "-5.00", 2),
            ("5,00-", "-5.00", 1),
            ("(1,234.56)", "-1234.56", 1),
            ("$1,234.56CR", "-1234.56", 1),
            ("1,234.56 CR", "-1234.56", 2),
            ("$ 9.99 $ 19.98", "9.99", 2),
            ("120,-", "120", 1),
            ("₹1,23,456.00", "123456.00", 1),
            ("-$65.00", "-65.00", 1),
        ] {
            assert_eq!(
                read_text(text).unwrap(),
                (value.to_owned(), words),
                "{text}"
            );
        }
    }

    #[test]
    fn columns_of_whole_numbers_stay_apart() {
        assert_eq!(read_text("3 191 573").unwrap().0, "3");
        assert_eq!(read_text("2 100,00").unwrap().0, "2100.00");
    }

    #[test]
    fn percent_is_marked() {
        let words = ["19,00%", "MwSt."];
        assert!(read(&words, Writing::default()).unwrap().percent);
        assert!(read(&["7", "%"], Writing::default()).unwrap().percent);
    }

    #[test]
    fn three_digits_behind_a_mark_are_no_thousands_in_a_currency_of_thousandths() {
        use super::super::number::DecimalMark::{Comma, Point};
        let named = |mark| Writing {
            mark,
            thousandths: true,
        };
        for (text, writing, value) in [
            ("KWD 14.685", Writing::default(), None),
            ("14,685 TND", Writing::default(), None),
            ("14,685", named(None), None),
            ("14,685", named(Some(Point)), None),
            ("14,685", named(Some(Comma)), Some("14.685")),
            ("BHD 14.685", named(Some(Point)), Some("14.685")),
            ("KWD 1,014.685", named(None), Some("1014.685")),
            ("0.750 OMR", named(None), Some("0.750")),
            ("1 014,685 TND", named(None), Some("1014.685")),
            ("KWD 14", named(None), Some("14")),
            ("19.500%", named(None), Some("19500")),
            // Another currency in the same document.
            ("EUR 14.685", named(None), Some("14685")),
        ] {
            let read = read_as(text, writing).map(|read| read.0);
            assert_eq!(read.as_deref(), value, "{text}");
        }
        let exact = |text: &str, writing| read(&[text], writing).unwrap().exact;
        assert!(exact("2.345", named(Some(Point))) && exact("2.34", named(None)));
        assert!(exact("2.34", Writing::default()) && !exact("0.345", Writing::default()));
    }

    #[test]
    fn no_amounts() {
        for text in ["Total", "12a", "DE123", "01.02.2024", "", "-", "€"] {
            assert_eq!(read_text(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_words_are_safe(words in proptest::collection::vec("[0-9.,€$%() -]{0,8}|\\PC{0,5}", 0..8)) {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            if let Some(found) = read(&words, Writing::default()) {
                prop_assert!(found.words <= words.len());
            }
        }
    }
}
