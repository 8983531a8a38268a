//! A page of a file as a picture, whatever the file is.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Media, Problem, pdf, picture, sniff};

/// Renders page `page` (1 for the first) of a PDF or a picture as a PNG; a page of a PDF is
/// `width_px` pixels wide, on white, a picture at most.
///
/// # Errors
/// As [`pdf::render`] and [`picture::render`].
pub fn render(
    bytes: &[u8],
    page: u32,
    width_px: u32,
    most_pixels: u64,
) -> Result<Vec<u8>, Problem> {
    if sniff::sniff(bytes) != Media::Image {
        return pdf::render(bytes, page, width_px, most_pixels);
    }
    let render = || picture::render(bytes, page, width_px, most_pixels);
    catch_unwind(AssertUnwindSafe(render)).unwrap_or_else(|_| {
        Err(Problem {
            code: "page_unreadable".to_owned(),
            text: "The picture is damaged and cannot be drawn.".to_owned(),
        })
    })
}
