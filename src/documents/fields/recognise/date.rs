//! Calendar dates as printed, numeric and written, ambiguous ones with both readings.

use chrono::NaiveDate;

use super::month;

/// How a document orders day and month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// 31/12/2024
    DayFirst,
    /// 12/31/2024
    MonthFirst,
}

/// A date at the start of a run of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateRead {
    /// Read with the day first, where that is a date.
    pub day_first: Option<NaiveDate>,
    /// Read with the month first, where that is a date.
    pub month_first: Option<NaiveDate>,
    /// Whether the year has four digits or the month is a word.
    pub explicit: bool,
    /// How many words it takes.
    pub words: usize,
}

impl DateRead {
    /// The order this date gives away by itself, where it does.
    #[must_use]
    pub fn evidence(&self) -> Option<DateOrder> {
        match (self.day_first, self.month_first) {
            (Some(_), None) => Some(DateOrder::DayFirst),
            (None, Some(_)) => Some(DateOrder::MonthFirst),
            _ => None,
        }
    }

    /// The date under an order; a date that only the other order allows is read so.
    #[must_use]
    pub fn under(&self, order: DateOrder) -> Option<NaiveDate> {
        match order {
            DateOrder::DayFirst => self.day_first.or(self.month_first),
            DateOrder::MonthFirst => self.month_first.or(self.day_first),
        }
    }

    /// Whether the two readings differ.
    #[must_use]
    pub fn is_ambiguous(&self) -> bool {
        self.day_first.is_some() && self.month_first.is_some() && self.day_first != self.month_first
    }
}

/// A piece of a written date.
#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Number { value: u32, digits: usize },
    Month(u32),
    Separator(char),
    Filler,
}

/// Reads the date that starts with the first of `words`; at most six are looked at.
/// The longest run of words that makes one date wins.
#[must_use]
pub fn read(words: &[&str]) -> Option<DateRead> {
    let first = words.first()?;
    let opens = |c: char| c.is_ascii_digit() || c.is_alphabetic() || c == '(';
    if !first.starts_with(opens) || first.len() > 40 {
        return None;
    }
    let most = words.len().min(6);
    (1..=most)
        .rev()
        .find_map(|count| read_exactly(&words[..count]))
}

fn read_exactly(words: &[&str]) -> Option<DateRead> {
    let mut pieces = Vec::new();
    for (i, word) in words.iter().enumerate() {
        let trimmed = word.trim_matches(|c: char| "(),;:".contains(c));
        if trimmed.is_empty() {
            return None;
        }
        if i > 0 && !matches!(pieces.last(), Some(Piece::Separator(_))) {
            pieces.push(Piece::Filler);
        }
        pieces_of(trimmed, &mut pieces)?;
        if pieces.len() > 12 {
            return None;
        }
    }
    // Fillers tell nothing beside a separator or at the ends.
    let mut clean: Vec<Piece> = Vec::new();
    for piece in pieces {
        match (&piece, clean.last()) {
            (Piece::Filler, None | Some(Piece::Filler | Piece::Separator(_))) => {}
            (Piece::Separator(_), Some(Piece::Filler)) => {
                clean.pop();
                clean.push(piece);
            }
            _ => clean.push(piece),
        }
    }
    while matches!(
        clean.last(),
        Some(Piece::Filler | Piece::Separator('.' | ','))
    ) {
        clean.pop();
    }
    let mut read = shape(&clean)?;
    read.words = words.len();
    Some(read)
}

fn pieces_of(word: &str, pieces: &mut Vec<Piece>) -> Option<()> {
    // A time of day glued to an ISO date says nothing about the day.
    let word = match word.find('T') {
        Some(at) if at >= 8 && word[..at].chars().all(|c| c.is_ascii_digit() || c == '-') => {
            &word[..at]
        }
        _ => word,
    };
    let mut rest = word;
    while let Some(c) = rest.chars().next() {
        let same = |x: char| {
            if c.is_ascii_digit() {
                x.is_ascii_digit()
            } else {
                c.is_alphabetic() && (x.is_alphabetic() || x == '\u{301}')
            }
        };
        let end = rest
            .find(|x: char| !same(x))
            .unwrap_or(rest.len())
            .max(c.len_utf8());
        let (run, tail) = rest.split_at(end);
        if c.is_ascii_digit() {
            if run.len() > 8 {
                return None;
            }
            pieces.push(Piece::Number {
                value: run.parse().ok()?,
                digits: run.len(),
            });
        } else if c.is_alphabetic() {
            if let Some(month) = month::number(run) {
                pieces.push(Piece::Month(month));
            } else if is_filler(run) {
                pieces.push(Piece::Filler);
            } else {
                return None;
            }
        } else if matches!(
            c,
            '.' | '/' | '-' | '\u{2013}' | '\u{2011}' | ',' | '\'' | '\u{2019}' | 'º' | '°'
        ) {
            pieces.push(Piece::Separator(if matches!(c, '\u{2013}' | '\u{2011}') {
                '-'
            } else {
                c
            }));
        } else {
            return None;
        }
        rest = tail;
    }
    Some(())
}

