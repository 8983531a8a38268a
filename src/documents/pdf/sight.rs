//! Whether a person sees a character: what it is painted with and upon, what is painted over it
//! afterwards, and what cuts it off.
//!
//! The page is a grid of cells. A cell knows its colour where one shape of one colour covers it
//! whole; what is less simple counts as seen, for to lose a word is worse than to read one too many.

use std::ops::Range;

use hayro_interpret::kurbo::{Affine, BezPath, PathEl, Point, Rect, Vec2};
use hayro_interpret::{BlendMode, DrawMode, DrawProps, Paint};

use super::glyphs::Glyph;

/// Cells across the page, and as many down it: on A4 they are smaller than a line of text.
const CELLS: usize = 128;
/// Opacity below which nothing is seen of a paint.
const FAINT: f32 = 0.05;
/// Opacity above which nothing is seen of what is beneath a paint.
const DENSE: f32 = 0.95;
/// Colours that differ by no more than this in any channel, of 255, look alike.
const ALIKE: u8 = 16;
/// How far, in points, a letter may stick out of the shape that covers it.
const COVER_SLACK: f64 = 0.5;
/// Share of the page from which pictures make it a scan.
const SCAN_SHARE: f64 = 0.5;

/// What a paint leaves on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// Nothing that is seen.
    Nothing,
    /// One colour through which nothing is seen.
    Solid([u8; 3]),
    /// What is not as simple: patterns, masks, blends, what shows through.
    Other,
}

/// The page while it is drawn.
pub(super) struct Sight {
    page: Rect,
    cells: Vec<Cell>,
    clips: Vec<Clip>,
    groups: Vec<Group>,
    /// Square points that pictures cover.
    pictured: f64,
}

#[derive(Clone)]
struct Cell {
    ground: Ground,
    /// Those seen so far whose middle lies here, by index.
    glyphs: Vec<usize>,
}

#[derive(Clone, Copy)]
enum Ground {
    Plain([u8; 3]),
    Mixed,
}

/// What is left of the page by all clips so far; bounds alone where one is no rectangle.
#[derive(Clone, Copy)]
struct Clip {
    bounds: Rect,
    is_rectangle: bool,
}

/// What all transparency groups so far do to a paint within them.
#[derive(Clone, Copy)]
struct Group {
    opacity: f32,
    is_plain: bool,
}

impl Sight {
    /// A sheet of white paper of a size in points.
    pub(super) fn new(width: f64, height: f64) -> Self {
        let paper = Cell {
            ground: Ground::Plain([u8::MAX; 3]),
            glyphs: Vec::new(),
        };
        Self {
            page: Rect::new(0.0, 0.0, width, height),
            cells: vec![paper; CELLS * CELLS],
            clips: Vec::new(),
            groups: Vec::new(),
            pictured: 0.0,
        }
    }

    pub(super) fn push_clip_path(&mut self, path: &BezPath) {
        let bounds = path.control_box();
        self.push_clip(bounds, is_rectangle(path, bounds));
    }

    pub(super) fn push_clip_rect(&mut self, rect: Rect) {
        self.push_clip(rect, true);
    }

    fn push_clip(&mut self, bounds: Rect, is_rectangle: bool) {
        let clip = Clip {
            bounds,
            is_rectangle,
        };
        let within = self.clips.last().map_or(clip, |outer| Clip {
            bounds: outer.bounds.intersect(bounds),
            is_rectangle: outer.is_rectangle && is_rectangle,
        });
        self.clips.push(within);
    }

    pub(super) fn pop_clip(&mut self) {
        self.clips.pop();
    }

    /// Begins a group, plain unless it is masked or blended with what is beneath it.
    pub(super) fn push_group(&mut self, opacity: f32, is_plain: bool) {
        let outer = self.group();
        self.groups.push(Group {
            opacity: outer.opacity * opacity,
            is_plain: outer.is_plain && is_plain,
        });
    }

    pub(super) fn pop_group(&mut self) {
        self.groups.pop();
    }

    fn group(&self) -> Group {
        self.groups.last().copied().unwrap_or(Group {
            opacity: 1.0,
            is_plain: true,
        })
    }

