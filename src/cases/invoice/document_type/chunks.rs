//! The few regions whose wording is read by the text encoder.

use super::text::DocumentText;

/// Words of one chunk: about as many tokens as the encoder is quick with.
const WORDS: usize = 32;

/// Name of a region, and the indices of its words, in reading order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chunk {
    pub(super) region: &'static str,
    pub(super) words: Vec<usize>,
}

/// Title, head and middle of the first page, foot of the last; those that hold
/// words. None for a structure without pages: its codes and the signs in its
/// words say what it is, without the time that encoding takes.
pub(super) fn of(text: &DocumentText) -> Vec<Chunk> {
    if text.words.iter().all(|word| word.place.is_none()) {
        return Vec::new();
    }
    let first = if text.first_page > 0 {
        text.first_page
    } else {
        text.words.len()
    };
    let pick = |region, words: &mut dyn Iterator<Item = usize>| Chunk {
        region,
        words: words
            .filter(|word| is_wording(text, *word))
            .take(WORDS)
            .collect(),
    };
    let is_large = |word: &usize| text.words.get(*word).is_some_and(|word| word.large);
    let mut foot = pick("foot", &mut (text.last_page_start..text.words.len()).rev());
    foot.words.reverse();
    let mut chunks = vec![
        pick("title", &mut (0..first).filter(is_large)),
        pick("head", &mut (0..first)),
        pick("middle", &mut (first * 2 / 5..first)),
        foot,
    ];
    chunks.retain(|chunk| !chunk.words.is_empty());
    chunks
}

/// The text of a chunk as the encoder sees it.
pub(super) fn wording(text: &DocumentText, chunk: &Chunk) -> String {
    let words = chunk.words.iter().filter_map(|word| text.words.get(*word));
    words
        .map(|word| word.text.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Numbers, dates, codes and addresses of machines say little in many tokens.
fn is_wording(text: &DocumentText, word: usize) -> bool {
    text.words.get(word).is_some_and(|word| {
        let letters = word.text.chars().filter(|c| c.is_alphabetic()).count();
        let digits = word.text.chars().filter(char::is_ascii_digit).count();
        letters > 1 && digits == 0 && letters <= 30 && !word.text.contains('@')
    })
}
