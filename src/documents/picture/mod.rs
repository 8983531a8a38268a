//! Pictures: scans and photographs of paper.
//!
//! They are shown, and told from one another by their [`Look`]; [`super::ocr`] reads their words.

mod look;
#[cfg(test)]
mod tests;

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, Rgba};

pub use look::{Look, MOST_APART};

use super::{Page, Problem, Source};

/// Pixels a picture may have: what the largest usual cameras take.
pub const MAX_PIXELS: u64 = 64_000_000;
/// Bytes its decoder may take.
const MAX_DECODER_BYTES: u64 = 512 * 1024 * 1024;
/// Dots an inch that a picture is taken to have, since few say: a scan of a sheet then shows as the
/// sheet.
const DOTS_AN_INCH: f32 = 200.0;
const POINTS_AN_INCH: f32 = 72.0;

/// Decodes a picture, turned as its camera says, on white where it is transparent.
///
/// # Errors
/// `picture_unreadable` when it is damaged or of a format that is not read, `picture_too_large`
/// beyond [`MAX_PIXELS`].
pub fn open(bytes: &[u8]) -> Result<DynamicImage, Problem> {
    let unreadable = |error: image::ImageError| {
        problem(
            "picture_unreadable",
            format!("The picture cannot be read: {error}."),
        )
    };
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|error| unreadable(error.into()))?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(problem(
            "picture_too_large",
            format!("The picture has {width} by {height} pixels; {MAX_PIXELS} can be read."),
        ));
    }
    let turned = decoder.orientation().map_err(unreadable)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    picture.apply_orientation(turned);
    Ok(on_white(picture))
}

/// The picture as the one page of its document, without words.
#[must_use]
pub fn page(picture: &DynamicImage) -> Page {
    let points = |pixels: u32| pixels as f32 / DOTS_AN_INCH * POINTS_AN_INCH;
    Page {
        number: 1,
        width: points(picture.width()),
        height: points(picture.height()),
        words: Vec::new(),
        source: Source::Ocr,
    }
}

/// The picture as a PNG at most `width_px` pixels wide; page 1 is the only one.
///
/// # Errors
/// As [`open`]; `page_not_found`, `page_too_large` when it would exceed `most_pixels`.
pub fn render(
    bytes: &[u8],
    page: u32,
    width_px: u32,
    most_pixels: u64,
) -> Result<Vec<u8>, Problem> {
    if page != 1 {
        return Err(problem(
            "page_not_found",
            format!("There is no page {page}; a picture has 1."),
        ));
    }
    let picture = open(bytes)?;
    let width = width_px.clamp(1, picture.width());
    let scaled = f64::from(picture.height()) * f64::from(width) / f64::from(picture.width());
    let height = scaled.ceil().max(1.0);
    if f64::from(width) * height > most_pixels as f64 {
        return Err(problem(
            "page_too_large",
            format!(
                "The picture would be {width} by {height:.0} pixels; {most_pixels} can be drawn."
            ),
        ));
    }
    let small = picture.thumbnail_exact(width, height as u32);
    let mut png = Cursor::new(Vec::new());
    small
        .write_to(&mut png, ImageFormat::Png)
        .map_err(|error| problem("page_unreadable", format!("It cannot be written: {error}.")))?;
    Ok(png.into_inner())
}

fn on_white(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return picture;
    }
    let mut pixels = picture.into_rgba8();
    for Rgba([red, green, blue, alpha]) in pixels.pixels_mut() {
        let share = u16::from(*alpha);
        for colour in [red, green, blue] {
            let mixed = (u16::from(*colour) * share + 255 * (255 - share)) / 255;
            *colour = u8::try_from(mixed).unwrap_or(u8::MAX);
        }
        *alpha = u8::MAX;
    }
    DynamicImage::ImageRgba8(pixels)
}

fn problem(code: &str, text: String) -> Problem {
    Problem {
        code: code.to_owned(),
        text,
    }
}
