//! Invoices, claims and card transactions in the one form they are compared in.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::Number;
use super::number::names_nothing;
use crate::domain::records::{CardTransaction, ExpenseClaim, PaidBy, PurchaseOrder, Vendor};
use crate::domain::{Amount, Currency, RecordKind};
use crate::history::{KnownInvoice, UnrecordedDocument, identifier_key};

/// One thing the firm paid or is asked to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Kind of the record it came as.
    pub kind: RecordKind,
    /// Id of the record; of a document `document/ID`.
    pub id: String,
    /// When it became known; the start of its day where the record does not say.
    pub known_at: DateTime<Utc>,
    /// Vendor id, or the words of the merchant's bare name, in order.
    pub party: Option<String>,
    /// Name of the vendor or merchant, as given.
    pub party_name: Option<String>,
    /// Name that the vendor trades under, by which claims and statements of cards call it.
    pub trading_name: Option<String>,
    /// Document number.
    pub number: Option<Number>,
    /// Date of the document or purchase.
    pub date: NaiveDate,
    /// Whether it is a document and no record: its date was read from it, and not entered by whoever
    /// recorded it.
    pub is_document: bool,
    /// Whether that document is a receipt, which nobody is to pay.
    pub is_receipt: bool,
    /// Whether the party is on no record of the firm: then its id says nothing of others.
    pub is_of_stranger: bool,
    /// Amount in the smallest unit of its currency; negative for a credit.
    pub minor: i128,
    /// Currency.
    pub currency: Currency,
    /// Amount in hundredths of the firm's currency, where the record says it or is of it.
    pub home_minor: Option<i128>,
    /// What was bought.
    pub description: Option<String>,
    /// Who claims or holds the card; the card itself where its holder is not known.
    pub employee: Option<String>,
    /// Whether that is a card.
    pub is_by_card: bool,
    /// Order named, as written.
    pub order: Option<String>,
    /// The same however it is spelt.
    pub order_key: Option<String>,
    /// What was ordered, without tax and in the smallest unit of the currency; known of what is asked
    /// about.
    pub ordered: Option<i128>,
    /// Account it asks to be paid to, however it is spelt.
    pub bank: Option<String>,
    /// Expense report it is a line of.
    pub report: Option<String>,
    /// Digest of the document or receipt.
    pub document: Option<String>,
    /// Digests of other documents that show its picture, in order; known of what is asked about.
    pub same_pictures: Vec<String>,
    /// Number of the invoice it corrects.
    pub corrects: Option<Number>,
    /// Card transaction it explains.
    pub explains: Option<String>,
    /// Whether the claimant is to be paid back.
    pub reimbursed: bool,
}

impl Item {
    /// From a vendor's invoice, with the vendor's name where it is known.
    #[must_use]
    pub fn from_invoice(invoice: &KnownInvoice, vendor_name: Option<&str>) -> Self {
        Self {
            party: Some(invoice.vendor_id.to_string()),
            party_name: vendor_name.map(str::to_owned),
            number: Number::new(&invoice.number),
            order: invoice.order_number.clone(),
            order_key: invoice.order_number.as_deref().and_then(key_of),
            bank: invoice.iban.as_deref().and_then(account_of),
            document: invoice
                .document_sha256
                .as_ref()
                .map(|digest| digest.as_str().to_owned()),
            corrects: invoice.preceding_invoice.as_deref().and_then(Number::new),
            ..Self::bare(
                RecordKind::VendorInvoice,
                invoice.id.to_string(),
                invoice.known_at,
                invoice.issued_on,
                (invoice.total.amount, invoice.total.currency),
            )
        }
    }

    /// From an invoice of a vendor with the names on its record, where it is known.
    #[must_use]
    pub fn billed_by(invoice: &KnownInvoice, vendor: Option<&Vendor>) -> Self {
        let item = Self::from_invoice(invoice, vendor.map(|vendor| vendor.name.as_str()));
        item.trading_as(vendor.and_then(|vendor| vendor.trading_name.as_deref()))
    }

    /// From a document that no record names.
    #[must_use]
    pub fn from_document(document: &UnrecordedDocument) -> Self {
        Self {
            document: Some(document.sha256.clone()),
            is_document: true,
            is_receipt: document.is_receipt,
            is_of_stranger: !document.seller_on_record,
            known_at: document.received_at,
            // A firm may give its records the ids of their documents.
            id: format!("document/{}", document.invoice.id),
            ..Self::from_invoice(&document.invoice, Some(&document.seller))
        }
        .trading_as(document.seller_trading_name.as_deref())
    }

