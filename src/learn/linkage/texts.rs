//! Different texts, each once and all in one piece of memory.

use std::hash::BuildHasher as _;

use hashbrown::{DefaultHashBuilder, HashTable};

/// Texts and their codes, from 1; 0 is the empty text.
#[derive(Debug, Default)]
pub(super) struct Texts {
    all: String,
    /// Where each text ends.
    ends: Vec<usize>,
    known: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Texts {
    /// Code of a text: a new one where it was not known.
    pub(super) fn code(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        let hash = self.hasher.hash_one(text);
        let same = |code: &u32| of(&self.all, &self.ends, *code) == text;
        if let Some(code) = self.known.find(hash, same) {
            return *code;
        }
        self.all.push_str(text);
        self.ends.push(self.all.len());
        let code = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        let (all, ends, hasher) = (&self.all, &self.ends, &self.hasher);
        let rehash = |code: &u32| hasher.hash_one(of(all, ends, *code));
        self.known.insert_unique(hash, code, rehash);
        code
    }

    /// The text of a code; empty where there is none.
    pub(super) fn text(&self, code: u32) -> &str {
        of(&self.all, &self.ends, code)
    }

    /// All texts but the empty one, in the order of their codes.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        (1..).take(self.len()).map(|code| self.text(code))
    }

    /// How many there are, without the empty one.
    pub(super) const fn len(&self) -> usize {
        self.ends.len()
    }
}

fn of<'a>(all: &'a str, ends: &[usize], code: u32) -> &'a str {
    let end = |code: u32| match code.checked_sub(1) {
        Some(at) => ends.get(at as usize).copied(),
        None => Some(0),
    };
    let range = end(code.saturating_sub(1)).zip(end(code));
    range
        .and_then(|(start, end)| all.get(start..end))
        .unwrap_or("")
}
