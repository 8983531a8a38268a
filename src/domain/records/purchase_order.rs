//! What was ordered.

use chrono::NaiveDate;

use super::macros::{in_order, record, record_part};
use crate::domain::codes::code_list;
use crate::domain::{Amount, Currency, RecordId};

code_list! {
    /// Whether an order still takes invoices.
    OrderStatus {
        /// Takes invoices.
        Open = "open",
        /// Fulfilled.
        Closed = "closed",
        /// Withdrawn.
        Cancelled = "cancelled",
    }
}

record! {
    /// A purchase order with its lines.
    PurchaseOrder dated by |order| Some(order.issued_on), checked by |order| in_order(Some(order.issued_on), order.delivery_due_on, "delivery_due_on", "issued_on"),
    {
        /// Number printed on the order.
        number: String,
        /// The vendor.
        vendor_id: RecordId,
        /// Day of the order.
        issued_on: NaiveDate,
        /// Day of delivery promised.
        delivery_due_on: Option<NaiveDate>,
        /// Currency.
        currency: Currency,
        /// Net total.
        total: Option<Amount>,
        /// Whether it still takes invoices.
        status: Option<OrderStatus>,
        /// Employee who asked for it.
        requester_id: Option<RecordId>,
        /// Project it is for.
        project_id: Option<RecordId>,
        /// Cost centre it is for.
        cost_centre: Option<String>,
        /// What was ordered.
        lines: Vec<PurchaseOrderLine>,
    }
}

record_part! {
    /// One line of an order.
    PurchaseOrderLine {
        /// Line number within the order.
        line: String,
        /// What.
        description: Option<String>,
        /// The vendor's item code.
        item_code: Option<String>,
        /// How much was ordered.
        quantity: Option<Amount>,
        /// Unit of the quantity.
        unit: Option<String>,
        /// Net price of one unit.
        unit_price: Option<Amount>,
        /// Net amount.
        net: Option<Amount>,
        /// Account it is to be posted to.
        account: Option<String>,
        /// How much was received.
        received_quantity: Option<Amount>,
        /// How much was billed.
        invoiced_quantity: Option<Amount>,
    }
}
