//! Pages without a text layer: pictures, and PDFs that are pictures of paper.

use std::time::{Duration, Instant};

use image::DynamicImage;

use super::ocr::{self, Engine, OcrError, OcrFiles};
use super::{Page, Problem, Source, pdf, picture};

/// Pixels of what is read; a larger picture is reduced to it, which its words outlast.
const MOST_PIXELS: u64 = 12_000_000;
/// Dots an inch at which a page is drawn to be read.
const DOTS_AN_INCH: f32 = 200.0;
const POINTS_AN_INCH: f32 = 72.0;

/// Reads the words of pictures of one file, until its time is over.
pub(super) struct ScanReader {
    engine: Engine,
    begun: Instant,
    budget: Duration,
}

impl ScanReader {
    /// Loads what reads; `begun` is when the reading of the file began, `budget` how long it may take.
    ///
    /// # Errors
    /// `ocr_failed`, with the reason.
    pub(super) fn load(
        files: &OcrFiles,
        begun: Instant,
        budget: Duration,
    ) -> Result<Self, Problem> {
        let engine = files.load().map_err(|error| failed(&error))?;
        Ok(Self {
            engine,
            begun,
            budget,
        })
    }

    /// Gives a page the words that its picture shows.
    pub(super) fn read(
        &mut self,
        page: &mut Page,
        picture: &DynamicImage,
        problems: &mut Vec<Problem>,
    ) {
        let reduced = reduced(picture);
        let seen = ocr::read(&mut self.engine, &reduced, self.begun + self.budget);
        let seen = match seen {
            Ok(seen) => seen,
            Err(error) => {
                problems.push(failed(&error.into()));
                return;
            }
        };
        let scale = page.width / reduced.width() as f32;
        page.source = Source::Ocr;
        page.words = seen.words;
        for word in &mut page.words {
            word.size *= scale;
            word.bbox = word.bbox.scaled(scale, page.width, page.height);
        }
        if seen.cut_short {
            problems.push(incomplete(&format!(
                "the lower part of page {} was",
                page.number
            )));
        }
    }

    /// Draws the pages of a PDF and reads them; none is begun after half of the time, since the last
    /// one begun takes its own.
    pub(super) fn read_pdf(
        &mut self,
        bytes: &[u8],
        pages: &mut [Page],
        problems: &mut Vec<Problem>,
    ) {
        for page in pages {
            if self.begun.elapsed() > self.budget / 2 {
                problems.push(incomplete(&format!(
                    "page {} and what follows were",
                    page.number
                )));
                return;
            }
            match drawn(bytes, page) {
                Ok(picture) => self.read(page, &picture, problems),
                Err(problem) => problems.push(problem),
            }
        }
    }
}

fn drawn(bytes: &[u8], page: &Page) -> Result<DynamicImage, Problem> {
    let inches = [page.width, page.height].map(|points| (points / POINTS_AN_INCH).max(0.01));
    let most = (MOST_PIXELS as f32 / (inches[0] * inches[1])).sqrt();
    let width_px = (inches[0] * DOTS_AN_INCH.min(most)).max(1.0) as u32;
    picture::open(&pdf::render(
        bytes,
        page.number,
        width_px,
        pdf::MAX_PAGE_PIXELS,
    )?)
}

fn reduced(picture: &DynamicImage) -> image::RgbImage {
    let pixels = u64::from(picture.width()) * u64::from(picture.height());
    if pixels <= MOST_PIXELS {
        return picture.to_rgb8();
    }
    let scale = (MOST_PIXELS as f64 / pixels as f64).sqrt();
    let side = |side: u32| (f64::from(side) * scale).max(1.0) as u32;
    picture
        .thumbnail(side(picture.width()), side(picture.height()))
        .to_rgb8()
}

fn failed(error: &OcrError) -> Problem {
    Problem {
        code: "ocr_failed".to_owned(),
        text: format!("The words on the picture could not be read: {error}."),
    }
}

fn incomplete(what: &str) -> Problem {
    Problem {
        code: "ocr_incomplete".to_owned(),
        text: format!("Time ran out: {what} not read."),
    }
}
