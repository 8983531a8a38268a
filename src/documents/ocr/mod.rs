//! Words of pictures: lines are found, each is read, and parted into words.
//!
//! Two published networks do the seeing (PP-OCRv6, run by ONNX Runtime): one marks the pixels of
//! lines of text, one reads the characters of a straightened line. What lies between is here: boxes
//! around marked pixels (`lines`), straightened lines (`strip`), characters and where they stand
//! (`characters`), and words (`words`). One thread does it all, since a sandboxed worker may start no other.

mod characters;
mod engine;
mod files;
mod lines;
mod strip;
mod words;

use std::time::Instant;

use image::RgbImage;

use super::Word;
pub use engine::{Engine, EngineError, Networks};
pub use files::{OCR_MODEL, OcrError, OcrFiles};

/// Words that a picture was found to show.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seen {
    /// In reading order, boxes and sizes in pixels.
    pub words: Vec<Word>,
    /// Whether time ran out before all lines were read.
    pub cut_short: bool,
}

/// Reads the words of a picture until a deadline.
///
/// # Errors
/// When one of the networks fails.
pub fn read(
    engine: &mut Engine,
    picture: &RgbImage,
    deadline: Instant,
) -> Result<Seen, EngineError> {
    let mut seen = Seen::default();
    for row in lines::in_rows(lines::find(engine, picture)?) {
        for line in row {
            if Instant::now() >= deadline {
                seen.cut_short = true;
                return Ok(seen);
            }
            let strip = strip::straighten(picture, &line);
            let written = characters::read(engine, &strip)?;
            seen.words.extend(words::part(&written, &strip, &line));
        }
    }
    Ok(seen)
}
