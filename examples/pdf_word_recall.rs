//! How many of the words that `pdftotext -bbox` (poppler) sees on a page are read,
//! and stand at the same place.
//!
//! Usage: `cargo run --example pdf_word_recall -- FOLDER...`; prints one line a file
//! that falls short and a summary of each folder. See docs/adr/002-pdf-text-reader.md.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};
use scrutineer::documents::parse::{ParseOptions, parse};
use unicode_normalization::UnicodeNormalization;

/// How far the centres of two boxes of the same word may lie apart, in points.
const SAME_PLACE: f32 = 6.0;
/// Files below this share are listed.
const LISTED_BELOW: f64 = 0.97;

type Words = HashMap<(u32, String), Vec<(f32, f32)>>;

#[derive(Default)]
struct Tally {
    files: usize,
    theirs: usize,
    ours: usize,
    found: usize,
    placed: usize,
    slowest_ms: u128,
}

fn main() -> Result<()> {
    let mut out = std::io::stdout().lock();
    for folder in std::env::args().skip(1) {
        let mut files = Vec::new();
        pdf_files(Path::new(&folder), &mut files)?;
        files.sort();
        let mut sum = Tally::default();
        for file in files {
            let one = measure(&file).with_context(|| file.display().to_string())?;
            let share = one.found as f64 / one.theirs.max(1) as f64;
            if one.theirs > 0 && share < LISTED_BELOW {
                writeln!(
                    out,
                    "  {share:.3} of {:5} words, {:5} ours: {}",
                    one.theirs,
                    one.ours,
                    file.display()
                )?;
            }
            sum.files += 1;
            sum.theirs += one.theirs;
            sum.ours += one.ours;
            sum.found += one.found;
            sum.placed += one.placed;
            sum.slowest_ms = sum.slowest_ms.max(one.slowest_ms);
        }
        let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
        writeln!(
            out,
            "{folder}: {} files, {} words; found {:.4}, at the same place {:.4}; \
             {:.4} of ours are theirs; slowest file {} ms",
            sum.files,
            sum.theirs,
            share(sum.found, sum.theirs),
            share(sum.placed, sum.theirs),
            share(sum.found, sum.ours),
            sum.slowest_ms
        )?;
    }
    Ok(())
}

fn pdf_files(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            pdf_files(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("pdf"))
        {
            files.push(path);
        }
    }
    Ok(())
}

fn measure(file: &Path) -> Result<Tally> {
    let bytes = std::fs::read(file)?;
    let begun = Instant::now();
    let parsed = parse(&bytes, &ParseOptions::default());
    let slowest_ms = begun.elapsed().as_millis();
    let mut ours = Words::new();
    for page in &parsed.pages {
        for word in &page.words {
            let bbox = word.bbox;
            let centre = ((bbox.x0 + bbox.x1) / 2.0, (bbox.y0 + bbox.y1) / 2.0);
            ours.entry((page.number, word.text.clone()))
                .or_default()
                .push(centre);
        }
    }
    let theirs = reference(file)?;
    let mut tally = Tally {
        theirs: theirs.values().map(Vec::len).sum(),
        ours: ours.values().map(Vec::len).sum(),
        slowest_ms,
        ..Tally::default()
    };
    for (word, places) in &theirs {
        let Some(read) = ours.get_mut(word) else {
            continue;
        };
        tally.found += places.len().min(read.len());
        for place in places {
            let near = read.iter().position(|centre| {
                (centre.0 - place.0).abs() <= SAME_PLACE && (centre.1 - place.1).abs() <= SAME_PLACE
            });
            if let Some(index) = near {
                read.swap_remove(index);
                tally.placed += 1;
            }
        }
    }
    Ok(tally)
}

/// The words of `pdftotext -bbox` on the first fifty pages.
fn reference(file: &Path) -> Result<Words> {
    let output = Command::new("pdftotext")
        .args(["-q", "-l", "50", "-bbox"])
        .arg(file)
        .arg("-")
        .output()
        .context("pdftotext (package poppler-utils) does not start")?;
    let text: String = String::from_utf8_lossy(&output.stdout)
        .chars()
        .filter(|character| !character.is_control() || character.is_whitespace())
        .collect();
    let options = roxmltree::ParsingOptions {
        allow_dtd: true,
        ..Default::default()
    };
    let mut words = Words::new();
    let Ok(document) = roxmltree::Document::parse_with_options(&text, options) else {
        return Ok(words);
    };
    let pages = document
        .descendants()
        .filter(|node| node.has_tag_name("page"));
    for (number, page) in (1_u32..).zip(pages) {
        for word in page.children().filter(|node| node.has_tag_name("word")) {
            let number_of = |name: &str| -> Result<f32> {
                Ok(word
                    .attribute(name)
                    .context("a word without a box")?
                    .parse()?)
            };
            let centre = (
                (number_of("xMin")? + number_of("xMax")?) / 2.0,
                (number_of("yMin")? + number_of("yMax")?) / 2.0,
            );
            let text: String = word.text().unwrap_or_default().nfkc().collect();
            words.entry((number, text)).or_default().push(centre);
        }
    }
    Ok(words)
}
