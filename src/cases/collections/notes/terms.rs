//! Beginnings of words, alone and in pairs: what the encoder, which knows English best, is
//! helped with in other languages.

use std::collections::BTreeSet;

use crate::learn::fold::fold;

/// Letters kept of a word that stands alone, and of each of a pair.
const ALONE: usize = 6;
const PAIRED: usize = 4;
/// What stands for a number.
const NUMBER: &str = "#";

/// The terms of a sentence, each once, in order of letters.
pub(super) fn terms(sentence: &str) -> BTreeSet<String> {
    let words: Vec<String> = sentence
        .split_whitespace()
        .flat_map(fold)
        .map(|word| {
            if word.chars().any(|sign| sign.is_ascii_digit()) {
                NUMBER.to_owned()
            } else {
                word
            }
        })
        .collect();
    let alone = words
        .iter()
        .map(|word| format!("word_{}", beginning(word, ALONE)));
    let paired = words.windows(2).filter_map(|pair| match pair {
        [a, b] => Some(format!(
            "pair_{}_{}",
            beginning(a, PAIRED),
            beginning(b, PAIRED)
        )),
        _ => None,
    });
    alone.chain(paired).collect()
}

fn beginning(word: &str, letters: usize) -> String {
    word.chars().take(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::terms;

    #[test]
    fn words_are_told_by_how_they_begin() {
        let found = terms("Rechnungskopie fehlt: Nr. 4711");
        let expected = [
            "pair_fehl_nr",
            "pair_nr_#",
            "pair_rech_fehl",
            "word_#",
            "word_fehlt",
            "word_nr",
            "word_rechnu",
        ];
        assert!(found.iter().eq(expected), "{found:?}");
    }
}
