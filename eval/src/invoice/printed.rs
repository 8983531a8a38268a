//! Whether a value is printed on a document's pages.
//!
//! Truth taken from an attached e-invoice states values that the page may not
//! show. A value counts only if an independent reader of the text layer,
//! `pdftotext -layout` of poppler, shows it in any usual local form. Where that
//! program is not installed our own words are used instead.

use std::path::Path;
use std::process::{Command, Stdio};
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use scrutineer::documents::{FieldKind, FieldName};

use super::compare::{compact, is_identifier, words};
use super::reader::Answer;

/// The text of a document in the forms that values are looked for in.
pub(super) struct PrintedText {
    /// Lower case, white space collapsed.
    line: String,
    /// Upper case, without white space.
    compact: String,
    words: std::collections::BTreeSet<String>,
}

impl PrintedText {
    /// The text of the file, or of our own words where `pdftotext` is absent.
    pub(super) fn of(path: &Path, answer: Option<&Answer>) -> Self {
        Self::of_text(&pdftotext(path).unwrap_or_else(|| own_words(answer)))
    }

    pub(super) fn of_text(text: &str) -> Self {
        Self {
            line: text
                .to_lowercase()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" "),
            compact: compact(text),
            words: words(text).into_iter().collect(),
        }
    }

    /// Whether the value stands somewhere in the text.
    pub(super) fn prints(&self, name: FieldName, stated: &str) -> bool {
        match name.kind() {
            FieldKind::Amount => amount_forms(stated)
                .iter()
                .any(|form| holds_whole(&self.line, form)),
            FieldKind::Date => date_forms(stated)
                .iter()
                .any(|form| holds_whole(&self.line, form)),
            FieldKind::Code => {
                let code = stated.trim().to_lowercase();
                holds_whole(&self.line, &code)
                    || currency_signs(&code)
                        .iter()
                        .any(|sign| self.line.contains(sign))
            }
            FieldKind::Text if is_identifier(name) => self.compact.contains(&compact(stated)),
            FieldKind::Text if name == FieldName::Number || name == FieldName::OrderNumber => {
                let wanted = stated
                    .to_lowercase()
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ");
                !wanted.is_empty() && holds_whole(&self.line, &wanted)
            }
            FieldKind::Text => {
                let wanted = words(stated);
                !wanted.is_empty() && wanted.iter().all(|word| self.words.contains(word))
            }
        }
    }
}

fn pdftotext(path: &Path) -> Option<String> {
    let output = Command::new("pdftotext")
        .args(["-layout", "-enc", "UTF-8"])
        .arg(path)
        .arg("-")
        .stderr(Stdio::null())
        .output()
        .ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn own_words(answer: Option<&Answer>) -> String {
    let pages = answer
        .map(|answer| answer.pages.as_slice())
        .unwrap_or_default();
    pages
        .iter()
        .flat_map(|page| page.words.iter().map(|word| word.text.as_str()))
        .collect::<Vec<_>>()
        .join(" ")
}

/// `needle` within `text`, not as a part of a longer number or word.
fn holds_whole(text: &str, needle: &str) -> bool {
    text.match_indices(needle).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let mut after = text[at + found.len()..].chars();
        let next = after.next();
        // `1.200,00` must not be found as `200,00`, nor `12.5` in `12.50`.
        let continues = match next {
            Some('.' | ',') => after.next().is_some_and(|c| c.is_ascii_digit()),
            other => other.is_some_and(char::is_alphanumeric),
        };
        let preceded = match before {
            Some('.' | ',') => text[..at]
                .chars()
                .rev()
                .nth(1)
                .is_some_and(|c| c.is_ascii_digit()),
            other => other.is_some_and(|c| {
                c.is_ascii_digit()
                    || (c.is_alphabetic() && !found.starts_with(|f: char| f.is_ascii_digit()))
            }),
        };
        !continues && !preceded
    })
}

/// Usual local forms of an amount, sign left aside.
fn amount_forms(stated: &str) -> Vec<String> {
    let Ok(amount) = Decimal::from_str(stated.trim()) else {
        return Vec::new();
    };
    let amount = amount.abs().normalize();
    let mut forms = Vec::new();
    for scale in [2, amount.scale().max(2), amount.scale()] {
        if amount.scale() > scale {
            continue;
        }
        let digits = format!("{amount:.*}", scale as usize);
        let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
        for (group, point) in [
            ("", ","),
            ("", "."),
            (".", ","),
            (",", "."),
            (" ", ","),
            ("'", "."),
            ("’", "."),
        ] {
            let whole = grouped(whole, group);
            forms.push(if fraction.is_empty() {
                whole
            } else {
                format!("{whole}{point}{fraction}")
            });
        }
    }
    forms
}

fn grouped(digits: &str, separator: &str) -> String {
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push_str(separator);
        }
        text.push(digit);
    }
    text
}

