//! Gathers documents, fits, and writes `models/invoice_fields/1`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chrono::NaiveDate;
use scrutineer::documents::FieldName;
use scrutineer::documents::fields::WEIGHTS_FILE;
use scrutineer::documents::parse::{ParseOptions, parse};
use scrutineer::registry::Manifest;
use scrutineer_datasets::documents::generate;
use scrutineer_datasets::sets::InvoiceSet;
use scrutineer_datasets::split::{self, Split};

use super::{LEARNED, Measured, TrainingDocument, fit};
use crate::artefact::{self, ArtefactFile};

/// Seed of the generated documents.
const SEED: u64 = 4711;
/// Generated documents fitted on.
const GENERATED: usize = 2000;
/// What the public invoices count together, of all weight.
const REAL_SHARE: f32 = 0.15;
/// Sets of invoices whose PDFs come with truth.
const SETS: [&str; 3] = ["zugferd", "mustang", "horstoeko"];

/// Fits the field reader on generated documents and, where `data` holds them, on
/// the build half of the public invoices, and writes the model under `models_dir`.
///
/// # Errors
/// Data that cannot be read, or a folder that cannot be written.
pub fn train(models_dir: &Path, data: &Path) -> anyhow::Result<BTreeMap<String, Measured>> {
    let mut documents = generated();
    let made = documents.len();
    for set in SETS {
        documents.extend(public(set, data)?);
    }
    weigh(&mut documents, made);
    let (weights, measured) = fit(&documents)?;
    let manifest = manifest(made, documents.len() - made, &measured)?;
    artefact::write(
        models_dir,
        manifest,
        vec![ArtefactFile::json(WEIGHTS_FILE, &weights)?],
    )?;
    Ok(measured)
}

fn generated() -> Vec<TrainingDocument> {
    generate(SEED, GENERATED)
        .map(|document| {
            let row = serde_json::to_value(&document.truth).unwrap_or_default();
            let truth = LEARNED
                .iter()
                .filter_map(|f| row.get(f.as_str())?.as_str().map(|v| (*f, v.to_owned())))
                .collect();
            TrainingDocument {
                pages: pages(&document.pdf),
                truth,
                complete: true,
                group: document.name,
                weight: 1.0,
            }
        })
        .collect()
}

fn public(set: &str, data: &Path) -> anyhow::Result<Vec<TrainingDocument>> {
    let Some(set) = InvoiceSet::of_name(set) else {
        return Ok(Vec::new());
    };
    let Ok(loaded) = set.load(data) else {
        return Ok(Vec::new());
    };
    let mut documents = Vec::new();
    for row in loaded.rows {
        let seller = row.stated(FieldName::Seller).unwrap_or_default();
        let number = row.stated(FieldName::Number).unwrap_or_default();
        let is_pdf = row.file.to_lowercase().ends_with(".pdf");
        if !is_pdf || split::of(seller, number) != Split::Build {
            continue;
        }
        let path: PathBuf = loaded.folder.join(&row.file);
        let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
        documents.push(TrainingDocument {
            pages: pages(&bytes),
            truth: LEARNED
                .iter()
                .filter_map(|f| Some((*f, row.stated(*f)?.to_owned())))
                .collect(),
            complete: false,
            group: format!("{seller}|{number}").to_lowercase(),
            weight: 1.0,
        });
    }
    Ok(documents)
}

fn pages(bytes: &[u8]) -> Vec<scrutineer::documents::Page> {
    parse(
        bytes,
        &ParseOptions {
            ignore_xml: true,
            ..ParseOptions::default()
        },
    )
    .pages
}

/// Every identity counts the same, however many files show it.
fn weigh(documents: &mut [TrainingDocument], made: usize) {
    let mut files: BTreeMap<String, f32> = BTreeMap::new();
    for document in &documents[made..] {
        *files.entry(document.group.clone()).or_default() += 1.0;
    }
    let each = REAL_SHARE / (1.0 - REAL_SHARE) * made as f32 / (files.len().max(1) as f32);
    for document in &mut documents[made..] {
        document.weight = each / files.get(&document.group).copied().unwrap_or(1.0);
    }
}

fn manifest(
    made: usize,
    real: usize,
    measured: &BTreeMap<String, Measured>,
) -> anyhow::Result<Manifest> {
    let metrics = measured
        .iter()
        .flat_map(|(field, m)| {
            [
                (format!("{field}_right"), f64::from(m.right)),
                (format!("{field}_wrong"), f64::from(m.wrong)),
            ]
        })
        .collect();
    Ok(Manifest {
        name: "invoice_fields".to_owned(),
        version: 1,
        format_version: 1,
        description: "How probable it is that a value on a page is the field it seems to be"
            .to_owned(),
        licence: "Apache-2.0".to_owned(),
        trained_until: NaiveDate::from_ymd_opt(2026, 11, 23).context("a day")?,
        data: format!(
            "{made} generated documents (seed {SEED}) and {real} public invoices of the build half"
        ),
        metrics,
        files: Vec::new(),
        sources: Vec::new(),
    })
}
