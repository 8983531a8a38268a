//! The firm's records with what else a question needs to know.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use super::{Service, ServiceError, on_own_thread};
use crate::advice::Case;
use crate::cases::expense::ExpenseRun;
use crate::cases::record_case::RecordItem;
use crate::domain::{Salt, TenantId};
use crate::history::{FactsAsOf, History as _, KnownInvoice, Lines, Receipt};
use crate::store::Erasures;

/// More changes of one sort than there are: what numbers of several sorts are told apart by.
const MOST_CHANGES: i64 = 1_000_000_007;

/// What a question needs to know besides records.
#[derive(Debug, Clone)]
pub(super) enum Wanted {
    /// Nothing.
    Records,
    /// What employees' hashes are salted with.
    Salt,
    /// What people said of pairs that may be copies, which documents show the picture of one record's,
    /// and which that no record names may be its twins.
    CopiesOf(String),
    /// The same for records of a day or later.
    CopiesSince(NaiveDate),
    /// What the receipt of a claim says, and the salt.
    SpendingOf(String),
    /// The same for what the queue looks at, and what was found in the documents of its invoices.
    RecentSpending,
    /// What the receipts of all claims say, and the salt.
    AllReceipts,
}

impl Wanted {
    /// What one record needs to be judged.
    pub(super) fn of(case: Case, item: &RecordItem) -> Self {
        match case {
            Case::Duplicate => Self::CopiesOf(item.id.clone()),
            Case::Expense => Self::SpendingOf(item.id.clone()),
            _ => Self::Records,
        }
    }

    /// Digests of the documents read.
    fn looked_at(&self, history: &FactsAsOf) -> Vec<String> {
        let since = |lines: &[Lines], day| history.spending().receipts_since(lines, day);
        match self {
            Self::Records | Self::Salt => Vec::new(),
            Self::CopiesOf(record) | Self::SpendingOf(record) => documents_of(history, record),
            Self::CopiesSince(day) => since(&[Lines::Claims, Lines::Invoices], *day),
            Self::RecentSpending => recent_documents(history, Lines::Claims),
            Self::AllReceipts => since(&[Lines::Claims], NaiveDate::MIN),
        }
    }

    /// Digests of the documents of which it counts what was found in them.
    fn documents_of_invoices(&self, history: &FactsAsOf) -> Vec<String> {
        match self {
            Self::RecentSpending => recent_documents(history, Lines::Invoices),
            _ => Vec::new(),
        }
    }
}

impl Service {
    /// The firm's records as they were known at a moment, with what is wanted besides.
    ///
    /// # Errors
    /// If the store or the salt cannot be read.
    pub(super) async fn history(
        &self,
        tenant: &TenantId,
        as_of: DateTime<Utc>,
        wanted: &Wanted,
    ) -> Result<FactsAsOf, ServiceError> {
        let (history, _) = self.history_read(tenant, as_of, wanted).await?;
        Ok(history)
    }

    /// The same with how often something had been erased when it was read, for answers that are to be
    /// kept.
    ///
    /// # Errors
    /// If the store or the salt cannot be read.
    pub(super) async fn history_read(
        &self,
        tenant: &TenantId,
        as_of: DateTime<Utc>,
        wanted: &Wanted,
    ) -> Result<(FactsAsOf, Erasures), ServiceError> {
        let store = self.store();
        // Before all else, so that it tells of an erasure after any of it.
        let (history, erasures) = store.history_read(tenant, as_of).await?;
        let Documents {
            looked_at: digests,
            of_invoices,
        } = documents(wanted, &history).await?;
        let history = match wanted {
            Wanted::Records => history,
            Wanted::Salt => history.with_salt(self.salt().await?),
            Wanted::CopiesOf(_) | Wanted::CopiesSince(_) => {
                let ranking = self.ranking(tenant, as_of).await?;
                let pictures = store.same_pictures(tenant, &digests, as_of).await?;
                let history = history.with_ranking(ranking).with_pictures(pictures);
                let documents = self.unrecorded(tenant, wanted, &history).await?;
                history.with_unrecorded(documents)
            }
            Wanted::SpendingOf(_) | Wanted::RecentSpending | Wanted::AllReceipts => {
                let read = store.fields_of(tenant, &digests, as_of).await?;
                let receipts: HashMap<String, Receipt> = read
                    .iter()
                    .map(|(sha256, fields)| (sha256.clone(), Receipt::of_fields(fields)))
                    .collect();
                let findings = store.findings_of(tenant, &of_invoices, as_of).await?;
                let salt = match wanted {
                    // A claim is asked for nothing that needs it.
                    Wanted::SpendingOf(record) if invoice_of(&history, record).is_none() => None,
                    _ => self.salt().await?,
                };
                history
                    .with_receipts(receipts)
                    .with_findings(findings)
                    .with_salt(salt)
            }
        };
        Ok((history, erasures))
    }

