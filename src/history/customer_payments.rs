//! What customers paid, by the invoice that it is for.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::prelude::ToPrimitive as _;

use super::keys::identifier_key;
use super::sharded::Sharded;
use crate::domain::records::Payment;
use crate::domain::{Amount, Currency};

/// Amounts that differ by less are the same: a bank's rounding.
pub(crate) const CENT: f64 = 0.005;

/// What tells the versions of a record apart, in the order in which they came into force.
type Key = (DateTime<Utc>, u64);

/// A payment, or its share of one invoice, in one version.
#[derive(Debug, Clone)]
struct Share {
    payment: Arc<str>,
    /// Whoever paid, where the payment says so.
    customer: Option<Box<str>>,
    version: Key,
    paid_on: NaiveDate,
    currency: Currency,
    amount: f64,
}

/// A day on which money came, and how much; negative when it was sent back.
pub type Part = (NaiveDate, f64);

/// What invoices are paid by.
#[derive(Debug, Clone, Default)]
pub(super) struct CustomerPayments {
    /// All versions of each, in order: a later one may be for another invoice.
    versions: Sharded<Arc<str>, Vec<Key>>,
    /// By invoice, in order of payment and version.
    by_invoice: Sharded<Arc<str>, Vec<Share>>,
    /// The same by the number of the invoice, spelling aside, of payments that name no other.
    by_number: Sharded<Arc<str>, Vec<Share>>,
    /// By customer, the numbers that its payments are filed under.
    numbers: Sharded<Arc<str>, BTreeSet<Arc<str>>>,
    /// The same by customer, of payments or what is left of them that name no invoice.
    on_account: Sharded<Arc<str>, Vec<Share>>,
    /// Whether there is any: many firms say in their invoices when they were paid.
    any: bool,
    /// Whether any is by number.
    any_numbered: bool,
}

/// What a customer paid without saying for which invoice, by currency.
#[derive(Debug)]
pub(super) struct OnAccount(pub(super) Vec<(Currency, f64)>);

/// The invoice whose payments are asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paid<'a> {
    pub(super) id: &'a str,
    pub(super) number: &'a str,
    pub(super) customer: &'a str,
    pub(super) currency: Currency,
}

impl CustomerPayments {
    pub(super) fn insert(&mut self, known_at: DateTime<Utc>, version: u64, payment: &Payment) {
        self.any = true;
        let id: Arc<str> = payment.id.as_str().into();
        let version = (known_at, version);
        if let Some(versions) = self.versions.entry(Arc::clone(&id)) {
            let at = versions.partition_point(|known| *known < version);
            if versions.get(at) == Some(&version) {
                return;
            }
            versions.reserve_exact(1);
            versions.insert(at, version);
        }
        // Money that went to a vendor pays nothing that is owed to the firm, whatever was said before.
        if payment.vendor_id.is_some() && payment.customer_id.is_none() {
            return;
        }
        let whole = Share {
            payment: id,
            customer: payment.customer_id.as_ref().map(|id| id.as_str().into()),
            version,
            paid_on: payment.paid_on,
            currency: payment.currency,
            amount: number(payment.amount),
        };
        let share = |amount: f64| Share {
            amount,
            ..whole.clone()
        };
        let mut left = whole.amount;
        for part in &payment.allocations {
            let amount = number(part.amount);
            left -= amount;
            file(
                &mut self.by_invoice,
                part.invoice_id.as_str(),
                share(amount),
            );
        }
        // What is left of a payment is there too; what was spread beyond it is a discount.
        let has_left = left.abs() > CENT && left.signum() == whole.amount.signum();
        if !payment.allocations.is_empty() {
            if let Some(customer) = payment.customer_id.as_ref().filter(|_| has_left) {
                file(&mut self.on_account, customer.as_str(), share(left));
            }
        } else if let Some(id) = &payment.invoice_id {
            file(&mut self.by_invoice, id.as_str(), whole);
        } else if let Some(number) = &payment.invoice_number {
            self.any_numbered = true;
            let number: Arc<str> = identifier_key(number).into();
            if let Some(customer) = &payment.customer_id
                && let Some(numbers) = self.numbers.entry(customer.as_str().into())
            {
                numbers.insert(Arc::clone(&number));
            }
            file(&mut self.by_number, &number, whole);
        } else if let Some(id) = &payment.customer_id {
            file(&mut self.on_account, id.as_str(), whole);
        }
    }

