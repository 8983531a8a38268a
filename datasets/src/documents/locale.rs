//! Languages and the habits of writing numbers and dates.

use chrono::{Datelike, NaiveDate};
use rust_decimal::{Decimal, RoundingStrategy};

use super::dice::Dice;

/// A language documents are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    En,
    De,
    Fr,
    Nl,
    Es,
    It,
}

impl Language {
    pub(crate) const ALL: &'static [Self] =
        &[Self::En, Self::De, Self::Fr, Self::Nl, Self::Es, Self::It];

    /// ISO 639-1 code.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Fr => "fr",
            Self::Nl => "nl",
            Self::Es => "es",
            Self::It => "it",
        }
    }

    fn months(self) -> [&'static str; 12] {
        match self {
            Self::En => [
                "January",
                "February",
                "March",
                "April",
                "May",
                "June",
                "July",
                "August",
                "September",
                "October",
                "November",
                "December",
            ],
            Self::De => [
                "Januar",
                "Februar",
                "März",
                "April",
                "Mai",
                "Juni",
                "Juli",
                "August",
                "September",
                "Oktober",
                "November",
                "Dezember",
            ],
            Self::Fr => [
                "janvier",
                "février",
                "mars",
                "avril",
                "mai",
                "juin",
                "juillet",
                "août",
                "septembre",
                "octobre",
                "novembre",
                "décembre",
            ],
            Self::Nl => [
                "januari",
                "februari",
                "maart",
                "april",
                "mei",
                "juni",
                "juli",
                "augustus",
                "september",
                "oktober",
                "november",
                "december",
            ],
            Self::Es => [
                "enero",
                "febrero",
                "marzo",
                "abril",
                "mayo",
                "junio",
                "julio",
                "agosto",
                "septiembre",
                "octubre",
                "noviembre",
                "diciembre",
            ],
            Self::It => [
                "gennaio",
                "febbraio",
                "marzo",
                "aprile",
                "maggio",
                "giugno",
                "luglio",
                "agosto",
                "settembre",
                "ottobre",
                "novembre",
                "dicembre",
            ],
        }
    }
}

/// How a date is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DateStyle {
    /// 23.11.2026, with the separator.
    DayFirst(char),
    /// 23.11.26
    DayFirstShort(char),
    /// 11/23/2026
    MonthFirst,
    /// 2026-11-23
    Iso,
    /// 23. November 2026, 23 novembre 2026, 23 November 2026
    Long,
    /// November 23, 2026
    LongMonthFirst,
    /// 23 Nov 2026, 23-Nov-2026
    Abbreviated(char),
}

impl DateStyle {
    /// `date` as it stands on the page.
    pub(super) fn write(self, language: Language, date: NaiveDate) -> String {
        let (day, month, year) = (date.day(), date.month(), date.year());
        let name = language.months()[date.month0() as usize];
        match self {
            Self::DayFirst(sign) => format!("{day:02}{sign}{month:02}{sign}{year}"),
            Self::DayFirstShort(sign) => {
                format!("{day:02}{sign}{month:02}{sign}{:02}", year.rem_euclid(100))
            }
            Self::MonthFirst => format!("{month:02}/{day:02}/{year}"),
            Self::Iso => format!("{year}-{month:02}-{day:02}"),
            Self::Abbreviated(sign) => {
                let short: String = name.chars().take(3).collect();
                format!("{day:02}{sign}{short}{sign}{year}")
            }
            Self::LongMonthFirst => format!("{name} {day}, {year}"),
            Self::Long => match language {
                Language::De => format!("{day}. {name} {year}"),
                Language::Es => format!("{day} de {name} de {year}"),
                Language::Fr if day == 1 => format!("1er {name} {year}"),
                _ => format!("{day} {name} {year}"),
            },
        }
    }

    /// A habit of `language` as written in `country`.
    pub(super) fn draw(dice: &mut Dice, language: Language, country: &str) -> Self {
        let american = matches!(country, "US");
        let options: &[Self] = match language {
            Language::En if american => &[
                Self::MonthFirst,
                Self::MonthFirst,
                Self::LongMonthFirst,
                Self::Iso,
            ],
            Language::En => &[
                Self::DayFirst('/'),
                Self::Long,
                Self::Abbreviated(' '),
                Self::Abbreviated('-'),
                Self::Iso,
                Self::DayFirst('.'),
            ],
            Language::De => &[
                Self::DayFirst('.'),
                Self::DayFirst('.'),
                Self::DayFirst('.'),
                Self::DayFirstShort('.'),
                Self::Long,
                Self::Iso,
            ],
            Language::Nl => &[
                Self::DayFirst('-'),
                Self::DayFirst('-'),
                Self::DayFirst('/'),
                Self::Long,
                Self::DayFirst('.'),
            ],
            _ => &[
                Self::DayFirst('/'),
                Self::DayFirst('/'),
                Self::DayFirstShort('/'),
                Self::Long,
                Self::DayFirst('.'),
                Self::DayFirst('-'),
            ],
        };
        let at = dice.below(u32::try_from(options.len()).unwrap_or(1)) as usize;
        options[at]
    }
}

/// How an amount is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct NumberStyle {
    /// Between groups of three digits.
    pub(super) group: Option<char>,
    /// Before the fraction.
    pub(super) point: char,
    /// How a negative amount is shown.
    pub(super) minus: Minus,
}

/// How a negative amount is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Minus {
    Before,
    After,
    Brackets,
}

