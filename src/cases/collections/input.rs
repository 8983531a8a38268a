//! The question, and what is known of the invoice and its customer, taken over once.

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, Utc};
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive as _;
use serde::{Deserialize, Serialize};

use super::accounts::Accounts;
use super::contact::{Contact, Promises};
use super::features::{self, Known, Subject};
use super::notes::{NoteError, NoteTopic, Notes, ReadsNotes};
use crate::domain::Currency;
use crate::domain::records::{Customer, CustomerInvoiceStatus, Interaction};
use crate::history::{History, PaidLevels, Receivable, ReceivablesAsOf, identifier_key};
use crate::learn::forecast::{GoldenRow, to_json};

/// Paid invoices of the firm, and of them late and on time, below which nothing is said.
const LEAST_PAID: usize = 30;
const LEAST_OF_EACH: usize = 5;
/// Legal types of customers who are persons, spelling aside. Who trades alone is one to the law of data
/// protection too.
const PERSONS: [&str; 14] = [
    "NATURALPERSON",
    "INDIVIDUAL",
    "PERSON",
    "PRIVATE",
    "PRIVATEPERSON",
    "PRIVATEINDIVIDUAL",
    "CONSUMER",
    "NATUERLICHEPERSON",
    "NATÜRLICHEPERSON",
    "PRIVATPERSON",
    "SOLETRADER",
    "SOLEPROPRIETOR",
    "EINZELUNTERNEHMER",
    "FREELANCER",
];

/// What says that a customer is no person, spelling aside: whatever else stands there, a person may be
/// meant.
const NOT_SO: [&str; 13] = [
    "", "0", "FALSE", "F", "NO", "N", "NEIN", "NON", "NEE", "FALSCH", "FAUX", "FALSO", "ONWAAR",
];

/// Everything that the answer is made from, beside the features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollectionsInput {
    /// Id of the invoice.
    pub customer_invoice_id: String,
    /// Id of the customer.
    pub customer_id: String,
    /// The moment of the question.
    pub as_of: DateTime<Utc>,
    /// Invoice date.
    pub issued_on: NaiveDate,
    /// Day payment is due.
    pub due_on: NaiveDate,
    /// What is not yet paid, in the currency's smallest unit at most.
    #[serde(with = "rust_decimal::serde::str")]
    pub open_amount: Decimal,
    /// Its currency.
    pub currency: Currency,
    /// What was said.
    pub contact: Contact,
    /// What the customer paid for no invoice by name, or holds in credits, and what of it is left for
    /// this invoice once older ones are set off; none where it is less than the invoice.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "rust_decimal::serde::str_option"
    )]
    pub set_off: Option<Decimal>,
    /// All that the customer paid for no invoice by name or holds in credits, in the invoice's currency, whether
    /// it covers the invoice or not; none where nothing is there. Answers of before do not say.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "rust_decimal::serde::str_option"
    )]
    pub to_set_off: Option<Decimal>,
    /// What the latest notes speak of; not their text.
    #[serde(default, skip_serializing_if = "Notes::is_empty")]
    pub notes: Notes,
    /// Whether the customer is a person, as its record says.
    pub natural_person: bool,
    /// Whether there is no such record, where the firm keeps customers: then it may be a person, as one is
    /// whose record was erased.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub customer_unknown: bool,
    /// Whether the firm's history is long and varied enough.
    pub enough_history: bool,
    /// What the firm has set.
    pub policy: Policy,
    /// The same invoice with the term agreed with its customer, where it was issued with another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed: Option<Agreed>,
}

/// An invoice as it would be with the term that is agreed with its customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreed {
    /// Day payment would be due.
    pub due_on: NaiveDate,
    /// Its features.
    pub features: GoldenRow,
}

impl CollectionsInput {
    /// Whether it is contested, or reads as if it were.
    #[must_use]
    pub fn is_contested(&self) -> bool {
        self.contact.disputed || self.notes.stands(NoteTopic::Contests)
    }
}

/// What the firm sets for collections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Days late beyond which an invoice is very late.
    pub very_late_days: u32,
    /// Days from a contact on, its own counted, in which there is no other.
    pub contact_pause_days: u32,
}

/// What the case works with beside its model: what the firm sets, and who reads notes.
#[derive(Debug, Clone)]
pub struct Setting {
    /// What the firm sets.
    pub policy: Policy,
    /// Who reads notes.
    pub notes: Arc<dyn ReadsNotes>,
}

/// Why an invoice is not asked about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAsked {
    /// It was not known at that moment, or is dated later than its day.
    #[error("names no invoice that was known at that moment and issued by its day, in UTC")]
    Unknown,
    /// It was paid.
    #[error("was paid on {0}")]
    Paid(NaiveDate),
    /// It is a credit, is marked as paid, was withdrawn or given up.
    #[error("is nothing to collect: a credit, marked as paid, withdrawn or given up")]
    NotCollectable,
}

