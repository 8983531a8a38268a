//! What a document is made of and what it said: pages, words, fields, lines.
//!
//! Every reader (CII, UBL, FatturaPA, page text) fills the same [`Reading`], so
//! that a field read from structure and one read from a page can be compared.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::field_name::FieldName;
use super::picture::Look;

/// Most accounts kept beside the first: a letterhead names a handful, a list of payments is no invoice.
const MAX_OTHER_ACCOUNTS: usize = 50;

/// A rectangle on a page in PDF points (1/72 inch), origin at the top left of
/// the page as displayed; `x0 <= x1`, `y0 <= y1`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BBox {
    /// Left edge.
    pub x0: f32,
    /// Top edge.
    pub y0: f32,
    /// Right edge.
    pub x1: f32,
    /// Bottom edge.
    pub y1: f32,
}

impl BBox {
    /// The smallest rectangle that holds both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }

    /// In other units, within a page of some width and height.
    #[must_use]
    pub fn scaled(self, scale: f32, width: f32, height: f32) -> Self {
        Self {
            x0: (self.x0 * scale).clamp(0.0, width),
            y0: (self.y0 * scale).clamp(0.0, height),
            x1: (self.x1 * scale).clamp(0.0, width),
            y1: (self.y1 * scale).clamp(0.0, height),
        }
    }

    /// Height in points.
    #[must_use]
    pub fn height(self) -> f32 {
        self.y1 - self.y0
    }

    /// Width in points.
    #[must_use]
    pub fn width(self) -> f32 {
        self.x1 - self.x0
    }
}

/// One word, in reading order within its page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// The characters, Unicode NFKC, without white space.
    pub text: String,
    /// Where it stands.
    pub bbox: BBox,
    /// Font size in points as displayed; of pixels, the height of its line.
    pub size: f32,
    /// Whether the font says it is bold; pixels do not.
    pub bold: bool,
}

/// One page: its size in points and its words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// 1 for the first page.
    pub number: u32,
    /// Width in points as displayed.
    pub width: f32,
    /// Height in points as displayed.
    pub height: f32,
    /// Its words in reading order; empty where none were read.
    pub words: Vec<Word>,
    /// Where the words come from: [`Source::Page`] for a text layer, [`Source::Ocr`] for pixels.
    pub source: Source,
}

/// What the bytes are, by content and never by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Media {
    /// A PDF file.
    Pdf,
    /// UN/CEFACT Cross Industry Invoice (ZUGFeRD 1 and 2, Factur-X, XRechnung).
    Cii,
    /// OASIS UBL 2.1 Invoice or CreditNote.
    Ubl,
    /// Italian FatturaPA.
    Fatturapa,
    /// XML of another vocabulary.
    Xml,
    /// A raster image (PNG, JPEG, TIFF, ...).
    Image,
    /// Anything else.
    Unknown,
}

impl Media {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Cii => "cii",
            Self::Ubl => "ubl",
            Self::Fatturapa => "fatturapa",
            Self::Xml => "xml",
            Self::Image => "image",
            Self::Unknown => "unknown",
        }
    }
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Read from an e-invoice's structure.
    Xml,
    /// Read from the text layer of a page.
    Page,
    /// Read from pixels.
    Ocr,
    /// Computed from other fields.
    Derived,
}

/// One value the document states.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Field {
    /// Normalised: ISO 8601 dates, plain decimals with a point, IBAN and VAT id
    /// without spaces, ISO 4217 currency, ISO 3166 country, UNTDID 1001 type code.
    pub value: String,
    /// The characters as they stand in the document.
    pub raw: String,
    /// Calibrated probability that `value` is right, 0..=1 (1 for structure).
    pub confidence: f64,
    /// Where the value comes from.
    pub source: Source,
    /// 1-based page, where it was read from a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// Its box on that page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bbox: Option<BBox>,
    /// Path of the element (`/Invoice/cbc:ID`), where it was read from XML.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// One line item (EN 16931 BG-25). Amounts are plain decimals in document currency.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Line {
    /// BT-126.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// BT-153 item name, with BT-154 description where there is no name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// BT-155 seller's item code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_code: Option<String>,
    /// BT-156 buyer's item code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buyer_item_code: Option<String>,
    /// BT-129.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub quantity: Option<Decimal>,
    /// BT-130, as stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// BT-146 net price of one base quantity.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub unit_price: Option<Decimal>,
    /// BT-149 base quantity of the price.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub price_base_quantity: Option<Decimal>,
    /// BT-136 less BT-141: allowances minus charges on the line.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub allowance: Option<Decimal>,
    /// BT-131 net amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub net: Option<Decimal>,
    /// BT-152 in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub tax_rate: Option<Decimal>,
    /// BT-151 (UNTDID 5305).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_category: Option<String>,
    /// BT-134, ISO date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period_start: Option<String>,
    /// BT-135, ISO date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period_end: Option<String>,
    /// BT-132 referenced order line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_line: Option<String>,
    /// 1-based page, where read from a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// Its box on that page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bbox: Option<BBox>,
}

