//! Pictures to learn from, read as the service reads them, but without hurry.

use std::panic::resume_unwind;
use std::path::Path;

use anyhow::Context as _;
use scrutineer::documents::Page;
use scrutineer::documents::ocr::OcrFiles;
use scrutineer::documents::parse::{ParseOptions, parse};

use crate::progress::Progress;

/// Longest time for the words of one picture.
const TIME_MS: u64 = 60_000;

/// How pictures are read.
///
/// # Errors
/// If what reads them is not installed.
pub(crate) fn options(models_dir: &Path) -> anyhow::Result<ParseOptions> {
    let ocr = OcrFiles::installed(models_dir, None);
    Ok(ParseOptions {
        ocr: Some(ocr.context("pictures are read with ONNX Runtime, which is not installed")?),
        time_budget_ms: TIME_MS,
        ..ParseOptions::default()
    })
}

/// The pages of some pictures, in their order, read on all processors.
pub(crate) fn read(
    pictures: &[Vec<u8>],
    options: &ParseOptions,
    progress: &Progress,
) -> Vec<Vec<Page>> {
    let bar = progress.bar("reading pictures", pictures.len());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let each = pictures.len().div_ceil(threads).max(1);
    let pages = std::thread::scope(|scope| {
        let readers: Vec<_> = pictures
            .chunks(each)
            .map(|part| {
                let bar = &bar;
                scope.spawn(move || {
                    let read = |bytes: &Vec<u8>| {
                        let pages = parse(bytes, options).pages;
                        bar.inc(1);
                        pages
                    };
                    part.iter().map(read).collect::<Vec<_>>()
                })
            })
            .collect();
        readers
            .into_iter()
            .flat_map(|reader| reader.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    });
    bar.finish_and_clear();
    pages
}
