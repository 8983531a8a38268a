//! Money received or paid.

use chrono::NaiveDate;

use super::macros::{record, record_part};
use crate::domain::fields;
use crate::domain::{Amount, Currency, RecordId};

record! {
    /// A payment. It names at least one of customer, vendor and invoice.
    Payment dated by |payment| Some(payment.paid_on), checked by |payment| named(payment),
    {
        /// Customer who paid.
        customer_id: Option<RecordId>,
        /// Vendor who was paid.
        vendor_id: Option<RecordId>,
        /// Invoice it pays.
        invoice_id: Option<RecordId>,
        /// Number of the invoice it pays.
        invoice_number: Option<String>,
        /// Day of payment.
        paid_on: NaiveDate,
        /// Amount; negative when sent back.
        amount: Amount,
        /// Currency.
        currency: Currency,
        /// How it was paid.
        method: Option<String>,
        /// Remittance text.
        reference: Option<String>,
        /// Account it went to.
        iban: Option<String>,
        /// How it was spread over invoices.
        allocations: Vec<PaymentAllocation>,
    }
}

record_part! {
    /// A share of a payment.
    PaymentAllocation {
        /// Invoice.
        invoice_id: RecordId,
        /// Share.
        amount: Amount,
    }
}

fn named(payment: &Payment) -> Vec<crate::domain::FieldProblem> {
    let named = payment.customer_id.is_some()
        || payment.vendor_id.is_some()
        || payment.invoice_id.is_some()
        || payment.invoice_number.is_some();
    if named {
        Vec::new()
    } else {
        fields::problem(
            "customer_id",
            "is missing, and so are `vendor_id`, `invoice_id` and `invoice_number`",
        )
    }
}
