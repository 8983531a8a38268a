//! Month names in the languages invoices come in.

/// One row a month: full names and abbreviations, lower case, without accents.
const NAMES: [&[&str]; 12] = [
    &[
        "january", "januar", "janner", "jaenner", "janvier", "januari", "enero", "gennaio",
        "janeiro", "stycznia", "styczen", "jan", "janv", "ene", "gen", "sty",
    ],
    &[
        "february",
        "februar",
        "fevrier",
        "februari",
        "febrero",
        "febbraio",
        "fevereiro",
        "lutego",
        "luty",
        "feb",
        "febr",
        "fevr",
        "fev",
        "lut",
    ],
    &[
        "march", "marz", "maerz", "mars", "maart", "marzo", "marco", "marca", "marzec", "mar",
        "mrt", "mrz",
    ],
    &[
        "april", "avril", "abril", "aprile", "kwietnia", "kwiecien", "apr", "avr", "abr", "kwi",
    ],
    &[
        "may", "mai", "mei", "mayo", "maggio", "maio", "maja", "maj", "mag",
    ],
    &[
        "june", "juni", "juin", "junio", "giugno", "junho", "czerwca", "czerwiec", "jun", "giu",
        "cze",
    ],
    &[
        "july", "juli", "juillet", "julio", "luglio", "julho", "lipca", "lipiec", "jul", "juil",
        "lug", "lip",
    ],
    &[
        "august", "aout", "augustus", "agosto", "augusti", "sierpnia", "sierpien", "aug", "ago",
        "sie",
    ],
    &[
        "september",
        "septembre",
        "septiembre",
        "settembre",
        "setembro",
        "wrzesnia",
        "wrzesien",
        "sep",
        "sept",
        "set",
        "sett",
        "wrz",
    ],
    &[
        "october",
        "oktober",
        "octobre",
        "octubre",
        "ottobre",
        "outubro",
        "pazdziernika",
        "pazdziernik",
        "oct",
        "okt",
        "ott",
        "out",
        "paz",
    ],
    &[
        "november",
        "novembre",
        "noviembre",
        "novembro",
        "listopada",
        "listopad",
        "nov",
        "lis",
    ],
    &[
        "december",
        "dezember",
        "decembre",
        "diciembre",
        "dicembre",
        "dezembro",
        "grudnia",
        "grudzien",
        "dec",
        "dez",
        "dic",
        "gru",
    ],
];

/// The month, 1 to 12, that a word names; case, accents and a closing point do not matter.
#[must_use]
pub fn number(word: &str) -> Option<u32> {
    let plain = super::super::text::fold(word.trim_end_matches('.'));
    if plain.len() < 3 {
        return None;
    }
    let at = NAMES
        .iter()
        .position(|names| names.contains(&plain.as_str()))?;
    u32::try_from(at + 1).ok()
}

/// Every name of a month, for tests of the readers that use them.
#[cfg(test)]
pub(crate) const fn names(month: usize) -> &'static [&'static str] {
    NAMES[month - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_many_languages() {
        for (word, month) in [
            ("März", 3),
            ("août", 8),
            ("JANV.", 1),
            ("Mai", 5),
            ("dicembre", 12),
            ("Sept", 9),
        ] {
            assert_eq!(number(word), Some(month), "{word}");
        }
        assert_eq!(number("Maier"), None);
        assert_eq!(number("de"), None);
    }
}
