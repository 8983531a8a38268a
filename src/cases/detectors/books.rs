//! What invoices of vendors are laid beside, gathered when it is first asked for.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use super::{Flag, InvoiceView, Thresholds, VendorOnRecord, flags_of_invoice};
use crate::domain::Salt;
use crate::domain::records::{Employee, PurchaseOrder, Vendor};
use crate::history::{History, KnownInvoice};

/// The firm's vendors, employees and orders, and the invoices of each vendor, oldest first.
pub struct Books<'a> {
    history: &'a dyn History,
    vendors: OnceCell<Vec<VendorOnRecord>>,
    employees: OnceCell<Vec<Arc<Employee>>>,
    of_vendor: RefCell<HashMap<String, Rc<[Arc<KnownInvoice>]>>>,
}

/// What is known around one invoice.
#[derive(Debug)]
pub struct Beside {
    vendor: Option<Arc<Vendor>>,
    of_vendor: Rc<[Arc<KnownInvoice>]>,
    order: Option<Arc<PurchaseOrder>>,
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

    /// What is known around an invoice.
    #[must_use]
    pub fn beside(&self, invoice: &KnownInvoice) -> Beside {
        let vendor = invoice.vendor_id.as_str();
        let mut known = self.of_vendor.borrow_mut();
        let of_vendor = known
            .entry(vendor.to_owned())
            .or_insert_with(|| self.history.invoices_of(vendor).into());
        let order = invoice.order_number.as_deref();
        Beside {
            vendor: self.history.vendor(vendor),
            of_vendor: Rc::clone(of_vendor),
            order: order.and_then(|number| self.history.purchase_orders(number).into_iter().next()),
        }
    }

    /// The invoice with it, and with those of its vendor that come before it.
    #[must_use]
    pub fn view<'v>(
        &'v self,
        invoice: &'v KnownInvoice,
        beside: &'v Beside,
        thresholds: &'v Thresholds,
    ) -> InvoiceView<'v> {
        let own = (invoice.issued_on, &invoice.id);
        let of_vendor = &beside.of_vendor;
        let before = of_vendor.partition_point(|other| (other.issued_on, &other.id) < own);
        let vendors = || self.history.vendors().into_iter();
        InvoiceView {
            invoice,
            vendor: beside.vendor.as_deref(),
            earlier: of_vendor.get(..before).unwrap_or_default(),
            vendors: self
                .vendors
                .get_or_init(|| vendors().map(VendorOnRecord::of).collect()),
            employees: self
                .employees
                .get_or_init(|| self.history.work().employees()),
            salt: self.history.salt().map(Salt::as_bytes),
            order: beside.order.as_deref(),
            thresholds,
        }
    }

    /// What the detectors find in an invoice.
    #[must_use]
    pub fn flags(&self, invoice: &KnownInvoice, thresholds: &Thresholds) -> Vec<Flag> {
        let beside = self.beside(invoice);
        flags_of_invoice(&self.view(invoice, &beside, thresholds))
    }
}

impl fmt::Debug for Books<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Books").finish_non_exhaustive()
    }
}
