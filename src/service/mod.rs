//! From a document or a record to a stored answer: what HTTP, the pages and the command
//! line all call.

mod analyse;
mod answers_given;
mod collections_run;
mod delays_run;
mod dry_run;
mod duplicate_run;
mod error;
mod expense_run;
mod feedback;
mod file_name;
mod history;
mod record_cases;
mod reminders;
mod reviewed_pairs;
mod turns;
mod unrecorded;

use std::sync::Arc;

use tokio::task::JoinError;

pub use analyse::{Analysed, Incoming};
pub use collections_run::COLLECTIONS;
pub use delays_run::{DELAYS, DelaysRun};
pub use duplicate_run::{DUPLICATES, DuplicateQueue, PairAgain};
pub use error::ServiceError;
pub use expense_run::{Audited, EXPENSES, ExpenseQueue, NewSince};
pub use file_name::{MAX_NAME_CHARACTERS, file_name};
pub use record_cases::{CaseSettings, RecordCases};
pub use reminders::{REMINDERS, ReminderList};

use crate::cases::invoice::InvoiceCase;
use crate::documents::sandbox::Sandbox;
use crate::error::BrokenOff;
use crate::store::Store;

/// The store, the sandbox and the cases, together. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Service {
    store: Store,
    sandbox: Sandbox,
    invoice: Arc<InvoiceCase>,
    records: RecordCases,
    turns: Arc<turns::Turns>,
    reviewed_pairs: Arc<reviewed_pairs::ReviewedPairs>,
}

impl Service {
    /// Puts them together.
    #[must_use]
    pub fn new(
        store: Store,
        sandbox: Sandbox,
        invoice: Arc<InvoiceCase>,
        records: RecordCases,
    ) -> Self {
        store.set_home_currency(records.thresholds.home_currency);
        Self {
            store,
            sandbox,
            invoice,
            records,
            turns: Arc::default(),
            reviewed_pairs: Arc::default(),
        }
    }

    /// Where everything is kept.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Where bytes are parsed.
    #[must_use]
    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// The case that judges documents.
    #[must_use]
    pub fn invoice(&self) -> &Arc<InvoiceCase> {
        &self.invoice
    }
}

/// Computes on a thread of its own, so that nobody else waits for it.
///
/// # Errors
/// [`ServiceError::Internal`] where it panicked.
async fn on_own_thread<T: Send + 'static>(
    computing: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ServiceError> {
    tokio::task::spawn_blocking(computing)
        .await
        .map_err(broke_off)
}

/// Why there is no answer where the work on it broke off.
fn broke_off(error: JoinError) -> ServiceError {
    ServiceError::Internal(BrokenOff::from(error).to_string())
}
