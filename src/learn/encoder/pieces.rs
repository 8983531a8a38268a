//! Words to word pieces, longest first (Schuster and Nakajima, "Japanese and Korean voice
//! search", 2012). The library's own model keeps every piece twice, each on its own: making
//! that took longer than all else that is read with it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use tokenizers::models::wordpiece::{WordPieceTrainer, WordPieceTrainerBuilder};
use tokenizers::{Model, Result, Token};

/// The `model` of a `tokenizer.json` of word pieces.
#[derive(Deserialize)]
pub(super) struct WordPieces {
    #[serde(rename = "vocab")]
    pieces: Pieces,
    unk_token: String,
    continuing_subword_prefix: String,
    max_input_chars_per_word: usize,
}

/// Pieces with their numbers, found by their characters.
struct Pieces {
    /// All pieces, one after the other.
    text: String,
    /// Where a piece starts and ends in the text, and its number.
    entries: Vec<(usize, usize, u32)>,
    /// Index of an entry plus 1, at the first free slot from its hash on; 0 is free.
    slots: Vec<u32>,
}

impl Model for WordPieces {
    type Trainer = WordPieceTrainer;

    /// As the library's `WordPiece` does it.
    fn tokenize(&self, word: &str) -> Result<Vec<Token>> {
        if word.chars().count() > self.max_input_chars_per_word {
            return Ok(vec![self.unknown(word)?]);
        }
        let mut tokens = Vec::new();
        let mut start = 0;
        let mut sought = String::new();
        while start < word.len() {
            sought.clear();
            if start > 0 {
                sought.push_str(&self.continuing_subword_prefix);
            }
            let prefix = sought.len();
            sought.push_str(&word[start..]);
            let id = loop {
                if let Some(id) = self.pieces.find(&sought) {
                    break id;
                }
                sought.pop();
                if sought.len() <= prefix {
                    return Ok(vec![self.unknown(word)?]);
                }
            };
            let end = start + sought.len() - prefix;
            tokens.push(Token::new(id, sought.clone(), (start, end)));
            start = end;
        }
        Ok(tokens)
    }

    fn token_to_id(&self, token: &str) -> Option<u32> {
        self.pieces.find(token)
    }

    fn id_to_token(&self, id: u32) -> Option<String> {
        let mut entries = self.pieces.entries.iter();
        let found = entries.find(|(.., number)| *number == id)?;
        Some(self.pieces.characters(found).to_owned())
    }

    fn get_vocab(&self) -> HashMap<String, u32> {
        let entries = self.pieces.entries.iter();
        entries
            .map(|entry| (self.pieces.characters(entry).to_owned(), entry.2))
            .collect()
    }

    fn get_vocab_size(&self) -> usize {
        self.pieces.entries.len()
    }

    fn save(&self, _: &Path, _: Option<&str>) -> Result<Vec<PathBuf>> {
        Err("word pieces are only read".into())
    }

    fn get_trainer(&self) -> WordPieceTrainer {
        WordPieceTrainerBuilder::default().build()
    }
}

impl WordPieces {
    fn unknown(&self, word: &str) -> Result<Token> {
        let id = self.pieces.find(&self.unk_token);
        let id = id.ok_or("the vocabulary lacks the token of what is unknown")?;
        Ok(Token::new(id, self.unk_token.clone(), (0, word.len())))
    }
}

impl Pieces {
    fn of(text: String, entries: Vec<(usize, usize, u32)>) -> Self {
        let mut pieces = Self {
            text,
            slots: vec![0; (entries.len() * 2 + 1).next_power_of_two()],
            entries,
        };
        for (number, entry) in (1..).zip(&pieces.entries) {
            let mut slot = pieces.first_slot(pieces.characters(entry));
            while pieces.slots[slot] != 0 {
                slot = (slot + 1) % pieces.slots.len();
            }
            pieces.slots[slot] = number;
        }
        pieces
    }

    fn find(&self, piece: &str) -> Option<u32> {
        let mut slot = self.first_slot(piece);
        loop {
            let index = self.slots[slot].checked_sub(1)?;
            let entry = self.entries.get(index as usize)?;
            if self.characters(entry) == piece {
                return Some(entry.2);
            }
            slot = (slot + 1) % self.slots.len();
        }
    }

    fn characters(&self, &(start, end, _): &(usize, usize, u32)) -> &str {
        &self.text[start..end]
    }

    /// By FNV-1a (Fowler, Noll and Vo).
    fn first_slot(&self, piece: &str) -> usize {
        let hash = piece.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
        hash as usize % self.slots.len()
    }
}

impl<'de> Deserialize<'de> for Pieces {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_map(PiecesVisitor)
    }
}

struct PiecesVisitor;

/// Borrowed from the file unless it is escaped there.
#[derive(Deserialize)]
struct Piece<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Visitor<'de> for PiecesVisitor {
    type Value = Pieces;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("word pieces with their numbers")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Pieces, A::Error> {
        let (mut text, mut entries) = (String::new(), Vec::new());
        while let Some((Piece(piece), id)) = map.next_entry::<Piece<'de>, u32>()? {
            let start = text.len();
            text.push_str(&piece);
            entries.push((start, text.len(), id));
        }
        Ok(Pieces::of(text, entries))
    }
}