    /// Of a vendor that trades under another name as well.
    #[must_use]
    pub fn trading_as(self, name: Option<&str>) -> Self {
        Self {
            trading_name: name.map(str::to_owned),
            ..self
        }
    }

    /// From a line of an expense report.
    #[must_use]
    pub fn from_claim(claim: &ExpenseClaim) -> Self {
        Self {
            party: claim.merchant.as_deref().and_then(party_of),
            party_name: claim.merchant.clone(),
            home_minor: claim.home_amount.map(|amount| minor(amount, 2)),
            description: claim.description.clone().or_else(|| claim.category.clone()),
            employee: Some(claim.employee_id.to_string()),
            report: claim.report_id.as_ref().map(ToString::to_string),
            document: claim
                .receipt_sha256
                .as_ref()
                .map(|digest| digest.as_str().to_owned()),
            explains: claim.card_transaction_id.as_ref().map(ToString::to_string),
            // Who names the card and not who paid says that the card did.
            reimbursed: match claim.paid_by {
                Some(PaidBy::CompanyCard | PaidBy::Company) => false,
                Some(PaidBy::Employee) => true,
                None => claim.card_transaction_id.is_none(),
            },
            ..Self::bare(
                RecordKind::ExpenseClaim,
                claim.id.to_string(),
                claim.known_at,
                claim.incurred_on,
                (claim.amount, claim.currency),
            )
        }
    }

    /// From one use of a company card.
    #[must_use]
    pub fn from_card(transaction: &CardTransaction) -> Self {
        let holder = transaction
            .employee_id
            .as_ref()
            .or(transaction.card_id.as_ref());
        Self {
            party: transaction.merchant.as_deref().and_then(party_of),
            party_name: transaction.merchant.clone(),
            home_minor: transaction.home_amount.map(|amount| minor(amount, 2)),
            description: transaction.description.clone(),
            employee: holder.map(ToString::to_string),
            is_by_card: transaction.employee_id.is_none(),
            ..Self::bare(
                RecordKind::CardTransaction,
                transaction.id.to_string(),
                transaction.known_at,
                transaction.transacted_on,
                (transaction.amount, transaction.currency),
            )
        }
    }

    /// With what every record holds.
    fn bare(
        kind: RecordKind,
        id: String,
        known_at: Option<DateTime<Utc>>,
        date: NaiveDate,
        (amount, currency): (Amount, Currency),
    ) -> Self {
        Self {
            kind,
            id,
            known_at: known_at.unwrap_or_else(|| date.and_time(NaiveTime::MIN).and_utc()),
            party: None,
            party_name: None,
            trading_name: None,
            number: None,
            date,
            is_document: false,
            is_receipt: false,
            is_of_stranger: false,
            minor: minor(amount, currency.minor_units()),
            currency,
            home_minor: None,
            description: None,
            employee: None,
            is_by_card: false,
            order: None,
            order_key: None,
            ordered: None,
            bank: None,
            report: None,
            document: None,
            same_pictures: Vec::new(),
            corrects: None,
            explains: None,
            reimbursed: false,
        }
    }

    /// In a firm of this currency: what is of it needs no conversion.
    #[must_use]
    pub fn in_firm_of(mut self, home: Currency) -> Self {
        if self.home_minor.is_none() && self.currency == home {
            self.home_minor = Some(self.hundredths());
        }
        self
    }

