//! Generated documents as features, with the type they have.

use std::path::Path;

use anyhow::Context as _;
use scrutineer::cases::invoice::DocumentType;
use scrutineer::cases::invoice::document_type::{TypeFeatures, TypeInput};
use scrutineer::documents::parse::{ParseOptions, parse};
use scrutineer::documents::{Page, Reading};
use scrutineer::learn::encoder::TextEncoder;
use scrutineer_datasets::documents::GeneratedDocument;
use scrutineer_datasets::sets::{InvoiceSet, TruthRow};
use scrutineer_datasets::structure::{self, drawn};
use scrutineer_datasets::type_parts::TypePart;
use scrutineer_eval::document_type::index;

use crate::fields::{identity, is_fitted_on};
use crate::pictures;
use crate::progress::Progress;

/// Points of letters where all are of one size.
const PLAIN_SIZE: f32 = 10.0;
/// One in so many documents is also read from a photograph: reading one takes seconds.
const PHOTOGRAPHED_ONE_IN: u64 = 12;
/// One in so many sellers of receipts is calibrated on, the others are fitted on.
const CALIBRATED_ONE_IN: u64 = 3;

/// One document to fit or calibrate on.
pub(super) struct Example {
    pub(super) features: TypeFeatures,
    /// Position of its type in the list of types.
    pub(super) class: usize,
}

impl Example {
    /// Whether its pages hold words; an e-invoice alone otherwise.
    pub(super) fn has_pages(&self) -> bool {
        !self.features.chunks.is_empty()
    }
}

/// The examples of a part among the first `count` documents drawn.
///
/// Beside its pages alone, a document of a type that is sent as e-invoice also
/// stands for one without pages, and three in ten for one attached to its pages.
pub(super) fn of(
    part: TypePart,
    count: usize,
    encoder: &TextEncoder,
    progress: &Progress,
) -> anyhow::Result<Vec<Example>> {
    let documents: Vec<GeneratedDocument> = part.documents(count).collect();
    let bar = progress.bar("reading generated documents", documents.len());
    let mut examples = Vec::new();
    for document in &documents {
        let class = index(document.truth.kind);
        let pages = parse(&document.bytes, &ParseOptions::default()).pages;
        let alone = of_pages(&on_paper(pages.clone(), document), class, encoder)?.features;
        if let Some(reading) = structure::of(&document.truth) {
            let signs = |pages: &[Page]| {
                TypeFeatures::signs(&TypeInput {
                    pages,
                    reading: &reading,
                })
            };
            examples.push(Example {
                features: TypeFeatures {
                    chunks: Vec::new(),
                    signs: signs(&[]),
                },
                class,
            });
            if drawn("attached", &document.truth.sha256, 10) < 3 {
                // The wording of the pages is the same: it is not encoded again.
                let features = TypeFeatures {
                    chunks: alone.chunks.clone(),
                    signs: signs(&pages),
                };
                examples.push(Example { features, class });
            }
        }
        examples.push(Example {
            features: alone,
            class,
        });
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(examples)
}

/// Documents of a part of which a photograph is read, one in so many of the first `count` drawn.
pub(super) fn photographed(
    part: TypePart,
    count: usize,
    encoder: &TextEncoder,
    options: &ParseOptions,
    progress: &Progress,
) -> anyhow::Result<Vec<Example>> {
    let (mut pictures, mut classes) = (Vec::new(), Vec::new());
    let documents = part.documents(count);
    for document in
        documents.filter(|one| drawn("photographed", &one.truth.sha256, PHOTOGRAPHED_ONE_IN) == 0)
    {
        classes.push(index(document.truth.kind));
        pictures.push(document.photographed("photograph.jpg".to_owned())?.bytes);
    }
    let pages = pictures::read(&pictures, options, progress);
    let examples = pages.iter().zip(classes);
    examples
        .map(|(pages, class)| of_pages(pages, class, encoder))
        .collect()
}

/// Public receipts of the build half, of the sellers that belong to a part.
pub(super) fn receipts(
    part: TypePart,
    data: &Path,
    encoder: &TextEncoder,
    options: &ParseOptions,
    progress: &Progress,
) -> anyhow::Result<Vec<Example>> {
    let loaded = InvoiceSet::Sroie.load(data).context("set of receipts")?;
    let is_of_part = |row: &&TruthRow| {
        let (seller, _) = identity(row);
        let calibrates = drawn("receipts", &seller.to_lowercase(), CALIBRATED_ONE_IN) == 0;
        is_fitted_on(row) && calibrates == (part == TypePart::Calibration)
    };
    let rows = loaded.rows.iter().filter(is_of_part);
    let read = |row: &TruthRow| {
        let path = loaded.folder.join(&row.file);
        std::fs::read(&path).with_context(|| path.display().to_string())
    };
    let pictures = rows.map(read).collect::<anyhow::Result<Vec<_>>>()?;
    let pages = pictures::read(&pictures, options, progress);
    let class = index(DocumentType::Receipt);
    let examples = pages.iter();
    examples
        .map(|pages| of_pages(pages, class, encoder))
        .collect()
}

fn of_pages(pages: &[Page], class: usize, encoder: &TextEncoder) -> anyhow::Result<Example> {
    let input = TypeInput {
        pages,
        reading: &Reading::default(),
    };
    let features = TypeFeatures::of(&input, encoder)?;
    Ok(Example { features, class })
}

/// Every second till slip as it looks when printed on ordinary paper, so that
/// the width of the page is not what makes a receipt; every eighth document in
/// letters of one size, so that a title is not needed.
fn on_paper(mut pages: Vec<Page>, document: &GeneratedDocument) -> Vec<Page> {
    if drawn("paper", &document.truth.sha256, 2) == 0 {
        for page in &mut pages {
            page.width = page.width.max(595.0);
            page.height = page.height.max(842.0);
        }
    }
    if drawn("letters", &document.truth.sha256, 8) == 0 {
        let words = pages.iter_mut().flat_map(|page| &mut page.words);
        words.for_each(|word| word.size = PLAIN_SIZE);
    }
    pages
}
