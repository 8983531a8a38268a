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
    /// What people said of pairs that may be copies.
    Reviews,
    /// What the receipt of a claim says.
    ReceiptOf(String),
    /// What the receipts of claims of a day or later say.
    ReceiptsSince(NaiveDate),
}

impl Wanted {
    /// What one record needs to be judged.
    pub(super) fn of(case: Case, item: &RecordItem) -> Self {
        match case {
            Case::Duplicate => Self::Reviews,
            Case::Expense => Self::ReceiptOf(item.id.clone()),
            _ => Self::Records,
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
        wanted: Wanted,
    ) -> Result<FactsAsOf, ServiceError> {
        let history = self.store().history(tenant, as_of).await?;
        let digests = match wanted {
            Wanted::Records => return Ok(history),
            Wanted::Reviews => {
                let ranking = self.ranking(tenant, as_of).await?;
                return Ok(history.with_ranking(ranking));
            }
            Wanted::ReceiptOf(claim) => {
                let claim = history.spending().claim(&claim);
                let digest = claim
                    .and_then(|claim| Some(claim.receipt_sha256.as_ref()?.as_str().to_owned()));
                digest.into_iter().collect()
            }
            Wanted::ReceiptsSince(day) => history.spending().receipts_since(day),
        };
        let read = self.store().fields_of(tenant, &digests, as_of).await?;
        let receipts: HashMap<String, Receipt> = read
            .iter()
            .map(|(sha256, fields)| (sha256.clone(), Receipt::of_fields(fields)))
            .collect();
        Ok(history.with_receipts(receipts))
    }
}
