//! The firm's records in memory, every version of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

use super::VendorKey;
use super::keys::{identifier_key, name_key};
use super::known_invoice::KnownInvoice;
use super::memo::{Changed, KnownBy, Memo, Span};
use super::milestones::{Milestones, SPENDING};
use super::receivable::ReceivablesAsOf;
use super::receivables::{PaidLevels, Receivables};
use super::setups::Setups;
use super::spending::Spending;
use super::to_come::ToCome;
use super::versions::{Came, Versions};
use super::work::Work;
use crate::domain::records::{
    Customer, CustomerInvoice, Interaction, Payment, PurchaseOrder, Vendor, VendorInvoice,
};
use crate::domain::{Currency, FieldSet, RecordKind};

/// Every version of the records that cases ask for.
#[derive(Debug, Clone)]
pub struct Facts {
    home: Currency,
    vendors: Versions<Vendor>,
    orders: Versions<PurchaseOrder>,
    invoices: Versions<KnownInvoice>,
    customers: Versions<Customer>,
    interactions: Versions<Interaction>,
    setups: Setups,
    receivables: Receivables,
    work: Work,
    spending: Spending,
    milestones: Milestones,
    to_come: ToCome,
    memo: Memo,
}

impl Default for Facts {
    /// Of a firm whose currency is the euro.
    fn default() -> Self {
        Self {
            home: Currency::EUR,
            vendors: Versions::new(vendor_keys),
            orders: Versions::new(|order| vec![identifier_key(&order.number)]),
            invoices: Versions::new(|invoice| vec![invoice.vendor_id.as_str().to_owned()]),
            customers: Versions::new(|_| Vec::new()),
            interactions: Versions::new(|said| vec![said.customer_id.as_str().to_owned()]),
            setups: Setups::default(),
            receivables: Receivables::default(),
            work: Work::default(),
            spending: Spending::default(),
            milestones: Milestones::default(),
            to_come: ToCome::default(),
            memo: Memo::default(),
        }
    }
}