fn is_filler(word: &str) -> bool {
    matches!(
        word.to_lowercase().as_str(),
        "de" | "del" | "di" | "of" | "st" | "nd" | "rd" | "th" | "er" | "ème" | "the" | "º" | "ª"
    )
}

/// Recognises the shape of the pieces; `words` is filled in by the caller.
fn shape(pieces: &[Piece]) -> Option<DateRead> {
    use Piece::{Filler, Month, Number, Separator};
    let significant: Vec<&Piece> = pieces
        .iter()
        .filter(|p| matches!(p, Number { .. } | Month(_)))
        .collect();
    let between_ok = pieces
        .iter()
        .all(|p| !matches!(p, Separator('º' | '°' | '\'' | '\u{2019}')));
    match (significant.as_slice(), pieces) {
        // 20240131
        ([Number { value, digits: 8 }], [_]) => {
            certain(year_of(value / 10_000, 4)?, value / 100 % 100, value % 100)
        }
        // 31 December 2024, 31-Dec-24, 31. Dezember 2024, 1er mars 2020
        (
            [
                Number {
                    value: day,
                    digits: 1..=2,
                },
                Month(month),
                Number {
                    value: year,
                    digits: digits @ (2 | 4),
                },
            ],
            _,
        ) => certain(year_of(*year, *digits)?, *month, *day),
        // December 31, 2024
        (
            [
                Month(month),
                Number {
                    value: day,
                    digits: 1..=2,
                },
                Number {
                    value: year,
                    digits: digits @ (2 | 4),
                },
            ],
            _,
        ) if !matches!(pieces.get(1), Some(Separator('/'))) || *digits == 4 => {
            certain(year_of(*year, *digits)?, *month, *day)
        }
        // 2024 December 31
        (
            [
                Number {
                    value: year,
                    digits: 4,
                },
                Month(month),
                Number {
                    value: day,
                    digits: 1..=2,
                },
            ],
            _,
        ) => certain(year_of(*year, 4)?, *month, *day),
        ([Number { .. }, Number { .. }, Number { .. }], [a, Separator(x), b, Separator(y), c])
            if x == y && between_ok && matches!(x, '.' | '/' | '-') =>
        {
            numeric(a, b, c, *x)
        }
        // 31 12 2024 with nothing but space between needs its four-digit year.
        (
            [
                Number { digits: 2, .. },
                Number { digits: 2, .. },
                Number { digits: 4, .. },
            ],
            [a, Filler, b, Filler, c],
        ) => numeric(a, b, c, ' '),
        _ => None,
    }
}

fn numeric(a: &Piece, b: &Piece, c: &Piece, separator: char) -> Option<DateRead> {
    let (
        Piece::Number {
            value: a,
            digits: da,
        },
        Piece::Number {
            value: b,
            digits: db,
        },
        Piece::Number {
            value: c,
            digits: dc,
        },
    ) = (a, b, c)
    else {
        return None;
    };
    if *da == 4 && *db <= 2 && *dc <= 2 {
        return certain(year_of(*a, 4)?, *b, *c);
    }
    if *da > 2 || *db > 2 || !(*dc == 4 || (*dc == 2 && *db == 2)) {
        return None;
    }
    let year = year_of(*c, *dc)?;
    let day_first = NaiveDate::from_ymd_opt(year, *b, *a);
    // Points between are never American.
    let month_first = if separator == '.' {
        day_first
    } else {
        NaiveDate::from_ymd_opt(year, *a, *b)
    };
    if day_first.is_none() && month_first.is_none() {
        return None;
    }
    Some(DateRead {
        day_first,
        month_first,
        explicit: *dc == 4,
        words: 0,
    })
}

fn certain(year: i32, month: u32, day: u32) -> Option<DateRead> {
    let date = NaiveDate::from_ymd_opt(year, month, day)?;
    Some(DateRead {
        day_first: Some(date),
        month_first: Some(date),
        explicit: true,
        words: 0,
    })
}

