//! Gathers documents, fits, and writes `models/invoice_fields/1`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use anyhow::Context as _;
use scrutineer::documents::fields::{
    FIELD_FORMAT_VERSION, FIELD_MODEL, FieldModel, WEIGHTS_FILE, Weights,
};
use scrutineer::registry::{Golden, GoldenCase, Manifest};

use super::gather::{self, Gathered, SEED};
use super::{Measured, card, fit};
use crate::artefact::{self, ArtefactFile};
use crate::progress::Progress;
use crate::rounded;

/// Last day of the texts and word lists that documents are generated from.
const TRAINED_UNTIL: &str = "2026-11-23";

/// Pages that the fitted model must read the same wherever it is loaded; a tab
/// makes a wide gap.
const GOLDEN: [(&str, &str); 3] = [
    (
        "invoice in German",
        "Acme GmbH, Hauptstraße 1, 10115 Berlin\tAcme GmbH\nMuster AG\tTel. 030 1234\n\
         Nebenweg 2\twww.acme.de\n20095 Hamburg\n\n\
         Rechnung Nr. RE-2024-17\tRechnungsdatum: 31.12.2024\nIhre Bestellung: 4500012345\n\n\
         Beschreibung\tMenge\tEinzelpreis\tGesamt\nBeratung\t2,00\t500,00\t1.000,00\n\
         Summe netto\t\t\t1.000,00 €\n19 % MwSt.\t\t\t190,00 €\nRechnungsbetrag\t\t\t1.190,00 €\n\
         Zahlbar bis 30.01.2025",
    ),
    (
        "credit note in English",
        "Northwind Traders Ltd\tCREDIT NOTE\n5 Quay Street, Bristol\tCredit note no.: CN-0093\n\
         \tDate: 14 March 2024\nBill to:\nContoso plc\n1 Mill Lane, Leeds\n\n\
         Description\tQty\tPrice\tAmount\nReturned goods\t3\t20.00\t60.00\n\
         Subtotal\t\t\t60.00\nVAT 20%\t\t\t12.00\nTotal\t\t\tGBP 72.00",
    ),
    (
        "letter without an invoice",
        "Dear Sir or Madam,\nthank you for your letter of 3 May.\nWe will come back to you.\nKind regards",
    ),
];

/// What a fit gave.
#[derive(Debug, Clone)]
pub struct Fitted {
    /// Figures by field.
    pub measured: BTreeMap<String, Measured>,
    /// Generated documents fitted on.
    pub generated: usize,
    /// Public invoices fitted on.
    pub public: usize,
}

/// Fits the field reader on generated documents and, where `data` is given, on
/// the build half of the public invoices in it, and writes the model under
/// `models_dir`.
///
/// # Errors
/// A set of `data` that cannot be read, by name, or a folder that cannot be written.
pub fn train(
    models_dir: &Path,
    data: Option<&Path>,
    progress: &Progress,
) -> anyhow::Result<Fitted> {
    let gathered = gather::documents(models_dir, data, progress)?;
    let (weights, measured) = fit(&gathered.documents, progress)?;
    let files = vec![
        ArtefactFile::json(WEIGHTS_FILE, &weights)?,
        golden(weights)?,
    ];
    let dir = artefact::write(models_dir, manifest(&gathered, &measured)?, files)?;
    card::write(&dir, &gathered, &measured)?;
    Ok(Fitted {
        measured,
        generated: gathered.generated,
        public: gathered.public,
    })
}

/// What the weights read now, to be read by whoever loads them.
fn golden(weights: Weights) -> anyhow::Result<ArtefactFile> {
    let model = FieldModel::of(weights).map_err(anyhow::Error::msg)?;
    let cases = GOLDEN.iter().map(|(name, lines)| GoldenCase {
        name: (*name).to_owned(),
        input: (*lines).to_owned(),
        expected: model
            .golden_output(lines)
            .into_iter()
            .map(|(output, x)| (output, rounded(x, 6)))
            .collect(),
    });
    let golden = Golden {
        tolerance: 1e-3,
        cases: cases.collect(),
    };
    ArtefactFile::json("golden.json", &golden)
}

fn manifest(
    gathered: &Gathered,
    measured: &BTreeMap<String, Measured>,
) -> anyhow::Result<Manifest> {
    let metrics = measured.iter().flat_map(|(field, m)| {
        [("right", m.right), ("wrong", m.wrong)]
            .map(|(what, share)| (format!("{field}_{what}"), rounded(f64::from(share), 4)))
    });
    Ok(Manifest {
        name: FIELD_MODEL.to_owned(),
        version: 1,
        format_version: FIELD_FORMAT_VERSION,
        description: "How probable it is that a value on a page is the field it seems to be"
            .to_owned(),
        licence: "Apache-2.0".to_owned(),
        trained_until: TRAINED_UNTIL.parse().context("TRAINED_UNTIL")?,
        data: gathered.to_string(),
        metrics: metrics.collect(),
        baseline: None,
        files: Vec::new(),
        sources: Vec::new(),
    })
}

impl fmt::Display for Gathered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} generated documents (seed {SEED})", self.generated)?;
        match self.public {
            0 => f.write_str(" alone"),
            public => write!(
                f,
                ", {public} public invoices and {} receipts of {} sellers of the build half",
                self.receipts, self.receipt_sellers
            ),
        }
    }
}

/// One line a field.
impl fmt::Display for Fitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "fields, across folds of {} generated and {} public documents:",
            self.generated, self.public
        )?;
        for (field, m) in &self.measured {
            let Measured {
                right,
                wrong,
                right_real,
                wrong_real,
                ..
            } = m;
            write!(f, "{field:<16} right {right:.4}  wrong {wrong:.4}")?;
            if self.public > 0 {
                write!(f, "  public: right {right_real:.4}  wrong {wrong_real:.4}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