impl NumberStyle {
    /// A habit of `language` as written in `country`.
    pub(super) fn draw(dice: &mut Dice, language: Language, country: &str) -> Self {
        const SPACE: char = '\u{a0}';
        let (group, point) = match (country, language) {
            ("CH" | "LI", _) => {
                [(Some('\''), '.'), (Some('’'), '.'), (None, '.')][dice.weighted(&[6, 3, 1])]
            }
            ("US" | "GB" | "IE" | "AU" | "SG" | "MX" | "CA", _) => {
                [(Some(','), '.'), (None, '.')][dice.weighted(&[9, 1])]
            }
            ("ZA", _) => [(Some(' '), '.'), (Some(','), '.')][dice.weighted(&[1, 1])],
            (_, Language::Fr) => [
                (Some(SPACE), ','),
                (Some(' '), ','),
                (None, ','),
                (Some('.'), ','),
            ][dice.weighted(&[4, 3, 3, 1])],
            (_, Language::En) => [(Some(','), '.'), (Some('.'), ',')][dice.weighted(&[8, 2])],
            _ => [(Some('.'), ','), (None, ',')][dice.weighted(&[8, 2])],
        };
        let minus = [Minus::Before, Minus::After, Minus::Brackets][dice.weighted(&[8, 2, 1])];
        Self {
            group,
            point,
            minus,
        }
    }

    /// `value` with `places` digits after the point.
    pub(super) fn write(self, value: Decimal, places: u32) -> String {
        let rounded = value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
        let plain = format!("{:.*}", places as usize, rounded.abs());
        let (whole, fraction) = plain.split_once('.').unwrap_or((plain.as_str(), ""));
        let mut text = String::new();
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index) % 3 == 0 {
                text.extend(self.group);
            }
            text.push(digit);
        }
        if !fraction.is_empty() {
            text.push(self.point);
            text.push_str(fraction);
        }
        if !rounded.is_sign_negative() || rounded.is_zero() {
            return text;
        }
        match self.minus {
            Minus::Before => format!("-{text}"),
            Minus::After => format!("{text}-"),
            Minus::Brackets => format!("({text})"),
        }
    }

    /// `value` with as many digits as it has: quantities and rates.
    pub(super) fn write_short(self, value: Decimal) -> String {
        let value = value.normalize();
        self.write(value, value.scale())
    }
}

/// Where and how the currency stands beside an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CurrencyPlace {
    /// The bare number.
    None,
    /// € 12.00
    SignBefore,
    /// €12.00
    SignAttached,
    /// 12.00 €
    SignAfter,
    /// EUR 12.00
    CodeBefore,
    /// 12.00 EUR
    CodeAfter,
}

impl CurrencyPlace {
    pub(super) fn draw(dice: &mut Dice, language: Language) -> Self {
        let english = language == Language::En;
        let weights: [u32; 6] = if english {
            [2, 2, 6, 1, 3, 2]
        } else {
            [3, 2, 1, 7, 2, 5]
        };
        [
            Self::None,
            Self::SignBefore,
            Self::SignAttached,
            Self::SignAfter,
            Self::CodeBefore,
            Self::CodeAfter,
        ][dice.weighted(&weights)]
    }

    /// Puts the currency beside `number`.
    pub(super) fn write(self, number: &str, currency: &str) -> String {
        let sign = sign_of(currency);
        match self {
            Self::None => number.to_owned(),
            Self::SignBefore => format!("{sign} {number}"),
            Self::SignAttached if sign.len() > 1 && sign.is_ascii() => format!("{sign} {number}"),
            Self::SignAttached => format!("{sign}{number}"),
            Self::SignAfter => format!("{number} {sign}"),
            Self::CodeBefore => format!("{currency} {number}"),
            Self::CodeAfter => format!("{number} {currency}"),
        }
    }
}

/// The sign people write for a currency.
pub(super) fn sign_of(currency: &str) -> &str {
    match currency {
        "EUR" => "€",
        "GBP" => "£",
        "USD" | "AUD" | "CAD" | "MXN" | "SGD" => "$",
        "CHF" => "Fr.",
        "ZAR" => "R",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{CurrencyPlace, DateStyle, Language, Minus, NumberStyle};
    use chrono::NaiveDate;
    use rust_decimal::Decimal;

    #[test]
    fn numbers_are_grouped_and_signed_by_habit() {
        let swiss = NumberStyle {
            group: Some('\''),
            point: '.',
            minus: Minus::After,
        };
        assert_eq!(
            swiss.write(Decimal::new(-123_456_789, 2), 2),
            "1'234'567.89-"
        );
        let plain = NumberStyle {
            group: None,
            point: ',',
            minus: Minus::Brackets,
        };
        assert_eq!(plain.write(Decimal::new(-100, 2), 2), "(1,00)");
        assert_eq!(plain.write_short(Decimal::new(250, 2)), "2,5");
        assert_eq!(CurrencyPlace::SignAttached.write("1.00", "CHF"), "Fr. 1.00");
    }

    #[test]
    fn dates_follow_the_language() {
        let date = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        assert_eq!(DateStyle::Long.write(Language::Fr, date), "1er mars 2026");
        assert_eq!(
            DateStyle::LongMonthFirst.write(Language::En, date),
            "March 1, 2026"
        );
        assert_eq!(
            DateStyle::DayFirst('.').write(Language::De, date),
            "01.03.2026"
        );
        assert_eq!(
            DateStyle::MonthFirst.write(Language::En, date),
            "03/01/2026"
        );
    }
}
