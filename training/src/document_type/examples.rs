//! Generated documents as features, with the type they have.

use scrutineer::cases::invoice::document_type::{TypeFeatures, TypeInput};
use scrutineer::documents::parse::{ParseOptions, parse};
use scrutineer::documents::{Page, Reading};
use scrutineer::learn::encoder::TextEncoder;
use scrutineer_datasets::documents::GeneratedDocument;
use scrutineer_datasets::type_parts::TypePart;
use scrutineer_eval::document_type::{index, type_of};

use super::{drawn, structure};
use crate::progress::Progress;

/// One document to fit or calibrate on.
pub(super) struct Example {
    pub(super) features: TypeFeatures,
    /// Position of its type in the list of types.
    pub(super) class: usize,
}

/// The examples of a part among the first `count` documents drawn.
///
/// Beside its pages alone, some documents also stand for an e-invoice: as XML
/// without pages, or attached to their pages.
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
        let class = index(type_of(document.truth.kind));
        let pages = parse(&document.pdf, &ParseOptions::default()).pages;
        let mut add = |pages: &[Page], reading: &Reading| -> anyhow::Result<()> {
            let features = TypeFeatures::of(&TypeInput { pages, reading }, encoder)?;
            examples.push(Example { features, class });
            Ok(())
        };
        add(&on_paper(pages.clone(), document), &Reading::default())?;
        if let Some(reading) = structure::of(&document.truth) {
            match drawn("structure", &document.truth.sha256, 10) {
                0..3 => add(&[], &reading)?,
                3..6 => add(&pages, &reading)?,
                _ => {}
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(examples)
}

/// Every second till slip as it looks when printed on ordinary paper, so that
/// the width of the page is not what makes a receipt.
fn on_paper(mut pages: Vec<Page>, document: &GeneratedDocument) -> Vec<Page> {
    if drawn("paper", &document.truth.sha256, 2) == 0 {
        for page in &mut pages {
            page.width = page.width.max(595.0);
            page.height = page.height.max(842.0);
        }
    }
    pages
}
