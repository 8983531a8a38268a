//! The characters of one page with their places, as the page draws them, those apart that it hides.

use hayro_interpret::font::{Glyph as DrawnGlyph, GlyphRun};
use hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect, Vec2};
use hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, SoftMask,
};

use super::bold::BoldFonts;
use super::sight::{Ink, Sight};

/// Font units in an em, the unit of advances.
const UNITS_PER_EM: f64 = 1000.0;
/// Smallest and largest type worth reading, in points.
const SIZE_RANGE: std::ops::RangeInclusive<f64> = 0.5..=2000.0;
/// Letter spacing is looked for in runs of at least this many characters.
const MIN_TRACKED_RUN: usize = 4;
/// Letter spacing in ems: below it is kerning, above it is a row of cells.
const TRACKING_RANGE: std::ops::RangeInclusive<f64> = 0.06..=0.35;

/// One character (or ligature) on the page, in points, origin top left, y down.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    /// What it says; white space for a space, `U+FFFD` where the font does not tell.
    pub(super) text: String,
    /// Where its baseline starts.
    pub(super) start: Point,
    /// Where its baseline ends, letter spacing included.
    pub(super) end: Point,
    /// Font size as displayed.
    pub(super) size: f64,
    /// Whether the font is a bold one.
    pub(super) bold: bool,
    /// Whether the outline is stroked (a way of making bold out of regular).
    pub(super) stroked: bool,
    /// Whether a person sees it.
    pub(super) shown: bool,
}

/// Collects glyphs up to a limit; other drawing counts for what it hides or shows of them.
pub(super) struct GlyphCollector<'f> {
    glyphs: Vec<Glyph>,
    /// Glyphs left out because the limit was reached.
    pub(super) dropped: usize,
    limit: usize,
    bold_fonts: &'f BoldFonts,
    sight: Sight,
}

impl<'f> GlyphCollector<'f> {
    /// For a page of a width and height in points.
    pub(super) fn new(
        limit: usize,
        bold_fonts: &'f BoldFonts,
        (width, height): (f64, f64),
    ) -> Self {
        Self {
            glyphs: Vec::new(),
            dropped: 0,
            limit,
            bold_fonts,
            sight: Sight::new(width, height),
        }
    }

    /// What is shown and what is hidden, in drawing order. Where most of a scan is hidden, that is
    /// its text layer, which says what the picture shows.
    pub(super) fn finish(self) -> (Vec<Glyph>, Vec<Glyph>) {
        let hidden = self.glyphs.iter().filter(|glyph| !glyph.shown).count();
        if self.sight.is_scan() && 2 * hidden > self.glyphs.len() {
            return (self.glyphs, Vec::new());
        }
        self.glyphs.into_iter().partition(|glyph| glyph.shown)
    }

    fn keep(&mut self, run: Vec<Glyph>, ink: Ink) {
        for mut glyph in run {
            glyph.shown = self.sight.shows(&glyph, ink);
            if glyph.shown {
                self.sight.place(self.glyphs.len(), &glyph);
            }
            self.glyphs.push(glyph);
        }
    }
}

impl Device<'_> for GlyphCollector<'_> {
    fn draw_glyph_run(
        &mut self,
        run: &GlyphRun<'_, '_>,
        props: DrawProps<'_>,
        draw_mode: &DrawMode,
    ) {
        let Some(first) = run.glyphs().first() else {
            return;
        };
        let room = self.limit.saturating_sub(self.glyphs.len());
        self.dropped += run.glyphs().len().saturating_sub(room);
        let bold = self.bold_fonts.is_bold(first);
        let vertical = matches!(run.writing_mode(), WritingMode::Vertical);
        let exact_widths = has_exact_widths(first);
        let mut placed: Vec<Glyph> = run
            .glyphs()
            .iter()
            .take(room)
            .filter_map(|glyph| {
                let matrix = props.transform * glyph.transform();
                let (advance, size) = metrics(glyph, matrix, vertical, exact_widths)?;
                let start = matrix * Point::ZERO;
                Some(Glyph {
                    text: text_of(glyph),
                    start,
                    end: start + advance,
                    size,
                    bold,
                    stroked: matches!(draw_mode, DrawMode::Stroke(_)),
                    shown: true,
                })
            })
            .collect();
        absorb_tracking(&mut placed);
        let ink = match (draw_mode, &**first) {
            (DrawMode::Invisible, _) => Ink::Nothing,
            // Its own drawing may bring colours along.
            (_, DrawnGlyph::Type3(_)) => Ink::Other,
            (_, DrawnGlyph::Outline(_)) => self.sight.ink(&props),
        };
        self.keep(placed, ink);
    }

    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'_>, mode: &DrawMode) {
        let bounds = path.control_box();
        self.sight
            .draw_shape(bounds, false, (&props, mode), &mut self.glyphs);
    }

    fn draw_rect(&mut self, rect: &Rect, props: DrawProps<'_>, mode: &DrawMode) {
        self.sight
            .draw_shape(*rect, true, (&props, mode), &mut self.glyphs);
    }

    fn draw_image(&mut self, image: Image<'_, '_>, props: ImageDrawProps<'_>) {
        let size = (image.width(), image.height());
        self.sight.draw_picture(props.transform, size);
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.sight.push_clip_path(&clip.path);
    }

    fn push_clip_rect(&mut self, rect: &Rect) {
        self.sight.push_clip_rect(*rect);
    }

    fn pop_clip(&mut self) {
        self.sight.pop_clip();
    }

    fn push_transparency_group(
        &mut self,
        opacity: f32,
        mask: Option<SoftMask<'_>>,
        blend_mode: BlendMode,
    ) {
        let is_plain = mask.is_none() && blend_mode == BlendMode::Normal;
        self.sight.push_group(opacity, is_plain);
    }

    fn pop_transparency_group(&mut self) {
        self.sight.pop_group();
    }
}

