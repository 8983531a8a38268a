//! Words of politeness that open and close letters, which name nobody.

use super::super::recognise::legal_form;
use super::super::text::fold;

/// Folded beginnings; a space where the word must end there.
const BEGINNINGS: &[&str] = &[
    "dear ",
    "to whom it may",
    "good morning",
    "good afternoon",
    "hello ",
    "kind regards",
    "best regards",
    "warm regards",
    "regards ",
    "yours faithfully",
    "yours sincerely",
    "yours truly",
    "sincerely",
    "thank you",
    "thanks for",
    "sehr geehrte",
    "sehr verehrte",
    "liebe ",
    "lieber ",
    "guten tag",
    "mit freundlich",
    "freundliche gru",
    "viele gru",
    "beste gru",
    "hochachtungsvoll",
    "vielen dank",
    "wir danken",
    "madame, monsieur",
    "madame monsieur",
    "messieurs",
    "cher ",
    "chere ",
    "bonjour",
    "cordialement",
    "bien cordialement",
    "sinceres salutations",
    "meilleures salutations",
    "veuillez agreer",
    "nous vous remercions",
    "geachte",
    "beste ",
    "met vriendelijke groet",
    "vriendelijke groet",
    "hoogachtend",
    "estimad",
    "muy senor",
    "atentamente",
    "saludos",
    "un saludo",
    "reciba un cordial",
    "gentile ",
    "gentili ",
    "egregio",
    "egregi ",
    "cordiali saluti",
    "distinti saluti",
    "szanown",
];

/// Whether words greet or take leave; what ends in a legal form is a name whatever it
/// begins with.
#[must_use]
pub(super) fn is_salutation(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    let plain = format!("{} ", fold(text));
    BEGINNINGS.iter().any(|b| plain.starts_with(b)) && legal_form::end(&words) != Some(words.len())
}

#[cfg(test)]
mod tests {
    use super::is_salutation;

    #[test]
    fn politeness_is_no_name() {
        for text in [
            "Dear Sir or Madam",
            "Sehr geehrte Damen und Herren",
            "Madame, Monsieur",
            "Kind regards",
            "Mit freundlichen Grüßen",
            "Estimados señores",
        ] {
            assert!(is_salutation(text), "{text}");
        }
        for text in [
            "Dear Pets Ltd",
            "Liebermann AG",
            "Regal & Co",
            "Au bon moulin",
        ] {
            assert!(!is_salutation(text), "{text}");
        }
    }
}
