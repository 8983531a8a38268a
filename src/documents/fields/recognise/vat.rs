//! VAT and tax registration numbers, whole or printed in groups.

/// Country prefix, fewest and most characters behind it, whether letters may be among them.
const SHAPES: &[(&str, usize, usize, bool)] = &[
    ("ATU", 8, 8, false),
    ("BE", 10, 10, false),
    ("BG", 9, 10, false),
    ("CHE", 9, 9, false),
    ("CY", 9, 9, true),
    ("CZ", 8, 10, false),
    ("DE", 9, 9, false),
    ("DK", 8, 8, false),
    ("EE", 9, 9, false),
    ("EL", 9, 9, false),
    ("ES", 9, 9, true),
    ("FI", 8, 8, false),
    ("FR", 11, 11, true),
    ("GB", 9, 12, false),
    ("HR", 11, 11, false),
    ("HU", 8, 8, false),
    ("IE", 8, 9, true),
    ("IT", 11, 11, false),
    ("LT", 9, 12, false),
    ("LU", 8, 8, false),
    ("LV", 11, 11, false),
    ("MT", 8, 8, false),
    ("NL", 12, 12, true),
    ("NO", 9, 9, false),
    ("PL", 10, 10, false),
    ("PT", 9, 9, false),
    ("RO", 2, 10, false),
    ("SE", 12, 12, false),
    ("SI", 8, 8, false),
    ("SK", 10, 10, false),
    ("XI", 9, 12, false),
];

/// A VAT identifier at the start of a run of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VatId {
    /// Country prefix and characters, without spaces, points or dashes.
    pub value: String,
    /// How many words it takes.
    pub words: usize,
}

/// Reads a VAT identifier with its country prefix that starts with the first of
/// `words`, joining at most six.
#[must_use]
pub fn read(words: &[&str]) -> Option<VatId> {
    if !words.first()?.starts_with(|c: char| c.is_ascii_uppercase()) {
        return None;
    }
    let mut value = String::new();
    let mut best = None;
    for (i, word) in words.iter().take(6).enumerate() {
        let word = word.trim_matches(|c: char| ",;:().".contains(c));
        if word.is_empty()
            || !word
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '/'))
        {
            break;
        }
        if i > 0 && (word.len() > 12 || !word.chars().any(|c| c.is_ascii_digit())) {
            break;
        }
        value.extend(word.chars().filter(char::is_ascii_alphanumeric));
        if value.len() > 16 {
            break;
        }
        if has_shape(&value) {
            best = Some(VatId {
                value: value.clone(),
                words: i + 1,
            });
        }
    }
    best
}

/// Whether it is a country prefix with the characters that country uses.
#[must_use]
pub fn has_shape(value: &str) -> bool {
    SHAPES.iter().any(|(prefix, least, most, letters)| {
        value.strip_prefix(prefix).is_some_and(|rest| {
            // Romania allows two digits; four keep out words such as RO12.
            let least = (*least).max(4);
            (least..=*most).contains(&rest.len())
                && rest.chars().filter(char::is_ascii_digit).count() + usize::from(*letters) * 3
                    >= rest.len()
                && rest
                    .chars()
                    .all(|c| c.is_ascii_digit() || (*letters && c.is_ascii_uppercase()))
        })
    })
}

/// The country of a VAT identifier, ISO 3166-1.
#[must_use]
pub fn country(value: &str) -> Option<&str> {
    let prefix = value.get(..2)?;
    Some(match prefix {
        "EL" => "GR",
        "XI" => "GB",
        other => other,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn whole_and_in_groups() {
        for (words, value, count) in [
            (vec!["DE123456789"], "DE123456789", 1),
            (vec!["DE", "123456789"], "DE123456789", 2),
            (
                vec!["FR", "32", "123", "456", "789", "SIRET"],
                "FR32123456789",
                5,
            ),
            (vec!["NL123456789B01"], "NL123456789B01", 1),
            (vec!["CHE-123.456.789", "MWST"], "CHE123456789", 1),
            (vec!["ATU12345678"], "ATU12345678", 1),
            (vec!["GB", "123", "4567", "89"], "GB123456789", 4),
        ] {
            let read = read(&words).unwrap();
            assert_eq!((read.value.as_str(), read.words), (value, count));
        }
        assert_eq!(read(&["DE12345"]), None);
        assert_eq!(read(&["Total"]), None);
    }
}
