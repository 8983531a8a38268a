//! What a vendor billed.

use chrono::NaiveDate;

use super::macros::{in_order, record, record_part};
use crate::domain::codes::code_list;
use crate::domain::{Amount, Currency, RecordId, Sha256Hex};

code_list! {
    /// How far an invoice is.
    VendorInvoiceStatus {
        /// Came in.
        Received = "received",
        /// Approved for payment.
        Approved = "approved",
        /// Stands in the books.
        Posted = "posted",
        /// Paid.
        Paid = "paid",
        /// Sent back.
        Rejected = "rejected",
        /// Withdrawn.
        Cancelled = "cancelled",
    }
}

record! {
    /// A vendor's invoice with its lines.
    VendorInvoice dated by |invoice| Some(invoice.issued_on), checked by |invoice| in_order(invoice.service_start, invoice.service_end, "service_end", "service_start"),
    {
        /// Invoice number.
        number: String,
        /// The vendor.
        vendor_id: RecordId,
        /// Kind of document, as in the invoice case.
        document_type: Option<String>,
        /// Invoice date.
        issued_on: NaiveDate,
        /// Day it came in.
        received_on: Option<NaiveDate>,
        /// Day payment is due.
        due_on: Option<NaiveDate>,
        /// First day of the service billed.
        service_start: Option<NaiveDate>,
        /// Last day of the service billed.
        service_end: Option<NaiveDate>,
        /// Currency.
        currency: Currency,
        /// Total without tax.
        net: Option<Amount>,
        /// Total tax.
        tax: Option<Amount>,
        /// Total with tax; negative for a credit.
        total: Amount,
        /// Purchase order it names.
        order_number: Option<String>,
        /// Invoice it corrects.
        preceding_invoice: Option<String>,
        /// Project it is for.
        project_id: Option<RecordId>,
        /// Account it asks to be paid to.
        iban: Option<String>,
        /// Reference to pay with.
        payment_reference: Option<String>,
        /// How far it is.
        status: Option<VendorInvoiceStatus>,
        /// Day it was posted.
        posted_on: Option<NaiveDate>,
        /// Day it was paid.
        paid_on: Option<NaiveDate>,
        /// Digest of the document's bytes.
        document_sha256: Option<Sha256Hex>,
        /// What was billed.
        lines: Vec<VendorInvoiceLine>,
    }
}

record_part! {
    /// One line of an invoice.
    VendorInvoiceLine {
        /// Line number within the invoice.
        line: String,
        /// What.
        description: Option<String>,
        /// The vendor's item code.
        item_code: Option<String>,
        /// How much.
        quantity: Option<Amount>,
        /// Unit of the quantity.
        unit: Option<String>,
        /// Net price of one unit.
        unit_price: Option<Amount>,
        /// Net amount.
        net: Amount,
        /// Tax rate in percent.
        tax_rate: Option<Amount>,
        /// The firm's tax code.
        tax_code: Option<String>,
        /// Account it was posted to.
        account: Option<String>,
        /// Cost centre.
        cost_centre: Option<String>,
        /// Project.
        project_id: Option<RecordId>,
        /// Line of the order.
        order_line: Option<String>,
        /// Person whose work it is.
        employee_id: Option<RecordId>,
        /// Hours worked.
        hours: Option<Amount>,
    }
}
