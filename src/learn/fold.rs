//! Words made comparable across spelling habits.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The parts of a word between signs, in lower case and without accents:
/// `Zähler-Nr.` gives `zahler` and `nr`.
pub(crate) fn fold(word: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    let letters = word.nfkd().filter(|c| !is_combining_mark(*c));
    for letter in letters.flat_map(char::to_lowercase) {
        match letter {
            'ß' => part.push_str("ss"),
            letter if letter.is_alphanumeric() => part.push(letter),
            _ if part.is_empty() => {}
            _ => parts.push(std::mem::take(&mut part)),
        }
    }
    if !part.is_empty() {
        parts.push(part);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn accents_signs_and_case_go() {
        assert_eq!(fold("Zähler-Nr."), ["zahler", "nr"]);
        assert_eq!(fold("D’AVOIR"), ["d", "avoir"]);
        assert_eq!(fold("Straße"), ["strasse"]);
        assert!(fold("---").is_empty());
    }
}
