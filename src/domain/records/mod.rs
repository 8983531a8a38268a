//! The firm's facts in one form, whatever system they come from. One file a record.
//!
//! Every record has an `id` of the firm's own, may say when it became known (`known_at`;
//! the moment of arrival otherwise), and may carry further facts as texts under `attributes`.

mod approval;
mod bill;
mod card_transaction;
mod customer;
mod customer_invoice;
mod employee;
mod event;
mod expense_claim;
mod interaction;
mod kind;
mod macros;
mod payment;
mod project;
mod project_setup;
mod purchase_order;
mod timesheet;
mod vendor;
mod vendor_invoice;

#[cfg(test)]
mod tests;

pub use approval::{Approval, ApprovalOutcome};
pub use bill::{Bill, BillStatus};
pub use card_transaction::CardTransaction;
pub use customer::Customer;
pub use customer_invoice::{CustomerInvoice, CustomerInvoiceStatus};
pub use employee::Employee;
pub use event::{Event, Lifecycle};
pub use expense_claim::{ExpenseClaim, PaidBy};
pub use interaction::{Interaction, InteractionKind};
pub use kind::{CheckedRecord, RecordKind, UnknownKind};
pub use macros::Record;
pub use payment::{Payment, PaymentAllocation};
pub use project::{BillingCycle, ContractType, Project};
pub use project_setup::{DependencyState, ProjectSetup, SetupDependency};
pub use purchase_order::{OrderStatus, PurchaseOrder, PurchaseOrderLine};
pub use timesheet::{Timesheet, TimesheetLine};
pub use vendor::Vendor;
pub use vendor_invoice::{VendorInvoice, VendorInvoiceLine, VendorInvoiceStatus};
