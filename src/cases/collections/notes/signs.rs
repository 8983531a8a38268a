//! Words known to mark a topic, in six languages.

use std::sync::LazyLock;

use super::topic::NoteTopic;
use crate::learn::fold::fold;

/// Words of fewer letters are whole words, not beginnings.
const WHOLE_BELOW: usize = 4;
/// Other words that may stand between two of a phrase.
const BETWEEN: usize = 2;
/// Phrases of a topic that count at most.
const MOST: usize = 3;

/// A phrase: its words in order.
type Phrase = Vec<&'static str>;

static SIGNS: LazyLock<Vec<(NoteTopic, Phrase)>> = LazyLock::new(|| {
    let lines = include_str!("signs.tsv").lines();
    lines
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut members = line.split('\t');
            let (name, phrases) = (members.next()?, members.nth(1)?);
            let topic = NoteTopic::ALL
                .into_iter()
                .find(|topic| topic.as_str() == name)?;
            Some((topic, phrases))
        })
        .flat_map(|(topic, phrases)| {
            let phrases = phrases.split(',');
            phrases.map(move |phrase| (topic, phrase.split_whitespace().collect()))
        })
        .collect()
});

/// How strongly a sentence is marked for each topic, in the order of [`NoteTopic::ALL`]: the
/// root of the number of phrases found.
pub(super) fn signs(sentence: &str) -> [f64; 6] {
    let words: Vec<String> = sentence.split_whitespace().flat_map(fold).collect();
    NoteTopic::ALL.map(|topic| {
        let of_topic = SIGNS.iter().filter(|(marked, _)| *marked == topic);
        let found = of_topic.filter(|(_, phrase)| stands_in(phrase, &words));
        (found.take(MOST).count() as f64).sqrt()
    })
}

fn stands_in(phrase: &[&str], words: &[String]) -> bool {
    let Some((first, rest)) = phrase.split_first() else {
        return true;
    };
    (0..words.len()).any(|at| {
        let here = words.get(at).is_some_and(|word| is_word(first, word));
        here && goes_on(rest, words.get(at + 1..).unwrap_or_default())
    })
}

/// Whether the rest of a phrase follows, with few words between.
fn goes_on(rest: &[&str], words: &[String]) -> bool {
    let Some((next, rest)) = rest.split_first() else {
        return true;
    };
    words
        .iter()
        .take(BETWEEN + 1)
        .enumerate()
        .any(|(at, word)| {
            is_word(next, word) && goes_on(rest, words.get(at + 1..).unwrap_or_default())
        })
}

fn is_word(sign: &str, word: &str) -> bool {
    if sign.len() < WHOLE_BELOW {
        word == sign
    } else {
        word.starts_with(sign)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_list_is_read_and_is_folded() {
        let lines = include_str!("signs.tsv").lines();
        let phrases: usize = lines
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.split(',').count())
            .sum();
        assert_eq!(SIGNS.len(), phrases);
        for (topic, phrase) in SIGNS.iter() {
            assert!(!phrase.is_empty(), "{topic:?}");
            for word in phrase {
                assert_eq!(fold(word), [*word], "{topic:?}");
            }
        }
    }

    #[test]
    fn phrases_are_found_with_few_words_between() {
        let of = |sentence: &str| signs(sentence).map(|value| value > 0.0);
        assert!(of("Haben wir nie bestellt")[0]);
        assert!(of("The hours were never really agreed")[0]);
        assert!(!of("never mind what they had once agreed")[0]);
        assert!(of("Bestellnummer fehlt")[3] && !of("sport")[3]);
    }
}
