//! Words and phrases that mark a type, in English, German, French, Dutch,
//! Spanish and Italian: the table `signs.tsv`, one sign a row.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::text::DocumentText;

/// The table: name of the sign, then its phrases between `|`. A phrase is folded
/// words; `x*` is any word that begins with `x`, `*x` any that ends with it.
static TABLE: LazyLock<Table> = LazyLock::new(|| Table::parse(include_str!("signs.tsv")));

/// Phrases by which a document says that the buyer wrote it in the seller's
/// place: an invoice, though German law calls it a `Gutschrift`, too.
const SELF_BILLED: [&[&str]; 8] = [
    &["selbst", "ausgestellte"],
    &["gutschriftsverfahren"],
    &["self", "billed"],
    &["self", "billing"],
    &["autofacturation"],
    &["autofactura"],
    &["autofattura"],
    &["zelffacturatie"],
];
/// The sign that such a document does not have.
const CREDIT_NOTE: &str = "credit_note";

/// Every sign's name, in the order of the table.
pub(super) fn names() -> &'static [&'static str] {
    &TABLE.names
}

/// First and last word of a phrase.
pub(super) type Span = (usize, usize);

/// Where a sign was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sightings {
    /// First and last word of every sighting.
    pub(super) spans: Vec<Span>,
    /// Words of the first sighting in large letters.
    pub(super) large: Option<Span>,
    /// Words of the first sighting on a short line in the upper part of the first page.
    pub(super) alone: Option<Span>,
    /// Words of the first sighting where it may be said what is charged.
    pub(super) charged: Option<Span>,
}

/// Every sign's sightings, in the order of [`names`].
pub(super) fn find(text: &DocumentText) -> Vec<Sightings> {
    let mut found = vec![Sightings::default(); TABLE.names.len()];
    for start in 0..text.tokens.len() {
        let first = text.tokens.get(start);
        // Of two phrases of one sign at one place the longer is seen.
        let mut here: Vec<(usize, Span)> = Vec::new();
        for phrase in TABLE.candidates(first.map_or("", |token| token.text.as_str())) {
            let Some(span) = phrase.matched(text, start) else {
                continue;
            };
            match here.iter_mut().find(|(sign, _)| *sign == phrase.sign) {
                Some((_, longest)) if longest.1 < span.1 => *longest = span,
                Some(_) => {}
                None => here.push((phrase.sign, span)),
            }
        }
        for (sign, span) in here {
            if let Some(sightings) = found.get_mut(sign) {
                sightings.add(text, span);
            }
        }
    }
    if is_self_billed(text) {
        let credit = names().iter().position(|name| *name == CREDIT_NOTE);
        if let Some(sightings) = credit.and_then(|index| found.get_mut(index)) {
            *sightings = Sightings::default();
        }
    }
    found
}

fn is_self_billed(text: &DocumentText) -> bool {
    let says = |phrase: &[&str]| {
        let mut places = text.tokens.windows(phrase.len());
        places.any(|tokens| tokens.iter().map(|token| &token.text).eq(phrase))
    };
    SELF_BILLED.iter().any(|phrase| says(phrase))
}

/// Spans of words that announce the buyer's order number, and of words that
/// those may be part of without announcing it.
pub(super) fn order_labels(found: &[Sightings]) -> (Vec<Span>, Vec<Span>) {
    let spans = |wanted: &[&str]| {
        let named = names().iter().zip(found);
        let named = named.filter(|(name, _)| wanted.contains(name));
        named.flat_map(|(_, seen)| seen.spans.clone()).collect()
    };
    (
        spans(&["buyer_order"]),
        spans(&["seller_order", "order_confirmation"]),
    )
}

impl Sightings {
    fn add(&mut self, text: &DocumentText, span: Span) {
        self.spans.push(span);
        let word = text.words.get(span.0);
        if word.is_some_and(|word| word.large) {
            self.large.get_or_insert(span);
        }
        if word.is_some_and(|word| word.alone) {
            self.alone.get_or_insert(span);
        }
        if word.is_some_and(|word| word.charged) {
            self.charged.get_or_insert(span);
        }
    }
}