    /// The shares that stand in the versions in force, in a currency.
    fn known<'a>(
        &'a self,
        shares: impl IntoIterator<Item = &'a Vec<Share>>,
        currency: Currency,
        as_of: DateTime<Utc>,
    ) -> impl Iterator<Item = &'a Share> {
        let today = as_of.date_naive();
        let is_known = move |share: &&Share| {
            let dated = share.paid_on <= today && share.currency == currency;
            dated && share.version.0 <= as_of
        };
        let in_force = move |share: &&Share| {
            let versions = self.versions.get(&share.payment)?;
            let known = versions.partition_point(|(known_at, _)| *known_at <= as_of);
            Some(versions.get(known.checked_sub(1)?)? == &share.version)
        };
        let shares = shares.into_iter().flatten().filter(is_known);
        shares.filter(move |share| in_force(share) == Some(true))
    }

    /// What was paid on an invoice in its currency and known by then, in order of payment. Of money in
    /// another currency nobody here can say what it comes to.
    pub(super) fn of(&self, invoice: &Paid<'_>, as_of: DateTime<Utc>) -> Vec<Part> {
        if !self.any {
            return Vec::new();
        }
        let named = self.known(self.by_invoice.get(invoice.id), invoice.currency, as_of);
        let of_number = self
            .any_numbered
            .then(|| self.by_number.get(&*identifier_key(invoice.number)));
        let of_number = of_number.flatten();
        let numbered = self.known(of_number, invoice.currency, as_of);
        // A number is one customer's.
        let own = numbered.filter(|share| {
            let payer = share.customer.as_deref();
            payer.is_none_or(|payer| payer == invoice.customer)
        });
        let mut parts: Vec<Part> = named
            .chain(own)
            .map(|share| (share.paid_on, share.amount))
            .collect();
        parts.sort_by_key(|(paid_on, _)| *paid_on);
        parts
    }

    /// What a customer paid by then without saying for which invoice: by naming none, or a number that is
    /// none's, of which `is_invoices` tells.
    pub(super) fn on_account(
        &self,
        customer: &str,
        as_of: DateTime<Utc>,
        is_invoices: impl Fn(&str) -> bool,
    ) -> OnAccount {
        let numbers = self.numbers.get(customer).into_iter().flatten();
        let unmatched = numbers.filter(|number| !is_invoices(number));
        let unmatched = unmatched.filter_map(|number| self.by_number.get(number));
        let shares: Vec<&Vec<Share>> = self
            .on_account
            .get(customer)
            .into_iter()
            .chain(unmatched)
            .collect();
        // Others may have paid under the same number.
        let own = |share: &&Share| share.customer.as_deref() == Some(customer);
        let all = shares.iter().copied().flatten().filter(own);
        let mut currencies: Vec<Currency> = all.map(|share| share.currency).collect();
        currencies.sort_unstable();
        currencies.dedup();
        let sum = |currency: Currency| {
            let parts = self.known(shares.iter().copied(), currency, as_of);
            let parts = parts.filter(own).map(|share| share.amount);
            (currency, parts.sum())
        };
        OnAccount(currencies.into_iter().map(sum).collect())
    }
}

fn file(shares: &mut Sharded<Arc<str>, Vec<Share>>, key: &str, share: Share) {
    if let Some(shares) = shares.entry(key.into()) {
        let order = |share: &Share| (Arc::clone(&share.payment), share.version);
        let own = order(&share);
        let at = shares.partition_point(|known| order(known) <= own);
        shares.reserve_exact(1);
        shares.insert(at, share);
    }
}