    /// With the total of the order that it names, among orders of the number.
    #[must_use]
    pub fn with_order<'a>(mut self, orders: impl Iterator<Item = &'a PurchaseOrder>) -> Self {
        let own = |order: &&PurchaseOrder| {
            self.party.as_deref() == Some(order.vendor_id.as_str())
                && order.currency == self.currency
        };
        let totals = orders.filter(own).filter_map(|order| order.total);
        self.ordered = totals
            .map(|total| minor(total, self.currency.minor_units()))
            .max();
        self
    }

    /// The amount; zero for one too large to be written, which none is that came as an [`Amount`].
    #[must_use]
    pub fn amount(&self) -> Decimal {
        Decimal::try_from_i128_with_scale(self.minor, self.currency.minor_units())
            .unwrap_or_default()
    }

    /// The amount in hundredths, whatever the smallest unit of its currency.
    #[must_use]
    pub fn hundredths(&self) -> i128 {
        match self.currency.minor_units() {
            places @ 0..=2 => self.minor.saturating_mul(10_i128.pow(2 - places)),
            places => self.minor / 10_i128.pow(places - 2),
        }
    }

    /// Whether it names the number of another as what it corrects.
    #[must_use]
    pub fn names(&self, other: &Self) -> bool {
        let numbers = self.corrects.as_ref().zip(other.number.as_ref());
        numbers.is_some_and(|(named, number)| named.skeleton == number.skeleton)
    }

    /// Who spent on either side, where that can be compared: a card is not the person who may hold it.
    #[must_use]
    pub fn spenders<'a>(&'a self, other: &'a Self) -> Option<(&'a str, &'a str)> {
        let both = self.employee.as_deref().zip(other.employee.as_deref());
        both.filter(|_| self.is_by_card == other.is_by_card)
    }

    /// What it is called: `vendor_invoice/ID`, `document/ID`.
    #[must_use]
    pub fn name(&self) -> String {
        if self.is_document {
            return self.id.clone();
        }
        format!("{}/{}", self.kind.as_str(), self.id)
    }

    /// The place in the order in which things became known; days, kinds and ids part what came at one
    /// moment.
    #[must_use]
    pub fn order_key(&self) -> (DateTime<Utc>, NaiveDate, RecordKind, &str) {
        (self.known_at, self.date, self.kind, &self.id)
    }
}

/// Whole smallest units; an [`Amount`] is within 10^15, so none is too large.
fn minor(amount: Amount, places: u32) -> i128 {
    let shifted = amount.decimal() * Decimal::from(10_u64.pow(places));
    shifted.round().to_i128().unwrap_or_default()
}

/// An identifier however it is spelt; `-` and `n/a` name nothing.
fn key_of(identifier: &str) -> Option<String> {
    Some(identifier_key(identifier)).filter(|key| !names_nothing(key))
}

/// An account however it is spelt; one without a digit, as `n/a`, is none.
fn account_of(iban: &str) -> Option<String> {
    key_of(iban).filter(|key| key.chars().any(char::is_numeric))
}

/// A merchant, whom some call `Krone Hotel` and others `Hotel Krone`.
fn party_of(merchant: &str) -> Option<String> {
    bare_name(merchant).map(|name| in_order(&name))
}

/// The words of a bare name in the order of the alphabet.
pub(super) fn in_order(name: &str) -> String {
    let mut words: Vec<&str> = name.split(' ').collect();
    words.sort_unstable();
    words.join(" ")
}

/// A merchant's name without case, accents, punctuation, branch numbers and legal forms, and without whoever
/// took the card for it: `SQ *Cafe Luna` is paid by card where a claim says `Cafe Luna`. A name that is nothing
/// but legal forms or numbers keeps them, as `1&1 AG` its numbers.
#[must_use]
pub fn bare_name(name: &str) -> Option<String> {
    // Those that stand before other merchants' names, and not before what is their own.
    const TAKERS: [&str; 14] = [
        "cko", "ic", "iz", "izettle", "klarna", "paypal", "pp", "sp", "sq", "square", "stripe",
        "sumup", "tst", "zettle",
    ];
    const FORMS: [&str; 14] = [
        "gmbh", "ag", "kg", "ltd", "limited", "llc", "inc", "corp", "sa", "sarl", "bv", "plc",
        "co", "ug",
    ];
    let lower: String = if name.is_ascii() {
        name.to_ascii_lowercase()
    } else {
        let plain = name.nfkd().filter(|c| !is_combining_mark(*c));
        plain.flat_map(char::to_lowercase).collect()
    };
    let paid_through = lower.split_once('*').filter(|(taker, merchant)| {
        TAKERS.contains(&taker.trim()) && merchant.chars().any(char::is_alphabetic)
    });
    let merchant = paid_through.map_or(lower.as_str(), |(_, merchant)| merchant);
    let words: Vec<&str> = merchant
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let words = without(words, |word| FORMS.contains(&word));
    let words = without(words, |word| word.bytes().all(|b| b.is_ascii_digit()));
    (!words.is_empty()).then(|| words.join(" "))
}

/// The words but for some; all where they are nothing else.
fn without(words: Vec<&str>, is_left_out: impl Fn(&str) -> bool) -> Vec<&str> {
    let left = words.iter().copied().filter(|word| !is_left_out(word));
    let left: Vec<&str> = left.collect();
    if left.is_empty() { words } else { left }
}
