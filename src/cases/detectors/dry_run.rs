//! What each detector would have flagged in the records there are, before it is let loose.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::first_digits::{FirstDigits, first_digits};
use super::{Around, CLAIM, Detector, Found, INVOICE, InvoiceView, Salt, Thresholds};
use crate::domain::records::{Employee, PurchaseOrder, Vendor, VendorInvoice};
use crate::history::{History, identifier_key};

/// Examples shown of each detector, the latest.
const EXAMPLES: usize = 5;

/// What each detector would have flagged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DryRun {
    /// The moment.
    pub as_of: DateTime<Utc>,
    /// Claims looked at.
    pub claims: usize,
    /// Invoices of vendors looked at.
    pub invoices: usize,
    /// Every detector, also those that are switched off.
    pub detectors: Vec<Tried>,
    /// First two digits of the amounts claimed; none where they are too few.
    pub claim_digits: Option<FirstDigits>,
    /// First two digits of the totals of invoices; none where they are too few.
    pub invoice_digits: Option<FirstDigits>,
}

/// One detector, tried on all there is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Tried {
    /// Its name.
    pub detector: String,
    /// What it asks.
    pub asks: String,
    /// `expense_claim` or `vendor_invoice`.
    pub of: String,
    /// Whether it runs.
    pub runs: bool,
    /// Records flagged.
    pub flagged: usize,
    /// Share of the records looked at.
    pub share: f64,
    /// Records flagged by month of the expense or invoice, `2026-03`; months without are left out.
    pub months: BTreeMap<String, usize>,
    /// The latest of them.
    pub examples: Vec<Example>,
}

/// A record that would have been flagged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Example {
    /// The record, as `kind/id`.
    pub subject: String,
    /// Day of the expense or invoice.
    pub day: NaiveDate,
    /// What was found.
    pub text: String,
    /// Records to lay beside it.
    pub twins: Vec<String>,
}

/// What vendors' invoices are compared with.
#[derive(Debug, Clone, Default)]
pub struct Purchases {
    /// Invoices.
    pub invoices: Vec<Arc<VendorInvoice>>,
    /// Vendors.
    pub vendors: Vec<Arc<Vendor>>,
    /// Orders.
    pub orders: Vec<Arc<PurchaseOrder>>,
    /// Employees.
    pub employees: Vec<Arc<Employee>>,
    /// What their hashes are salted with, where the firm says it.
    pub salt: Option<Salt>,
}

/// Tries every detector on every claim and invoice, each beside what is dated no later than it.
#[must_use]
pub fn dry_run(history: &dyn History, purchases: &Purchases, thresholds: &Thresholds) -> DryRun {
    let spending = history.spending();
    let mut of_claims = Tally::new(CLAIM);
    let mut amounts = Vec::new();
    for claim in spending.all() {
        let day = claim.incurred_on;
        let around = Around::of(&claim, history, thresholds, day);
        let view = around.view(&claim, thresholds);
        of_claims.try_all(&format!("expense_claim/{}", claim.id), day, |detector| {
            (detector.check)(&view)
        });
        amounts.push(claim.amount.decimal());
    }
    let mut of_invoices = Tally::new(INVOICE);
    let books = Books::of(purchases);
    for invoice in &purchases.invoices {
        let view = books.view(invoice, thresholds);
        let subject = format!("vendor_invoice/{}", invoice.id);
        of_invoices.try_all(&subject, invoice.issued_on, |detector| {
            (detector.check)(&view)
        });
    }
    let totals = purchases
        .invoices
        .iter()
        .map(|invoice| invoice.total.decimal());
    DryRun {
        as_of: history.as_of(),
        claims: of_claims.looked_at,
        invoices: of_invoices.looked_at,
        claim_digits: first_digits(amounts),
        invoice_digits: first_digits(totals),
        detectors: [
            of_claims.tried("expense_claim", thresholds),
            of_invoices.tried("vendor_invoice", thresholds),
        ]
        .concat(),
    }
}

/// What detectors of one kind found.
struct Tally<View: 'static> {
    registry: &'static [Detector<View>],
    looked_at: usize,
    examples: Vec<Vec<Example>>,
}

impl<View> Tally<View> {
    fn new(registry: &'static [Detector<View>]) -> Self {
        let examples = registry.iter().map(|_| Vec::new()).collect();
        Self {
            registry,
            looked_at: 0,
            examples,
        }
    }

    fn try_all(
        &mut self,
        subject: &str,
        day: NaiveDate,
        check: impl Fn(&Detector<View>) -> Option<Found>,
    ) {
        self.looked_at += 1;
        for (detector, examples) in self.registry.iter().zip(&mut self.examples) {
            examples.extend(check(detector).map(|found| Example {
                subject: subject.to_owned(),
                day,
                text: found.text,
                twins: found.twins,
            }));
        }
    }

