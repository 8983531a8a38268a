//! One document from bytes to a stored answer: what HTTP, the pages and the
//! command line all call.

mod analyse;
mod error;
mod feedback;
mod file_name;

use std::sync::Arc;

pub use analyse::{Analysed, Incoming};
pub use error::ServiceError;
pub use file_name::{MAX_NAME_CHARACTERS, file_name};

use crate::cases::invoice::InvoiceCase;
use crate::documents::sandbox::Sandbox;
use crate::store::Store;

/// The store, the sandbox and the cases, together. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Service {
    store: Store,
    sandbox: Sandbox,
    invoice: Arc<InvoiceCase>,
}

impl Service {
    /// Puts the three together.
    #[must_use]
    pub fn new(store: Store, sandbox: Sandbox, invoice: Arc<InvoiceCase>) -> Self {
        Self {
            store,
            sandbox,
            invoice,
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
