//! What is kept in memory of a vendor's invoice.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::records::{
    ExpenseClaim, PaidBy, VendorInvoice, VendorInvoiceLine, VendorInvoiceStatus,
};
use crate::domain::{Amount, Money, RecordId, Sha256Hex};

/// What invoices are compared by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownInvoice {
    /// Record id.
    pub id: RecordId,
    /// Id of the vendor.
    pub vendor_id: RecordId,
    /// Number as printed.
    pub number: String,
    /// Invoice date.
    pub issued_on: NaiveDate,
    /// Day payment is due.
    pub due_on: Option<NaiveDate>,
    /// Total with tax.
    pub total: Money,
    /// Total without tax.
    pub net: Option<Amount>,
    /// Total tax.
    pub tax: Option<Amount>,
    /// Order it names.
    pub order_number: Option<String>,
    /// How far it is.
    pub status: Option<VendorInvoiceStatus>,
    /// Digest of the document it came as.
    pub document_sha256: Option<Sha256Hex>,
    /// Account it asks to be paid to.
    pub iban: Option<String>,
    /// Number of the invoice it corrects.
    pub preceding_invoice: Option<String>,
    /// When it became known, where the record says so.
    pub known_at: Option<DateTime<Utc>>,
    /// Account that its largest line was posted to.
    pub account: Option<Box<str>>,
    /// Cost centre of its largest line.
    pub cost_centre: Option<Box<str>>,
    /// Project it is for, else that of its largest line.
    pub project_id: Option<RecordId>,
    /// What its items cost.
    pub prices: Box<[LinePrice]>,
}

/// Net price of one unit on a line that names its item or the line of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinePrice {
    /// Line number within the invoice.
    pub line: Box<str>,
    /// The vendor's item code.
    pub item_code: Option<Box<str>>,
    /// Unit of the quantity.
    pub unit: Option<Box<str>>,
    /// Line of the order.
    pub order_line: Option<Box<str>>,
    /// The price, in the invoice's currency.
    pub price: Amount,
}

impl LinePrice {
    /// Of a line; none where it names neither item nor order, or no price.
    fn of(line: VendorInvoiceLine) -> Option<Self> {
        let price = line.unit_price?;
        let is_named = line.item_code.is_some() || line.order_line.is_some();
        is_named.then(|| Self {
            line: line.line.into(),
            item_code: line.item_code.map(Into::into),
            unit: line.unit.map(Into::into),
            order_line: line.order_line.map(Into::into),
            price,
        })
    }
}

impl KnownInvoice {
    /// The same told as a line of expenses: spent with the vendor, in the category that is its
    /// account, by the team that is its cost centre.
    #[must_use]
    pub fn as_line(&self) -> ExpenseClaim {
        ExpenseClaim {
            id: self.id.clone(),
            report_id: None,
            employee_id: self.vendor_id.clone(),
            incurred_on: self.issued_on,
            submitted_at: None,
            category: self.account.as_deref().map(str::to_owned),
            merchant: None,
            merchant_category: None,
            description: None,
            amount: self.total.amount,
            currency: self.total.currency,
            home_amount: None,
            country: None,
            city: None,
            quantity: None,
            attendees: None,
            paid_by: Some(PaidBy::Company),
            receipt: None,
            receipt_sha256: self.document_sha256.clone(),
            card_transaction_id: None,
            team: self.cost_centre.as_deref().map(str::to_owned),
            project_id: self.project_id.clone(),
            cost_centre: None,
            approver_id: None,
            approved_at: None,
            known_at: self.known_at,
            attributes: BTreeMap::new(),
        }
    }

    /// Whether it came as the document with this digest.
    #[must_use]
    pub fn is_of_document(&self, sha256: &str) -> bool {
        let document = self.document_sha256.as_ref();
        document.is_some_and(|known| known.as_str() == sha256)
    }

    /// Whether nobody is going to pay it.
    #[must_use]
    pub fn is_void(&self) -> bool {
        matches!(
            self.status,
            Some(VendorInvoiceStatus::Rejected | VendorInvoiceStatus::Cancelled)
        )
    }
}

impl From<VendorInvoice> for KnownInvoice {
    fn from(invoice: VendorInvoice) -> Self {
        let size = |line: &VendorInvoiceLine| line.net.decimal().abs();
        // The first of equals, as a reader would.
        let largest = invoice.lines.iter().rev().max_by_key(|line| size(line));
        let text = |of: fn(&VendorInvoiceLine) -> &Option<String>| {
            largest.and_then(|line| of(line).as_deref().map(Into::into))
        };
        Self {
            account: text(|line| &line.account),
            cost_centre: text(|line| &line.cost_centre),
            project_id: invoice
                .project_id
                .or_else(|| largest.and_then(|line| line.project_id.clone())),
            id: invoice.id,
            vendor_id: invoice.vendor_id,
            number: invoice.number,
            issued_on: invoice.issued_on,
            due_on: invoice.due_on,
            total: Money {
                amount: invoice.total,
                currency: invoice.currency,
            },
            net: invoice.net,
            tax: invoice.tax,
            order_number: invoice.order_number,
            status: invoice.status,
            document_sha256: invoice.document_sha256,
            iban: invoice.iban,
            preceding_invoice: invoice.preceding_invoice,
            known_at: invoice.known_at,
            prices: invoice
                .lines
                .into_iter()
                .filter_map(LinePrice::of)
                .collect(),
        }
    }
}
