//! The firm's records with what else a question needs to know.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::{Service, ServiceError};
use crate::advice::Case;
use crate::cases::record_case::RecordItem;
use crate::domain::TenantId;
use crate::history::{FactsAsOf, History as _, Receipt};

/// What a question needs to know besides records.
#[derive(Debug, Clone)]
pub(super) enum Wanted {
    /// Nothing.
    Records,
    /// What people said of pairs that may be copies, and which documents show the picture of one
    /// record's.
    CopiesOf(String),
    /// The same for records of a day or later.
    CopiesSince(NaiveDate),
    /// What the receipt of a claim says.
    ReceiptOf(String),
    /// What the receipts of claims of a day or later say.
    ReceiptsSince(NaiveDate),
}

impl Wanted {
    /// What one record needs to be judged.
    pub(super) fn of(case: Case, item: &RecordItem) -> Self {
        match case {
            Case::Duplicate => Self::CopiesOf(item.id.clone()),
            Case::Expense => Self::ReceiptOf(item.id.clone()),
            _ => Self::Records,
        }
    }

    /// Digests of the documents looked at.
    fn documents(&self, history: &FactsAsOf) -> Vec<String> {
        match self {
            Self::Records => Vec::new(),
            Self::CopiesOf(record) => documents_of(history, record),
            Self::CopiesSince(day) => {
                let invoices = history.invoices().into_iter();
                let recent = invoices.filter(|(_, invoice)| invoice.issued_on >= *day);
                let documents = recent.filter_map(|(_, invoice)| invoice.document_sha256.clone());
                documents
                    .chain(history.spending().receipts_since(*day))
                    .collect()
            }
            Self::ReceiptOf(claim) => {
                let id = claim.strip_prefix("expense_claim/").unwrap_or(claim);
                let claim = history.spending().claim(id);
                let digest = claim
                    .and_then(|claim| Some(claim.receipt_sha256.as_ref()?.as_str().to_owned()));
                digest.into_iter().collect()
            }
            Self::ReceiptsSince(day) => history.spending().receipts_since(*day),
        }
    }
}

impl Service {
    /// The firm's records as they were known at a moment, with what is wanted besides.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub(super) async fn history(
        &self,
        tenant: &TenantId,
        as_of: DateTime<Utc>,
        wanted: &Wanted,
    ) -> Result<FactsAsOf, ServiceError> {
        let history = self.store().history(tenant, as_of).await?;
        let digests = wanted.documents(&history);
        match wanted {
            Wanted::Records => Ok(history),
            Wanted::CopiesOf(_) | Wanted::CopiesSince(_) => {
                let ranking = self.ranking(tenant, as_of).await?;
                let pictures = self.store().same_pictures(tenant, &digests, as_of).await?;
                Ok(history.with_ranking(ranking).with_pictures(pictures))
            }
            Wanted::ReceiptOf(_) | Wanted::ReceiptsSince(_) => {
                let read = self.store().fields_of(tenant, &digests, as_of).await?;
                let receipts: HashMap<String, Receipt> = read
                    .iter()
                    .map(|(sha256, fields)| (sha256.clone(), Receipt::of_fields(fields)))
                    .collect();
                Ok(history.with_receipts(receipts))
            }
        }
    }

    /// What the answers to a question depend on besides the day: the number of the last change to
    /// the records, and how many pictures are known or receipts were read. It only grows while
    /// nothing is erased; an erasure of records drops what was made from them.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub(super) async fn generation(
        &self,
        tenant: &TenantId,
        as_of: DateTime<Utc>,
        wanted: &Wanted,
    ) -> Result<i64, ServiceError> {
        let records = self.store().records_generation(tenant).await?;
        let documents = match wanted {
            Wanted::Records => 0,
            // Whether one of them is looked at would take a walk through all invoices.
            Wanted::CopiesOf(_) | Wanted::CopiesSince(_) => self.store().looks(tenant).await?,
            Wanted::ReceiptOf(_) | Wanted::ReceiptsSince(_) => {
                let history = self.store().history(tenant, as_of).await?;
                let digests = wanted.documents(&history);
                self.store().documents_read(tenant, &digests).await?
            }
        };
        Ok(records + documents)
    }
}

/// Digests of the documents of the records of an id, whatever their kind.
fn documents_of(history: &FactsAsOf, record: &str) -> Vec<String> {
    let id = record.split_once('/').map_or(record, |(_, id)| id);
    let of = |id: &str| {
        let claim = history.spending().claim(id);
        let receipt =
            claim.and_then(|claim| Some(claim.receipt_sha256.as_ref()?.as_str().to_owned()));
        let invoice = history.invoice(id);
        let document = invoice.and_then(|invoice| invoice.document_sha256.clone());
        receipt.into_iter().chain(document)
    };
    // An id may hold a stroke itself.
    let mut found: Vec<String> = of(record).chain(of(id)).collect();
    found.sort_unstable();
    found.dedup();
    found
}