struct Table {
    names: Vec<&'static str>,
    /// Phrases whose first part is a whole word, by that word.
    by_first_word: HashMap<&'static str, Vec<Phrase>>,
    /// Phrases whose first part is the beginning or the end of a word.
    by_shape: Vec<Phrase>,
}

struct Phrase {
    sign: usize,
    parts: Vec<Part>,
}

enum Part {
    Whole(&'static str),
    Begins(&'static str),
    Ends(&'static str),
}

impl Table {
    fn parse(table: &'static str) -> Self {
        let mut parsed = Self {
            names: Vec::new(),
            by_first_word: HashMap::new(),
            by_shape: Vec::new(),
        };
        for (name, phrases) in table.lines().filter_map(|row| row.split_once('\t')) {
            let sign = parsed.names.len();
            parsed.names.push(name);
            for phrase in phrases.split('|') {
                let parts: Vec<Part> = phrase.split(' ').map(Part::parse).collect();
                let phrase = Phrase { sign, parts };
                match phrase.parts.first() {
                    Some(Part::Whole(first)) => {
                        parsed.by_first_word.entry(first).or_default().push(phrase);
                    }
                    _ => parsed.by_shape.push(phrase),
                }
            }
        }
        parsed
    }

    fn candidates(&self, first: &str) -> impl Iterator<Item = &Phrase> {
        self.by_first_word
            .get(first)
            .into_iter()
            .flatten()
            .chain(&self.by_shape)
    }
}

impl Phrase {
    /// First and last word of the phrase, if it starts at that token.
    fn matched(&self, text: &DocumentText, start: usize) -> Option<Span> {
        let tokens = text.tokens.get(start..start + self.parts.len())?;
        let all = self
            .parts
            .iter()
            .zip(tokens)
            .all(|(part, token)| part.matches(&token.text));
        all.then_some((tokens.first()?.word, tokens.last()?.word))
    }
}

impl Part {
    fn parse(part: &'static str) -> Self {
        match (part.strip_prefix('*'), part.strip_suffix('*')) {
            (Some(end), _) => Self::Ends(end),
            (_, Some(beginning)) => Self::Begins(beginning),
            _ => Self::Whole(part),
        }
    }

    fn matches(&self, word: &str) -> bool {
        match self {
            Self::Whole(whole) => word == *whole,
            Self::Begins(beginning) => word.starts_with(beginning),
            Self::Ends(end) => word.ends_with(end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Span, TABLE, find, names};
    use crate::cases::invoice::document_type::text::{DocumentText, plain_page};
    use crate::documents::Reading;
    use crate::learn::fold::fold;

    /// Where a sign is seen on a page of these lines.
    fn seen(lines: &str, sign: &str) -> Vec<Span> {
        let text = DocumentText::of(&[plain_page(lines)], &Reading::default());
        let found = names().iter().zip(find(&text));
        let mut found = found.filter(|(name, _)| **name == sign);
        found.next().map(|(_, seen)| seen.spans).unwrap_or_default()
    }

    #[test]
    fn a_gutschrift_that_the_buyer_wrote_is_an_invoice() {
        assert_eq!(
            seen("Gutschrift\nzu Rechnung 4711", "credit_note"),
            [(0, 0)]
        );
        let self_billed = "Gutschrift (Selbst ausgestellte Rechnung)\nNr. 4711";
        assert_eq!(seen(self_billed, "credit_note"), []);
        assert_eq!(seen(self_billed, "invoice"), [(3, 3)]);
    }

    #[test]
    fn of_two_phrases_at_one_place_the_longer_is_seen() {
        assert_eq!(seen("Ordine d'acquisto 4711", "buyer_order"), [(0, 1)]);
    }

    #[test]
    fn the_table_is_folded_and_holds_nothing_twice() {
        assert!(names().len() >= 25);
        for row in include_str!("signs.tsv").lines() {
            let (name, phrases) = row.split_once('\t').unwrap_or_default();
            for phrase in phrases.split('|') {
                let words: Vec<String> = phrase.split(' ').flat_map(fold).collect();
                assert_eq!(words.join(" "), phrase.replace('*', ""), "{name}");
            }
        }
        assert!(!TABLE.by_shape.is_empty());
    }
}
