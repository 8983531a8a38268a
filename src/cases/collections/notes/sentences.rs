//! A note taken apart into sentences, each of which speaks of one thing.

/// Characters of a note that are looked at.
const MAX_CHARACTERS: usize = 600;
/// Sentences of a note that are looked at, the first.
const MAX_SENTENCES: usize = 6;
/// Words after which a full stop ends no sentence.
const SHORTENED: [&str; 22] = [
    "mr", "mrs", "ms", "dr", "hr", "fr", "nr", "no", "st", "sr", "sra", "sig", "m", "mme", "dhr",
    "mevr", "bzw", "ca", "approx", "inv", "ref", "tel",
];

/// The first sentences of a note that hold words.
pub(super) fn sentences(note: &str) -> Vec<&str> {
    let end = note
        .char_indices()
        .nth(MAX_CHARACTERS)
        .map_or(note.len(), |(at, _)| at);
    let mut rest = note.get(..end).unwrap_or(note);
    let mut found = Vec::new();
    while !rest.is_empty() && found.len() < MAX_SENTENCES {
        let (sentence, later) = rest.split_at(end_of_first(rest));
        let sentence = sentence.trim();
        if sentence.chars().any(char::is_alphabetic) {
            found.push(sentence);
        }
        rest = later;
    }
    found
}

/// Where the first sentence ends, its sign included.
fn end_of_first(text: &str) -> usize {
    for (at, sign) in text.char_indices() {
        let after = at + sign.len_utf8();
        let (before, later) = (
            text.get(..at).unwrap_or_default(),
            text.get(after..).unwrap_or_default(),
        );
        let apart = later.starts_with(char::is_whitespace);
        let ends = match sign {
            '\n' => true,
            '!' | '?' | ';' => apart,
            '.' => apart && begins_anew(later) && !is_shortened(before),
            _ => false,
        };
        if ends {
            return after;
        }
    }
    text.len()
}

/// Whether what follows a full stop begins with a capital: the day in `am 14. März` does too,
/// but has a number before it.
fn begins_anew(later: &str) -> bool {
    let first = later.chars().find(|sign| !sign.is_whitespace());
    first.is_none_or(|sign| sign.is_uppercase() || matches!(sign, '¿' | '¡'))
}

fn is_shortened(before: &str) -> bool {
    let word = before
        .rsplit(|sign: char| !sign.is_alphanumeric())
        .next()
        .unwrap_or_default();
    let number = word.ends_with(|sign: char| sign.is_ascii_digit());
    number || SHORTENED.contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_taken_apart_where_sentences_end() {
        assert_eq!(
            sentences("Spoke to Mr. Byrne. Will pay Friday! Disputes one day though"),
            [
                "Spoke to Mr. Byrne.",
                "Will pay Friday!",
                "Disputes one day though"
            ]
        );
        assert_eq!(
            sentences("Zahlt am 14. März. Rechnung Nr. 4711 fehlt"),
            ["Zahlt am 14. März.", "Rechnung Nr. 4711 fehlt"]
        );
        assert_eq!(
            sentences("cash is tight\nno date"),
            ["cash is tight", "no date"]
        );
    }

    #[test]
    fn much_text_and_none_are_bounded() {
        assert!(sentences(" \n... 12 -- ").is_empty());
        assert_eq!(sentences(&"So it is. ".repeat(500)).len(), MAX_SENTENCES);
        let long = sentences(&"ü".repeat(10_000)).concat();
        assert_eq!(long.chars().count(), MAX_CHARACTERS);
    }
}