/// What one customer's invoices are judged by, looked up once for all of them.
pub struct CustomerFile {
    /// Id of the customer.
    pub id: String,
    /// Its invoices.
    pub ledger: ReceivablesAsOf,
    /// How the firm's customers pay on the whole.
    levels: Arc<PaidLevels>,
    /// Its master data.
    pub customer: Option<Arc<Customer>>,
    /// Whether the firm keeps such of others.
    keeps_customers: bool,
    /// What was said.
    pub said: Vec<Arc<Interaction>>,
    /// What became of what it promised.
    promises: Promises,
    /// What it paid without saying for which invoice, by currency.
    on_account: Vec<(Currency, f64)>,
}

impl CustomerFile {
    /// Looks a customer up.
    #[must_use]
    pub fn of(id: &str, history: &dyn History) -> Self {
        let ledger = history.receivables(id);
        let said = history.interactions_with(id);
        Self {
            id: id.to_owned(),
            customer: history.customer(id),
            keeps_customers: history.keeps_customers(),
            promises: Promises::of(&said, &ledger),
            said,
            ledger,
            on_account: history.paid_on_account(id),
            levels: history.paid_levels(),
        }
    }

    /// Whether its record says that it is a person.
    #[must_use]
    pub fn is_natural_person(&self) -> bool {
        let Some(customer) = &self.customer else {
            return false;
        };
        let said = |name: &str| {
            let text = customer.attributes.get(name);
            text.map_or_else(String::new, |text| identifier_key(text))
        };
        PERSONS.contains(&said("legal_type").as_str())
            || !NOT_SO.contains(&said("natural_person").as_str())
    }

    fn accounts(&self) -> Arc<Accounts> {
        // Of a view that is kept no payment is to come: what was paid on account is the same for all who
        // share it.
        self.ledger
            .worked_out(|ledger| Accounts::of(ledger, &self.on_account))
    }

    /// What is left of unmatched money and credits for an invoice, oldest debts first, where it is as much as
    /// the invoice.
    pub(super) fn set_off(&self, invoice: &Receivable<'_>) -> Option<f64> {
        self.accounts().left_for(invoice)
    }

    /// What is there to be set off in a currency, whatever it covers: open credits, money that names no invoice,
    /// what was paid beyond totals or on what was withdrawn; none where nothing is.
    #[must_use]
    pub fn to_set_off(&self, currency: Currency) -> Option<Decimal> {
        let there = amount(self.accounts().money(currency), currency);
        // What was sent back may be more than what came.
        (there > Decimal::ZERO).then_some(there)
    }

    /// The same in every currency in which anything is there, whether something is open in it or not.
    #[must_use]
    pub fn all_to_set_off(&self) -> Vec<(Currency, Decimal)> {
        let accounts = self.accounts();
        let there = accounts.currencies();
        let there = there.filter_map(|one| Some((one, self.to_set_off(one)?)));
        there.collect()
    }

    /// Its invoices that money is to be had for.
    pub fn open(&self) -> impl Iterator<Item = Receivable<'_>> {
        open(&self.ledger)
    }

    /// The same, each with what is open of it as money.
    pub fn open_amounts(&self) -> impl Iterator<Item = (Receivable<'_>, Decimal)> {
        let open = self.open();
        open.map(|one| (one, amount(one.open_amount, one.currency)))
    }

    pub(super) fn read(
        &self,
        invoice: &Receivable<'_>,
        firm: Firm<'_>,
        as_of: DateTime<Utc>,
    ) -> Result<(CollectionsInput, Vec<f64>), NoteError> {
        let today = self.ledger.today();
        let notes = Notes::of(invoice.id, &self.said, today, &*firm.setting.notes)?;
        let contact = Contact::of(invoice.id, &self.said, &self.promises, &self.ledger);
        let disputed = invoice.status == Some(CustomerInvoiceStatus::Disputed);
        let contact = Contact {
            disputed: contact.disputed || disputed,
            ..contact
        };
        let subject = Subject {
            id: invoice.id,
            issued_on: invoice.issued_on,
            due_on: invoice.due_on,
            amount: invoice.amount,
            currency: invoice.currency,
            sort: invoice.sort,
        };
        let known = Known {
            ledger: &self.ledger,
            levels: &self.levels,
            customer: self.customer.as_deref(),
            contact: &contact,
            notes: &notes,
        };
        let row = features::row(&subject, &known);
        let term = known
            .customer
            .and_then(|customer| customer.payment_terms_days);
        let due_on =
            term.and_then(|days| subject.issued_on.checked_add_days(Days::new(days.into())));
        let agreed = due_on
            .filter(|due_on| *due_on != subject.due_on)
            .map(|due_on| Agreed {
                due_on,
                features: to_json(&features::row(&Subject { due_on, ..subject }, &known)),
            });
        let input = CollectionsInput {
            customer_invoice_id: invoice.id.to_owned(),
            customer_id: self.id.clone(),
            as_of,
            issued_on: invoice.issued_on,
            due_on: invoice.due_on,
            open_amount: amount(invoice.open_amount, invoice.currency),
            currency: invoice.currency,
            contact,
            set_off: self
                .set_off(invoice)
                .map(|money| amount(money, invoice.currency)),
            to_set_off: self.to_set_off(invoice.currency),
            notes,
            natural_person: self.is_natural_person(),
            customer_unknown: self.customer.is_none() && self.keeps_customers,
            enough_history: firm.enough_history,
            policy: firm.setting.policy,
            agreed,
        };
        Ok((input, row))
    }
}

