//! Rows of records into the store: the one way in, for files and requests.

use serde::Serialize;
use utoipa::ToSchema;

use super::error::Result;
use super::records::{RecordWriter, UpsertCounts};
use super::{Store, time};
use crate::domain::loader::{RowProblem, Rows};
use crate::domain::{CheckedRecord, TenantId};

/// Rows that land together.
const BATCH: usize = 2_000;
/// Problems that a report holds.
const MAX_PROBLEMS: usize = 100;

/// How rows land.
#[derive(Debug, Clone, Copy, Default)]
pub struct ImportOptions {
    /// None lands unless all are good. Other writers wait until the end.
    pub strict: bool,
}

/// What became of the rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportReport {
    /// Rows read.
    pub rows: u64,
    /// Rows that did not land because of what is wrong with them.
    pub rejected: u64,
    /// Whether the good rows landed; false only when strict and one was bad.
    pub landed: bool,
    /// What became of the good rows; of a strict import that did not land, what would have.
    #[serde(flatten)]
    pub counts: UpsertCounts,
    /// What is wrong, of the first hundred bad rows.
    pub problems: Vec<RowProblem>,
}

impl Store {
    /// Reads rows to their end and upserts the good ones, in batches or, when strict, all
    /// at once or none. Calls `progress` with the rows read so far now and then.
    ///
    /// # Errors
    /// If the store cannot be written; earlier batches have landed then, unless strict.
    pub async fn import_records(
        &self,
        tenant: &TenantId,
        rows: Rows<'_>,
        options: ImportOptions,
        mut progress: impl FnMut(u64) + Send,
    ) -> Result<ImportReport> {
        let mut report = ImportReport {
            landed: true,
            ..ImportReport::default()
        };
        let arrived_at = time::now();
        let mut batch: Vec<CheckedRecord> = Vec::with_capacity(BATCH);
        let mut writer: Option<RecordWriter> = None;
        for row in rows {
            report.rows += 1;
            match row {
                Ok(row) => batch.push(row.record),
                Err(problem) => {
                    report.rejected += 1;
                    if report.problems.len() < MAX_PROBLEMS {
                        report.problems.push(problem);
                    }
                }
            }
            if batch.len() == BATCH {
                progress(report.rows);
                let mut open = match writer.take() {
                    Some(open) => open,
                    None => self.begin_records(tenant).await?,
                };
                report.counts += open.upsert(&batch, arrived_at).await?;
                batch.clear();
                if options.strict {
                    writer = Some(open);
                } else {
                    open.commit().await?;
                }
            }
        }
        let mut open = match writer {
            Some(open) => open,
            None => self.begin_records(tenant).await?,
        };
        report.counts += open.upsert(&batch, arrived_at).await?;
        if options.strict && report.rejected > 0 {
            // Dropped without a commit: rolled back.
            report.landed = false;
        } else {
            open.commit().await?;
        }
        progress(report.rows);
        Ok(report)
    }
}
