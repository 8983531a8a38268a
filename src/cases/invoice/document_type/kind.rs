//! The types of document a back office sorts.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a document is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum DocumentType {
    /// An invoice that names a purchase order.
    PoInvoice,
    /// An invoice for goods without one.
    NonPoInvoice,
    /// An invoice for work by hours, days or milestones.
    ServicesInvoice,
    /// A credit note or corrective invoice in the buyer's favour.
    CreditNote,
    /// A pro-forma invoice: nothing is due yet.
    ProForma,
    /// A statement of account over several invoices.
    Statement,
    /// A reminder or dunning letter.
    Reminder,
    /// A bill for energy, water, telephone or the like.
    UtilityBill,
    /// A till or card receipt: paid already.
    Receipt,
    /// Anything else.
    Other,
}

impl DocumentType {
    /// Every type, in the order of the model's outputs.
    pub const ALL: [Self; 10] = [
        Self::PoInvoice,
        Self::NonPoInvoice,
        Self::ServicesInvoice,
        Self::CreditNote,
        Self::ProForma,
        Self::Statement,
        Self::Reminder,
        Self::UtilityBill,
        Self::Receipt,
        Self::Other,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PoInvoice => "po_invoice",
            Self::NonPoInvoice => "non_po_invoice",
            Self::ServicesInvoice => "services_invoice",
            Self::CreditNote => "credit_note",
            Self::ProForma => "pro_forma",
            Self::Statement => "statement",
            Self::Reminder => "reminder",
            Self::UtilityBill => "utility_bill",
            Self::Receipt => "receipt",
            Self::Other => "other",
        }
    }

    /// The type in words.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::PoInvoice => "an invoice with an order",
            Self::NonPoInvoice => "an invoice without an order",
            Self::ServicesInvoice => "an invoice for services",
            Self::CreditNote => "a credit note",
            Self::ProForma => "a pro-forma invoice",
            Self::Statement => "a statement of account",
            Self::Reminder => "a reminder",
            Self::UtilityBill => "a utility bill",
            Self::Receipt => "a receipt",
            Self::Other => "another document",
        }
    }

    /// The UNTDID 1001 code that it usually has, where it is sent as an e-invoice.
    #[must_use]
    pub const fn type_code(self) -> Option<&'static str> {
        match self {
            Self::PoInvoice | Self::NonPoInvoice | Self::ServicesInvoice | Self::UtilityBill => {
                Some("380")
            }
            Self::CreditNote => Some("381"),
            Self::ProForma => Some("325"),
            Self::Statement | Self::Reminder | Self::Receipt | Self::Other => None,
        }
    }

    /// Whether it asks for payment of a supply: one of the invoice types.
    #[must_use]
    pub const fn is_invoice(self) -> bool {
        matches!(
            self,
            Self::PoInvoice | Self::NonPoInvoice | Self::ServicesInvoice | Self::UtilityBill
        )
    }

    /// Whether it credits what an invoice bills; absent for what does neither.
    #[must_use]
    pub const fn is_credit_note(self) -> Option<bool> {
        match self {
            Self::CreditNote => Some(true),
            _ if self.is_invoice() => Some(false),
            _ => None,
        }
    }
}

impl std::fmt::Display for DocumentType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
