//! Numbers as people print them: `1.234,56`, `1,234.56`, `1 234,56`, `1'234.56`, `1,23,456.00`.

use rust_decimal::Decimal;

/// The character that separates the whole part from the fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecimalMark {
    /// `1.234,56`
    Comma,
    /// `1,234.56`
    Point,
}

/// How a document writes numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Writing {
    /// Its decimal mark, where numbers show one.
    pub mark: Option<DecimalMark>,
    /// Whether it names a currency of which the smallest unit is a thousandth, so that three
    /// digits behind a mark are no thousands unless that is certain.
    pub thousandths: bool,
}

/// An unsigned number and how it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// Its value.
    pub value: Decimal,
    /// Digits after the decimal mark.
    pub decimals: u8,
    /// The decimal mark, where the writing leaves no doubt about it.
    pub evidence: Option<DecimalMark>,
    /// Whether thousands are grouped.
    pub grouped: bool,
    /// Whether it was read as thousands for nothing but three digits behind its one mark.
    pub either: bool,
}

/// Reads an unsigned number made of digits and separators. `mark` is the decimal
/// mark of the document where known; it decides `1.234` and `1,234`, which
/// without it are read as thousands. `None` when it is no number.
#[must_use]
pub fn parse(text: &str, mark: Option<DecimalMark>) -> Option<Number> {
    if text.is_empty() || text.len() > 24 || !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if !text.ends_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut points = 0;
    let mut commas = 0;
    let mut others = 0;
    for c in text.chars() {
        match c {
            '.' => points += 1,
            ',' => commas += 1,
            ' ' | '\'' | '\u{2019}' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '`' => others += 1,
            c if c.is_ascii_digit() => {}
            _ => return None,
        }
    }
    let decimal = match (points, commas) {
        (0, 0) => None,
        (p, c) if p > 0 && c > 0 => {
            let last = text.rfind(['.', ','])?;
            let found = mark_at(text, last)?;
            let count = if found == DecimalMark::Point { p } else { c };
            if count > 1 || others > 0 {
                return None;
            }
            Some((last, true))
        }
        (p, c) => {
            let last = text.rfind(['.', ','])?;
            let found = mark_at(text, last)?;
            if p + c > 1 {
                None
            } else if others > 0 {
                Some((last, true))
            } else {
                single_separator(text, last, found, mark)
            }
        }
    };
    let (whole, fraction, sure) = match decimal {
        Some((at, sure)) => (&text[..at], &text[at + 1..], sure),
        None => (text, "", false),
    };
    let either = decimal.is_none() && points + commas == 1 && others == 0;
    let evidence = decimal
        .filter(|_| sure)
        .and_then(|(at, _)| mark_at(text, at));
    let grouped = is_grouped(whole)?;
    let digits: String = whole.chars().filter(char::is_ascii_digit).collect();
    if digits.len() + fraction.len() > 18 {
        return None;
    }
    let value = if fraction.is_empty() {
        digits.parse().ok()?
    } else {
        format!("{digits}.{fraction}").parse().ok()?
    };
    let decimals = u8::try_from(fraction.len()).ok()?;
    // Grouping alone tells the decimal mark too: 1.234.567 leaves only the comma.
    let implied = match (grouped, decimal, points, commas) {
        (true, None, 2.., 0) => Some(DecimalMark::Comma),
        (true, None, 0, 2..) => Some(DecimalMark::Point),
        _ => None,
    };
    Some(Number {
        value,
        decimals,
        evidence: evidence.or(implied),
        grouped,
        either,
    })
}

fn mark_at(text: &str, at: usize) -> Option<DecimalMark> {
    match text.as_bytes().get(at)? {
        b',' => Some(DecimalMark::Comma),
        b'.' => Some(DecimalMark::Point),
        _ => None,
    }
}

/// One point or comma alone: three digits behind it make thousands, unless the
/// document says that this is its decimal mark. Returns (position, certain).
fn single_separator(
    text: &str,
    at: usize,
    found: DecimalMark,
    document: Option<DecimalMark>,
) -> Option<(usize, bool)> {
    let behind = text.len() - at - 1;
    let before = &text[..at];
    if behind != 3 || before.len() > 3 || before.starts_with('0') {
        return Some((at, behind == 2 || behind == 1 || before.starts_with('0')));
    }
    (document == Some(found)).then_some((at, false))
}

