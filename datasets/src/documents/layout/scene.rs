//! One document to draw: its facts, its look, its words.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use scrutineer::documents::FieldName;

use super::style::{LabelEnd, Style};
use crate::documents::dice::mix;
use crate::documents::draw::{Align, BLACK, Colour, Ink, Sheet};
use crate::documents::facts::Facts;
use crate::documents::locale::Language;
use crate::documents::terms::{Term, wordings};

/// Facts and look, with helpers that keep one document's wording the same throughout.
pub(in crate::documents) struct Scene<'a> {
    pub(in crate::documents) facts: &'a Facts,
    pub(in crate::documents) style: Style,
    /// Seeds every choice of wording.
    pub(in crate::documents) salt: u64,
}

impl Scene<'_> {
    /// An empty page of the right size.
    pub(super) fn sheet(&self) -> Sheet {
        let (width, height) = if self.style.letter_paper {
            (612.0, 792.0)
        } else {
            (595.28, 841.89)
        };
        Sheet::new(width, height, self.style.spelling)
    }

    /// One of `count` options, the same each time `name` is asked.
    pub(super) fn choice(&self, name: &str, count: usize) -> usize {
        let count = u64::try_from(count.max(1)).unwrap_or(1);
        usize::try_from(mix(self.salt, name) % count).unwrap_or(0)
    }

    /// True in `percent` of documents, the same each time `name` is asked.
    pub(super) fn flag(&self, name: &str, percent: u64) -> bool {
        mix(self.salt, name) % 100 < percent
    }

    /// The wording of `term` in this document.
    pub(super) fn term(&self, term: Term) -> String {
        let first = self.wording(self.facts.language, term);
        match self.facts.second_language {
            Some(second) if first.len() < 24 => format!("{first} / {}", self.wording(second, term)),
            _ => first,
        }
    }

    /// The wording of `term` in the main language alone.
    pub(super) fn plain_term(&self, term: Term) -> String {
        self.wording(self.facts.language, term)
    }

    fn wording(&self, language: Language, term: Term) -> String {
        let options = wordings(language, term);
        let text = options
            .get(self.choice(term.name(), options.len()))
            .copied()
            .unwrap_or("");
        if language != Language::En {
            return text.to_owned();
        }
        match self.facts.country.code {
            "US" => text
                .replace("VAT Reg. No.", "Tax ID")
                .replace("VAT", "Sales Tax"),
            "AU" | "SG" | "CA" => text.replace("VAT", "GST"),
            _ => text.to_owned(),
        }
    }

    /// The wording of `term` as a label before a value.
    pub(super) fn label(&self, term: Term) -> String {
        let text = self.term(term);
        match self.style.label_end {
            _ if text.ends_with([':', '#', '.']) && self.style.label_end == LabelEnd::Nothing => {
                text
            }
            LabelEnd::Colon => format!("{text}:"),
            LabelEnd::SpacedColon => format!("{text} :"),
            LabelEnd::Nothing => text,
        }
    }

    /// `date` as this document writes dates.
    pub(super) fn date(&self, date: NaiveDate) -> String {
        self.style.dates.write(self.facts.language, date)
    }

    /// A bare amount with two digits after the point.
    pub(super) fn money(&self, value: Decimal) -> String {
        self.style.numbers.write(value, 2)
    }

    /// An amount with its currency.
    pub(super) fn amount(&self, value: Decimal) -> String {
        self.style
            .currency
            .write(&self.money(value), self.facts.currency)
    }

    /// A quantity or rate, without needless zeros.
    pub(super) fn number(&self, value: Decimal) -> String {
        self.style.numbers.write_short(value)
    }

    /// A sentence with its places filled in.
    pub(super) fn sentence(&self, term: Term, values: &[(&str, &str)]) -> String {
        let mut text = self.plain_term(term);
        for (place, value) in values {
            text = text.replace(&format!("{{{place}}}"), value);
        }
        text
    }

    /// Ordinary ink.
    pub(super) fn ink(&self) -> Ink {
        Ink {
            face: self.style.family.regular(),
            size: self.style.size,
            colour: BLACK,
        }
    }

    /// Bold ink, `factor` times the ordinary size.
    pub(super) fn bold(&self, factor: f32) -> Ink {
        Ink {
            face: self.style.family.bold(),
            size: self.style.size * factor,
            colour: BLACK,
        }
    }

    /// Small print.
    pub(super) fn small(&self) -> Ink {
        Ink {
            face: self.style.family.regular(),
            size: (self.style.size - 2.0).max(6.0),
            colour: BLACK,
        }
    }

    /// Ordinary ink in `colour`.
    pub(super) fn coloured(ink: Ink, colour: Colour) -> Ink {
        Ink { colour, ..ink }
    }

    /// Distance between base lines.
    pub(super) fn leading(&self) -> f32 {
        self.style.size * 1.32
    }

    /// Left edge of the text.
    pub(super) fn left(&self) -> f32 {
        if self.style.letterhead == super::style::Letterhead::Sidebar {
            178.0
        } else {
            self.style.margin
        }
    }

    /// Right edge of the text.
    pub(super) fn right(&self, sheet: &Sheet) -> f32 {
        sheet.width - self.style.margin.min(50.0)
    }

    /// Lowest base line above the footer.
    pub(super) fn bottom(&self, sheet: &Sheet) -> f32 {
        sheet.height - 92.0
    }

    /// Writes text lines downwards from `y`; returns the base line after the last.
    pub(super) fn lines(
        &self,
        sheet: &mut Sheet,
        x: f32,
        y: f32,
        align: Align,
        lines: &[String],
    ) -> f32 {
        let mut at = y;
        for line in lines {
            sheet.text(x, at, align, self.ink(), line);
            at += self.leading();
        }
        at
    }

    /// The prefix of a VAT id and a printed country name both show the country.
    pub(super) fn mark_seller_vat(&self, sheet: &mut Sheet) {
        sheet.mark(FieldName::SellerVat);
        sheet.mark(FieldName::SellerCountry);
    }
}
