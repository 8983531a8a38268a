//! Numbers as a column writes them: with a point or a comma, thousands parted or not, with a currency.

use serde::{Deserialize, Serialize};

use crate::domain::Currency;

/// Signs of currencies that stand before or after an amount.
const SIGNS: [char; 4] = ['€', '$', '£', '¥'];

/// How a column writes its numbers. One value does not say: `1,234` may be a little or a lot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberForm {
    /// A decimal point, and nothing between thousands.
    #[default]
    Plain,
    /// A decimal point, and commas between thousands.
    Thousands,
    /// A decimal comma, and points between thousands.
    DecimalComma,
}

impl NumberForm {
    /// The form in which most of the values are numbers, and how many are. Of forms that read as
    /// many the first: commas that could part thousands or a fraction are taken to part thousands, points to
    /// part a fraction.
    #[must_use]
    pub fn of(values: &[&str]) -> (Self, usize) {
        let forms = [Self::Plain, Self::Thousands, Self::DecimalComma];
        let counted = forms.map(|form| {
            let numbers = values.iter().filter_map(|value| form.read(value));
            (form, numbers.count())
        });
        let mut counted = counted.into_iter();
        let first = counted.next().unwrap_or_default();
        counted.fold(first, |most, one| if one.1 > most.1 { one } else { most })
    }

    /// The number that a text states in this form, with the code or sign of a currency or without.
    #[must_use]
    pub fn read(self, text: &str) -> Option<f64> {
        let (sign, text) = without_currency(text.trim());
        let read = match self {
            Self::Plain => number(text),
            Self::Thousands => number(text).or_else(|| parted(text, ',', '.')),
            Self::DecimalComma => parted(text, '.', ','),
        };
        read.map(|read| sign * read)
    }
}

/// A finite number, written plainly.
pub(super) fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A number whose thousands may be parted: all of them, in groups of three digits.
fn parted(text: &str, between: char, decimal: char) -> Option<f64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once(decimal).unwrap_or((digits, "0"));
    let (first, rest) = whole.split_once(between).unwrap_or((whole, ""));
    let are_digits =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_group = |group: &str| group.len() == 3 && are_digits(group);
    let is_whole = match rest {
        "" => first == whole,
        _ => first.len() <= 3 && !first.starts_with('0') && rest.split(between).all(is_group),
    };
    if !(is_whole && are_digits(first) && are_digits(fraction)) {
        return None;
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    number(&format!(
        "{sign}{first}{}.{fraction}",
        rest.replace(between, "")
    ))
}

/// The text without a currency, and -1 where a minus stood before that.
fn without_currency(text: &str) -> (f64, &str) {
    let behind_minus = || without_leading(text.strip_prefix('-')?);
    if let Some(rest) = without_leading(text) {
        return (1.0, rest);
    }
    if let Some(rest) = behind_minus().filter(|rest| !rest.starts_with(['-', '+'])) {
        return (-1.0, rest);
    }
    (1.0, without_trailing(text).unwrap_or(text))
}

/// A sign may touch the number; between a code and the number there is a blank, for else it may be a name.
fn without_leading(text: &str) -> Option<&str> {
    let behind_code = || {
        let (code, rest) = text.split_once(char::is_whitespace)?;
        Currency::new(code).ok().map(|_| rest)
    };
    let rest = text.strip_prefix(SIGNS).or_else(behind_code)?;
    Some(rest.trim_start())
}

fn without_trailing(text: &str) -> Option<&str> {
    let before_code = || {
        let (rest, code) = text.rsplit_once(char::is_whitespace)?;
        Currency::new(code).ok().map(|_| rest)
    };
    let rest = text.strip_suffix(SIGNS).or_else(before_code)?;
    Some(rest.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The form of a column, and its numbers.
    fn read(values: &[&str]) -> (NumberForm, Vec<Option<f64>>) {
        let (form, _) = NumberForm::of(values);
        (form, values.iter().map(|value| form.read(value)).collect())
    }

    #[test]
    fn a_column_says_how_its_numbers_are_written() {
        use NumberForm::{DecimalComma, Plain, Thousands};
        for (values, form, numbers) in [
            (
                &["12", "-1.5", "1234.25"][..],
                Plain,
                &[12.0, -1.5, 1234.25][..],
            ),
            (&["123,45", "7", "0,5"], DecimalComma, &[123.45, 7.0, 0.5]),
            (
                &["1.234,50", "-999,00", "1.234.567"],
                DecimalComma,
                &[1234.5, -999.0, 1_234_567.0],
            ),
            (
                &["12,345.00", "7.5", "1e3"],
                Thousands,
                &[12345.0, 7.5, 1000.0],
            ),
            // Commas that could be either part thousands, points a fraction.
            (&["1,234", "567"], Thousands, &[1234.0, 567.0]),
            (&["1.234", "0.5"], Plain, &[1.234, 0.5]),
            (&["1,500", "0,750"], DecimalComma, &[1.5, 0.75]),
            (&["123.45 EUR", "USD 7", "8"], Plain, &[123.45, 7.0, 8.0]),
            (
                &["€ 12", "-€12", "€ -12", "12 €"],
                Plain,
                &[12.0, -12.0, -12.0, 12.0],
            ),
            (&["1.234,50 €", "CHF 12,5"], DecimalComma, &[1234.5, 12.5]),
        ] {
            let numbers: Vec<Option<f64>> = numbers.iter().copied().map(Some).collect();
            assert_eq!(read(values), (form, numbers), "{values:?}");
        }
    }

    #[test]
    fn what_is_no_number_is_none_in_any_form() {
        for text in [
            "",
            "EUR",
            "€",
            "12 days",
            "TOP12",
            "XYZ 12",
            "1,2,3",
            "12,34.5",
            "1.23.4",
            "--1",
            "-€-1",
            "nan",
            "inf",
            "12,",
            ",5",
            "0,123,456",
            "1,2345,678",
        ] {
            for form in [NumberForm::Plain, NumberForm::Thousands] {
                assert_eq!(form.read(text), None, "{text}");
            }
        }
        for text in [
            "",
            "12.5",
            "1.23,4",
            "1,234,567",
            ",5",
            "12,",
            "1.234.56",
            "1e3",
        ] {
            assert_eq!(NumberForm::DecimalComma.read(text), None, "{text}");
        }
        assert_eq!(NumberForm::of(&[]), (NumberForm::Plain, 0));
    }
}
