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
mod einvoice;
mod facts;
mod ids;
mod in_words;
mod layout;
mod locale;
mod numbering;
pub(crate) mod oddity;
mod party;
mod photograph;
mod record;
mod terms;
mod totals;
mod truth;

#[cfg(test)]
mod tests;

pub use truth::{Truth, TruthLine, TruthTax};

pub(crate) use country::Country;
pub(crate) use dice::Dice;
pub(crate) use draft::Brief;
pub(crate) use einvoice::{Syntax, write};
pub(crate) use facts::{Facts, Item};
pub(crate) use layout::Style;
pub(crate) use locale::Language;
pub(crate) use party::Party;
pub(crate) use totals::{Adjustments, Totals, cents};
pub(crate) use {catalogue::trade, ids::iban};

use draw::Spelling;
use layout::Scene;
use scrutineer::cases::invoice::DocumentType;

/// A document and what it says.
#[derive(Debug, Clone)]
pub struct GeneratedDocument {
    /// File name, saying nothing about the content.
    pub name: String,
    /// The bytes: a PDF, an e-invoice alone where the name ends in `.xml`, a photograph in `.jpg`.
    pub bytes: Vec<u8>,
    /// What it says; for a PDF what stands on its pages.
    pub truth: Truth,
}

/// `count` documents of all kinds, languages and layouts.
pub fn generate(seed: u64, count: usize) -> impl Iterator<Item = GeneratedDocument> {
    (0..count).map(move |index| document(seed, index))
}

/// Document `index` of `seed`. One in fifty repeats the one before it as a second copy.
#[must_use]
pub fn document(seed: u64, index: usize) -> GeneratedDocument {
    let repeats =
        |index: usize| index > 0 && dice::mix(seed, &index.to_string()).is_multiple_of(50);
    let name = format!("document-{index:06}.pdf");
    if repeats(index) && !repeats(index - 1) {
        let mut copy = Commission::drawn(seed, index - 1);
        copy.rewritten();
        copy.facts
            .oddities
            .push(format!("duplicate:document-{:06}.pdf", index - 1));
        return copy.into_pdf(name);
    }
    Commission::drawn(seed, index).into_pdf(name)
}

/// A document about to be made: what it says, how it looks, what it carries.
pub(crate) struct Commission {
    pub(crate) facts: Facts,
    pub(crate) style: Style,
    /// Seeds the wording; the same for all documents of one sender.
    pub(crate) salt: u64,
    /// An e-invoice to attach.
    pub(crate) attachment: Option<Vec<u8>>,
}

impl Commission {
    fn drawn(seed: u64, index: usize) -> Self {
        let mut dice = Dice::new(seed, u64::try_from(index).unwrap_or(u64::MAX));
        let kind = draw_kind(&mut dice);
        let language = draw_language(&mut dice);
        let mut facts = Facts::draw(&mut dice, kind, language);
        let style = Style::draw(&mut dice, &facts);
        let salt = dice.salt();
        if facts.kind.type_code().is_some() && dice.percent(2) {
            oddity::spoil_arithmetic(&mut dice, &mut facts);
        }
        let carries =
            facts.currency == "EUR" && facts.kind.type_code().is_some() && dice.percent(8);
        let attachment = carries.then(|| {
            if dice.percent(25) {
                let other = oddity::disagreeing(&mut dice, &mut facts);
                einvoice::write(&other, Syntax::Cii)
            } else {
                einvoice::write(&facts, Syntax::Cii)
            }
        });
        Self {
            facts,
            style,
            salt,
            attachment,
        }
    }

    /// As if another program had written it: the same page, other bytes.
    pub(crate) fn rewritten(&mut self) {
        self.style.spelling = Spelling::Words;
        self.style.margin += 1.0;
    }

    /// The pages, and what they say.
    pub(crate) fn into_pdf(self, name: String) -> GeneratedDocument {
        let scene = Scene {
            facts: &self.facts,
            style: self.style,
            salt: self.salt,
        };
        record::finish(&scene, name, self.attachment)
    }

    /// The e-invoice alone, and what it says: every fact.
    pub(crate) fn into_xml(self, name: String, syntax: Syntax) -> GeneratedDocument {
        let bytes = einvoice::write(&self.facts, syntax);
        let scene = Scene {
            facts: &self.facts,
            style: self.style,
            salt: self.salt,
        };
        record::structured(&scene, name, bytes)
    }
}

fn draw_kind(dice: &mut Dice) -> DocumentType {
    DocumentType::ALL[dice.weighted(&[16, 15, 15, 9, 6, 7, 7, 8, 8, 9])]
}

fn draw_language(dice: &mut Dice) -> Language {
    Language::ALL[dice.weighted(&[28, 26, 16, 11, 10, 9])]
}
