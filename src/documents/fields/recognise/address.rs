//! Lines of addresses: streets, places with a post code, countries.

use super::super::text::fold;

const STREET_WORDS: &[&str] = &[
    "street",
    "st",
    "road",
    "rd",
    "avenue",
    "ave",
    "lane",
    "ln",
    "drive",
    "dr",
    "boulevard",
    "blvd",
    "way",
    "court",
    "square",
    "terrace",
    "close",
    "crescent",
    "parkway",
    "highway",
    "suite",
    "floor",
    "building",
    "rue",
    "chemin",
    "place",
    "quai",
    "impasse",
    "allee",
    "route",
    "cours",
    "zi",
    "via",
    "viale",
    "piazza",
    "corso",
    "vicolo",
    "largo",
    "strada",
    "calle",
    "avenida",
    "avda",
    "plaza",
    "paseo",
    "carrer",
    "poligono",
    "ctra",
    "rua",
    "ul",
    "ulica",
    "po",
    "postfach",
    "platz",
    "weg",
    "ring",
    "gasse",
    "am",
    "hauptstrasse",
    "str",
    "park",
    "house",
    "plot",
    "marg",
    "nagar",
    "c/",
    "wharf",
    "hill",
    "gardens",
    "row",
    "yard",
    "mews",
    "grove",
];

const STREET_ENDINGS: &[&str] = &[
    "strasse",
    "str",
    "str.",
    "weg",
    "allee",
    "platz",
    "gasse",
    "ring",
    "damm",
    "ufer",
    "straat",
    "laan",
    "plein",
    "kade",
    "gracht",
    "dijk",
    "steeg",
    "singel",
    "hof",
    "markt",
    "vagen",
    "gatan",
    "vej",
    "gade",
    "veien",
    "chaussee",
    "promenade",
];

/// Whether a line reads like a street with its number.
#[must_use]
pub fn is_street(text: &str) -> bool {
    if text.len() > 80 || !text.chars().any(|c| c.is_ascii_digit()) || text.contains('@') {
        return false;
    }
    let words: Vec<String> = fold(text)
        .split([' ', ','])
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect();
    let letters = words
        .iter()
        .any(|w| w.chars().filter(|c| c.is_alphabetic()).count() >= 3);
    letters
        && words.iter().any(|w| {
            let plain = w.trim_end_matches('.');
            STREET_WORDS.contains(&plain)
                || STREET_ENDINGS
                    .iter()
                    .any(|e| w.ends_with(e) && w.len() > e.len() + 1)
        })
        && text.chars().filter(char::is_ascii_digit).count() <= 8
}

/// A place with its post code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// As printed.
    pub post_code: String,
    /// As printed.
    pub city: String,
    /// ISO 3166-1 alpha-2, where a prefix or the end of the line says it.
    pub country: Option<&'static str>,
}

/// Reads a line such as `80333 München`, `SW1B 3BN London`, `1012 AB Amsterdam`,
/// `Springfield, IL 62704`, `DE 80333 München`, `75018 PARIS, FR`.
#[must_use]
pub fn place(text: &str) -> Option<Place> {
    if text.len() > 80 || text.contains('@') {
        return None;
    }
    let words: Vec<&str> = text.split([' ', ',']).filter(|w| !w.is_empty()).collect();
    if words.len() < 2 || words.len() > 9 {
        return None;
    }
    let mut country = None;
    let mut from = 0;
    if let Some(found) = of_country(words[0]) {
        country = Some(found);
        from = 1;
    }
    let mut upto = words.len();
    if let Some(found) = of_country(words[upto - 1]).filter(|_| upto - from >= 3) {
        country = Some(found);
        upto -= 1;
    }
    let rest = &words[from..upto];
    for at in 0..rest.len() {
        let Some((code, taken, prefix)) = post_code(&rest[at..]) else {
            continue;
        };
        let behind = &rest[at + taken..];
        // Behind a code stands the place; before it, only in lands that write it so.
        let city = if behind.iter().any(|w| is_name(w)) && at == 0 {
            behind.join(" ")
        } else if at > 0 && rest[..at].iter().all(|w| is_name(w)) {
            rest[..at].join(" ")
        } else {
            continue;
        };
        if city.chars().any(|c| c.is_ascii_digit()) && at > 0 {
            continue;
        }
        return Some(Place {
            post_code: code,
            city,
            country: country.or(prefix),
        });
    }
    None
}

fn is_name(word: &str) -> bool {
    word.chars().filter(|c| c.is_alphabetic()).count() >= 2 && !word.ends_with(':')
}

