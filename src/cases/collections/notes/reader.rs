//! Notes read once each: what they speak of is remembered by digest of their text.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

use super::NoteError;
use super::model::NoteModel;
use super::topic::Topics;
use crate::learn::encoder::TextEncoder;
use crate::registry::Registry;

/// Notes remembered at most, in two halves of which the older is dropped: about 6 MB.
const REMEMBERED: usize = 65_536;

/// Somebody who can tell what a note speaks of.
pub trait ReadsNotes: Send + Sync + std::fmt::Debug {
    /// What a note speaks of.
    ///
    /// # Errors
    /// [`NoteError`] if it could not be read.
    fn topics(&self, note: &str) -> Result<Topics, NoteError>;

    /// Whether it is known already, so that asking takes no time.
    fn knows(&self, note: &str) -> bool;
}

/// The model with what it has read. The text itself is not kept.
#[derive(Debug)]
pub struct NoteReader {
    model: NoteModel,
    memory: Mutex<Memory>,
}

type TextDigest = [u8; 32];

#[derive(Debug, Default)]
struct Memory {
    fresh: HashMap<TextDigest, Topics>,
    old: HashMap<TextDigest, Topics>,
}

impl Memory {
    fn get(&self, digest: &TextDigest) -> Option<Topics> {
        let found = self.fresh.get(digest).or_else(|| self.old.get(digest));
        found.copied()
    }

    fn put(&mut self, digest: TextDigest, topics: Topics) {
        if self.fresh.len() >= REMEMBERED / 2 {
            self.old = std::mem::take(&mut self.fresh);
        }
        self.fresh.insert(digest, topics);
    }
}

impl NoteReader {
    /// Loads the version of the model that answers, with an encoder that others use too.
    ///
    /// # Errors
    /// [`NoteError`] that names the file or what does not fit.
    pub fn load(registry: &Registry, encoder: Arc<TextEncoder>) -> Result<Self, NoteError> {
        Ok(Self::new(NoteModel::load(registry, encoder)?))
    }

    /// Loads the model with an encoder of its own.
    ///
    /// # Errors
    /// [`NoteError`] that names the file or what does not fit.
    pub fn open(registry: &Registry) -> Result<Self, NoteError> {
        Self::load(registry, Arc::new(TextEncoder::load(registry)?))
    }

    /// A reader that has read nothing.
    #[must_use]
    pub fn new(model: NoteModel) -> Self {
        Self {
            model,
            memory: Mutex::default(),
        }
    }

    fn remembered(&self, digest: &TextDigest) -> Option<Topics> {
        // What another thread left half done is a map all the same.
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.get(digest)
    }
}

impl ReadsNotes for NoteReader {
    fn topics(&self, note: &str) -> Result<Topics, NoteError> {
        let digest: TextDigest = Sha256::digest(note).into();
        if let Some(topics) = self.remembered(&digest) {
            return Ok(topics);
        }
        let topics = self.model.topics(note)?;
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.put(digest, topics);
        Ok(topics)
    }

    fn knows(&self, note: &str) -> bool {
        self.remembered(&Sha256::digest(note).into()).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::super::topic::NoteTopic;
    use super::*;

    #[test]
    fn what_is_remembered_is_bounded_and_the_latest_is_kept() {
        let mut memory = Memory::default();
        let digest = |at: usize| -> TextDigest { Sha256::digest(at.to_string()).into() };
        let told: Topics = [NoteTopic::Contests].into_iter().collect();
        for at in 0..REMEMBERED + 5 {
            memory.put(digest(at), told);
        }
        assert!(memory.fresh.len() + memory.old.len() <= REMEMBERED);
        assert_eq!(memory.get(&digest(REMEMBERED + 4)), Some(told));
        assert_eq!(memory.get(&digest(0)), None);
    }
}
