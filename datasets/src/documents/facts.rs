//! What one document is about, before anybody decides how it looks.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use scrutineer::cases::invoice::DocumentType;

use super::country::Country;
use super::locale::Language;
use super::party::Party;
use super::totals::Totals;

/// One thing charged.
#[derive(Debug, Clone, Default)]
pub(crate) struct Item {
    pub(crate) code: String,
    pub(crate) description: String,
    /// Who did it, on services invoices.
    pub(crate) person: String,
    /// When it was done, on services invoices.
    pub(crate) date: Option<NaiveDate>,
    pub(crate) quantity: Decimal,
    pub(crate) unit: String,
    pub(crate) unit_price: Decimal,
    /// Line discount in percent, zero for none.
    pub(crate) discount: Decimal,
    pub(crate) net: Decimal,
    /// Tax rate in percent.
    pub(crate) rate: Decimal,
}

/// A booking on a statement or an open item on a reminder.
#[derive(Debug, Clone)]
pub(crate) struct Booking {
    pub(crate) date: NaiveDate,
    pub(crate) number: String,
    pub(crate) due: NaiveDate,
    /// Positive for an invoice, negative for a payment.
    pub(crate) amount: Decimal,
}

/// Why no tax is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exemption {
    None,
    ReverseCharge,
    Exempt,
}

/// Everything the document could print.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    pub(crate) kind: DocumentType,
    pub(crate) language: Language,
    pub(crate) second_language: Option<Language>,
    pub(crate) country: &'static Country,
    pub(crate) currency: &'static str,
    pub(crate) seller: Party,
    pub(crate) buyer: Party,
    pub(crate) ship_to: Option<Party>,
    pub(crate) number: String,
    pub(crate) issue_date: NaiveDate,
    pub(crate) due_date: Option<NaiveDate>,
    pub(crate) terms_days: u32,
    pub(crate) period: Option<(NaiveDate, NaiveDate)>,
    pub(crate) delivery_date: Option<NaiveDate>,
    pub(crate) order_number: Option<String>,
    pub(crate) sales_order: Option<String>,
    pub(crate) customer_number: Option<String>,
    pub(crate) delivery_note: Option<String>,
    pub(crate) contract: Option<String>,
    pub(crate) project: Option<String>,
    pub(crate) preceding: Option<String>,
    pub(crate) items: Vec<Item>,
    pub(crate) totals: Totals,
    pub(crate) exemption: Exemption,
    pub(crate) cash_discount: Option<u32>,
    pub(crate) previous_balance: Option<Decimal>,
    pub(crate) bookings: Vec<Booking>,
    pub(crate) traits: Vec<&'static str>,
    pub(crate) oddities: Vec<String>,
}
