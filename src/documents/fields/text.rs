//! Text made comparable: folded case and accents, labels squeezed to letters and digits.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Lower case without accents; `ß` becomes `ss`. Other characters stay.
#[must_use]
pub(super) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(text.len());
    for c in text
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
    {
        match c {
            'ß' => out.push_str("ss"),
            'ł' => out.push('l'),
            'ø' => out.push('o'),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            c => out.push(c),
        }
    }
    out
}

/// Folded letters and digits alone, so that `Rechnungs-Nr.` and `Rechnungs nr`
/// are one; `#`, `№` and `%` stay because labels use them.
#[must_use]
pub(super) fn squeeze(text: &str) -> String {
    fold(text)
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '#' | '%'))
        .collect()
}

/// White space collapsed to single spaces, ends trimmed.
#[must_use]
pub(super) fn collapse(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding() {
        assert_eq!(fold("Größe Échéance"), "grosse echeance");
        assert_eq!(squeeze("Rechnungs-Nr.:"), "rechnungsnr");
        assert_eq!(squeeze("N° facture"), "nfacture");
    }
}
