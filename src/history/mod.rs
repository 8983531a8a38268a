//! What was known when: questions about the firm's records, answered as of a moment.
//!
//! Cases ask through [`History`] and never see a fact that became known after the moment they
//! judge at. The same answers come live, in a batch and in training.

mod arrivals;
mod bills;
mod customer_payments;
mod dated;
mod facts;
mod keys;
mod known_invoice;
mod ledger;
mod memo;
mod milestones;
mod moments;
mod receipt;
mod receivable;
mod receivables;
mod setups;
mod sharded;
mod sheet;
mod spending;
mod to_come;
mod unrecorded;
mod versions;
mod work;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

pub use arrivals::Arrival;
pub(crate) use customer_payments::CENT;
pub use customer_payments::Part;
pub use facts::Facts;
pub(crate) use facts::read;
pub use keys::{identifier_key, name_key};
pub use known_invoice::{KnownInvoice, LinePrice};
pub use memo::{Changed, Follows, KeptUp, Reading};
pub use receipt::Receipt;
pub use receivable::{Receivable, ReceivablesAsOf};
pub use receivables::{InvoiceSort, LevelsBesides, PaidLevels};
pub use setups::SetupsAsOf;
pub use sheet::KnownSheet;
pub use spending::{Lines, SpendingAsOf};
pub use unrecorded::{UnrecordedDocument, UnrecordedDocuments, WAITS_DAYS};
pub use work::{ProjectsOf, WorkAsOf};

use crate::domain::records::{Customer, Interaction, PurchaseOrder, Vendor};
use crate::domain::{Currency, Salt};
use crate::learn::ranking::Ranking;