/// Invoices that money is to be had for.
pub(super) fn open(ledger: &ReceivablesAsOf) -> impl Iterator<Item = Receivable<'_>> {
    ledger.iter().filter(|invoice| check(invoice).is_ok())
}

/// What holds for every invoice of the firm.
#[derive(Debug, Clone, Copy)]
pub struct Firm<'a> {
    /// Whether its history is long and varied enough.
    pub enough_history: bool,
    /// What it has set, and who reads its notes.
    pub setting: &'a Setting,
}

impl<'a> Firm<'a> {
    /// Looks the firm's history up.
    #[must_use]
    pub fn of(history: &dyn History, setting: &'a Setting) -> Self {
        Self {
            enough_history: history.has_paid(LEAST_PAID, LEAST_OF_EACH),
            setting,
        }
    }
}

/// Whether an invoice can be asked about.
pub(super) fn check(invoice: &Receivable<'_>) -> Result<(), NotAsked> {
    if let Some(day) = invoice.cleared_on {
        return Err(NotAsked::Paid(day));
    }
    let given_up = invoice.status == Some(CustomerInvoiceStatus::WrittenOff);
    if given_up || !invoice.is_collectable() || invoice.open_amount <= 0.0 {
        return Err(NotAsked::NotCollectable);
    }
    Ok(())
}

/// Smallest units up to which a number of the ledger tells each from the next.
const TOLD_APART: f64 = 9.0e15;

/// An amount of the ledger as money again.
pub(super) fn amount(number: f64, currency: Currency) -> Decimal {
    let places = currency.minor_units();
    let units = (number * 10_f64.powi(places as i32)).round_ties_even();
    if units.abs() <= TOLD_APART {
        return Decimal::new(units as i64, places);
    }
    let mut rounded = Decimal::from_f64(number)
        .unwrap_or_default()
        .round_dp(places);
    rounded.rescale(places);
    rounded
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::RecordKind;
    use crate::history::{Facts, FactsAsOf};

    #[test]
    fn what_is_set_off_is_what_was_paid_by_then_whoever_asked_before() {
        let at = |text: &str| -> DateTime<Utc> { text.parse().unwrap() };
        let mut facts = Facts::default();
        let invoice = json!({"id": "i", "customer_id": "c", "issued_on": "2026-03-02",
            "due_on": "2026-03-12", "currency": "EUR", "total": "100"});
        let payment = json!({"id": "p", "customer_id": "c", "paid_on": "2026-03-05",
            "amount": "150", "currency": "EUR"});
        for (kind, known, body) in [
            (RecordKind::CustomerInvoice, "2026-03-02T09:00:00Z", invoice),
            (RecordKind::Payment, "2026-03-05T15:00:00Z", payment),
        ] {
            facts.insert(kind, at(known), 1, body).unwrap();
        }
        let facts = Arc::new(facts);
        let set_off = |moment: &str| {
            let file = CustomerFile::of("c", &FactsAsOf::new(Arc::clone(&facts), at(moment)));
            let invoice = file.ledger.get("i").unwrap();
            file.set_off(&invoice)
        };
        for (moment, left) in [
            ("2026-03-05T16:00:00Z", Some(150.0)),
            ("2026-03-05T09:00:00Z", None),
            ("2026-03-05T09:00:00Z", None),
            ("2026-03-05T15:00:00Z", Some(150.0)),
            ("2026-03-05T17:00:00Z", Some(150.0)),
            ("2026-03-04T17:00:00Z", None),
            ("2026-03-06T09:00:00Z", Some(150.0)),
        ] {
            assert_eq!(set_off(moment), left, "{moment}");
        }
    }
}
