//! Notes of collectors and messages of customers, made from templates in six languages.
//!
//! A template is one thing said about money owed, with places for who, when, how much, and
//! with wordings to choose from. Templates of the same place in the six languages say
//! about the same, so whoever holds some out holds that place out in all of them.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use scrutineer::cases::collections::notes::NoteTopic;

use crate::documents::Dice;

/// Templates are dealt to so many parts by their place, so that a part can be held out.
pub const PARTS: usize = 5;

const SOURCES: [(&str, &str); 6] = [
    ("en", include_str!("words/en.txt")),
    ("de", include_str!("words/de.txt")),
    ("fr", include_str!("words/fr.txt")),
    ("nl", include_str!("words/nl.txt")),
    ("es", include_str!("words/es.txt")),
    ("it", include_str!("words/it.txt")),
];

/// Words for the places of a language's templates, by name of the place.
type Fillings = HashMap<&'static str, Vec<&'static str>>;

/// One thing that is said, in many wordings.
#[derive(Debug, Clone)]
pub struct NoteTemplate {
    /// ISO 639-1 code of its language.
    pub language: &'static str,
    /// What it speaks of.
    pub topic: NoteTopic,
    /// Its place among those of its language and topic, from 0.
    pub place: usize,
    text: &'static str,
    fillings: Arc<Fillings>,
}

impl NoteTemplate {
    /// The part it is dealt to, below [`PARTS`].
    #[must_use]
    pub const fn part(&self) -> usize {
        self.place % PARTS
    }

    /// One of its wordings; the same seed gives the same.
    #[must_use]
    pub fn say(&self, seed: u64) -> String {
        let mut dice = Dice::new(seed, self.place as u64);
        let mut said = String::new();
        let mut rest = self.text;
        while let Some(at) = rest.find(['{', '(']) {
            let (before, choice) = rest.split_at(at);
            said.push_str(before);
            let closing = if choice.starts_with('{') { '}' } else { ')' };
            let Some(end) = choice.find(closing) else {
                rest = choice;
                break;
            };
            let inner = choice.get(1..end).unwrap_or_default();
            let chosen = match self.fillings.get(inner) {
                Some(words) => dice.pick(words),
                None => dice.pick(&inner.split('|').collect::<Vec<_>>()),
            };
            // A wording may have a place of its own.
            match chosen
                .split_once('{')
                .and_then(|(a, b)| Some((a, b.split_once('}')?)))
            {
                Some((a, (name, b))) => {
                    let words = self.fillings.get(name).map_or(&[][..], Vec::as_slice);
                    said.push_str(&format!("{a}{}{b}", dice.pick(words)));
                }
                None => said.push_str(chosen),
            }
            rest = choice.get(end + 1..).unwrap_or_default();
        }
        said.push_str(rest);
        // Notes are taken in haste: one in three goes without its full stop.
        if dice.percent(33) {
            said.truncate(said.trim_end_matches('.').len());
        }
        said
    }
}

/// All templates, in order of language, topic and place.
#[must_use]
pub fn templates() -> Vec<NoteTemplate> {
    let all = SOURCES.iter();
    all.flat_map(|(language, text)| of_language(language, text))
        .collect()
}

fn of_language(language: &'static str, text: &'static str) -> Vec<NoteTemplate> {
    let mut sections: Vec<(&str, Vec<&str>)> = Vec::new();
    let lines = text.lines().map(str::trim);
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let name = line
            .strip_prefix('[')
            .and_then(|line| line.strip_suffix(']'));
        match (name, sections.last_mut()) {
            (Some(name), _) => sections.push((name, Vec::new())),
            (None, Some((_, lines))) => lines.push(line),
            (None, None) => {}
        }
    }
    let topic = |name: &str| {
        let mut topics = NoteTopic::ALL.into_iter();
        topics.find(|topic| topic.as_str() == name)
    };
    let (said, words): (Vec<_>, Vec<_>) = sections
        .into_iter()
        .partition(|(name, _)| topic(name).is_some());
    let fillings: Arc<Fillings> = Arc::new(words.into_iter().collect());
    said.into_iter()
        .filter_map(|(name, lines)| Some((topic(name)?, lines)))
        .flat_map(|(topic, lines)| lines.into_iter().enumerate().map(move |one| (topic, one)))
        .map(|(topic, (place, text))| NoteTemplate {
            language,
            topic,
            place,
            text,
            fillings: Arc::clone(&fillings),
        })
        .collect()
}
