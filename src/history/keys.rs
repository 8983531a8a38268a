//! Spellings made equal, for looking up.

use unicode_normalization::UnicodeNormalization as _;

/// Endings that say what sort of company it is and nothing about which.
const LEGAL_FORMS: &[&str] = &[
    "ab",
    "ag",
    "as",
    "bv",
    "bvba",
    "co",
    "company",
    "corp",
    "corporation",
    "eg",
    "ek",
    "gbr",
    "gmbh",
    "inc",
    "incorporated",
    "kg",
    "kgaa",
    "limited",
    "llc",
    "llp",
    "ltd",
    "mbh",
    "nv",
    "og",
    "ohg",
    "oy",
    "plc",
    "sa",
    "sarl",
    "sas",
    "sasu",
    "se",
    "sl",
    "slu",
    "spa",
    "srl",
    "ug",
];

/// Letters and digits of an identifier in capitals: `DE 123.456-789` and `de123456789` are one.
#[must_use]
pub fn identifier_key(text: &str) -> String {
    text.nfkc()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .collect()
}

/// Words of a name in small letters without accents, punctuation and legal form:
/// `Müller & Söhne GmbH & Co. KG` and `MULLER SOHNE` are one. A name that is nothing but
/// legal forms keeps them.
#[must_use]
pub fn name_key(text: &str) -> String {
    let plain: String = text
        .nfkd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        // Points stand within forms such as S.A.R.L.
        .filter(|c| *c != '.')
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let named: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| !LEGAL_FORMS.contains(word))
        .collect();
    if named.is_empty() { words } else { named }.join(" ")
}

#[cfg(test)]
mod tests {
    use super::{identifier_key, name_key};

    #[test]
    fn spellings_of_one_thing_are_one() {
        assert_eq!(identifier_key(" de 123.456-789"), "DE123456789");
        assert_eq!(name_key("Müller & Söhne GmbH & Co. KG"), "muller sohne");
        assert_eq!(name_key("MULLER SÖHNE"), "muller sohne");
        assert_eq!(name_key("Dupont S.A.R.L."), "dupont");
        assert_eq!(name_key("AG"), "ag");
        assert_ne!(name_key("Muller Nord"), name_key("Muller Sud"));
        assert_eq!(name_key("—"), "");
    }
}
