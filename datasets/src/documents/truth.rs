//! What a document says, exactly: one row of `schema/document_truth.json`.

use rust_decimal::Decimal;
use scrutineer::cases::invoice::DocumentType;
use serde::{Deserialize, Serialize};

/// One line item, as far as it is printed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TruthLine {
    /// What was supplied (BT-153).
    pub description: Option<String>,
    /// How many (BT-129).
    pub quantity: Option<Decimal>,
    /// Price of one (BT-146), in document currency.
    pub unit_price: Option<Decimal>,
    /// Line amount (BT-131), in document currency.
    pub net: Option<Decimal>,
    /// Tax rate (BT-152) in percent.
    pub tax_rate: Option<Decimal>,
}

/// Tax of one rate.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TruthTax {
    /// Rate (BT-119) in percent.
    pub rate: Decimal,
    /// What is taxed at that rate (BT-116); not always printed.
    pub base: Decimal,
    /// Tax (BT-117).
    pub tax: Decimal,
}

/// Everything a generated document says. A field is absent when it is not printed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    /// File name.
    pub file: String,
    /// Lower-case hex SHA-256 of the bytes.
    pub sha256: String,
    /// The kind of document.
    #[serde(rename = "type")]
    pub kind: DocumentType,
    /// UNTDID 1001 code (BT-3).
    pub type_code: Option<String>,
    /// Document number (BT-1).
    pub number: Option<String>,
    /// Issue date (BT-2), ISO 8601.
    pub issue_date: Option<String>,
    /// Due date (BT-9), ISO 8601; absent where only terms are printed.
    pub due_date: Option<String>,
    /// Start of the period (BT-73), ISO 8601.
    pub service_start: Option<String>,
    /// End of the period (BT-74), ISO 8601.
    pub service_end: Option<String>,
    /// Currency (BT-5), ISO 4217.
    pub currency: Option<String>,
    /// Seller's name (BT-27).
    pub seller: Option<String>,
    /// Seller's VAT id (BT-31), without spaces.
    pub seller_vat: Option<String>,
    /// Seller's country (BT-40), where a name or the VAT prefix shows it.
    pub seller_country: Option<String>,
    /// Buyer's name (BT-44).
    pub buyer: Option<String>,
    /// Buyer's VAT id (BT-48), without spaces.
    pub buyer_vat: Option<String>,
    /// The buyer's order number (BT-13).
    pub order_number: Option<String>,
    /// Total without tax (BT-109).
    pub net: Option<Decimal>,
    /// Total tax (BT-110).
    pub tax: Option<Decimal>,
    /// Total with tax (BT-112).
    pub total: Option<Decimal>,
    /// Amount due (BT-115).
    pub payable: Option<Decimal>,
    /// Payment account (BT-84), without spaces.
    pub iban: Option<String>,
    /// Line items, in order.
    pub lines: Vec<TruthLine>,
    /// Tax by rate, where there is any tax, whether printed or not.
    pub taxes: Vec<TruthTax>,
    /// ISO 639-1 code of the main language.
    pub language: String,
    /// Name of the layout.
    pub layout: String,
    /// Legal peculiarities: `reverse_charge`, `several_rates`, `prepaid`, ...
    pub traits: Vec<String>,
    /// Planted faults somebody should find: `bad_arithmetic`, `duplicate`, ...
    pub oddities: Vec<String>,
}