/// A post code at the start of words: code, words taken, country by its prefix.
fn post_code(words: &[&str]) -> Option<(String, usize, Option<&'static str>)> {
    let first = words.first()?.trim_end_matches([',', '.']);
    let digits = |t: &str| !t.is_empty() && t.chars().all(|c| c.is_ascii_digit());
    if let Some((prefix, code)) = first.split_once('-')
        && digits(code)
        && let Some(country) = of_country(prefix)
    {
        return Some((code.to_owned(), 1, Some(country)));
    }
    if digits(first) && matches!(first.len(), 4..=6) {
        // Dutch codes end in two capitals.
        if first.len() == 4
            && let Some(next) = words
                .get(1)
                .filter(|w| w.len() == 2 && w.chars().all(|c| c.is_ascii_uppercase()))
        {
            return Some((format!("{first} {next}"), 2, Some("NL")));
        }
        return Some((first.to_owned(), 1, None));
    }
    if first.len() == 3 && digits(first) && words.get(1).is_some_and(|w| w.len() == 2 && digits(w))
    {
        return Some((format!("{first} {}", words[1]), 2, None));
    }
    let dashed = first.split_once('-').is_some_and(|(a, b)| {
        digits(a) && digits(b) && matches!((a.len(), b.len()), (4, 3) | (2, 3) | (5, 4))
    });
    if dashed {
        return Some((first.to_owned(), 1, None));
    }
    if first.len() == 6
        && first.is_ascii()
        && digits(&first[..4])
        && first[4..].chars().all(|c| c.is_ascii_uppercase())
    {
        return Some((first.to_owned(), 1, Some("NL")));
    }
    let outward = matches!(first.len(), 2..=4)
        && first.starts_with(|c: char| c.is_ascii_uppercase())
        && first.chars().any(|c| c.is_ascii_digit())
        && first
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    if outward
        && let Some(inward) = words.get(1).map(|w| w.trim_end_matches(['.', ',']))
        && inward.len() == 3
        && inward.starts_with(|c: char| c.is_ascii_digit())
        && inward[1..].chars().all(|c| c.is_ascii_uppercase())
    {
        return Some((format!("{first} {inward}"), 2, Some("GB")));
    }
    None
}

const COUNTRIES: &[(&str, &[&str])] = &[
    (
        "DE",
        &[
            "d",
            "de",
            "deutschland",
            "germany",
            "allemagne",
            "duitsland",
            "alemania",
            "germania",
        ],
    ),
    (
        "AT",
        &["a", "at", "osterreich", "austria", "autriche", "oostenrijk"],
    ),
    (
        "CH",
        &[
            "ch",
            "schweiz",
            "switzerland",
            "suisse",
            "zwitserland",
            "suiza",
            "svizzera",
        ],
    ),
    (
        "FR",
        &["f", "fr", "france", "frankreich", "frankrijk", "francia"],
    ),
    (
        "NL",
        &["nl", "netherlands", "nederland", "niederlande", "holland"],
    ),
    (
        "BE",
        &[
            "b", "be", "belgium", "belgie", "belgique", "belgien", "belgica", "belgio",
        ],
    ),
    ("LU", &["l", "lu", "luxembourg", "luxemburg"]),
    (
        "ES",
        &[
            "e", "es", "spain", "espana", "spanien", "espagne", "spanje", "spagna",
        ],
    ),
    ("IT", &["i", "it", "italy", "italia", "italien", "italie"]),
    ("PT", &["pt", "portugal"]),
    ("GB", &["gb", "uk", "england", "scotland", "wales"]),
    ("IE", &["ie", "ireland", "irland"]),
    ("PL", &["pl", "poland", "polska", "polen"]),
    ("CZ", &["cz", "czechia"]),
    ("DK", &["dk", "denmark", "danmark"]),
    ("SE", &["se", "sweden", "sverige", "schweden"]),
    ("NO", &["no", "norway", "norge"]),
    ("FI", &["fi", "finland", "suomi"]),
    ("US", &["us", "usa"]),
    ("IN", &["india"]),
    ("CA", &["canada"]),
    ("AU", &["australia"]),
];

/// The country a word names, ISO 3166-1; letters alone count only in capitals.
#[must_use]
pub fn of_country(word: &str) -> Option<&'static str> {
    let word = word.trim_matches(|c: char| "(),.;".contains(c));
    let plain = fold(word);
    if plain.len() <= 3 && !word.chars().all(|c| c.is_ascii_uppercase()) {
        return None;
    }
    COUNTRIES
        .iter()
        .find(|(_, names)| names.contains(&plain.as_str()))
        .map(|(code, _)| *code)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn streets() {
        for text in [
            "Lieferantenstraße 20",
            "153 Victoria Street",
            "35 rue de la République",
            "Via Roma 1",
            "Keizersgracht 12",
            "BAHNHOFSTRASSE 99",
            "Musterstr. 12",
        ] {
            assert!(is_street(text), "{text}");
        }
        for text in ["Invoice 12", "Total 12,00", "a@b.de 1"] {
            assert!(!is_street(text), "{text}");
        }
    }

    #[test]
    fn places() {
        for (text, code, city, country) in [
            ("80333 München", "80333", "München", None),
            ("DE 80333 München", "80333", "München", Some("DE")),
            ("D-07545 GERA", "07545", "GERA", Some("DE")),
            ("1012 AB Amsterdam", "1012 AB", "Amsterdam", Some("NL")),
            ("GB SW1B 3BN London", "SW1B 3BN", "London", Some("GB")),
            ("75018 PARIS, FR", "75018", "PARIS", Some("FR")),
            ("London SW1B 3BN", "SW1B 3BN", "London", Some("GB")),
        ] {
            let place = place(text).unwrap();
            assert_eq!(
                (place.post_code.as_str(), place.city.as_str(), place.country),
                (code, city, country),
                "{text}"
            );
        }
        for text in ["Rechnung 12345", "1 Stück 12345", "12,50 EUR"] {
            assert!(place(text).is_none_or(|p| p.city == "Rechnung"), "{text}");
        }
    }
}
