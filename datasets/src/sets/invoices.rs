//! Public sets of invoices.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use scrutineer::documents::FieldName;
use serde_json::Value;

use super::{SetError, TruthRow, read_truth, receipts};

/// A public set of invoices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvoiceSet {
    /// ZUGFeRD/corpus.
    Zugferd,
    /// Test files of the Mustang project.
    Mustang,
    /// Test files of horstoeko/zugferd.
    Horstoeko,
    /// The XRechnung test suite of KoSIT.
    Xrechnung,
    /// Examples of the European norm.
    En16931,
    /// Peppol BIS Billing 3 examples.
    Peppol,
    /// The PDFs that the template reader invoice2data is tested with.
    Invoice2data,
    /// Photographed and scanned receipts of SROIE (ICDAR 2019).
    Sroie,
}

/// Documents and what they state.
#[derive(Debug, Clone)]
pub struct TruthedDocuments {
    /// Folder that [`TruthRow::file`] is relative to.
    pub folder: PathBuf,
    /// One row a document.
    pub rows: Vec<TruthRow>,
}

impl InvoiceSet {
    /// Every set.
    pub const ALL: &'static [Self] = &[
        Self::Zugferd,
        Self::Mustang,
        Self::Horstoeko,
        Self::Xrechnung,
        Self::En16931,
        Self::Peppol,
        Self::Invoice2data,
        Self::Sroie,
    ];

    /// The name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Zugferd => "zugferd",
            Self::Mustang => "mustang",
            Self::Horstoeko => "horstoeko",
            Self::Xrechnung => "xrechnung",
            Self::En16931 => "en16931",
            Self::Peppol => "peppol",
            Self::Invoice2data => "invoice2data",
            Self::Sroie => "sroie",
        }
    }

    /// The set of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|set| set.name() == name)
    }

    const fn folder(self) -> &'static str {
        match self {
            Self::Sroie => "receipts/sroie",
            Self::Zugferd => "invoices/zugferd-corpus",
            Self::Mustang => "invoices/mustangproject",
            Self::Horstoeko => "invoices/horstoeko-zugferd",
            Self::Xrechnung => "invoices/xrechnung-testsuite",
            Self::En16931 => "invoices/eInvoicing-EN16931",
            Self::Peppol => "invoices/peppol-bis-invoice-3",
            Self::Invoice2data => "invoices/invoice2data",
        }
    }

    /// Where its documents are, below the folder of all public sets.
    #[must_use]
    pub fn folder_in(self, data: &Path) -> PathBuf {
        data.join(self.folder())
    }

    /// Loads the set from `data`, the folder of all public sets.
    ///
    /// # Errors
    /// [`SetError`], above all [`SetError::Absent`].
    pub fn load(self, data: &Path) -> Result<TruthedDocuments, SetError> {
        let folder = self.folder_in(data);
        let rows = match self {
            Self::Sroie => receipts::rows(&folder)?,
            Self::Invoice2data => rows_beside_files(&folder)?,
            _ => read_truth(&data.join(format!("{}.truth.ndjson", self.folder())))?,
        };
        Ok(TruthedDocuments { folder, rows })
    }
}

/// invoice2data's own keys and the fields they tell; a later key of the same
/// field wins where a file states it. `issuer` is the label that a template's
/// author gave ("Amazon Web Services"), `partner_name` the legal name.
const INVOICE2DATA_KEYS: &[(&str, FieldName)] = &[
    ("amount", FieldName::Total),
    ("date", FieldName::IssueDate),
    ("invoice_number", FieldName::Number),
    ("issuer", FieldName::Seller),
    ("partner_name", FieldName::Seller),
    ("currency", FieldName::Currency),
];

/// One row for each PDF that has a `.json` of the same name beside it.
fn rows_beside_files(folder: &Path) -> Result<Vec<TruthRow>, SetError> {
    let entries = std::fs::read_dir(folder).map_err(|error| SetError::io(folder, error))?;
    let mut rows = Vec::new();
    for entry in entries {
        let pdf = entry.map_err(|error| SetError::io(folder, error))?.path();
        let truth = pdf.with_extension("json");
        if pdf.extension().is_none_or(|extension| extension != "pdf") || !truth.exists() {
            continue;
        }
        let text = std::fs::read_to_string(&truth).map_err(|error| SetError::io(&truth, error))?;
        let row = row_of_invoice2data(&pdf, &text).map_err(|message| SetError::Row {
            path: truth.display().to_string(),
            line: 1,
            message,
        })?;
        rows.push(row);
    }
    rows.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(rows)
}

fn row_of_invoice2data(pdf: &Path, text: &str) -> Result<TruthRow, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let object = value
        .get(0)
        .and_then(Value::as_object)
        .ok_or("not a list of one object")?;
    let mut fields = BTreeMap::new();
    for (key, name) in INVOICE2DATA_KEYS {
        let stated = match object.get(*key) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => continue,
        };
        fields.insert(*name, Some(stated));
    }
    let file = pdf
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    Ok(TruthRow {
        file,
        fields,
        lines: None,
        line_items: None,
        taxes: None,
        document_type: None,
    })
}