    /// What a paint leaves where it is drawn now.
    pub(super) fn ink(&self, props: &DrawProps<'_>) -> Ink {
        let Paint::Color(color) = &props.paint else {
            return Ink::Other;
        };
        let group = self.group();
        let [red, green, blue, alpha] = color.to_rgba().to_rgba8();
        let opacity = group.opacity * f32::from(alpha) / f32::from(u8::MAX);
        let is_plain =
            group.is_plain && props.soft_mask.is_none() && props.blend_mode == BlendMode::Normal;
        if opacity < FAINT {
            Ink::Nothing
        } else if is_plain && opacity > DENSE {
            Ink::Solid([red, green, blue])
        } else {
            Ink::Other
        }
    }

    /// Whether a glyph drawn now with an ink is seen.
    pub(super) fn shows(&self, glyph: &Glyph, ink: Ink) -> bool {
        let differs = match ink {
            Ink::Nothing => false,
            Ink::Other => true,
            Ink::Solid(color) => {
                let cell = self.cell_of(glyph).and_then(|cell| self.cells.get(cell));
                match cell.map(|cell| cell.ground) {
                    Some(Ground::Plain(ground)) => !is_alike(ground, color),
                    Some(Ground::Mixed) | None => true,
                }
            }
        };
        differs && !self.is_cut_off(glyph)
    }

    /// Whether a clip leaves nothing of a glyph. Type reaches beyond its own line, so a whole em
    /// around it must be gone.
    fn is_cut_off(&self, glyph: &Glyph) -> bool {
        let reach = Rect::from_points(glyph.start, glyph.end).inflate(glyph.size, glyph.size);
        self.clips
            .last()
            .is_some_and(|clip| clip.bounds.is_zero_area() || !clip.bounds.overlaps(reach))
    }

    /// Keeps where a glyph that is seen lies.
    pub(super) fn place(&mut self, index: usize, glyph: &Glyph) {
        let cell = self.cell_of(glyph);
        if let Some(cell) = cell.and_then(|cell| self.cells.get_mut(cell)) {
            cell.glyphs.push(index);
        }
    }

    fn cell_of(&self, glyph: &Glyph) -> Option<usize> {
        let (low, high) = body(glyph);
        let middle = low.midpoint(high);
        let row = cell_at(middle.y, self.page.height())?;
        Some(row * CELLS + cell_at(middle.x, self.page.width())?)
    }

    /// Takes in a shape with bounds of its own, which it may fill, and hides the glyphs it covers.
    pub(super) fn draw_shape(
        &mut self,
        bounds: Rect,
        is_rectangle: bool,
        (props, mode): (&DrawProps<'_>, &DrawMode),
        glyphs: &mut [Glyph],
    ) {
        let mut region = props.transform.transform_rect_bbox(bounds);
        let mut fills = is_rectangle && is_upright(props.transform);
        if let DrawMode::Stroke(stroke) = mode {
            let [a, b, c, d, ..] = props.transform.as_coeffs();
            let width = f64::from(stroke.line_width) * (a * d - b * c).abs().sqrt();
            // A straight line is painted all over; within a frame nothing is.
            if region.width().min(region.height()) > width {
                return;
            }
            region = region.inflate(width / 2.0, width / 2.0);
            fills = false;
        }
        let ink = self.ink(props);
        self.paint(region, ink, fills, glyphs);
    }

    /// Takes in a picture of a size in pixels, which may be anything.
    pub(super) fn draw_picture(&mut self, transform: Affine, (width, height): (u32, u32)) {
        if self.group().opacity < FAINT {
            return;
        }
        let bounds = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let region = transform.transform_rect_bbox(bounds);
        self.pictured += self.on_page(region).map_or(0.0, |region| region.area());
        self.paint(region, Ink::Other, false, &mut []);
    }

    /// Whether the page is a picture of one, with text beneath it to be searched.
    pub(super) fn is_scan(&self) -> bool {
        self.pictured >= SCAN_SHARE * self.page.area()
    }

    /// The part of a region that lies on the page and that no clip takes away.
    fn on_page(&self, region: Rect) -> Option<Rect> {
        let clipped = match self.clips.last() {
            Some(clip) => region.intersect(clip.bounds),
            None => region,
        };
        let left = clipped.intersect(self.page);
        (region.is_finite() && left.area() > 0.0).then_some(left)
    }

    fn paint(&mut self, region: Rect, ink: Ink, fills: bool, glyphs: &mut [Glyph]) {
        let Some(region) = self.on_page(region).filter(|_| ink != Ink::Nothing) else {
            return;
        };
        let is_exact = self.clips.last().is_none_or(|clip| clip.is_rectangle);
        let covers = fills && is_exact && matches!(ink, Ink::Solid(_));
        let reach = region.inflate(COVER_SLACK, COVER_SLACK);
        let rows = Span::of(region.y0, region.y1, self.page.height());
        let columns = Span::of(region.x0, region.x1, self.page.width());
        for row in rows.touched {
            for column in columns.touched.clone() {
                let Some(cell) = self.cells.get_mut(row * CELLS + column) else {
                    continue;
                };
                let is_whole = rows.whole.contains(&row) && columns.whole.contains(&column);
                cell.paint(ink, covers && is_whole);
                if covers {
                    cell.hide_within(reach, glyphs);
                }
            }
        }
    }
}

impl Cell {
    fn paint(&mut self, ink: Ink, is_whole: bool) {
        self.ground = match (ink, self.ground) {
            (Ink::Solid(color), _) if is_whole => Ground::Plain(color),
            (Ink::Solid(color), Ground::Plain(ground)) if is_alike(color, ground) => return,
            _ => Ground::Mixed,
        };
    }

