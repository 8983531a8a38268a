//! What invoices of vendors are laid beside, gathered when it is first asked for.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Flag, InvoiceView, Thresholds, Vendors, flags_of_invoice};
use crate::domain::Salt;
use crate::domain::records::{Employee, PurchaseOrder};
use crate::history::{History, KnownInvoice};

/// An invoice and when it first was known.
type Known = (DateTime<Utc>, Arc<KnownInvoice>);

/// The firm's vendors, employees and orders, and the invoices of each vendor, oldest first.
pub struct Books<'a> {
    history: &'a dyn History,
    vendors: OnceCell<Vendors>,
    employees: OnceCell<Vec<Arc<Employee>>>,
    of_vendor: RefCell<HashMap<String, Rc<[Known]>>>,
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

    /// Looks at an invoice beside them, and beside those of its vendor that were known before it, whatever
    /// their days: one that is dated back is new all the same. Of what became known at one moment, as
    /// years of records do, earlier days were before.
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
                .or_insert_with(|| known_of(history, vendor)),
        );
        let came = since(history, invoice);
        let own = (came, invoice.issued_on, &invoice.id);
        let before = of_vendor.iter().filter(|(since, other)| {
            let other = (*since, other.issued_on, &other.id);
            other < own
        });
        let earlier: Vec<Arc<KnownInvoice>> = before.map(|(_, other)| Arc::clone(other)).collect();
        let order = order_named(history, invoice);
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
            came: Some(came),
            vendor: history.vendor(vendor).as_deref(),
            vendor_known: vendor_known(history, vendor),
            earlier: &earlier,
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

/// The invoices of a vendor, oldest first.
fn known_of(history: &dyn History, vendor: &str) -> Rc<[Known]> {
    let invoices = history.invoices_of(vendor).into_iter();
    let known = invoices.map(|invoice| (since(history, &invoice), invoice));
    known.collect()
}

/// When an invoice first was known; one that is on no record is known now.
fn since(history: &dyn History, invoice: &KnownInvoice) -> DateTime<Utc> {
    let known = history.invoice_known(invoice.id.as_str());
    known.map_or_else(|| history.as_of(), |(since, _)| since)
}

/// The order that an invoice names; where several have the number, that of its vendor.
pub(crate) fn order_named(
    history: &dyn History,
    invoice: &KnownInvoice,
) -> Option<Arc<PurchaseOrder>> {
    let orders = history.purchase_orders(invoice.order_number.as_deref()?);
    let own = orders
        .iter()
        .find(|order| order.vendor_id == invoice.vendor_id);
    own.or_else(|| orders.first()).cloned()
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::RecordKind;
    use crate::history::{Facts, FactsAsOf};

    fn on(day: &str) -> DateTime<Utc> {
        format!("{day}T08:00:00Z").parse().unwrap()
    }

    fn invoice(id: &str, issued_on: &str, more: Value) -> Value {
        let mut body = json!({"id": id, "number": id, "vendor_id": "v", "issued_on": issued_on, "currency": "EUR",
            "total": "100"});
        let more = more.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(more);
        body
    }

    /// What is found in each of some invoices: by which detectors, and beside what.
    fn found(facts: Facts, ids: &[&str]) -> Vec<Vec<(String, Vec<String>)>> {
        let history = FactsAsOf::new(Arc::new(facts), on("2026-03-20"));
        let (books, thresholds) = (Books::new(&history), Thresholds::default());
        let flags = |id: &&str| {
            let flags = books.flags(&history.invoice(id).unwrap(), &thresholds);
            let flags = flags.into_iter().map(|flag| (flag.detector, flag.twins));
            flags.collect::<Vec<(String, Vec<String>)>>()
        };
        ids.iter().map(flags).collect()
    }

    #[test]
    fn an_invoice_that_is_dated_back_is_laid_beside_those_known_before_it() {
        let mut facts = Facts::default();
        let mut put = |id: &str, issued_on: &str, known: &str, account: &str| {
            let body = invoice(id, issued_on, json!({"iban": account}));
            let kind = RecordKind::VendorInvoice;
            facts.insert(kind, on(known), 1, body).unwrap();
        };
        put("first", "2026-03-01", "2026-03-02", "DE02");
        put("dated back", "2026-02-01", "2026-03-10", "FR14");
        // Of one moment, in no order.
        put("last", "2026-03-12", "2026-03-15", "NL91");
        put("before last", "2026-03-11", "2026-03-15", "DE02");
        let changed = |twin: &str| {
            let twins = vec![format!("vendor_invoice/{twin}")];
            vec![("bank_account_changed".to_owned(), twins)]
        };
        assert_eq!(
            found(facts, &["first", "dated back", "before last", "last"]),
            [vec![], changed("first"), vec![], changed("before last")]
        );
    }

    #[test]
    fn what_is_dated_after_it_arrived_need_not_say_when_it_became_known() {
        let mut facts = Facts::default();
        for (id, issued_on) in [("ahead", "2026-03-12"), ("in time", "2026-03-11")] {
            let body = invoice(id, issued_on, json!({}));
            let kind = RecordKind::VendorInvoice;
            facts.insert(kind, on("2026-03-10"), 1, body).unwrap();
        }
        // What is said of it later is no other arrival.
        let paid = invoice("ahead", "2026-03-12", json!({"status": "paid"}));
        let kind = RecordKind::VendorInvoice;
        facts.insert(kind, on("2026-03-19"), 2, paid).unwrap();
        let ahead: Vec<(String, Vec<String>)> =
            vec![("future_dated_invoice".to_owned(), Vec::new())];
        assert_eq!(found(facts, &["ahead", "in time"]), [ahead, vec![]]);
    }

    #[test]
    fn of_orders_of_one_number_that_of_the_vendor_counts() {
        let mut facts = Facts::default();
        let mut put = |kind, body| facts.insert(kind, on("2026-03-01"), 1, body).unwrap();
        for (id, vendor, price) in [("o1", "w", "5"), ("o2", "v", "9")] {
            let order = json!({"id": id, "number": "PO-7", "vendor_id": vendor, "issued_on": "2026-01-01",
                "currency": "EUR", "lines": [{"line": "1", "unit_price": price}]});
            put(RecordKind::PurchaseOrder, order);
        }
        for (id, price) in [("as ordered", "9"), ("dearer", "10")] {
            let lines = json!([{"line": "1", "order_line": "1", "unit_price": price, "net": "1"}]);
            let more = json!({"order_number": "PO 7", "lines": lines});
            put(RecordKind::VendorInvoice, invoice(id, "2026-02-01", more));
        }
        let dearer = vec![(
            "price_above_order".to_owned(),
            vec!["purchase_order/o2".to_owned()],
        )];
        assert_eq!(found(facts, &["as ordered", "dearer"]), [vec![], dearer]);
    }
}
