//! The documents to learn from: generated ones, and public ones where they are given.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use scrutineer::documents::FieldName;
use scrutineer::documents::parse::{ParseOptions, parse};
use scrutineer_datasets::documents::generate;
use scrutineer_datasets::sets::{InvoiceSet, TruthRow};
use scrutineer_datasets::split::{self, Split};

use super::{LEARNED, TrainingDocument};
use crate::pictures;
use crate::progress::Progress;

/// Seed of the generated documents.
pub(super) const SEED: u64 = 4711;
/// Generated documents fitted on.
const GENERATED: usize = 2000;
/// What the public invoices count together, of all weight.
const REAL_SHARE: f32 = 0.15;
/// The same of public receipts, among what the scorers of words of pixels are fitted on.
const RECEIPT_SHARE: f32 = 0.30;
/// Sets of invoices whose PDFs come with truth.
const SETS: [InvoiceSet; 3] = [
    InvoiceSet::Zugferd,
    InvoiceSet::Mustang,
    InvoiceSet::Horstoeko,
];

/// What was gathered, and how much of each.
pub(super) struct Gathered {
    pub(super) documents: Vec<TrainingDocument>,
    pub(super) generated: usize,
    pub(super) public: usize,
    /// Pairs of seller and number among the public ones.
    pub(super) identities: usize,
    /// Receipts, read from their pictures.
    pub(super) receipts: usize,
    /// Their sellers.
    pub(super) receipt_sellers: usize,
}

/// Generated documents and, from `data`, the build half of the public sets; what reads pictures of
/// receipts is looked for in `models_dir`.
pub(super) fn documents(
    models_dir: &Path,
    data: Option<&Path>,
    progress: &Progress,
) -> anyhow::Result<Gathered> {
    let mut documents = generated(progress)?;
    let generated = documents.len();
    let (mut public, mut receipts) = (Vec::new(), Vec::new());
    if let Some(data) = data {
        let options = ParseOptions {
            ignore_xml: true,
            ..ParseOptions::default()
        };
        for set in SETS {
            public.extend(of_set(set, data, &options, progress)?);
        }
        let options = pictures::options(models_dir)?;
        receipts = of_set(InvoiceSet::Sroie, data, &options, progress)?;
    }
    let identities = weigh(&mut public, REAL_SHARE, generated);
    let receipt_sellers = weigh(&mut receipts, RECEIPT_SHARE, generated);
    let gathered = Gathered {
        generated,
        public: public.len(),
        identities,
        receipts: receipts.len(),
        receipt_sellers,
        documents: Vec::new(),
    };
    documents.extend(public);
    documents.extend(receipts);
    Ok(Gathered {
        documents,
        ..gathered
    })
}

fn generated(progress: &Progress) -> anyhow::Result<Vec<TrainingDocument>> {
    let bar = progress.bar("generating documents", GENERATED);
    let mut documents = Vec::with_capacity(GENERATED);
    let options = ParseOptions {
        ignore_xml: true,
        ..ParseOptions::default()
    };
    for document in generate(SEED, GENERATED) {
        let row = serde_json::to_value(&document.truth).context("truth of a document")?;
        let stated = |field: &FieldName| {
            let value = row.get(field.as_str())?.as_str()?;
            Some((*field, value.to_owned()))
        };
        documents.push(TrainingDocument {
            pages: parse(&document.bytes, &options).pages,
            truth: LEARNED.iter().filter_map(stated).collect(),
            complete: true,
            group: document.name,
            weight: 1.0,
        });
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(documents)
}

fn of_set(
    set: InvoiceSet,
    data: &Path,
    options: &ParseOptions,
    progress: &Progress,
) -> anyhow::Result<Vec<TrainingDocument>> {
    let name = set.name();
    let loaded = set.load(data).with_context(|| format!("set {name}"))?;
    let rows: Vec<&TruthRow> = loaded.rows.iter().filter(|row| is_fitted_on(row)).collect();
    let bar = progress.bar("reading public documents", rows.len());
    let mut documents = Vec::with_capacity(rows.len());
    for row in rows {
        let path = loaded.folder.join(&row.file);
        let bytes =
            std::fs::read(&path).with_context(|| format!("set {name}: {}", path.display()))?;
        let stated = |field: &FieldName| Some((*field, row.stated(*field)?.to_owned()));
        let (seller, number) = identity(row);
        documents.push(TrainingDocument {
            pages: parse(&bytes, options).pages,
            truth: LEARNED.iter().filter_map(stated).collect(),
            complete: false,
            group: format!("{seller}|{number}").to_lowercase(),
            weight: 1.0,
        });
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(documents)
}

/// PDFs and pictures of the build half; nothing of the held-out half is opened.
pub(crate) fn is_fitted_on(row: &TruthRow) -> bool {
    let (seller, number) = identity(row);
    !row.file.to_lowercase().ends_with(".xml") && split::of(seller, number) == Split::Build
}

pub(crate) fn identity(row: &TruthRow) -> (&str, &str) {
    (
        row.stated(FieldName::Seller).unwrap_or_default(),
        row.stated(FieldName::Number).unwrap_or_default(),
    )
}

/// Every identity counts the same, however many files show it; returns how many there are.
fn weigh(public: &mut [TrainingDocument], share: f32, generated: usize) -> usize {
    let mut files: BTreeMap<String, f32> = BTreeMap::new();
    for document in public.iter() {
        *files.entry(document.group.clone()).or_default() += 1.0;
    }
    let each = share / (1.0 - share) * generated as f32 / (files.len().max(1) as f32);
    for document in public {
        document.weight = each / files.get(&document.group).copied().unwrap_or(1.0);
    }
    files.len()
}
