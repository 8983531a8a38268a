//! What invoices of vendors are laid beside, gathered when it is first asked for.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Flag, InvoiceView, Thresholds, Vendors, flags_of_invoice};
use crate::domain::Salt;
use crate::domain::records::Employee;
use crate::history::{History, KnownInvoice};

/// The firm's vendors, employees and orders, and the invoices of each vendor, oldest first.
pub struct Books<'a> {
    history: &'a dyn History,
    vendors: OnceCell<Vendors>,
    employees: OnceCell<Vec<Arc<Employee>>>,
    of_vendor: RefCell<HashMap<String, Rc<[Arc<KnownInvoice>]>>>,
}

impl<'a> Books<'a> {
    /// Of what was known at the history's moment.
    #[must_use]
    pub fn new(history: &'a dyn History) -> Self {
        Self {
            history,
            vendors: OnceCell::new(),
            employees: OnceCell::new(),
            of_vendor: RefCell::default(),
        }
    }

    /// Looks at an invoice beside them, and beside those of its vendor that come before it.
    pub fn look<T>(
        &self,
        invoice: &KnownInvoice,
        thresholds: &Thresholds,
        look: impl FnOnce(&InvoiceView<'_>) -> T,
    ) -> T {
        let history = self.history;
        let vendor = invoice.vendor_id.as_str();
        let of_vendor = Rc::clone(
            self.of_vendor
                .borrow_mut()
                .entry(vendor.to_owned())
                .or_insert_with(|| history.invoices_of(vendor).into()),
        );
        let own = (invoice.issued_on, &invoice.id);
        let before = of_vendor.partition_point(|other| (other.issued_on, &other.id) < own);
        let number = invoice.order_number.as_deref();
        let order = number.and_then(|number| history.purchase_orders(number).into_iter().next());
        let salt = history.salt().map(Salt::as_bytes);
        // Without the salt nobody can be told to be an employee.
        let employees = salt.map(|_| self.employees.get_or_init(|| history.work().employees()));
        let vendors = self
            .vendors
            .get_or_init(|| history.spending().as_followed());
        // What changed since says when it changed, and what arrived with years of others says little.
        let first = history.invoice_first(invoice.id.as_str());
        let first_known = first.map_or(invoice.known_at, |first| first.known_at);
        look(&InvoiceView {
            invoice,
            first_known,
            vendor: history.vendor(vendor).as_deref(),
            vendor_known: vendor_known(history, vendor),
            earlier: of_vendor.get(..before).unwrap_or_default(),
            vendors,
            employees: employees.map_or(&[], Vec::as_slice),
            salt,
            order: order.as_deref(),
            thresholds,
        })
    }

    /// What the detectors find in an invoice.
    #[must_use]
    pub fn flags(&self, invoice: &KnownInvoice, thresholds: &Thresholds) -> Vec<Flag> {
        self.look(invoice, thresholds, flags_of_invoice)
    }
}

/// When a vendor first became known, where its record said so then.
pub(crate) fn vendor_known(history: &dyn History, id: &str) -> Option<DateTime<Utc>> {
    history.vendor_first(id)?.known_at
}

impl fmt::Debug for Books<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Books").finish_non_exhaustive()
    }
}
