//! Realistic business documents with exact truth, made from a seed.
//!
//! Document `i` depends on the seed and on `i` alone, so a longer run begins with the
//! same bytes as a shorter one. Names of firms, people and streets are put together
//! from word lists of our own; check digits of VAT ids and IBANs are valid.

mod catalogue;
mod country;
mod dice;
mod draft;
mod draft_items;
mod draw;
mod facts;
mod ids;
mod in_words;
mod layout;
mod locale;
mod numbering;
mod party;
mod record;
mod terms;
mod totals;
mod truth;

pub use truth::{DocumentKind, Truth, TruthLine};

use dice::Dice;
use facts::Facts;
use layout::{Scene, Style};
use locale::Language;

/// A document and what it says.
#[derive(Debug, Clone)]
pub struct GeneratedDocument {
    /// File name, saying nothing about the content.
    pub name: String,
    /// The bytes of the PDF.
    pub pdf: Vec<u8>,
    /// What stands on its pages.
    pub truth: Truth,
}

/// `count` documents of all kinds, languages and layouts.
pub fn generate(seed: u64, count: usize) -> impl Iterator<Item = GeneratedDocument> {
    (0..count).map(move |index| document(seed, index))
}

/// Document `index` of `seed`.
#[must_use]
pub fn document(seed: u64, index: usize) -> GeneratedDocument {
    let mut dice = Dice::new(seed, u64::try_from(index).unwrap_or(u64::MAX));
    let kind = draw_kind(&mut dice);
    let language = draw_language(&mut dice);
    let facts = Facts::draw(&mut dice, kind, language);
    let style = Style::draw(&mut dice, &facts);
    let salt = dice.salt();
    let scene = Scene {
        facts: &facts,
        style,
        salt,
    };
    record::finish(&scene, format!("document-{index:06}.pdf"))
}

fn draw_kind(dice: &mut Dice) -> DocumentKind {
    DocumentKind::ALL[dice.weighted(&[16, 15, 15, 9, 6, 7, 7, 8, 8, 9])]
}

fn draw_language(dice: &mut Dice) -> Language {
    Language::ALL[dice.weighted(&[28, 26, 16, 11, 10, 9])]
}
