//! A page as a picture.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};
use hayro_interpret::InterpreterSettings;

use super::open;
use crate::documents::Problem;

/// Pixels a rendered page may have unless something else is set (about A4 at 400 dots an inch).
pub const MAX_PAGE_PIXELS: u64 = 16_000_000;

/// Renders page `page` (1 for the first) as a PNG `width_px` pixels wide, on white.
///
/// # Errors
/// `encrypted` or `pdf_unreadable` when the file cannot be opened, `page_not_found`,
/// `page_too_large` when the picture would exceed `most_pixels`,
/// `page_unreadable` when the page breaks the renderer.
pub fn render(
    bytes: &[u8],
    page: u32,
    width_px: u32,
    most_pixels: u64,
) -> Result<Vec<u8>, Problem> {
    let render = || render_opened(bytes, page, width_px, most_pixels);
    catch_unwind(AssertUnwindSafe(render)).unwrap_or_else(|_| {
        Err(problem(
            "page_unreadable",
            format!("Page {page} is damaged and cannot be drawn."),
        ))
    })
}

fn render_opened(
    bytes: &[u8],
    number: u32,
    width_px: u32,
    most_pixels: u64,
) -> Result<Vec<u8>, Problem> {
    let pdf = open(bytes)?;
    let index = (number as usize).checked_sub(1);
    let page = index
        .and_then(|index| pdf.pages().get(index))
        .ok_or_else(|| {
            problem(
                "page_not_found",
                format!(
                    "There is no page {number}; the file has {}.",
                    pdf.pages().len()
                ),
            )
        })?;
    let (width, height) = page.render_dimensions();
    let scale = f64::from(width_px) / f64::from(width);
    let height_px = (f64::from(height) * scale).ceil();
    let pixels = f64::from(width_px) * height_px;
    let drawable = width_px > 0 && height_px >= 1.0;
    let fits = pixels <= most_pixels as f64
        && width_px <= u32::from(u16::MAX)
        && height_px <= f64::from(u16::MAX);
    if !drawable || !fits {
        return Err(problem(
            "page_too_large",
            format!(
                "Page {number} would be {width_px} by {height_px:.0} pixels; between 1 and \
                 {most_pixels} can be drawn."
            ),
        ));
    }
    // Half a pixel guards against a width rounded down to one less than asked for.
    let pixmap = hayro::render(
        page,
        &RenderCache::new(),
        &InterpreterSettings::default(),
        &RenderSettings::default(),
        &PixmapSettings {
            x_scale: (f64::from(width_px) + 0.5) as f32 / width,
            y_scale: (height_px + 0.5) as f32 / height,
            bg_color: WHITE,
        },
    );
    pixmap.into_png().map_err(|error| {
        problem(
            "page_unreadable",
            format!("The picture of page {number} cannot be written: {error}."),
        )
    })
}

fn problem(code: &str, text: String) -> Problem {
    Problem {
        code: code.to_owned(),
        text,
    }
}