    /// Hides the glyphs of this cell that lie within a region.
    fn hide_within(&mut self, region: Rect, glyphs: &mut [Glyph]) {
        self.glyphs.retain(|index| {
            let Some(glyph) = glyphs.get_mut(*index) else {
                return false;
            };
            let (low, high) = body(glyph);
            glyph.shown = !(region.contains(low) && region.contains(high));
            glyph.shown
        });
    }
}

/// Cells along one side of the page that a stretch touches, and those that it covers.
struct Span {
    touched: Range<usize>,
    whole: Range<usize>,
}

impl Span {
    fn of(low: f64, high: f64, length: f64) -> Self {
        // Sides of the page are no whole numbers of cells in floating point.
        let slack = 1e-6;
        let (low, high) = (low / length * CELLS as f64, high / length * CELLS as f64);
        Self {
            touched: low.floor() as usize..(high.ceil() as usize).min(CELLS),
            whole: (low - slack).ceil() as usize..(high + slack).floor() as usize,
        }
    }
}

fn cell_at(position: f64, length: f64) -> Option<usize> {
    let cell = position / length * CELLS as f64;
    (0.0..CELLS as f64).contains(&cell).then_some(cell as usize)
}

/// Two opposite corners of what a reader needs of a letter: its width, and a small letter's
/// height without the line that it stands on.
fn body(glyph: &Glyph) -> (Point, Point) {
    let along = glyph.end - glyph.start;
    let length = along.hypot();
    let up = if length > 0.0 {
        Vec2::new(along.y, -along.x) * (glyph.size / length)
    } else {
        Vec2::ZERO
    };
    (glyph.start + up * 0.1, glyph.end + up * 0.5)
}

fn is_alike(a: [u8; 3], b: [u8; 3]) -> bool {
    a.into_iter().zip(b).all(|(a, b)| a.abs_diff(b) <= ALIKE)
}

/// Whether a transform keeps upright rectangles upright.
fn is_upright(transform: Affine) -> bool {
    let [a, b, c, d, ..] = transform.as_coeffs();
    let (straight, across) = (a.abs() + d.abs(), b.abs() + c.abs());
    straight.min(across) <= 1e-3 * straight.max(across)
}

/// Whether a path is the rectangle that bounds it.
fn is_rectangle(path: &BezPath, bounds: Rect) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() < 1e-3;
    let mut corners = [false; 4];
    for element in path.elements() {
        let point = match element {
            PathEl::MoveTo(point) | PathEl::LineTo(point) => point,
            PathEl::ClosePath => continue,
            PathEl::QuadTo(..) | PathEl::CurveTo(..) => return false,
        };
        let on_corner = [
            (bounds.x0, bounds.y0),
            (bounds.x0, bounds.y1),
            (bounds.x1, bounds.y0),
            (bounds.x1, bounds.y1),
        ]
        .map(|(x, y)| near(point.x, x) && near(point.y, y));
        if !on_corner.contains(&true) {
            return false;
        }
        for (corner, here) in corners.iter_mut().zip(on_corner) {
            *corner |= here;
        }
    }
    path.elements().len() <= 6 && corners == [true; 4]
}
