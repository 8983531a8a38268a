//! Is a picture known again that was saved anew, and told from all others?

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat};
use scrutineer::documents::picture::{self, Look};
use scrutineer::learn::parallel;

use crate::{EvalError, Evaluation};

/// What other programs see: the bytes.
const BASELINE: &str = "the same bytes";
/// A way in which a picture is saved anew.
type Anew = fn(&DynamicImage) -> Option<Vec<u8>>;
/// All of them.
const WAYS: [(&str, Anew); 7] = [
    ("png", |picture| png(picture)),
    ("quality_30", |picture| jpeg(picture, 30)),
    ("half_size", |picture| {
        jpeg(
            &picture.thumbnail(picture.width() / 2, picture.height() / 2),
            75,
        )
    }),
    ("contrast", |picture| {
        jpeg(&picture.adjust_contrast(-25.0), 75)
    }),
    ("brighter", |picture| jpeg(&picture.brighten(20), 75)),
    ("cut_1_percent", |picture| cut(picture, 100)),
    ("cut_3_percent", |picture| cut(picture, 30)),
];

/// Measures on the pictures of a folder, each another one.
///
/// # Errors
/// [`EvalError::File`] when the folder cannot be read, [`EvalError::Insufficient`] where it holds
/// fewer than two pictures that can be.
pub fn evaluate(set: &str, folder: &Path) -> Result<Evaluation, EvalError> {
    let files = pictures(folder)?;
    let seen = parallel::map(&files, look_at);
    let seen: Vec<Seen> = seen.into_iter().flatten().collect();
    if seen.len() < 2 {
        let found = format!("{} holds fewer than two pictures", folder.display());
        return Err(EvalError::Insufficient(found));
    }
    let share = |way: usize| {
        let again = seen.iter().filter(|one| one.again.get(way) == Some(&true));
        Some(again.count() as f64 / seen.len() as f64)
    };
    let mut metrics: BTreeMap<String, Option<f64>> = WAYS
        .iter()
        .enumerate()
        .map(|(way, (name, _))| (format!("known_{name}"), share(way)))
        .collect();
    let pairs = (0..seen.len()).flat_map(|one| (0..one).map(move |other| (one, other)));
    let apart: Vec<u32> = pairs
        .filter_map(|(one, other)| Some(seen.get(one)?.look.apart(seen.get(other)?.look)))
        .collect();
    let taken = apart.iter().filter(|apart| **apart <= picture::MOST_APART);
    let taken = taken.count() as f64 / apart.len() as f64;
    metrics.insert("others_taken_for_it".to_owned(), Some(taken));
    let nearest = apart.iter().min().copied().map(f64::from);
    metrics.insert("bits_to_nearest_other".to_owned(), nearest);
    let nothing = WAYS.map(|(name, _)| (format!("known_{name}"), Some(0.0)));
    Ok(Evaluation {
        case: "picture".to_owned(),
        set: set.to_owned(),
        protocol: format!(
            "every picture saved anew in {} ways, and {} pairs of two pictures",
            WAYS.len(),
            apart.len()
        ),
        n: seen.len(),
        metrics,
        baselines: [(BASELINE.to_owned(), nothing.into())].into(),
        fields: BTreeMap::new(),
        lines: BTreeMap::new(),
        confusion: BTreeMap::new(),
    })
}

/// A picture's look, and in which of the ways it was known again.
struct Seen {
    look: Look,
    again: Vec<bool>,
}

fn look_at(path: &PathBuf) -> Option<Seen> {
    let bytes = std::fs::read(path).ok()?;
    let first = picture::open(&bytes).ok()?;
    let look = Look::of(&first)?;
    let again = WAYS.iter().map(|(_, anew)| {
        let saved = anew(&first).and_then(|saved| Look::of(&picture::open(&saved).ok()?));
        saved.is_some_and(|saved| saved.is_of_one_picture(look))
    });
    Some(Seen {
        look,
        again: again.collect(),
    })
}

/// Files of a folder that may be pictures, in order of name.
fn pictures(folder: &Path) -> Result<Vec<PathBuf>, EvalError> {
    let wrong = |error: std::io::Error| EvalError::File {
        path: folder.display().to_string(),
        message: error.to_string(),
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        if ImageFormat::from_path(&path).is_ok() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn jpeg(picture: &DynamicImage, quality: u8) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
    picture.to_rgb8().write_with_encoder(encoder).ok()?;
    Some(bytes)
}

fn png(picture: &DynamicImage) -> Option<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).ok()?;
    Some(bytes.into_inner())
}

/// Without this part of its width and height on every side.
fn cut(picture: &DynamicImage, part: u32) -> Option<Vec<u8>> {
    let (x, y) = (picture.width() / part, picture.height() / part);
    let (width, height) = (picture.width() - 2 * x, picture.height() - 2 * y);
    jpeg(&picture.crop_imm(x, y, width, height), 85)
}
