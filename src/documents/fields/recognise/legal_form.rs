//! Legal forms of firms at the end of their names.

use super::super::text::squeeze;

/// Squeezed legal forms of one word; compared with whole words alone.
const ONE_WORD: &[&str] = &[
    "ltee",
    "dac",
    "cic",
    "gmbh",
    "mbh",
    "ag",
    "kg",
    "kgaa",
    "ohg",
    "ug",
    "eg",
    "ev",
    "gbr",
    "se",
    "partg",
    "partgmbb",
    "ekfr",
    "ek",
    "gesmbh",
    "ges",
    "ltd",
    "limited",
    "llc",
    "llp",
    "lp",
    "plc",
    "inc",
    "incorporated",
    "corp",
    "corporation",
    "co",
    "company",
    "pty",
    "pte",
    "pvt",
    "sarl",
    "sas",
    "sasu",
    "sa",
    "eurl",
    "snc",
    "sci",
    "scop",
    "sprl",
    "srl",
    "asbl",
    "bv",
    "nv",
    "vof",
    "bvba",
    "cv",
    "stichting",
    "vzw",
    "sl",
    "slu",
    "sll",
    "scoop",
    "scp",
    "sau",
    "spa",
    "sapa",
    "srls",
    "sas",
    "scarl",
    "coop",
    "ab",
    "as",
    "asa",
    "aps",
    "oy",
    "oyj",
    "kft",
    "zrt",
    "doo",
    "sro",
    "lda",
    "unipessoal",
    "ltda",
    "eireli",
    "spzoo",
    "spj",
    "bhd",
    "sdn",
    "kk",
    "ag",
    "ivs",
    "hb",
    "sagl",
    "sarls",
    "sc",
    "ag",
    "selarl",
    "gie",
    "ivzw",
    "ltee",
    "dac",
    "cic",
    "ilp",
];

/// Forms of several words, squeezed without what parts them.
const SEVERAL: &[&str] = &[
    "sarl",
    "sadecv",
    "sarldecv",
    "sasdecv",
    "sapidecv",
    "gmbhcokg",
    "gmbhco",
    "ggmbh",
    "ugcokg",
    "agcokg",
    "spzoo",
    "sro",
    "doo",
    "privatelimited",
    "pvtltd",
    "ptyltd",
    "pteltd",
    "ughaftungsbeschrankt",
    "ughaftungsbeschraenkt",
    "secokg",
    "srlu",
    "aug",
    "vag",
    "anonymesociete",
    "sarlu",
    "kgaa",
    "gmbhcokgaa",
    "gmbhkg",
    "coltd",
    "sapi",
    "sadecv",
    "srldecv",
    "sdnbhd",
    "cokg",
    "coohg",
    "gesmbhcokg",
];

/// Where in `words` the legal form ends that names them a firm: the count of
/// words up to and with it. The last form before other words counts.
#[must_use]
pub fn end(words: &[&str]) -> Option<usize> {
    let mut found: Option<usize> = None;
    for at in 1..words.len() {
        if found.is_some_and(|f| at < f) {
            continue;
        }
        if let Some(stop) = several(words, at).filter(|_| found.is_none()) {
            found = Some(stop);
        } else if is_form(words[at]) {
            // `Acme GmbH & Co. KG` goes on after the first form.
            let joins =
                found.is_none_or(|f| at - f <= 2 && words[f..at].iter().all(|w| is_joint(w)));
            if joins {
                found = Some(at + 1);
            }
        } else if found.is_some_and(|f| at - f >= 2) {
            break;
        }
    }
    found
}

fn is_joint(word: &str) -> bool {
    matches!(word, "&" | "u." | "und" | "+" | "et" | "and")
}

fn is_form(word: &str) -> bool {
    let capital = word.starts_with(|c: char| c.is_uppercase())
        || matches!(
            word,
            "e.V."
                | "e.K."
                | "eG"
                | "e.K"
                | "e.G."
                | "a.G."
                | "a.s."
                | "s.r.o."
                | "d.o.o."
                | "mbH"
                | "gGmbH"
                | "s.r.l."
                | "s.p.a."
                | "s.n.c."
                | "s.a.s."
                | "e.V"
                | "i.L."
                | "eV"
                | "b.v."
                | "n.v."
        );
    let plain = squeeze(word);
    let short_needs_shape = plain.len() <= 3
        && !matches!(
            plain.as_str(),
            "ltd"
                | "llc"
                | "inc"
                | "plc"
                | "llp"
                | "srl"
                | "sas"
                | "spa"
                | "kg"
                | "ag"
                | "bv"
                | "nv"
                | "ab"
                | "oy"
                | "slu"
                | "pty"
                | "aps"
                | "lda"
                | "kft"
                | "ug"
                | "vof"
                | "sro"
                | "gbr"
                | "ohg"
        );
    let shaped = word.contains('.') || word.trim_end_matches(',').chars().all(|c| c.is_uppercase());
    (capital && ONE_WORD.contains(&plain.as_str()) && (!short_needs_shape || shaped))
        || matches!(word, "a.G." | "aG")
}

fn several(words: &[&str], at: usize) -> Option<usize> {
    let most = words.len().min(at + 6);
    (at + 2..=most).rev().find(|stop| {
        let joined: String = words[at..*stop].iter().map(|w| squeeze(w)).collect();
        SEVERAL.contains(&joined.as_str())
            || (joined.len() <= 4
                && words[at..*stop]
                    .iter()
                    .all(|w| w.trim_end_matches(['.', ',']).len() == 1)
                && ONE_WORD.contains(&joined.as_str()))
    })
}

/// The name without its legal form, squeezed, for comparing with web names.
#[must_use]
pub fn bare(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    words
        .iter()
        .enumerate()
        .filter(|(i, w)| *i == 0 || !(is_form(w) || is_joint(w)))
        .map(|(_, w)| squeeze(w))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(text: &str) -> Option<usize> {
        end(&text.split(' ').collect::<Vec<_>>())
    }

    #[test]
    fn forms_of_many_lands() {
        for (text, count) in [
            ("Acme GmbH", 2),
            ("Metallbau Leipzig GmbH & Co. KG", 6),
            ("Global Supplies Ltd.", 3),
            ("Au bon moulin SARL", 4),
            ("Foo S.p.A. Via Roma", 2),
            ("Bar B.V. Amsterdam", 2),
            ("Versicherungsverein Musterstadt a.G.", 3),
            ("Rohstoff AG Salzgitter", 2),
            ("Amazon Web Services, Inc.", 4),
            ("Baz s.r.o.", 2),
            ("Qux S. L.", 3),
            ("Firma Pvt. Ltd.", 3),
            ("Vexella S.A. de C.V.", 4),
            ("Vexella UG (haftungsbeschränkt)", 3),
            ("Mavent S.à r.l.", 3),
            ("Moor GmbH & Co. KG", 5),
            ("Orsavero s.n.c.", 2),
        ] {
            assert_eq!(ends(text), Some(count), "{text}");
        }
        for text in ["Rechnung vom Montag", "Co", "Max Mustermann", "as agreed"] {
            assert_eq!(ends(text), None, "{text}");
        }
        assert_eq!(bare("Acme GmbH & Co. KG"), "acme");
    }
}
