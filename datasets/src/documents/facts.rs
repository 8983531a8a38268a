//! What one document is about, before anybody decides how it looks.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::country::Country;
use super::locale::Language;
use super::party::Party;
use super::totals::Totals;
use super::truth::DocumentKind;

/// One thing charged.
#[derive(Debug, Clone, Default)]
pub(super) struct Item {
    pub(super) code: String,
    pub(super) description: String,
    /// Who did it, on services invoices.
    pub(super) person: String,
    /// When it was done, on services invoices.
    pub(super) date: Option<NaiveDate>,
    pub(super) quantity: Decimal,
    pub(super) unit: String,
    pub(super) unit_price: Decimal,
    /// Line discount in percent, zero for none.
    pub(super) discount: Decimal,
    pub(super) net: Decimal,
    /// Tax rate in percent.
    pub(super) rate: Decimal,
}

/// A booking on a statement or an open item on a reminder.
#[derive(Debug, Clone)]
pub(super) struct Booking {
    pub(super) date: NaiveDate,
    pub(super) number: String,
    pub(super) due: NaiveDate,
    /// Positive for an invoice, negative for a payment.
    pub(super) amount: Decimal,
}

/// Why no tax is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exemption {
    None,
    ReverseCharge,
    Exempt,
}

/// Everything the document could print.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    pub(super) kind: DocumentKind,
    pub(super) language: Language,
    pub(super) second_language: Option<Language>,
    pub(super) country: &'static Country,
    pub(super) currency: &'static str,
    pub(super) seller: Party,
    pub(super) buyer: Party,
    pub(super) ship_to: Option<Party>,
    pub(super) number: String,
    pub(super) issue_date: NaiveDate,
    pub(super) due_date: Option<NaiveDate>,
    pub(super) terms_days: u32,
    pub(super) period: Option<(NaiveDate, NaiveDate)>,
    pub(super) delivery_date: Option<NaiveDate>,
    pub(super) order_number: Option<String>,
    pub(super) sales_order: Option<String>,
    pub(super) customer_number: Option<String>,
    pub(super) delivery_note: Option<String>,
    pub(super) contract: Option<String>,
    pub(super) project: Option<String>,
    pub(super) preceding: Option<String>,
    pub(super) items: Vec<Item>,
    pub(super) totals: Totals,
    pub(super) exemption: Exemption,
    pub(super) cash_discount: Option<u32>,
    pub(super) previous_balance: Option<Decimal>,
    pub(super) bookings: Vec<Booking>,
    pub(super) traits: Vec<&'static str>,
    pub(super) oddities: Vec<String>,
}
