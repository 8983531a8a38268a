//! Which fonts of a page are bold, by their names.
//!
//! Outline fonts that are embedded tell their name with each glyph. Type 1 fonts
//! and fonts that are not embedded do not, so their glyphs are recognised by the
//! font program that the page's resources load for a font of a bold name.

use std::collections::HashSet;

use hayro_font::{FontCache, FontGlyph, GlyphIdentifier};
use hayro_interpret::InterpreterSettings;
use hayro_interpret::font::Glyph;
use hayro_syntax::object::{Dict, Name, Stream};
use hayro_syntax::page::{Page, Resources};

/// Fonts looked at on one page, nested forms included.
const MAX_FONTS: usize = 64;
/// Forms looked into on one page, nested ones included.
const MAX_FORMS: usize = 64;
/// Forms within forms.
const MAX_DEPTH: usize = 4;
/// Parts of font names that mean a bold face.
const BOLD_PARTS: [&str; 6] = ["bold", "black", "heavy", "demi", "fett", "gras"];
/// OS/2 weight from which a face counts as bold.
const BOLD_WEIGHT: u32 = 600;

/// The glyphs of the page's bold simple fonts.
#[derive(Default)]
pub(super) struct BoldFonts(HashSet<GlyphIdentifier>);

impl BoldFonts {
    /// Looks through the fonts of a page and of the forms it draws.
    pub(super) fn of_page(page: &Page<'_>, settings: &InterpreterSettings) -> Self {
        let mut search = Search {
            found: HashSet::new(),
            settings,
            fonts_left: MAX_FONTS,
            forms_left: MAX_FORMS,
        };
        search.look_into(page.resources(), MAX_DEPTH);
        Self(search.found)
    }

    /// Whether the glyph comes from a bold font.
    pub(super) fn is_bold(&self, glyph: &Glyph<'_>) -> bool {
        let Glyph::Outline(outline) = glyph else {
            return false;
        };
        if let Some(font) = outline.font_data() {
            let named = font.postscript_name.as_deref().is_some_and(is_bold_name);
            return named || font.weight.is_some_and(|weight| weight >= BOLD_WEIGHT);
        }
        !self.0.is_empty() && self.0.contains(&outline.identifier())
    }
}

struct Search<'s> {
    found: HashSet<GlyphIdentifier>,
    settings: &'s InterpreterSettings,
    fonts_left: usize,
    forms_left: usize,
}

impl Search<'_> {
    fn look_into(&mut self, resources: &Resources<'_>, depth: usize) {
        for key in resources.fonts.keys() {
            if self.fonts_left == 0 {
                return;
            }
            self.fonts_left -= 1;
            if let Some(font) = resources.fonts.get::<Dict<'_>>(&*key) {
                self.add_font(&font);
            }
        }
        if depth == 0 {
            return;
        }
        for key in resources.x_objects.keys() {
            if self.forms_left == 0 {
                return;
            }
            self.forms_left -= 1;
            let nested = resources
                .x_objects
                .get::<Stream<'_>>(&*key)
                .and_then(|form| form.dict().get::<Dict<'_>>("Resources"));
            if let Some(nested) = nested {
                self.look_into(&Resources::new(nested), depth - 1);
            }
        }
    }

    fn add_font(&mut self, dict: &Dict<'_>) {
        let name_of = |key: &str| dict.get::<Name<'_>>(key);
        let is_simple = name_of("Subtype").is_some_and(|kind| kind.as_str() != "Type0");
        let is_bold = name_of("BaseFont").is_some_and(|name| is_bold_name(name.as_str()));
        if !is_simple || !is_bold {
            return;
        }
        let settings = self.settings;
        let Some(font) =
            FontCache::new().font(dict, &settings.font_resolver, &settings.cmap_resolver)
        else {
            return;
        };
        for code in 0..=u32::from(u8::MAX) {
            if let FontGlyph::Outline(glyph) = font.glyph(font.map_code(code), code) {
                self.found.insert(glyph.identifier());
            }
        }
    }
}

fn is_bold_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    BOLD_PARTS.iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::is_bold_name;

    #[test]
    fn bold_is_told_from_the_name() {
        for bold in ["Helvetica-Bold", "ABCDEF+Arial,BoldItalic", "Roboto-Black"] {
            assert!(is_bold_name(bold), "{bold}");
        }
        for regular in ["Helvetica", "Times-Italic", "Courier-Oblique"] {
            assert!(!is_bold_name(regular), "{regular}");
        }
    }
}
