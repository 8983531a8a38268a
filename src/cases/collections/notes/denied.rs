//! Sentences that deny what their words speak of, or ask for it: `not been paid`, `paid yet?`.
//!
//! What a model makes of a sentence is mostly its words, and these are the same in `was paid` and in
//! `was not paid`. Three topics keep a customer from being spoken to; where a sentence denies one of
//! them, nothing is said of it. Words are those of [`super::signs`], six languages alike.

use super::signs::{self, Found};
use super::topic::NoteTopic;
use crate::learn::fold::fold;

/// Words that deny what stands near them.
const DENIALS: [&str; 35] = [
    "not",
    "nt",
    "t",
    "never",
    "nothing",
    "no",
    "none",
    "nobody",
    "without",
    "nicht",
    "kein",
    "keine",
    "keinen",
    "keiner",
    "keinerlei",
    "nichts",
    "nie",
    "pas",
    "jamais",
    "rien",
    "aucun",
    "aucune",
    "niet",
    "geen",
    "nooit",
    "niets",
    "nunca",
    "nada",
    "ningun",
    "ninguna",
    "non",
    "mai",
    "nulla",
    "nessun",
    "nessuna",
];
/// Words by which only a part is meant.
const PARTS: [&str; 15] = [
    "only",
    "partly",
    "partially",
    "nur",
    "teilweise",
    "seulement",
    "partiellement",
    "slechts",
    "alleen",
    "gedeeltelijk",
    "deels",
    "solo",
    "parcialmente",
    "soltanto",
    "parzialmente",
];
/// Beginnings of phrases by which something lacks: others for it, as `purchase order`, are denied where it
/// lacks.
const LACKS: [&str; 7] = [
    "is",
    "missing",
    "fehlt",
    "manque",
    "ontbreekt",
    "falta",
    "manca",
];
/// Words by which what was contested no longer is.
const OVER: [&str; 19] = [
    "resolved",
    "solved",
    "settled",
    "withdrawn",
    "withdrew",
    "dropped",
    "geklart",
    "beigelegt",
    "erledigt",
    "zuruckgezogen",
    "resolu",
    "regle",
    "opgelost",
    "ingetrokken",
    "resuelto",
    "resuelta",
    "resolvio",
    "risolto",
    "risolta",
];
/// Words that a question begins with which asks whether something is so.
const ASKING: [&str; 28] = [
    "has", "have", "is", "are", "was", "were", "did", "when", "wurde", "ist", "hat", "haben",
    "wann", "est", "a", "ont", "avez", "quand", "heeft", "hebben", "wanneer", "werd", "ha", "han",
    "se", "cuando", "e", "quando",
];
/// Words before a sign, and behind one, within which a denial is about it.
const BEFORE: usize = 4;

/// Whether a sentence that was taken to speak of a topic denies it, or asks whether it is so.
pub(super) fn is_denied(sentence: &str, topic: NoteTopic) -> bool {
    // Those who are not paid, cannot pay or promise nothing are spoken to all the same.
    let behind = match topic {
        NoteTopic::PaidAlready => 1,
        // `bestreitet die Rechnung nicht`
        NoteTopic::Contests => 4,
        NoteTopic::LacksDocument => 0,
        _ => return false,
    };
    let words: Vec<String> = sentence.split_whitespace().flat_map(fold).collect();
    let is_any =
        |words: &[String], known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    let paid = topic == NoteTopic::PaidAlready;
    let asks =
        sentence.trim_end().ends_with('?') && is_any(words.get(..1).unwrap_or_default(), &ASKING);
    if paid && (asks || is_any(&words, &PARTS))
        || topic == NoteTopic::Contests && is_any(&words, &OVER)
    {
        return true;
    }
    let found = signs::found(&words, topic);
    // A phrase that holds a denial of its own, as `never received` or `nothing is open`, means it.
    let means_it = |one: &Found| {
        let lacks = one.phrase.first().is_some_and(|word| LACKS.contains(word));
        let of_paper = topic == NoteTopic::LacksDocument && !lacks;
        of_paper || one.phrase.iter().any(|word| DENIALS.contains(word))
    };
    if found.iter().any(means_it) {
        return false;
    }
    if found.is_empty() {
        return paid && is_any(&words, &DENIALS);
    }
    found.iter().all(|one| {
        let from = one.from.saturating_sub(BEFORE);
        let to = (one.to + behind).min(words.len());
        is_any(words.get(from..to).unwrap_or_default(), &DENIALS)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_denied_or_asked_for_is_not_said() {
        for sentence in [
            "The invoice has not been paid yet",
            "They haven't paid it",
            "They have not paid and give no reason",
            "Nothing was paid so far",
            "Only half has been paid",
            "Has this been paid?",
            "Die Rechnung ist immer noch nicht bezahlt worden",
            "Betrag wurde nicht überwiesen",
            "La facture n'a pas été payée",
            "De factuur is niet betaald",
            "No se pagó la factura",
            "La fattura non è ancora stata pagata",
        ] {
            assert!(is_denied(sentence, NoteTopic::PaidAlready), "{sentence}");
        }
        for sentence in [
            "There is no dispute about this invoice",
            "Customer does not dispute the invoice",
            "Kunde beanstandet die Rechnung nicht",
            "Le client ne conteste pas la facture",
            "Invoice was disputed in May, that was solved",
        ] {
            assert!(is_denied(sentence, NoteTopic::Contests), "{sentence}");
        }
        let sentence = "Nothing is missing, they have the invoice";
        assert!(is_denied(sentence, NoteTopic::LacksDocument));
    }

    #[test]
    fn what_is_said_stays_said() {
        for (sentence, topic) in [
            ("It was paid on Friday", NoteTopic::PaidAlready),
            ("Nothing is open any more, they say", NoteTopic::PaidAlready),
            ("Bei uns ist nichts offen", NoteTopic::PaidAlready),
            (
                "We have paid, why was it not booked?",
                NoteTopic::PaidAlready,
            ),
            ("The hours were never agreed", NoteTopic::Contests),
            (
                "Zahlt nicht, weil die Ware beschädigt war",
                NoteTopic::Contests,
            ),
            ("Disputes the quantity", NoteTopic::Contests),
            ("Never received the invoice", NoteTopic::LacksDocument),
            ("Can you send a copy?", NoteTopic::LacksDocument),
            ("No purchase order on it", NoteTopic::LacksDocument),
            ("Pagata la seconda metà di maggio", NoteTopic::PaidAlready),
            ("No money until spring", NoteTopic::CannotPay),
        ] {
            assert!(!is_denied(sentence, topic), "{sentence}");
        }
    }
}