impl Facts {
    /// The kinds of record that the service keeps in memory: those its cases ask for.
    pub const KINDS: &'static [RecordKind] = &[
        RecordKind::Vendor,
        RecordKind::PurchaseOrder,
        RecordKind::VendorInvoice,
        RecordKind::Customer,
        RecordKind::CustomerInvoice,
        RecordKind::Payment,
        RecordKind::Interaction,
        RecordKind::Employee,
        RecordKind::Timesheet,
        RecordKind::Project,
        RecordKind::Bill,
        RecordKind::Approval,
        RecordKind::ProjectSetup,
        RecordKind::ExpenseClaim,
        RecordKind::CardTransaction,
    ];

    /// Of a firm of this currency.
    #[must_use]
    pub fn of_firm(home: Currency) -> Self {
        Self {
            home,
            ..Self::default()
        }
    }

    pub(super) const fn home_currency(&self) -> Currency {
        self.home
    }

    /// Adds a version of a record; kinds it does not hold are passed over.
    ///
    /// # Errors
    /// The first member that is not what the kind asks for.
    pub fn insert(
        &mut self,
        kind: RecordKind,
        known_at: DateTime<Utc>,
        version: u64,
        body: Value,
    ) -> Result<(), String> {
        if SPENDING.contains(&kind) {
            self.count_spending(kind, known_at, &body);
        }
        self.to_come.take_in(kind, known_at, &body);
        match kind {
            RecordKind::Vendor => self.vendors.take_in::<Vendor>(known_at, version, body),
            RecordKind::PurchaseOrder => self
                .orders
                .take_in::<PurchaseOrder>(known_at, version, body),
            RecordKind::VendorInvoice => self
                .invoices
                .take_in::<VendorInvoice>(known_at, version, body),
            RecordKind::Customer => {
                self.receivables.customer_changed(known_at);
                self.customers.take_in::<Customer>(known_at, version, body)
            }
            RecordKind::Interaction => self
                .interactions
                .take_in::<Interaction>(known_at, version, body),
            RecordKind::ProjectSetup => self.setups.insert(known_at, version, body),
            RecordKind::CustomerInvoice => {
                let invoice: CustomerInvoice = read(body)?;
                self.receivables.insert_invoice(known_at, version, &invoice);
                Ok(())
            }
            RecordKind::Payment => {
                let payment: Payment = read(body)?;
                self.receivables.insert_payment(known_at, version, &payment);
                Ok(())
            }
            RecordKind::ExpenseClaim | RecordKind::CardTransaction => {
                self.spending.insert(kind, known_at, version, body)
            }
            _ => self.work.insert(kind, known_at, version, body),
        }
    }

    fn count_spending(&mut self, kind: RecordKind, known_at: DateTime<Utc>, body: &Value) {
        let id = body.get("id").and_then(Value::as_str).unwrap_or_default();
        let id = id.to_owned();
        self.memo.change(&Changed { kind, id }, known_at);
        self.milestones.count(kind, known_at);
    }

    /// Every version of [`SPENDING`] by the kind and id of its record and when it was known, in no order.
    fn spending_versions(&self) -> impl Iterator<Item = (RecordKind, &str, DateTime<Utc>)> {
        of_kind(RecordKind::VendorInvoice, self.invoices.moments())
            .chain(of_kind(RecordKind::Vendor, self.vendors.moments()))
            .chain(of_kind(RecordKind::Employee, self.work.employee_moments()))
            .chain(of_kind(
                RecordKind::ExpenseClaim,
                self.spending.claims.moments(),
            ))
            .chain(of_kind(
                RecordKind::CardTransaction,
                self.spending.cards.moments(),
            ))
    }

    /// The moments around one at which the same was known of [`SPENDING`]. All is walked through, which
    /// only those ask for who make something of it.
    pub(super) fn spending_span(&self, as_of: DateTime<Utc>) -> Span {
        let mut span = Span {
            from: DateTime::<Utc>::MIN_UTC,
            before: DateTime::<Utc>::MAX_UTC,
        };
        for (.., known_at) in self.spending_versions() {
            if known_at <= as_of {
                span.from = span.from.max(known_at);
            } else {
                span.before = span.before.min(known_at);
            }
        }
        span
    }

    /// What was known of [`SPENDING`] by then, and what becomes known later; all is walked through here too.
    pub(super) fn spending_known_by(&self, as_of: DateTime<Utc>) -> KnownBy {
        let mut known = KnownBy {
            last: DateTime::<Utc>::MIN_UTC,
            later: BTreeMap::new(),
        };
        for (kind, id, known_at) in self.spending_versions() {
            if known_at <= as_of {
                known.last = known.last.max(known_at);
            } else {
                let id = id.to_owned();
                let later = known.later.entry(known_at).or_default();
                later.push(Changed { kind, id });
            }
        }
        known
    }

    /// When more is seen next on the day of a moment, after it.
    pub(super) fn next_change(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let of_setups = self.setups.next_change(after);
        let of_setups = of_setups.filter(|at| at.date_naive() == after.date_naive());
        self.to_come.next(after).into_iter().chain(of_setups).min()
    }

    pub(super) const fn setups(&self) -> &Setups {
        &self.setups
    }

    pub(super) const fn work(&self) -> &Work {
        &self.work
    }

    /// What was worked out.
    pub(super) const fn memo(&self) -> &Memo {
        &self.memo
    }

    /// Until when what rests on some kinds is worked out for questions of a moment; none where that
    /// is the moment itself.
    pub(super) fn milestone(
        &self,
        as_of: DateTime<Utc>,
        kinds: &[RecordKind],
    ) -> Option<DateTime<Utc>> {
        self.milestones.before(as_of, kinds)
    }

    pub(super) const fn spending(&self) -> &Spending {
        &self.spending
    }

    pub(super) fn keeps_customers(&self, as_of: DateTime<Utc>) -> bool {
        self.customers.any(as_of)
    }

    pub(super) fn customer(&self, id: &str, as_of: DateTime<Utc>) -> Option<Arc<Customer>> {
        self.customers.get(id, as_of)
    }

    pub(super) fn receivables(&self, customer: &str, as_of: DateTime<Utc>) -> ReceivablesAsOf {
        self.receivables.of(customer, as_of)
    }

    pub(super) fn customer_of(&self, invoice: &str, as_of: DateTime<Utc>) -> Option<&str> {
        self.receivables.customer_of(invoice, as_of)
    }

    pub(super) fn paid_on_account(
        &self,
        customer: &str,
        as_of: DateTime<Utc>,
    ) -> Vec<(Currency, f64)> {
        self.receivables.on_account(customer, as_of)
    }

    pub(super) fn has_paid(&self, least: usize, of_each: usize, as_of: DateTime<Utc>) -> bool {
        self.receivables.has_paid(least, of_each, as_of)
    }

    pub(super) fn paid_levels(&self, as_of: DateTime<Utc>) -> Arc<PaidLevels> {
        let customer = |id: &str, by: DateTime<Utc>| self.customers.get(id, by);
        self.receivables.levels(as_of, customer)
    }

    pub(super) fn customers_billed(&self) -> Vec<String> {
        let mut ids: Vec<String> = self.receivables.customers().map(str::to_owned).collect();
        ids.sort_unstable();
        ids
    }

    pub(super) fn interactions_with(
        &self,
        customer: &str,
        as_of: DateTime<Utc>,
    ) -> Vec<Arc<Interaction>> {
        let mut said = self.interactions.with_key(customer, as_of);
        said.retain(|said| said.time <= as_of);
        said.sort_by(|a, b| (a.time, a.id.as_str()).cmp(&(b.time, b.id.as_str())));
        said
    }

    pub(super) fn vendor_first(&self, id: &str, as_of: DateTime<Utc>) -> Option<Arc<Vendor>> {
        self.vendors.first(id, as_of)
    }

    pub(super) fn vendor(&self, id: &str, as_of: DateTime<Utc>) -> Option<Arc<Vendor>> {
        self.vendors.get(id, as_of)
    }

    pub(super) fn vendors(&self, as_of: DateTime<Utc>) -> Vec<Arc<Vendor>> {
        let vendors = self.vendors.all(as_of).into_iter();
        vendors.map(|(_, vendor)| vendor).collect()
    }

    pub(super) fn vendors_by(&self, key: VendorKey<'_>, as_of: DateTime<Utc>) -> Vec<Arc<Vendor>> {
        let key = match key {
            VendorKey::VatId(text) => prefixed("vat", identifier_key(text)),
            VendorKey::Iban(text) => prefixed("iban", identifier_key(text)),
            VendorKey::Name(text) => prefixed("name", name_key(text)),
        };
        key.map_or_else(Vec::new, |key| self.vendors.with_key(&key, as_of))
    }

    pub(super) fn purchase_orders(
        &self,
        number: &str,
        as_of: DateTime<Utc>,
    ) -> Vec<Arc<PurchaseOrder>> {
        self.orders.with_key(&identifier_key(number), as_of)
    }

    pub(super) fn keeps_purchase_orders(&self, as_of: DateTime<Utc>) -> bool {
        self.orders.any(as_of)
    }

    pub(super) fn invoice(&self, id: &str, as_of: DateTime<Utc>) -> Option<Arc<KnownInvoice>> {
        self.invoices.get(id, as_of)
    }

    pub(super) fn invoice_first(
        &self,
        id: &str,
        as_of: DateTime<Utc>,
    ) -> Option<Arc<KnownInvoice>> {
        self.invoices.first(id, as_of)
    }

    pub(super) fn invoice_known(
        &self,
        id: &str,
        as_of: DateTime<Utc>,
    ) -> Option<(DateTime<Utc>, Arc<KnownInvoice>)> {
        self.invoices.known(id, as_of)
    }

    pub(super) fn invoices_of(
        &self,
        vendor_id: &str,
        as_of: DateTime<Utc>,
    ) -> Vec<Arc<KnownInvoice>> {
        let mut invoices = self.invoices.with_key(vendor_id, as_of);
        invoices.sort_by(|a, b| (a.issued_on, &a.id).cmp(&(b.issued_on, &b.id)));
        invoices
    }

    /// Invoices dated from a day to another, vendor by vendor in order of that day. All are walked
    /// through, which only queues ask for.
    pub(super) fn invoices_between(
        &self,
        (from, to): (NaiveDate, NaiveDate),
        as_of: DateTime<Utc>,
    ) -> Vec<Arc<KnownInvoice>> {
        let dated = |invoice: &KnownInvoice| (from..=to).contains(&invoice.issued_on);
        let mut invoices: Vec<_> = self.invoices.those(as_of, dated).collect();
        invoices.sort_by(|a, b| {
            (&a.vendor_id, a.issued_on, &a.id).cmp(&(&b.vendor_id, b.issued_on, &b.id))
        });
        invoices
    }

    pub(super) fn invoices(&self, as_of: DateTime<Utc>) -> Vec<(DateTime<Utc>, Arc<KnownInvoice>)> {
        self.invoices.all(as_of)
    }

    /// Every vendor's invoice known by then and how it came, in no order.
    pub(super) fn invoices_as_they_came(
        &self,
        as_of: DateTime<Utc>,
    ) -> impl Iterator<Item = Came<'_, KnownInvoice>> {
        self.invoices.as_they_came(as_of)
    }
}