/// Whether the whole part is grouped in thousands (or in lakhs); `None` when its
/// separators stand where no grouping puts them.
fn is_grouped(whole: &str) -> Option<bool> {
    let groups: Vec<&str> = whole.split(|c: char| !c.is_ascii_digit()).collect();
    if groups.len() == 1 {
        return Some(false);
    }
    let separators: Vec<char> = whole.chars().filter(|c| !c.is_ascii_digit()).collect();
    if separators.iter().any(|c| *c != separators[0]) {
        return None;
    }
    let last_ok = groups.last().is_some_and(|g| g.len() == 3);
    let first_ok = (1..=3).contains(&groups[0].len());
    let middle = &groups[1..groups.len() - 1];
    let thousands = middle.iter().all(|g| g.len() == 3);
    let lakhs = separators[0] == ',' && groups[0].len() <= 2 && middle.iter().all(|g| g.len() == 2);
    (last_ok && first_ok && (thousands || lakhs)).then_some(true)
}

/// The decimal mark most of these writings give away, where one leads clearly.
#[must_use]
pub fn document_mark<'a>(texts: impl Iterator<Item = &'a str>) -> Option<DecimalMark> {
    let (mut comma, mut point) = (0_usize, 0_usize);
    for text in texts {
        let core = text.trim_matches(|c: char| !c.is_ascii_digit());
        let Some(number) = parse(core, None) else {
            continue;
        };
        // Two decimals are money; 1.1 is more often a section or a version.
        let weight = if number.decimals == 2 || number.grouped {
            2
        } else {
            1
        };
        match number.evidence {
            Some(DecimalMark::Comma) => comma += weight,
            Some(DecimalMark::Point) => point += weight,
            None => {}
        }
    }
    if comma > point {
        Some(DecimalMark::Comma)
    } else if point > comma {
        Some(DecimalMark::Point)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn value(text: &str, mark: Option<DecimalMark>) -> Option<String> {
        parse(text, mark).map(|n| n.value.to_string())
    }

    #[test]
    fn every_way_of_writing_it() {
        for text in [
            "1.234,56",
            "1,234.56",
            "1 234,56",
            "1'234.56",
            "1\u{2019}234.56",
            "1234,56",
        ] {
            assert_eq!(value(text, None).unwrap(), "1234.56", "{text}");
        }
        assert_eq!(value("1,23,456.00", None).unwrap(), "123456.00");
        assert_eq!(value("1.234.567", None).unwrap(), "1234567");
        assert_eq!(value("0,05", None).unwrap(), "0.05");
    }

    #[test]
    fn three_digits_behind_one_mark() {
        assert_eq!(value("1.234", None).unwrap(), "1234");
        assert_eq!(value("1,234", None).unwrap(), "1234");
        assert_eq!(value("1.234", Some(DecimalMark::Point)).unwrap(), "1.234");
        assert_eq!(value("1.234", Some(DecimalMark::Comma)).unwrap(), "1234");
        assert_eq!(value("1,234", Some(DecimalMark::Comma)).unwrap(), "1.234");
        assert_eq!(value("0.750", None).unwrap(), "0.750");
        assert_eq!(value("5,5000", None).unwrap(), "5.5000");
    }

    #[test]
    fn no_numbers() {
        for text in [
            "",
            "1..2",
            "12.34.56",
            "1,2,3",
            "1.2345.678",
            "a1",
            "1,",
            "1.234.56",
        ] {
            assert_eq!(value(text, None), None, "{text}");
        }
    }

    #[test]
    fn the_document_tells_its_mark() {
        assert_eq!(
            document_mark(["1.234,56", "22,00", "v1.2"].into_iter()),
            Some(DecimalMark::Comma)
        );
        assert_eq!(
            document_mark(["12.50", "1,234"].into_iter()),
            Some(DecimalMark::Point)
        );
        assert_eq!(document_mark(["1234"].into_iter()), None);
    }

    proptest! {
        #[test]
        fn formatted_numbers_come_back(cents in 0_i64..10_000_000_000, style in 0_usize..4) {
            let value = Decimal::new(cents, 2);
            let (group, mark) = [(".", ","), (",", "."), (" ", ","), ("'", ".")][style];
            let whole = (cents / 100).to_string();
            let mut grouped = String::new();
            for (i, c) in whole.chars().enumerate() {
                if i > 0 && (whole.len() - i) % 3 == 0 { grouped.push_str(group); }
                grouped.push(c);
            }
            let text = format!("{grouped}{mark}{:02}", cents % 100);
            prop_assert_eq!(parse(&text, None).unwrap().value, value);
        }

        #[test]
        fn any_text_is_safe(text in "\\PC{0,30}") {
            let _ = parse(&text, Some(DecimalMark::Comma));
        }
    }
}
