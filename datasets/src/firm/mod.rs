//! A demo firm of professional services: 36 months of work, bills and receivables, 24 of
//! purchases and expenses, and its mail.
//!
//! What becomes of sheets, openings, bills and invoices follows from mechanisms: calendars,
//! leave, load, queues, payment runs and cash. [`Mechanism`] tells how far even they can
//! be foretold. Where a record changes, each of its states is there with the moment it was known.
//!
//! Every record passes the product's own reader before it is kept, every reference
//! leads to a record, and nothing is dated after the firm's today.

mod bill_records;
mod bills;
mod calendar;
mod chance;
mod contacts;
mod customers;
mod expenses;
mod ledger;
mod mail;
mod mechanism;
mod people;
mod planted;
mod purchasing;
mod receivables;
mod setups;
mod sheets;
mod suppliers;
mod work;

#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use scrutineer::domain::RecordKind;

use crate::documents::{Dice, GeneratedDocument};

pub use calendar::{TODAY, last_workday};
pub use ledger::Ledger;
pub use mechanism::Mechanism;

/// Why the firm could not be made or written.
#[derive(Debug, thiserror::Error)]
pub enum FirmError {
    /// The generator made a record that the product's reader refuses.
    #[error("generated {kind} is not valid: {problem}")]
    Record {
        /// Kind of record.
        kind: RecordKind,
        /// What the reader said.
        problem: String,
    },
    /// A receipt could not be drawn.
    #[error("cannot draw a receipt")]
    Receipt(#[source] anyhow::Error),
    /// A file or folder could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// The demo firm.
#[derive(Debug)]
pub struct Firm {
    /// Its records.
    pub records: Ledger,
    /// Its mail: PDFs, some e-invoices, and receipts, some of them photographed.
    pub documents: Vec<GeneratedDocument>,
    /// What its mechanism knew of each outcome beforehand.
    pub mechanism: Mechanism,
    /// The first day of the last year, after which forecasts can be asked for.
    last_year: NaiveDate,
}

/// A stage of the work, for a progress bar.
pub const STAGES: u64 = 6;

/// Makes the firm of `seed` as it stands in the evening of `today`; `done` is called after each of
/// [`STAGES`] stages.
///
/// # Errors
/// [`FirmError::Record`] if a record does not pass the product's reader.
pub fn make(seed: u64, today: NaiveDate, done: impl FnMut()) -> Result<Firm, FirmError> {
    calendar::on(today, || make_now(seed, done))
}

fn make_now(seed: u64, mut done: impl FnMut()) -> Result<Firm, FirmError> {
    let mut records = Ledger::default();
    let staff = people::hire(&mut Dice::new(seed, 1), &mut records)?;
    done();
    let suppliers = suppliers::sign(&mut Dice::new(seed, 2), &mut records)?;
    let mut mechanism = Mechanism::new(seed);
    let mut dice = Dice::new(seed, 3);
    let portfolio = work::sell(&mut dice, &staff, &mut mechanism, &mut records)?;
    let sheets = sheets::write(&mut dice, &staff, &portfolio, &mut mechanism, &mut records)?;
    done();
    let mut documents = purchasing::buy(
        &mut Dice::new(seed, 4),
        &suppliers,
        &staff,
        &portfolio,
        &mut records,
    )?;
    done();
    documents.extend(mail::receive(
        &mut Dice::new(seed, 5),
        &suppliers,
        documents.len(),
    ));
    done();
    documents.extend(expenses::spend(
        &mut Dice::new(seed, 6),
        &staff,
        &portfolio,
        &mut records,
    )?);
    done();
    let planted = planted::plant(&mut Dice::new(seed, 8), &mut records, &documents)?;
    documents.extend(planted);
    let mut dice = Dice::new(seed, 7);
    let bills = bills::send(&mut dice, &staff, &portfolio, &sheets, &mut mechanism);
    let invoices = receivables::collect(
        &mut dice,
        &staff,
        &portfolio,
        &bills,
        &mut mechanism,
        &mut records,
    )?;
    bill_records::keep(&staff, &portfolio, &bills, &invoices, &mut records)?;
    done();
    Ok(Firm {
        records,
        documents,
        mechanism,
        last_year: calendar::last_year(),
    })
}

impl Firm {
    /// Writes `KIND.ndjson` for every kind, `documents/`, `truth/documents.ndjson` and
    /// `truth/mechanism.json`.
    ///
    /// # Errors
    /// [`FirmError::Write`] naming the file or folder.
    pub fn write(&self, out: &Path) -> Result<(), FirmError> {
        let (folder, truth) = (out.join("documents"), out.join("truth"));
        for folder in [&folder, &truth] {
            fs::create_dir_all(folder).map_err(|source| failed(folder, source))?;
        }
        for kind in RecordKind::ALL {
            write_rows(
                &out.join(format!("{kind}.ndjson")),
                self.records.rows(*kind),
            )?;
        }
        for document in &self.documents {
            let path = folder.join(&document.name);
            fs::write(&path, &document.bytes).map_err(|source| failed(&path, source))?;
        }
        let truths: Vec<_> = self
            .documents
            .iter()
            .map(|document| &document.truth)
            .collect();
        write_rows(&truth.join("documents.ndjson"), &truths)?;
        let known = self.mechanism.figures(self.last_year);
        let path = truth.join("mechanism.json");
        fs::write(&path, format!("{known:#}\n")).map_err(|source| failed(&path, source))
    }
}

fn write_rows<T: serde::Serialize>(path: &Path, rows: &[T]) -> Result<(), FirmError> {
    let attempt = || {
        let mut file = BufWriter::new(File::create(path)?);
        for row in rows {
            serde_json::to_writer(&mut file, row)?;
            file.write_all(b"\n")?;
        }
        file.flush()
    };
    attempt().map_err(|source| failed(path, source))
}

fn failed(path: &Path, source: std::io::Error) -> FirmError {
    FirmError::Write {
        path: path.to_owned(),
        source,
    }
}
