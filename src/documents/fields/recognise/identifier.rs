//! Identifiers: what an invoice, order or customer number can look like.

/// An identifier at the start of a run of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier {
    /// As printed, words joined by one space.
    pub value: String,
    /// How many words it takes.
    pub words: usize,
}

/// Reads one word as an identifier: 1 to 40 characters with at least one digit,
/// no web address, no phone prefix. A trailing comma or point does not belong to it.
#[must_use]
pub fn read(word: &str) -> Option<Identifier> {
    let value = word
        .trim_matches(|c: char| "#:;,()[]\"'“”„>".contains(c))
        .trim_end_matches('.');
    let digits = value.chars().filter(char::is_ascii_digit).count();
    // `(380)` is a remark on the word before it.
    let remark = word.starts_with('(') && word.ends_with(')');
    let shaped = !remark
        && (1..=40).contains(&value.chars().count())
        && digits > 0
        && value
            .chars()
            .all(|c| c.is_alphanumeric() || "-/._#&+*\u{2013}".contains(c))
        && value.starts_with(char::is_alphanumeric);
    shaped.then(|| Identifier {
        value: value.to_owned(),
        words: 1,
    })
}

/// Reads an identifier printed in several words: a short prefix before digits
/// (`RE 2024 17`, `Tx 055365`), groups of digits (`152 907 3737`), or parts held
/// by a stroke (`12 / 2024`).
#[must_use]
pub fn read_spaced(words: &[&str]) -> Option<Identifier> {
    let first = words.first()?.trim_start_matches('#');
    let digits = |t: &str| (2..=10).contains(&t.len()) && t.chars().all(|c| c.is_ascii_digit());
    let prefix = first.len() <= 5
        && first.starts_with(|c: char| c.is_ascii_uppercase())
        && first.chars().all(|c| c.is_ascii_alphabetic() || c == '-');
    let mut value = first.to_owned();
    let mut taken = 1;
    if prefix || digits(first) {
        while let Some(next) = words.get(taken).filter(|_| taken < 6) {
            let ends_here = taken == 1 && prefix && read(next).is_some();
            if !digits(next) && !ends_here {
                break;
            }
            value = format!("{value} {}", next.trim_end_matches([',', '.', ';']));
            taken += 1;
        }
    }
    while taken + 1 < words.len()
        && matches!(words[taken], "/" | "-")
        && (taken > 1 || digits(first))
    {
        let Some(next) = read(words[taken + 1]) else {
            break;
        };
        value = format!("{value} {} {}", words[taken], next.value);
        taken += 2;
    }
    (taken > 1 && taken <= 6 && value.chars().any(|c| c.is_ascii_digit())).then_some(Identifier {
        value,
        words: taken,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_numbers_look_like() {
        for text in [
            "RE-20140703/502",
            "00.123.456.7-2018-1",
            "F20180027",
            "181301674",
            "TX-471102",
        ] {
            assert_eq!(read(text).unwrap().value, text);
        }
        assert_eq!(read("#42").unwrap().value, "42");
        assert_eq!(read("42.").unwrap().value, "42");
        assert_eq!(read("(380)"), None);
        for text in ["Rechnung", "www.a.de", "a@b1.de", "", "€12"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn in_several_words() {
        assert_eq!(
            read_spaced(&["RE", "2024", "17"]).unwrap().value,
            "RE 2024 17"
        );
        assert_eq!(
            read_spaced(&["152", "907", "3737"]).unwrap().value,
            "152 907 3737"
        );
        assert_eq!(
            read_spaced(&["Tx", "055365", "Datum"]).unwrap().value,
            "Tx 055365"
        );
        assert_eq!(
            read_spaced(&["12", "/", "2024"]).unwrap().value,
            "12 / 2024"
        );
        assert_eq!(read_spaced(&["Rechnung", "12"]), None);
    }
}