/// Two digits mean 1980 to 2079; other years are taken as they stand, 1950 to 2100.
fn year_of(value: u32, digits: usize) -> Option<i32> {
    let year = match digits {
        2 if value >= 80 => value + 1900,
        2 => value + 2000,
        _ => value,
    };
    (1950..=2100)
        .contains(&year)
        .then(|| i32::try_from(year).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use chrono::Datelike;
    use proptest::prelude::*;

    fn both(text: &str) -> Option<(Option<String>, Option<String>)> {
        let words: Vec<&str> = text.split(' ').collect();
        let iso = |d: Option<NaiveDate>| d.map(|d| d.to_string());
        read(&words).map(|r| (iso(r.day_first), iso(r.month_first)))
    }

    fn only(text: &str) -> Option<String> {
        let words: Vec<&str> = text.split(' ').collect();
        let read = read(&words)?;
        assert!(!read.is_ambiguous(), "{text}");
        read.under(DateOrder::DayFirst).map(|d| d.to_string())
    }

    #[test]
    fn written_and_numeric() {
        for text in [
            "31.12.2024",
            "31. 12. 2024",
            "31.12.24",
            "2024-12-31",
            "2024/12/31",
            "20241231",
            "31/12/2024",
            "12/31/2024",
            "31-Dec-2024",
            "31-Dec-24",
            "31. Dezember 2024",
            "31 décembre 2024",
            "December 31, 2024",
            "Dec 31 2024",
            "31 de diciembre de 2024",
            "31 dicembre 2024",
            "31st December 2024",
            "2024-12-31T00:00:00",
            "Dec. 31st, 2024",
            "31 december 2024",
            "31 12 2024",
            "(31.12.2024)",
            "31/Dec/2024",
        ] {
            assert_eq!(only(text).as_deref(), Some("2024-12-31"), "{text}");
        }
        assert_eq!(only("1er mars 2020").as_deref(), Some("2020-03-01"));
        assert_eq!(only("24. Januar 2014").as_deref(), Some("2014-01-24"));
    }

    #[test]
    fn ambiguous_keeps_both() {
        assert_eq!(
            both("03/04/2024").unwrap(),
            (Some("2024-04-03".into()), Some("2024-03-04".into()))
        );
        assert_eq!(only("03.04.2024").as_deref(), Some("2024-04-03"));
        assert_eq!(
            both("31/12/2024").unwrap(),
            (Some("2024-12-31".into()), None)
        );
        assert_eq!(
            both("12/31/2024").unwrap(),
            (None, Some("2024-12-31".into()))
        );
    }

    #[test]
    fn leap_days_and_nonsense() {
        assert_eq!(only("29.02.2024").as_deref(), Some("2024-02-29"));
        for text in [
            "29.02.2023",
            "32.01.2024",
            "1.234,56",
            "13/13/2024",
            "2.1.1",
            "192.168.1.1",
            "Mai",
            "12",
            "1 2 3",
            "00.00.2024",
            "99999999",
        ] {
            assert_eq!(both(text), None, "{text}");
        }
    }

    #[test]
    fn a_date_ends_where_it_ends() {
        let words = ["31.12.2024", "12.50"];
        assert_eq!(read(&words).unwrap().words, 1);
        let words = ["01.10.2018", "-", "31.10.2018"];
        assert_eq!(read(&words).unwrap().words, 1);
    }

    proptest! {
        #[test]
        fn every_day_comes_back(days in 0_i32..25_000, style in 0_usize..6, name in 0_usize..9) {
            let date = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + chrono::Duration::days(i64::from(days));
            let names = month::names(date.month() as usize);
            let month = names[name % names.len()];
            let text = match style {
                0 => date.format("%d.%m.%Y").to_string(),
                1 => date.format("%d/%m/%Y").to_string(),
                2 => date.format("%Y-%m-%d").to_string(),
                3 => format!("{} {month} {}", date.day(), date.year()),
                4 => format!("{month} {}, {}", date.day(), date.year()),
                _ => format!("{}. {month} {}", date.day(), date.year()),
            };
            let words: Vec<&str> = text.split(' ').collect();
            prop_assert_eq!(read(&words).unwrap().under(DateOrder::DayFirst), Some(date));
        }

        #[test]
        fn any_words_are_safe(words in proptest::collection::vec("[0-9./-]{0,11}|\\PC{0,6}", 0..8)) {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            if let Some(found) = read(&words) {
                prop_assert!(found.words >= 1 && found.words <= words.len());
            }
        }
    }
}
