//! How a picture looks, so that it is known again when it was saved anew.

use std::f64::consts::PI;
use std::fmt;
use std::str::FromStr;

use image::{DynamicImage, imageops};
use serde::{Deserialize, Serialize};

/// Side of the grey thumbnail that a look is taken of.
const SIDE: usize = 64;
/// Frequencies kept in either direction, the lowest.
const KEPT: usize = 16;
/// Bits of one band.
const BAND: usize = 16;
/// Grey levels, of 255, by which a picture must vary to have a look at all.
const LEAST_VARIATION: f64 = 4.0;

/// Bits by which two looks of one picture may differ: with one band more than that, two looks within
/// it share at least one whole band.
pub const MOST_APART: u32 = (KEPT * KEPT / BAND) as u32 - 1;

/// The look of a picture: 256 bits, one for each of the lowest frequencies of its grey thumbnail
/// (discrete cosine transform), set where it is above their median.
///
/// The hash of Zauner, *Implementation and Benchmarking of Perceptual Image Hash Functions*, 2010,
/// with 16 by 16 frequencies in place of 8 by 8, since receipts are white with grey lines all of them.
/// It outlasts another format, quality, size and contrast; a turn or a cut of a fiftieth changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Look([u16; KEPT]);

impl Look {
    /// Of a picture; `None` for one that is nearly all of one grey.
    #[must_use]
    pub fn of(picture: &DynamicImage) -> Option<Self> {
        let grey = imageops::thumbnail(&picture.to_luma8(), SIDE as u32, SIDE as u32);
        let levels: Vec<f64> = grey.pixels().map(|pixel| f64::from(pixel.0[0])).collect();
        let mean = levels.iter().sum::<f64>() / levels.len() as f64;
        let squares = levels.iter().map(|level| (level - mean).powi(2));
        let variation = (squares.sum::<f64>() / levels.len() as f64).sqrt();
        if variation < LEAST_VARIATION {
            return None;
        }
        let waves = lowest_frequencies(&levels);
        let mut sorted = waves.clone();
        sorted.sort_by(f64::total_cmp);
        let median = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
        let mut bands = [0_u16; KEPT];
        for (band, row) in bands.iter_mut().zip(waves.chunks(BAND)) {
            for (bit, wave) in row.iter().enumerate() {
                *band |= u16::from(*wave >= median) << bit;
            }
        }
        Some(Self(bands))
    }

    /// Bits in which two looks differ, 0 to 256.
    #[must_use]
    pub fn apart(self, other: Self) -> u32 {
        let pairs = self.0.iter().zip(other.0);
        pairs.map(|(one, other)| (one ^ other).count_ones()).sum()
    }

    /// Whether both are looks of one picture.
    #[must_use]
    pub fn is_of_one_picture(self, other: Self) -> bool {
        self.apart(other) <= MOST_APART
    }

    /// Its bands, by which looks of one picture meet (multi-index hashing, Norouzi, Punjani and
    /// Fleet, CVPR 2012).
    #[must_use]
    pub const fn bands(self) -> [u16; KEPT] {
        self.0
    }
}

/// The 16 by 16 lowest frequencies of 64 by 64 levels, without scale: only their order counts.
fn lowest_frequencies(levels: &[f64]) -> Vec<f64> {
    let wave = |place: usize, frequency: usize| {
        (PI * (place as f64 + 0.5) * frequency as f64 / SIDE as f64).cos()
            * if frequency == 0 { 0.5_f64.sqrt() } else { 1.0 }
    };
    let waves: Vec<Vec<f64>> = (0..KEPT)
        .map(|frequency| (0..SIDE).map(|place| wave(place, frequency)).collect())
        .collect();
    let along = |line: &[f64]| -> Vec<f64> {
        let dot = |wave: &Vec<f64>| wave.iter().zip(line).map(|(a, b)| a * b).sum();
        waves.iter().map(dot).collect()
    };
    let rows: Vec<Vec<f64>> = levels.chunks(SIDE).map(along).collect();
    let columns: Vec<Vec<f64>> = (0..KEPT)
        .map(|at| {
            let column: Vec<f64> = rows.iter().filter_map(|row| row.get(at).copied()).collect();
            along(&column)
        })
        .collect();
    columns.into_iter().flatten().collect()
}

impl fmt::Display for Look {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|band| write!(out, "{band:04x}"))
    }
}

/// A text that is no look: anything but 64 hexadecimal digits.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a look is written with 64 hexadecimal digits")]
pub struct NoLook;

impl FromStr for Look {
    type Err = NoLook;

    fn from_str(text: &str) -> Result<Self, NoLook> {
        let bytes = hex::decode(text).map_err(|_| NoLook)?;
        let pairs = bytes.chunks_exact(2);
        let bands: Vec<u16> = pairs
            .filter_map(|pair| Some(u16::from_be_bytes(pair.try_into().ok()?)))
            .collect();
        (bytes.len() == 2 * KEPT)
            .then(|| bands.try_into().ok().map(Self))
            .flatten()
            .ok_or(NoLook)
    }
}

impl TryFrom<String> for Look {
    type Error = NoLook;

    fn try_from(text: String) -> Result<Self, NoLook> {
        text.parse()
    }
}

impl From<Look> for String {
    fn from(look: Look) -> Self {
        look.to_string()
    }
}