/// Names of months in the languages of the corpora, January first.
const MONTHS: [&[&str]; 12] = [
    &[
        "january", "januar", "jänner", "janvier", "januari", "enero", "gennaio", "jan", "ene",
        "gen",
    ],
    &[
        "february", "februar", "février", "februari", "febrero", "febbraio", "feb", "févr", "fev",
    ],
    &[
        "march", "märz", "mars", "maart", "marzo", "mar", "mär", "mrt",
    ],
    &["april", "avril", "abril", "aprile", "apr", "abr", "avr"],
    &["may", "mai", "mei", "mayo", "maggio", "mag"],
    &["june", "juni", "juin", "junio", "giugno", "jun", "giu"],
    &["july", "juli", "juillet", "julio", "luglio", "jul", "lug"],
    &["august", "août", "augustus", "agosto", "aug", "ago"],
    &[
        "september",
        "septembre",
        "septiembre",
        "settembre",
        "sep",
        "sept",
        "set",
    ],
    &[
        "october", "oktober", "octobre", "octubre", "ottobre", "oct", "okt", "ott",
    ],
    &["november", "novembre", "noviembre", "nov"],
    &[
        "december",
        "dezember",
        "décembre",
        "diciembre",
        "dicembre",
        "dec",
        "dez",
        "dic",
    ],
];

/// Usual local forms of a day.
fn date_forms(stated: &str) -> Vec<String> {
    let Ok(date) = NaiveDate::parse_from_str(stated.get(..10).unwrap_or(stated), "%Y-%m-%d") else {
        return Vec::new();
    };
    let mut forms = Vec::new();
    for sign in [".", "/", "-", ". ", " "] {
        for pattern in [
            "%d|%m|%Y",
            "%-d|%-m|%Y",
            "%d|%m|%y",
            "%-d|%-m|%y",
            "%m|%d|%Y",
            "%-m|%-d|%Y",
            "%m|%d|%y",
            "%Y|%m|%d",
        ] {
            forms.push(date.format(pattern).to_string().replace('|', sign));
        }
    }
    forms.push(date.format("%Y%m%d").to_string());
    forms.push(date.format("%d%m%Y").to_string());
    let index = usize::try_from(date.month0()).unwrap_or_default();
    for month in MONTHS.get(index).copied().unwrap_or_default() {
        for pattern in [
            "%-d. M %Y",
            "%d. M %Y",
            "%-d M %Y",
            "%d M %Y",
            "M %-d, %Y",
            "M %d, %Y",
            "M %-d %Y",
            "%d-M-%Y",
            "%-d-M-%Y",
            "%d-M-%y",
            "%-d. M. %Y",
            "%-d M. %Y",
            "%-d de M de %Y",
            "M %-d , %Y",
        ] {
            forms.push(date.format(&pattern.replace('M', month)).to_string());
        }
    }
    forms
}

fn currency_signs(code: &str) -> &'static [&'static str] {
    match code {
        "eur" => &["€", "euro"],
        "usd" => &["$"],
        "gbp" => &["£"],
        "inr" => &["₹", "rs.", "rupee"],
        "chf" => &["fr.", "sfr"],
        "pln" => &["zł"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::{FieldName as F, PrintedText};

    #[test]
    fn amounts_are_found_in_local_forms_and_whole() {
        let text = PrintedText::of_text("Summe 1.234,50 EUR, Rest 1 000,00 und 12.50");
        assert!(text.prints(F::Total, "1234.5"));
        assert!(text.prints(F::Total, "1000"));
        assert!(text.prints(F::Total, "12.5"));
        assert!(!text.prints(F::Total, "234.50"));
        assert!(!text.prints(F::Total, "2.50"));
    }

    #[test]
    fn days_are_found_in_local_forms() {
        for written in [
            "29.02.2024",
            "29/2/2024",
            "2/29/2024",
            "29. Februar 2024",
            "Feb 29, 2024",
            "2024-02-29",
        ] {
            let text = PrintedText::of_text(&format!("Date: {written}"));
            assert!(text.prints(F::IssueDate, "2024-02-29"), "{written}");
            assert!(!text.prints(F::IssueDate, "2024-02-28"), "{written}");
        }
    }

    #[test]
    fn names_numbers_and_codes() {
        let text =
            PrintedText::of_text("LIEFERANT GMBH Rechnung Nr. RE-10, total € 5 IBAN DE89 3704");
        assert!(text.prints(F::Seller, "Lieferant GmbH"));
        assert!(!text.prints(F::Seller, "Anderer GmbH"));
        assert!(text.prints(F::Number, "RE-10"));
        assert!(!text.prints(F::Number, "RE-1"));
        assert!(text.prints(F::Currency, "EUR"));
        assert!(!text.prints(F::Currency, "USD"));
        assert!(text.prints(F::Iban, "DE893704"));
    }
}