/// The day from which payments come to the whole amount, and still do: money that was sent back is
/// not there. A credit, whose amount is below zero, is paid out.
pub(super) fn paid_in_full(parts: &[Part], amount: f64) -> Option<NaiveDate> {
    let mut paid = 0.0;
    let mut since = None;
    for (paid_on, part) in parts {
        paid += part;
        let is_whole = if amount < 0.0 {
            paid - CENT <= amount
        } else {
            paid + CENT >= amount
        };
        since = is_whole.then(|| since.unwrap_or(*paid_on));
    }
    since
}

/// An amount as a number, for statistics.
pub(super) fn number(amount: Amount) -> f64 {
    amount.decimal().to_f64().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::super::{Facts, FactsAsOf, History as _};
    use super::*;
    use crate::domain::RecordKind;

    fn at(day: u32) -> DateTime<Utc> {
        format!("2026-03-{day:02}T12:00:00Z").parse().unwrap()
    }

    fn with(mut base: Value, more: Value) -> Value {
        let (Some(all), Value::Object(more)) = (base.as_object_mut(), more) else {
            panic!("no objects")
        };
        all.extend(more);
        base
    }

    fn invoice(more: Value) -> Value {
        let base = json!({"id": "i1", "customer_id": "c1", "number": "R-7", "issued_on": "2026-03-02",
            "due_on": "2026-03-12", "currency": "EUR", "total": "100.00"});
        with(base, more)
    }

    fn payment(id: &str, day: u32, amount: &str, more: Value) -> (u32, Value) {
        let base = json!({"id": id, "invoice_id": "i1", "paid_on": format!("2026-03-{day:02}"),
            "amount": amount, "currency": "EUR"});
        (day, with(base, more))
    }

    /// Days late of the invoice, and what is open, at the end of the month.
    fn seen(stated: Value, payments: Vec<(u32, Value)>) -> (Option<i64>, f64) {
        let mut facts = Facts::default();
        let kind = RecordKind::CustomerInvoice;
        facts.insert(kind, at(2), 1, invoice(stated)).unwrap();
        for (day, body) in payments {
            facts.insert(RecordKind::Payment, at(day), 1, body).unwrap();
        }
        let ledger = FactsAsOf::new(Arc::new(facts), at(30)).receivables("c1");
        let invoice = ledger.get("i1").unwrap();
        (invoice.days_late(), invoice.open_amount)
    }

    #[test]
    fn money_that_was_sent_back_pays_nothing() {
        let sent_back = payment("p2", 20, "-100", json!({}));
        let came = || payment("p1", 10, "100", json!({}));
        assert_eq!(seen(json!({}), vec![came()]), (Some(-2), 0.0));
        assert_eq!(seen(json!({}), vec![came(), sent_back]), (None, 100.0));
        let (back, again) = (
            payment("p2", 20, "-100", json!({})),
            payment("p3", 25, "100", json!({})),
        );
        assert_eq!(seen(json!({}), vec![came(), back, again]), (Some(13), 0.0));
    }

    #[test]
    fn money_in_another_currency_pays_nobody_knows_how_much() {
        let yen = payment("p1", 10, "100", json!({"currency": "JPY"}));
        assert_eq!(seen(json!({}), vec![yen]), (None, 100.0));
    }

    #[test]
    fn a_payment_is_matched_by_the_number_of_its_customers_invoice() {
        let by_number = |more: Value| {
            let base = json!({"invoice_id": null, "invoice_number": "R-7"});
            vec![payment("p1", 10, "100", with(base, more))]
        };
        assert_eq!(seen(json!({}), by_number(json!({}))), (Some(-2), 0.0));
        let own = json!({"customer_id": "c1"});
        assert_eq!(seen(json!({}), by_number(own)), (Some(-2), 0.0));
        let of_another = json!({"customer_id": "c2"});
        assert_eq!(seen(json!({}), by_number(of_another)), (None, 100.0));
    }

    #[test]
    fn a_payment_that_is_matched_anew_pays_what_its_version_in_force_says() {
        let on_account = json!({"invoice_id": null, "customer_id": "c1"});
        let by_number = json!({"invoice_id": null, "invoice_number": "R-7"});
        let spread = json!({"invoice_id": null, "allocations": [{"invoice_id": "i1", "amount": "60"},
            {"invoice_id": "i1", "amount": "40"}]});
        let elsewhere = json!({"invoice_id": "i2"});
        let spent = json!({"vendor_id": "v1"});
        for before in [&on_account, &by_number, &spread, &elsewhere] {
            for (after, own) in [
                (&spread, 100.0),
                (&json!({}), 100.0),
                (&elsewhere, 0.0),
                (&spent, 0.0),
            ] {
                let mut facts = Facts::default();
                let kind = RecordKind::CustomerInvoice;
                facts.insert(kind, at(2), 1, invoice(json!({}))).unwrap();
                let versions = [(5, before), (9, after)];
                for (version, (day, more)) in (1..).zip(versions) {
                    let (_, body) = payment("p1", 5, "100", more.clone());
                    let kind = RecordKind::Payment;
                    facts.insert(kind, at(day), version, body).unwrap();
                }
                let facts = Arc::new(facts);
                let history = FactsAsOf::new(Arc::clone(&facts), at(10));
                let paid = history.receivables("c1").get("i1").unwrap().open_amount;
                assert_eq!(paid, 100.0 - own, "{before} {after}");
                let left: f64 = history
                    .paid_on_account("c1")
                    .iter()
                    .map(|(_, part)| part)
                    .sum();
                assert_eq!(left, 0.0, "{before} {after}");
                // What was known before stays as it was.
                let history = FactsAsOf::new(facts, at(6));
                let paid = history.receivables("c1").get("i1").unwrap().open_amount;
                let expected = if before == &on_account || before == &elsewhere {
                    100.0
                } else {
                    0.0
                };
                assert_eq!(paid, expected, "{before}");
            }
        }
    }

    #[test]
    fn what_is_left_of_a_payment_is_on_account_and_nobody_owes_more_than_the_whole() {
        let mut facts = Facts::default();
        let kind = RecordKind::CustomerInvoice;
        facts.insert(kind, at(2), 1, invoice(json!({}))).unwrap();
        let more = json!({"invoice_id": null, "customer_id": "c1", "allocations": [{"invoice_id": "i2", "amount": "60"}]});
        let (_, body) = payment("p1", 5, "100", more);
        facts.insert(RecordKind::Payment, at(5), 1, body).unwrap();
        let (_, sent_back) = payment("p2", 6, "-50", json!({}));
        facts
            .insert(RecordKind::Payment, at(6), 1, sent_back)
            .unwrap();
        let history = FactsAsOf::new(Arc::new(facts), at(10));
        assert_eq!(history.paid_on_account("c1"), [(Currency::EUR, 40.0)]);
        let ledger = history.receivables("c1");
        assert_eq!(ledger.get("i1").unwrap().open_amount, 100.0);
    }

    #[test]
    fn a_number_that_is_corrected_later_changes_nothing_before() {
        let mut facts = Facts::default();
        let kind = RecordKind::CustomerInvoice;
        for (version, day, number) in [
            (1, 2, json!(null)),
            (2, 4, json!("R-7")),
            (3, 20, json!("R-8")),
        ] {
            let body = invoice(json!({"number": number}));
            facts.insert(kind, at(day), version, body).unwrap();
        }
        let (_, body) = payment(
            "p1",
            10,
            "100",
            json!({"invoice_id": null, "invoice_number": "R-7"}),
        );
        facts.insert(RecordKind::Payment, at(3), 1, body).unwrap();
        let facts = Arc::new(facts);
        for (day, open) in [(10, 0.0), (19, 0.0), (20, 100.0)] {
            let history = FactsAsOf::new(Arc::clone(&facts), at(day));
            assert_eq!(
                history.receivables("c1").get("i1").unwrap().open_amount,
                open,
                "{day}"
            );
        }
    }

    #[test]
    fn what_is_open_is_the_less_of_what_is_said_and_what_was_paid() {
        let part = || vec![payment("p1", 10, "40", json!({}))];
        assert_eq!(seen(json!({"open_amount": "100"}), part()), (None, 60.0));
        assert_eq!(seen(json!({"open_amount": "25"}), part()), (None, 25.0));
        assert_eq!(seen(json!({"status": "paid"}), vec![]), (None, 0.0));
        // A credit that was used up.
        let used = json!({"total": "-100", "open_amount": "0"});
        assert_eq!(seen(used, vec![]), (None, 0.0));
        assert_eq!(seen(json!({"total": "-100"}), vec![]), (None, -100.0));
    }

    #[test]
    fn what_names_no_invoice_is_on_the_customers_account() {
        let mut facts = Facts::default();
        let (_, body) = payment(
            "p1",
            10,
            "70",
            json!({"invoice_id": null, "customer_id": "c1"}),
        );
        facts.insert(RecordKind::Payment, at(10), 1, body).unwrap();
        let facts = Arc::new(facts);
        let on = |day: u32| FactsAsOf::new(Arc::clone(&facts), at(day)).paid_on_account("c1");
        assert_eq!(on(10), [(Currency::EUR, 70.0)]);
        assert!(on(9).iter().all(|(_, amount)| *amount == 0.0));
    }

    #[test]
    fn a_number_that_is_none_s_is_on_the_customers_account_until_an_invoice_has_it() {
        let mut facts = Facts::default();
        let mut put = |kind, day: u32, body| facts.insert(kind, at(day), 1, body).unwrap();
        let (of_invoices, of_payments) = (RecordKind::CustomerInvoice, RecordKind::Payment);
        put(of_invoices, 2, invoice(json!({})));
        let later =
            json!({"id": "i2", "number": "R-9", "issued_on": "2026-03-18", "due_on": "2026-03-28"});
        put(of_invoices, 20, invoice(later));
        let numbered = |id: &str, customer: &str, number: &str| {
            let more =
                json!({"invoice_id": null, "customer_id": customer, "invoice_number": number});
            payment(id, 5, "100", more).1
        };
        put(of_payments, 5, numbered("p1", "c1", "r 9"));
        put(of_payments, 5, numbered("p2", "c1", "R-7"));
        // Another's number is none of theirs.
        put(of_payments, 6, numbered("p3", "c2", "R-7"));
        let facts = Arc::new(facts);
        let seen = |day: u32, customer: &str| {
            let history = FactsAsOf::new(Arc::clone(&facts), at(day));
            let ledger = history.receivables(customer);
            let open: f64 = ledger.iter().map(|one| one.open_amount).sum();
            let paid = history.paid_on_account(customer);
            let on_account: f64 = paid.iter().map(|(_, part)| part).sum();
            (open, on_account)
        };
        for (day, expected) in [(4, (100.0, 0.0)), (10, (0.0, 100.0)), (20, (0.0, 0.0))] {
            assert_eq!(seen(day, "c1"), expected, "{day}");
            assert_eq!(seen(day, "c1"), expected, "{day}, asked again");
        }
        assert_eq!(seen(10, "c1"), (0.0, 100.0), "as it was before");
        assert_eq!((seen(5, "c2").1, seen(6, "c2").1), (0.0, 100.0));
    }

    #[test]
    fn an_invoice_is_owed_by_whom_it_was_corrected_to_from_then_on() {
        let mut facts = Facts::default();
        let kind = RecordKind::CustomerInvoice;
        let versions = [(2, "c1"), (10, "c2"), (20, "c1")];
        for (version, (day, customer)) in (1..).zip(versions) {
            let body = invoice(json!({"customer_id": customer}));
            facts.insert(kind, at(day), version, body).unwrap();
        }
        let facts = Arc::new(facts);
        for (day, whose, other) in [(5, "c1", "c2"), (12, "c2", "c1"), (25, "c1", "c2")] {
            let history = FactsAsOf::new(Arc::clone(&facts), at(day));
            assert_eq!(history.customer_of("i1").as_deref(), Some(whose), "{day}");
            assert_eq!(history.receivables(whose).len(), 1, "{day}");
            assert!(history.receivables(other).is_empty(), "{day}");
        }
    }
}
