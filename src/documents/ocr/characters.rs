//! The characters of a straightened line, and where along it each stands.

use image::RgbImage;

use super::engine::{Engine, EngineError, Plane};
use super::lines::planes;

/// A character of a line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Character {
    /// As the alphabet writes it.
    pub text: String,
    /// How far along the line it was read, 0 to 1.
    pub at: f32,
    /// How sure the recogniser is, 0 to 1.
    pub probability: f32,
}

/// Reads a strip.
pub(super) fn read(engine: &mut Engine, strip: &RgbImage) -> Result<Vec<Character>, EngineError> {
    let (width, height) = (strip.width() as usize, strip.height() as usize);
    let steps = engine.recognise(&planes(strip), width, height)?;
    Ok(collapse(&steps, engine.alphabet()))
}

/// The likeliest character of each step, repeats and blanks left out: best-path decoding of Graves,
/// Fernández, Gomez and Schmidhuber, *Connectionist Temporal Classification*, ICML 2006.
fn collapse(steps: &Plane, alphabet: &[String]) -> Vec<Character> {
    let mut characters: Vec<Character> = Vec::new();
    let mut before = 0;
    for (step, likely) in steps.values.chunks(steps.width).enumerate() {
        let best = likely
            .iter()
            .copied()
            .enumerate()
            .fold(
                (0, f32::MIN),
                |best, next| {
                    if next.1 > best.1 { next } else { best }
                },
            );
        let at = (step as f32 + 0.5) / steps.height as f32;
        match (best.0, alphabet.get(best.0)) {
            (0, _) | (_, None) => {}
            (same, _) if same == before => {}
            (_, Some(text)) => characters.push(Character {
                text: text.clone(),
                at,
                probability: best.1.clamp(0.0, 1.0),
            }),
        }
        before = best.0;
    }
    characters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_are_one_character_unless_a_blank_parts_them() {
        let alphabet = ["", "a", "b", " "].map(str::to_owned);
        let likeliest = [0, 1, 1, 0, 1, 2, 0, 3];
        let values = likeliest
            .iter()
            .flat_map(|best| (0..4).map(move |at| if at == *best { 0.9 } else { 0.03 }))
            .collect();
        let read = collapse(
            &Plane {
                width: 4,
                height: 8,
                values,
            },
            &alphabet,
        );
        let text: String = read
            .iter()
            .map(|character| character.text.as_str())
            .collect();
        assert_eq!(text, "aab ");
        assert_eq!(read[0].at, 1.5 / 8.0);
    }
}