/// Tax by rate and category (EN 16931 BG-23).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct TaxSubtotal {
    /// BT-118 (UNTDID 5305).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// BT-119 in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub rate: Option<Decimal>,
    /// BT-116 taxable amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub base: Option<Decimal>,
    /// BT-117 tax amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub tax: Option<Decimal>,
    /// BT-120 exemption reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exemption_reason: Option<String>,
}

/// An allowance or charge at document level (BG-20, BG-21).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct AllowanceCharge {
    /// True for a charge, false for an allowance.
    pub is_charge: bool,
    /// BT-92 or BT-99, positive as stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub amount: Option<Decimal>,
    /// BT-97 or BT-104.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One instalment or due amount.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Instalment {
    /// ISO date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_date: Option<String>,
    /// Amount due then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub amount: Option<Decimal>,
}

/// Everything one reader made of one document.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Reading {
    /// Single-valued fields; absent when not stated or when the reader abstains.
    #[schema(value_type = std::collections::HashMap<String, Field>)]
    pub fields: BTreeMap<FieldName, Field>,
    /// Line items, in document order.
    pub lines: Vec<Line>,
    /// Tax breakdown.
    pub taxes: Vec<TaxSubtotal>,
    /// Document-level allowances and charges.
    pub allowances: Vec<AllowanceCharge>,
    /// Payment schedule, where stated.
    pub instalments: Vec<Instalment>,
    /// Accounts to pay to that it states beside [`FieldName::Iban`], each once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_accounts: Vec<Field>,
}

impl Reading {
    /// Every account to pay to that the document states, the one among its fields first.
    pub fn accounts(&self) -> impl Iterator<Item = &Field> {
        let first = self.fields.get(&FieldName::Iban);
        first.into_iter().chain(&self.other_accounts)
    }

    /// Adds an account to pay to, unless it is known or is the one that is debited.
    pub(super) fn add_account(&mut self, account: Field) {
        let debited = self.fields.get(&FieldName::DebitedAccount);
        let is_other = |field: &Field| field.value != account.value;
        let is_new = self.accounts().chain(debited).all(is_other);
        if is_new && self.other_accounts.len() < MAX_OTHER_ACCOUNTS {
            self.other_accounts.push(account);
        }
    }
}

/// An e-invoice found in the file, alone or attached to a PDF.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Structured {
    /// Its vocabulary: `Cii`, `Ubl` or `Fatturapa`.
    pub syntax: Media,
    /// Name of the attachment within the PDF, where it was one.
    pub attachment: Option<String>,
    /// What it says.
    pub reading: Reading,
    /// What in it could not be read, with line and path; the rest was.
    #[serde(default)]
    pub problems: Vec<Problem>,
}

/// Something about the file that a reader could not make sense of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Stable code in snake case, such as `xml_not_well_formed`, `no_text_layer`.
    pub code: String,
    /// One sentence for a person, naming line, column, object or field.
    pub text: String,
}

impl Problem {
    /// The pages hold numbers that nobody sees, and that were not read.
    pub const HIDDEN_TEXT: &'static str = "hidden_text";
    /// An e-invoice attached to the pages was not read, so that nothing compares the two.
    pub const ATTACHED_INVOICE_UNREAD: &'static str = "attached_invoice_unread";
    /// A further e-invoice attached to the pages says other things than the one that was read.
    pub const ATTACHED_INVOICES_DIFFER: &'static str = "attached_invoices_differ";
}

/// Bytes made into pages and structure; nothing judged yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parsed {
    /// What the bytes are.
    pub media: Media,
    /// Lower-case hex SHA-256 of the bytes.
    pub sha256: String,
    /// Pages with their words; empty for XML.
    pub pages: Vec<Page>,
    /// The e-invoice in the file, if any.
    pub structured: Option<Structured>,
    /// How it looks, for a picture or a scan.
    pub look: Option<Look>,
    /// What could not be read, and where.
    pub problems: Vec<Problem>,
}

impl Parsed {
    /// A file of which nothing could be read, and why.
    #[must_use]
    pub fn unreadable(bytes: &[u8], problem: Problem) -> Self {
        Self {
            media: super::sniff::sniff(bytes),
            sha256: crate::domain::sha256_hex(bytes),
            pages: Vec::new(),
            structured: None,
            look: None,
            problems: vec![problem],
        }
    }
}
