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

/// A phrase that stands in a sentence.
pub(super) struct Found {
    pub(super) phrase: &'static [&'static str],
    /// Its first word, and the one behind its last.
    pub(super) from: usize,
    pub(super) to: usize,
}

/// Phrases of a topic that stand in a sentence, each where it stands first.
pub(super) fn found(words: &[String], topic: NoteTopic) -> Vec<Found> {
    let of_topic = SIGNS.iter().filter(|(marked, _)| *marked == topic);
    let found = of_topic.filter_map(|(_, phrase)| {
        let (from, to) = place(phrase, words)?;
        Some(Found { phrase, from, to })
    });
    found.collect()
}

fn stands_in(phrase: &[&str], words: &[String]) -> bool {
    place(phrase, words).is_some()
}

/// Where a phrase stands first: its first word, and the one behind its last.
fn place(phrase: &[&str], words: &[String]) -> Option<(usize, usize)> {
    let Some((first, rest)) = phrase.split_first() else {
        return Some((0, 0));
    };
    (0..words.len()).find_map(|at| {
        is_word(first, words.get(at)?)
            .then(|| goes_on(rest, words, at + 1))?
            .map(|to| (at, to))
    })
}

/// Where the rest of a phrase ends that follows with few words between; none if it does not.
fn goes_on(rest: &[&str], words: &[String], from: usize) -> Option<usize> {
    let Some((next, rest)) = rest.split_first() else {
        return Some(from);
    };
    (from..words.len().min(from + BETWEEN + 1)).find_map(|at| {
        is_word(next, words.get(at)?)
            .then(|| goes_on(rest, words, at + 1))
            .flatten()
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
