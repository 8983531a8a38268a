//! The language of a document, by its small words.

/// A language whose small words are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    /// English.
    En,
    /// German.
    De,
    /// French.
    Fr,
    /// Dutch.
    Nl,
    /// Spanish.
    Es,
    /// Italian.
    It,
}

const WORDS: &[(Language, &[&str])] = &[
    (
        Language::En,
        &[
            "the",
            "of",
            "and",
            "for",
            "to",
            "invoice",
            "date",
            "amount",
            "due",
            "please",
            "description",
            "quantity",
            "unit",
            "payment",
            "is",
            "tax",
            "your",
            "bill",
            "number",
            "price",
        ],
    ),
    (
        Language::De,
        &[
            "der",
            "die",
            "das",
            "und",
            "für",
            "von",
            "rechnung",
            "datum",
            "betrag",
            "mwst",
            "ust",
            "bitte",
            "menge",
            "bezeichnung",
            "gesamt",
            "nr",
            "sie",
            "ihre",
            "zahlung",
            "zum",
            "netto",
            "den",
        ],
    ),
    (
        Language::Fr,
        &[
            "le",
            "la",
            "les",
            "et",
            "du",
            "des",
            "facture",
            "tva",
            "montant",
            "échéance",
            "désignation",
            "quantité",
            "ht",
            "ttc",
            "votre",
            "vous",
            "paiement",
            "pour",
            "par",
            "numéro",
        ],
    ),
    (
        Language::Nl,
        &[
            "de",
            "het",
            "een",
            "en",
            "van",
            "voor",
            "factuur",
            "factuurnummer",
            "datum",
            "btw",
            "bedrag",
            "omschrijving",
            "aantal",
            "totaal",
            "uw",
            "te",
            "betalen",
            "wij",
            "prijs",
            "kvk",
        ],
    ),
    (
        Language::Es,
        &[
            "el",
            "los",
            "las",
            "y",
            "del",
            "factura",
            "fecha",
            "importe",
            "iva",
            "cantidad",
            "descripción",
            "precio",
            "cliente",
            "pago",
            "número",
            "por",
            "para",
            "cuota",
            "vencimiento",
            "su",
        ],
    ),
    (
        Language::It,
        &[
            "il",
            "lo",
            "gli",
            "e",
            "di",
            "del",
            "fattura",
            "importo",
            "iva",
            "quantità",
            "descrizione",
            "prezzo",
            "totale",
            "scadenza",
            "pagamento",
            "numero",
            "per",
            "imponibile",
            "spett",
            "data",
        ],
    ),
];

/// The language with the most known words, when there are at least three.
#[must_use]
pub(super) fn detect<'a>(words: impl Iterator<Item = &'a str>) -> Option<Language> {
    let mut counts = [0_usize; 6];
    for word in words.take(1500) {
        let plain = word
            .trim_matches(|c: char| !c.is_alphabetic())
            .to_lowercase();
        for (i, (_, known)) in WORDS.iter().enumerate() {
            counts[i] += usize::from(known.contains(&plain.as_str()));
        }
    }
    let best = (0..counts.len()).max_by_key(|i| counts[*i])?;
    (counts[best] >= 3).then(|| WORDS[best].0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_small_words() {
        let of = |text: &str| detect(text.split(' '));
        assert_eq!(
            of("Bitte überweisen Sie den Betrag zum 1. Mai"),
            Some(Language::De)
        );
        assert_eq!(
            of("Please pay the amount due by the date"),
            Some(Language::En)
        );
        assert_eq!(of("xyz 123"), None);
    }
}