/// By what a vendor is looked up. Spelling does not matter: see [`identifier_key`] and [`name_key`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VendorKey<'a> {
    /// VAT identifier.
    VatId(&'a str),
    /// Bank account.
    Iban(&'a str),
    /// Legal or trading name.
    Name(&'a str),
}

/// The firm's records as they were known at one moment.
pub trait History: Send + Sync {
    /// The moment.
    fn as_of(&self) -> DateTime<Utc>;

    /// What the document with this digest says, if it came and can be read.
    fn receipt(&self, sha256: &str) -> Option<&Receipt>;

    /// Codes of what was found in the document with this digest, if it came, could be read and was asked
    /// for.
    fn found_in(&self, sha256: &str) -> Option<&[String]>;

    /// Digests of other documents that show the picture of the one with this digest.
    fn same_pictures(&self, sha256: &str) -> &[String];

    /// Documents that no record names, as far as they may be twins of what is asked about.
    fn unrecorded(&self) -> &UnrecordedDocuments;

    /// What hashes of employees' data are salted with, where the firm says so and it was asked for.
    fn salt(&self) -> Option<&Salt>;

    /// The firm's currency.
    fn home_currency(&self) -> Currency;

    /// What people's answers taught of pairs that may be copies, if they gave enough.
    fn ranking(&self) -> Option<&Ranking>;

    /// The vendor with this id.
    fn vendor(&self, id: &str) -> Option<Arc<Vendor>>;

    /// The same as it came first.
    fn vendor_first(&self, id: &str) -> Option<Arc<Vendor>>;

    /// Every vendor, in order of id.
    fn vendors(&self) -> Vec<Arc<Vendor>>;

    /// The vendors that a document's words point at, in order of id.
    fn vendors_by(&self, key: VendorKey<'_>) -> Vec<Arc<Vendor>>;

    /// The purchase orders of that number, in order of id.
    fn purchase_orders(&self, number: &str) -> Vec<Arc<PurchaseOrder>>;

    /// Whether the firm keeps purchase orders here at all: if not, nothing can be
    /// said of a number that is not found.
    fn keeps_purchase_orders(&self) -> bool;

    /// The vendor's invoice with this id.
    fn invoice(&self, id: &str) -> Option<Arc<KnownInvoice>>;

    /// The same, with the moment when it first was known.
    fn invoice_known(&self, id: &str) -> Option<(DateTime<Utc>, Arc<KnownInvoice>)>;

    /// The same as it came first.
    fn invoice_first(&self, id: &str) -> Option<Arc<KnownInvoice>>;

    /// The invoices known of a vendor, oldest first.
    fn invoices_of(&self, vendor_id: &str) -> Vec<Arc<KnownInvoice>>;

    /// Every vendor's invoice known, in order of id, with the moment when it first was.
    fn invoices(&self) -> Vec<(DateTime<Utc>, Arc<KnownInvoice>)>;

    /// Whether the firm keeps customers here at all: if not, nothing can be said of one that is not
    /// found.
    fn keeps_customers(&self) -> bool;

    /// The customer with this id.
    fn customer(&self, id: &str) -> Option<Arc<Customer>>;

    /// The invoices of ours to a customer; none for one never billed.
    fn receivables(&self, customer_id: &str) -> ReceivablesAsOf;

    /// The customer that an invoice of ours went to.
    fn customer_of(&self, customer_invoice_id: &str) -> Option<String>;

    /// What a customer paid without saying for which invoice, by currency.
    fn paid_on_account(&self, customer_id: &str) -> Vec<(Currency, f64)>;

    /// Whether so many invoices of ours were paid, and so many of them late and in time.
    fn has_paid(&self, least: usize, least_of_each: usize) -> bool;

    /// How customers pay on the whole, as known on the Monday of the week.
    fn paid_levels(&self) -> Arc<PaidLevels>;

    /// Every customer ever billed, in order of id.
    fn customers_billed(&self) -> Vec<String>;

    /// Set-ups of projects.
    fn setups(&self) -> SetupsAsOf;

    /// What was said to and by a customer, oldest first.
    fn interactions_with(&self, customer_id: &str) -> Vec<Arc<Interaction>>;

    /// Sheets, projects, bills and approvals.
    fn work(&self) -> WorkAsOf;

    /// Expense claims, uses of cards and invoices of vendors.
    fn spending(&self) -> SpendingAsOf;
}

/// [`Facts`] seen from one moment.
#[derive(Debug, Clone)]
pub struct FactsAsOf {
    facts: Arc<Facts>,
    as_of: DateTime<Utc>,
    ranking: Option<Arc<Ranking>>,
    salt: Option<Salt>,
    receipts: Arc<HashMap<String, Receipt>>,
    findings: Arc<HashMap<String, Vec<String>>>,
    pictures: Arc<HashMap<String, Vec<String>>>,
    unrecorded: Arc<UnrecordedDocuments>,
}

impl FactsAsOf {
    /// Looks at the facts from a moment.
    #[must_use]
    pub fn new(facts: Arc<Facts>, as_of: DateTime<Utc>) -> Self {
        Self {
            facts,
            as_of,
            ranking: None,
            salt: None,
            receipts: Arc::default(),
            findings: Arc::default(),
            pictures: Arc::default(),
            unrecorded: Arc::default(),
        }
    }

    /// When more is seen than at the moment, later on its day; none where nothing is to come on it.
    pub(crate) fn next_change(&self) -> Option<DateTime<Utc>> {
        self.facts.next_change(self.as_of)
    }

    /// With what documents say that came until that moment, by digest.
    #[must_use]
    pub fn with_receipts(self, receipts: HashMap<String, Receipt>) -> Self {
        Self {
            receipts: Arc::new(receipts),
            ..self
        }
    }

    /// With what was found in documents that came until that moment, by digest.
    #[must_use]
    pub fn with_findings(self, findings: HashMap<String, Vec<String>>) -> Self {
        Self {
            findings: Arc::new(findings),
            ..self
        }
    }

    /// With the documents that show one picture, each by the digest of another.
    #[must_use]
    pub fn with_pictures(self, pictures: HashMap<String, Vec<String>>) -> Self {
        Self {
            pictures: Arc::new(pictures),
            ..self
        }
    }

    /// With documents that no record names.
    #[must_use]
    pub fn with_unrecorded(self, documents: Vec<UnrecordedDocument>) -> Self {
        Self {
            unrecorded: Arc::new(UnrecordedDocuments::new(documents)),
            ..self
        }
    }

    /// With what people's answers taught until that moment.
    #[must_use]
    pub fn with_ranking(self, ranking: Option<Arc<Ranking>>) -> Self {
        Self { ranking, ..self }
    }

    /// With what hashes of employees' data are salted with.
    #[must_use]
    pub fn with_salt(self, salt: Option<Salt>) -> Self {
        Self { salt, ..self }
    }
}

impl History for FactsAsOf {
    fn as_of(&self) -> DateTime<Utc> {
        self.as_of
    }

    fn receipt(&self, sha256: &str) -> Option<&Receipt> {
        self.receipts.get(sha256)
    }

    fn found_in(&self, sha256: &str) -> Option<&[String]> {
        self.findings.get(sha256).map(Vec::as_slice)
    }

    fn same_pictures(&self, sha256: &str) -> &[String] {
        self.pictures.get(sha256).map_or(&[], Vec::as_slice)
    }

    fn unrecorded(&self) -> &UnrecordedDocuments {
        &self.unrecorded
    }

    fn salt(&self) -> Option<&Salt> {
        self.salt.as_ref()
    }

    fn home_currency(&self) -> Currency {
        self.facts.home_currency()
    }

    fn ranking(&self) -> Option<&Ranking> {
        self.ranking.as_deref()
    }

    fn vendor(&self, id: &str) -> Option<Arc<Vendor>> {
        self.facts.vendor(id, self.as_of)
    }

    fn vendor_first(&self, id: &str) -> Option<Arc<Vendor>> {
        self.facts.vendor_first(id, self.as_of)
    }

    fn vendors(&self) -> Vec<Arc<Vendor>> {
        self.facts.vendors(self.as_of)
    }

    fn vendors_by(&self, key: VendorKey<'_>) -> Vec<Arc<Vendor>> {
        self.facts.vendors_by(key, self.as_of)
    }

    fn purchase_orders(&self, number: &str) -> Vec<Arc<PurchaseOrder>> {
        self.facts.purchase_orders(number, self.as_of)
    }

    fn keeps_purchase_orders(&self) -> bool {
        self.facts.keeps_purchase_orders(self.as_of)
    }

    fn invoice(&self, id: &str) -> Option<Arc<KnownInvoice>> {
        self.facts.invoice(id, self.as_of)
    }

    fn invoice_known(&self, id: &str) -> Option<(DateTime<Utc>, Arc<KnownInvoice>)> {
        self.facts.invoice_known(id, self.as_of)
    }

    fn invoice_first(&self, id: &str) -> Option<Arc<KnownInvoice>> {
        self.facts.invoice_first(id, self.as_of)
    }

    fn invoices_of(&self, vendor_id: &str) -> Vec<Arc<KnownInvoice>> {
        self.facts.invoices_of(vendor_id, self.as_of)
    }

    fn invoices(&self) -> Vec<(DateTime<Utc>, Arc<KnownInvoice>)> {
        self.facts.invoices(self.as_of)
    }

    fn keeps_customers(&self) -> bool {
        self.facts.keeps_customers(self.as_of)
    }

    fn customer(&self, id: &str) -> Option<Arc<Customer>> {
        self.facts.customer(id, self.as_of)
    }

    fn receivables(&self, customer_id: &str) -> ReceivablesAsOf {
        self.facts.receivables(customer_id, self.as_of)
    }

    fn customer_of(&self, customer_invoice_id: &str) -> Option<String> {
        self.facts
            .customer_of(customer_invoice_id, self.as_of)
            .map(str::to_owned)
    }

    fn paid_on_account(&self, customer_id: &str) -> Vec<(Currency, f64)> {
        self.facts.paid_on_account(customer_id, self.as_of)
    }

    fn has_paid(&self, least: usize, least_of_each: usize) -> bool {
        self.facts.has_paid(least, least_of_each, self.as_of)
    }

    fn paid_levels(&self) -> Arc<PaidLevels> {
        self.facts.paid_levels(self.as_of)
    }

    fn customers_billed(&self) -> Vec<String> {
        self.facts.customers_billed()
    }

    fn setups(&self) -> SetupsAsOf {
        SetupsAsOf::new(Arc::clone(&self.facts), self.as_of)
    }

    fn interactions_with(&self, customer_id: &str) -> Vec<Arc<Interaction>> {
        self.facts.interactions_with(customer_id, self.as_of)
    }

    fn work(&self) -> WorkAsOf {
        WorkAsOf::new(Arc::clone(&self.facts), self.as_of)
    }

    fn spending(&self) -> SpendingAsOf {
        SpendingAsOf::new(Arc::clone(&self.facts), self.as_of)
    }
}