/// Whether the horizontal scale of the glyph's matrix is the text's own. A font
/// that stands in for one not embedded is stretched glyph by glyph instead.
fn has_exact_widths(glyph: &DrawnGlyph<'_>) -> bool {
    match glyph {
        DrawnGlyph::Outline(outline) => outline.font_data().is_some(),
        DrawnGlyph::Type3(_) => true,
    }
}

/// Advance vector and size in points; none for glyphs no reader could see.
fn metrics(
    glyph: &DrawnGlyph<'_>,
    matrix: Affine,
    vertical: bool,
    exact_widths: bool,
) -> Option<(Vec2, f64)> {
    let [a, b, c, d, e, f] = matrix.as_coeffs();
    let x_axis = Vec2::new(a, b) * UNITS_PER_EM;
    let y_axis = Vec2::new(c, d) * UNITS_PER_EM;
    let size = y_axis.hypot();
    let width = x_axis.hypot();
    let finite = [a, b, c, d, e, f].iter().all(|value| value.is_finite());
    if !finite || !SIZE_RANGE.contains(&size) || width <= 0.0 {
        return None;
    }
    if vertical {
        return Some((-y_axis, size));
    }
    let advance = match glyph {
        DrawnGlyph::Outline(outline) => outline.advance_width(),
        DrawnGlyph::Type3(type3) => type3.advance_width(),
    };
    let ems = f64::from(advance.unwrap_or(500.0)) / UNITS_PER_EM;
    let ems = if ems.is_finite() { ems } else { 0.5 };
    let scale = if exact_widths { 1.0 } else { size / width };
    Some((x_axis * (ems * scale), size))
}

/// The characters a glyph stands for.
fn text_of(glyph: &DrawnGlyph<'_>) -> String {
    match glyph.as_unicode() {
        Some(BfString::Char(character)) => repaired(character).to_string(),
        Some(BfString::String(text)) => text.chars().map(repaired).collect(),
        // A simple font that names nothing is ASCII more often than not.
        None => match u8::try_from(glyph.char_code()) {
            Ok(code @ 0x20..=0x7e) => char::from(code).to_string(),
            _ => char::REPLACEMENT_CHARACTER.to_string(),
        },
    }
}

/// Symbol-encoded text fonts put ASCII at `U+F020..=U+F07E` of the private area.
fn repaired(character: char) -> char {
    match u32::from(character) {
        code @ 0xf020..=0xf07e => char::from_u32(code - 0xf000).unwrap_or(character),
        _ => character,
    }
}

/// Letter-spaced text: when every gap of a run is at least as wide as a small
/// tracking, that much is counted as part of each character.
fn absorb_tracking(run: &mut [Glyph]) {
    if run.len() < MIN_TRACKED_RUN {
        return;
    }
    let gap = |pair: &[Glyph]| match pair {
        [left, right] => {
            let direction = left.end - left.start;
            let length = direction.hypot();
            if length > 0.0 {
                (right.start - left.end).dot(direction) / length
            } else {
                0.0
            }
        }
        _ => 0.0,
    };
    let tracking = run.windows(2).map(gap).fold(f64::INFINITY, f64::min);
    let size = run.first().map_or(1.0, |glyph| glyph.size);
    if !TRACKING_RANGE.contains(&(tracking / size)) {
        return;
    }
    for glyph in run {
        let direction = glyph.end - glyph.start;
        let length = direction.hypot();
        if length > 0.0 {
            glyph.end += direction * (tracking / length);
        }
    }
}