    fn tried(self, of: &str, thresholds: &Thresholds) -> Vec<Tried> {
        let all = self.looked_at.max(1) as f64;
        let both = self.registry.iter().zip(self.examples);
        both.map(|(detector, mut examples)| {
            let mut months = BTreeMap::new();
            for example in &examples {
                *months
                    .entry(example.day.format("%Y-%m").to_string())
                    .or_default() += 1;
            }
            let flagged = examples.len();
            examples.sort_by(|a, b| (b.day, &a.subject).cmp(&(a.day, &b.subject)));
            examples.truncate(EXAMPLES);
            Tried {
                detector: detector.name.to_owned(),
                asks: detector.asks.to_owned(),
                of: of.to_owned(),
                runs: thresholds.runs(detector.name),
                flagged,
                share: flagged as f64 / all,
                months,
                examples,
            }
        })
        .collect()
    }
}

/// Purchases by what they are looked up by.
struct Books<'a> {
    purchases: &'a Purchases,
    of_vendor: HashMap<&'a str, Vec<Arc<VendorInvoice>>>,
    vendors: HashMap<&'a str, &'a Vendor>,
    orders: HashMap<String, &'a PurchaseOrder>,
}

impl<'a> Books<'a> {
    fn of(purchases: &'a Purchases) -> Self {
        let mut of_vendor: HashMap<&str, Vec<Arc<VendorInvoice>>> = HashMap::new();
        for invoice in &purchases.invoices {
            let invoices = of_vendor.entry(invoice.vendor_id.as_str()).or_default();
            invoices.push(Arc::clone(invoice));
        }
        for invoices in of_vendor.values_mut() {
            invoices
                .sort_by(|a, b| (a.issued_on, a.id.as_str()).cmp(&(b.issued_on, b.id.as_str())));
        }
        let vendors = purchases
            .vendors
            .iter()
            .map(|vendor| (vendor.id.as_str(), &**vendor));
        let orders = purchases.orders.iter();
        Self {
            purchases,
            of_vendor,
            vendors: vendors.collect(),
            orders: orders
                .map(|order| (identifier_key(&order.number), &**order))
                .collect(),
        }
    }

    fn view<'v>(
        &'v self,
        invoice: &'v VendorInvoice,
        thresholds: &'v Thresholds,
    ) -> InvoiceView<'v> {
        let of_vendor = self.of_vendor.get(invoice.vendor_id.as_str());
        let of_vendor = of_vendor.map_or(&[][..], Vec::as_slice);
        let place = |other: &VendorInvoice| (other.issued_on, other.id.to_string());
        let own = place(invoice);
        let before = of_vendor.partition_point(|other| place(other) < own);
        let number = invoice.order_number.as_deref().map(identifier_key);
        InvoiceView {
            invoice,
            vendor: self.vendors.get(invoice.vendor_id.as_str()).copied(),
            earlier: of_vendor.get(..before).unwrap_or_default(),
            other_vendors: &self.purchases.vendors,
            employees: &self.purchases.employees,
            salt: self.purchases.salt.as_ref().map(Salt::as_bytes),
            order: number.and_then(|number| self.orders.get(&number).copied()),
            thresholds,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::{FieldSet as _, RecordKind};
    use crate::history::{Facts, FactsAsOf};

    #[test]
    fn every_record_is_tried_beside_what_is_dated_before_it() {
        let mut facts = Facts::default();
        let known = "2026-03-20T00:00:00Z".parse().unwrap();
        for (id, day, amount) in [
            ("a", "2026-03-03", "60"),
            ("b", "2026-03-04", "45"),
            ("c", "2026-04-20", "98"),
        ] {
            let body = json!({"id": id, "employee_id": "e", "incurred_on": day, "amount": amount, "currency": "EUR", "merchant": "Papier"});
            facts
                .insert(RecordKind::ExpenseClaim, known, 1, body)
                .unwrap();
        }
        let history = FactsAsOf::new(Arc::new(facts), known);
        let invoice = |id: &str, iban: &str, day: &str| {
            let json = json!({"id": id, "number": id, "vendor_id": "v", "issued_on": day, "currency": "EUR", "total": "10", "iban": iban});
            let serde_json::Value::Object(members) = json else {
                panic!("an object")
            };
            Arc::new(VendorInvoice::from_members("", members).unwrap())
        };
        let purchases = Purchases {
            invoices: vec![
                invoice("2", "FR14", "2026-02-01"),
                invoice("1", "DE02", "2026-01-01"),
            ],
            ..Purchases::default()
        };
        let thresholds = Thresholds {
            off: vec!["split_purchase".to_owned()],
            ..Thresholds::default()
        };
        let run = dry_run(&history, &purchases, &thresholds);
        let of = |name: &str| {
            run.detectors
                .iter()
                .find(|tried| tried.detector == name)
                .unwrap()
        };
        assert_eq!(
            (run.claims, run.invoices, run.claim_digits.is_none()),
            (3, 2, true)
        );
        let split = of("split_purchase");
        let subjects: Vec<&str> = split
            .examples
            .iter()
            .map(|one| one.subject.as_str())
            .collect();
        // The first of the two was not odd when it came.
        assert_eq!((subjects, split.runs), (vec!["expense_claim/b"], false));
        assert_eq!(split.examples[0].twins, ["expense_claim/a"]);
        assert_eq!(
            of("just_under_limit").months,
            BTreeMap::from([("2026-04".to_owned(), 1)])
        );
        let account = of("bank_account_changed");
        assert_eq!((account.flagged, account.share), (1, 0.5));
        assert_eq!(account.examples[0].subject, "vendor_invoice/2");
    }
}
