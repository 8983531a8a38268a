//! The text encoder is not fitted here: its shipped 16-bit copy (made by
//! `training/encoder/convert.py`) is measured against the original weights, and
//! the original's vectors become the golden ones.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use scrutineer::learn::encoder::{Embedding, TextEncoder};
use scrutineer::registry::{Golden, GoldenCase, Registry};

use crate::artefact::{self, ArtefactFile};

/// Sentences of every language and kind that documents hold.
const SENTENCES: [&str; 16] = [
    "Invoice INV-2026-0042 dated 3 March 2026, payable within 30 days",
    "Rechnung Nr. 4711, Leistungszeitraum 01.02.2026 bis 28.02.2026",
    "Facture d'avoir relative à la facture n° F-0981",
    "Tweede aanmaning: het openstaande bedrag is niet betaald",
    "Factura proforma, no válida a efectos fiscales",
    "Fattura energia elettrica, consumo 1.245 kWh, lettura stimata",
    "Statement of account, balance brought forward",
    "Consulting services, 42.5 hours at 145.00 per hour",
    "Purchase order 4500012345, delivery note 80012",
    "Thank you for shopping, card payment, change 0.00",
    "hours",
    "Zahlungserinnerung",
    "IBAN DE89 3704 0044 0532 0130 00 BIC COBADEFFXXX",
    "VAT 20 % of 1,000.00 is 200.00, total due 1,200.00 EUR",
    "Dear Sir or Madam, please find enclosed our offer for the refurbishment of your offices",
    "Kundennummer 10023, Zählerstand alt 10234, Zählerstand neu 11456, Verbrauch 1222 kWh",
];

/// Of the sentences, those that are run on every load.
const GOLDEN: [usize; 2] = [1, 7];

/// Largest difference of one number between the golden vectors and those computed.
const TOLERANCE: f64 = 1e-3;

/// Measures the shipped copy against `full_weights` (32 bits, safetensors),
/// writes golden vectors and figures, and returns the least cosine.
///
/// # Errors
/// Files that are absent or not what they should be.
pub fn measure(models_dir: &Path, full_weights: &Path) -> anyhow::Result<f64> {
    let registry = Registry::open(models_dir)?;
    let shipped = registry.model("text_encoder")?;
    let tokenizer = shipped.read("tokenizer.json")?;
    let read = fs::read(full_weights).with_context(|| full_weights.display().to_string())?;
    let embed = |weights: Vec<u8>| -> anyhow::Result<Vec<Embedding>> {
        let encoder = TextEncoder::from_bytes(weights, &tokenizer, shipped.reference())?;
        Ok(encoder.encode(&SENTENCES)?)
    };
    let full = embed(read)?;
    let half = embed(shipped.read("model.safetensors")?)?;
    let cosines = full.iter().zip(&half).map(|(a, b)| cosine(a, b));
    let least = cosines.fold(1.0, f64::min);
    let cases = GOLDEN.iter().filter_map(|index| {
        let (text, vector) = (SENTENCES.get(*index)?, full.get(*index)?);
        let numbers = vector.iter().enumerate();
        Some(GoldenCase {
            name: format!("sentence {index}, 32 bits"),
            input: (*text).to_owned(),
            expected: numbers
                .map(|(at, x)| (at.to_string(), f64::from(*x)))
                .collect(),
        })
    });
    let golden = Golden {
        tolerance: TOLERANCE,
        cases: cases.collect(),
    };
    let mut manifest = shipped.manifest.clone();
    manifest.metrics = BTreeMap::from([("least_cosine_to_32_bits".to_owned(), least)]);
    let files = vec![ArtefactFile::json("golden.json", &golden)?];
    artefact::write(models_dir, manifest, files)?;
    Ok(least)
}

/// Sentences a second, one by one and in batches of 32, on every core there is.
///
/// # Errors
/// As for [`TextEncoder::load`].
pub fn speed(models_dir: &Path) -> anyhow::Result<[f64; 2]> {
    let encoder = TextEncoder::load(&Registry::open(models_dir)?)?;
    let texts: Vec<&str> = SENTENCES.iter().copied().cycle().take(128).collect();
    let rate = |size: usize| -> anyhow::Result<f64> {
        let start = Instant::now();
        for batch in texts.chunks(size) {
            encoder.encode(batch)?;
        }
        Ok(texts.len() as f64 / start.elapsed().as_secs_f64())
    };
    Ok([rate(1)?, rate(32)?])
}

fn cosine(a: &Embedding, b: &Embedding) -> f64 {
    a.iter()
        .zip(b)
        .map(|(x, y)| f64::from(*x) * f64::from(*y))
        .sum()
}