    /// What the answers to a question depend on besides the day: the number of the last change to
    /// the records, how many documents were read, and how much was said that weighs in them.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub(super) async fn generation(
        &self,
        tenant: &TenantId,
        as_of: DateTime<Utc>,
        wanted: &Wanted,
    ) -> Result<i64, ServiceError> {
        let store = self.store();
        let records = store.records_generation(tenant).await?;
        let documents = match wanted {
            Wanted::Records | Wanted::Salt => 0,
            // Whether one of them is looked at would take a walk through all spending.
            _ => store.documents_changed(tenant).await?,
        };
        let (last_said, said) = self.said_that_weighs(tenant, as_of, wanted).await?;
        // A change of one must not make up for one of another.
        let numbers = [records, documents, last_said, said].into_iter();
        Ok(numbers.fold(0, |all: i64, number| {
            all.wrapping_mul(MOST_CHANGES).wrapping_add(number)
        }))
    }

    /// How much people said by which answers to a question are ranked; nothing while it is too little to
    /// rank by.
    async fn said_that_weighs(
        &self,
        tenant: &TenantId,
        as_of: DateTime<Utc>,
        wanted: &Wanted,
    ) -> Result<(i64, i64), ServiceError> {
        let is_of_copies = matches!(wanted, Wanted::CopiesOf(_) | Wanted::CopiesSince(_));
        if !is_of_copies || self.ranking(tenant, as_of).await?.is_none() {
            return Ok((0, 0));
        }
        Ok(self.store().said_until(tenant, Case::Duplicate).await?)
    }

    /// What employees' hashes are salted with, where the firm says it. Read when it is asked for, so
    /// that it does not stay in memory.
    async fn salt(&self) -> Result<Option<Salt>, ServiceError> {
        let Some(file) = &self.records().thresholds.salt_file else {
            return Ok(None);
        };
        let bytes = tokio::fs::read(file)
            .await
            .map_err(|error| ServiceError::Internal(format!("detectors.salt_file: {error}")))?;
        let salt = Salt::of_file(&bytes);
        if salt.as_bytes().is_empty() {
            let why = "detectors.salt_file: the file is empty".to_owned();
            return Err(ServiceError::Internal(why));
        }
        Ok(Some(salt))
    }
}

/// Digests of documents that a question needs.
struct Documents {
    /// Those whose fields or pictures count.
    looked_at: Vec<String>,
    /// Those of which it counts what was found in them.
    of_invoices: Vec<String>,
}

/// Which they are: of many records on a thread of its own, since all spending is walked through.
async fn documents(wanted: &Wanted, history: &FactsAsOf) -> Result<Documents, ServiceError> {
    let find = |wanted: &Wanted, history: &FactsAsOf| Documents {
        looked_at: wanted.looked_at(history),
        of_invoices: wanted.documents_of_invoices(history),
    };
    match wanted {
        Wanted::Records | Wanted::Salt | Wanted::CopiesOf(_) | Wanted::SpendingOf(_) => {
            Ok(find(wanted, history))
        }
        Wanted::CopiesSince(_) | Wanted::RecentSpending | Wanted::AllReceipts => {
            let (wanted, history) = (wanted.clone(), history.clone());
            on_own_thread(move || find(&wanted, &history)).await
        }
    }
}

/// The invoice that a name points at: `vendor_invoice/ID`, or an id alone.
fn invoice_of(history: &FactsAsOf, record: &str) -> Option<Arc<KnownInvoice>> {
    let id = record.strip_prefix("vendor_invoice/");
    let invoice = history.invoice(record);
    invoice.or_else(|| history.invoice(id?))
}

/// Digests of the receipts, or documents, of the lines that the queue looks at.
fn recent_documents(history: &FactsAsOf, of: Lines) -> Vec<String> {
    let lines = ExpenseRun::recent(&history.spending(), of).into_iter();
    let digests = lines.filter_map(|line| Some(line.receipt_sha256.as_ref()?.as_str().to_owned()));
    digests.collect()
}

/// Digests of the documents of the records of an id, whatever their kind.
fn documents_of(history: &FactsAsOf, record: &str) -> Vec<String> {
    let id = record.split_once('/').map_or(record, |(_, id)| id);
    let of = |id: &str| {
        let claim = history.spending().claim(id);
        let receipt =
            claim.and_then(|claim| Some(claim.receipt_sha256.as_ref()?.as_str().to_owned()));
        let invoice = history.invoice(id);
        let document =
            invoice.and_then(|invoice| Some(invoice.document_sha256.as_ref()?.as_str().to_owned()));
        receipt.into_iter().chain(document)
    };
    // An id may hold a stroke itself.
    let mut found: Vec<String> = of(record).chain(of(id)).collect();
    found.sort_unstable();
    found.dedup();
    found
}
