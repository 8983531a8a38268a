//! Receipts as they come from a telephone: a page drawn as a JPEG.

use anyhow::{Context, Result};
use image::DynamicImage;
use image::codecs::jpeg::JpegEncoder;
use scrutineer::documents::{picture, render};
use scrutineer::domain::sha256_hex;

use super::GeneratedDocument;

/// Width of a photograph, in pixels.
const WIDTH_PX: u32 = 900;
/// Quality of the first, of 100.
const QUALITY: u8 = 80;
/// Quality and width, as a share, of one that went through another program.
const SENT_ON: (u8, u32) = (45, 70);
const MOST_PIXELS: u64 = 4_000_000;

impl GeneratedDocument {
    /// The first page as a photograph. Words on it are those of the page.
    ///
    /// # Errors
    /// If the page cannot be drawn.
    pub fn photographed(self, name: String) -> Result<Self> {
        let png = render(&self.bytes, 1, WIDTH_PX, MOST_PIXELS)
            .map_err(|problem| anyhow::anyhow!(problem.text))?;
        let page = picture::open(&png).map_err(|problem| anyhow::anyhow!(problem.text))?;
        self.saved(&page, QUALITY, name)
    }

    /// Whether it is one.
    pub(crate) fn is_photograph(&self) -> bool {
        self.name.ends_with(".jpg")
    }

    /// The same photograph as another program saves it: smaller and coarser.
    ///
    /// # Errors
    /// If it is no picture.
    pub(crate) fn sent_on(&self, name: String) -> Result<Self> {
        let (quality, share) = SENT_ON;
        let first = picture::open(&self.bytes).map_err(|problem| anyhow::anyhow!(problem.text))?;
        let smaller = first.thumbnail(first.width() * share / 100, first.height() * share / 100);
        self.clone().saved(&smaller, quality, name)
    }

    fn saved(mut self, picture: &DynamicImage, quality: u8, name: String) -> Result<Self> {
        let mut jpeg = Vec::new();
        let encoder = JpegEncoder::new_with_quality(&mut jpeg, quality);
        picture
            .to_rgb8()
            .write_with_encoder(encoder)
            .context("cannot write the photograph")?;
        self.truth.sha256 = sha256_hex(&jpeg);
        self.truth.file.clone_from(&name);
        self.name = name;
        self.bytes = jpeg;
        Ok(self)
    }
}