fn of_kind<'a>(
    kind: RecordKind,
    versions: impl Iterator<Item = (&'a str, DateTime<Utc>)>,
) -> impl Iterator<Item = (RecordKind, &'a str, DateTime<Utc>)> {
    versions.map(move |(id, known_at)| (kind, id, known_at))
}

/// The sorts of key are kept apart; an empty key finds nothing.
fn prefixed(sort: &str, key: String) -> Option<String> {
    (!key.is_empty()).then(|| format!("{sort}:{key}"))
}

fn vendor_keys(vendor: &Vendor) -> Vec<String> {
    let vat_id = vendor.vat_id.as_deref().map(identifier_key);
    let names = [Some(vendor.name.as_str()), vendor.trading_name.as_deref()];
    let names = names.into_iter().flatten().map(name_key);
    let accounts = vendor.ibans.iter().map(|iban| identifier_key(iban));
    vat_id
        .and_then(|key| prefixed("vat", key))
        .into_iter()
        .chain(accounts.filter_map(|key| prefixed("iban", key)))
        .chain(names.filter_map(|key| prefixed("name", key)))
        .collect()
}

/// A record from its stored members.
pub(crate) fn read<T: FieldSet>(body: Value) -> Result<T, String> {
    let Value::Object(members) = body else {
        return Err("it is not an object".to_owned());
    };
    T::from_members("", members).map_err(|problems| {
        let found = problems.into_iter().next();
        found.map_or_else(String::new, |found| {
            format!("`{}` {}", found.field, found.problem)
        })
    })
}
