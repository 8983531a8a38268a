//! Is this claim, use of a card or invoice of a vendor unusual for its peer group? It is scored,
//! never the person.

mod case;
mod claim;
pub mod features;
mod firm;
mod peers;
mod queue;
mod rarity;
mod reasons;
mod recommendation;
mod scale;
mod stated;
mod terms;

#[cfg(test)]
mod tests;

pub use case::{ExpenseCase, ReviewPlan};
pub use claim::Claim;
pub use firm::FirmSpending;
pub use peers::{Coded, PeerState, Side, Values};
pub use queue::ExpenseRun;
pub use reasons::{ClaimReason, reasons};
pub use recommendation::{ExpenseAdvice, ExpenseInput, Lane};
pub use scale::{AlertPlan, Batch, Insufficient, Judged, LEAST_CLAIMS, LEAST_LOOKED_AT, Scale};
pub use stated::Stated;
pub(crate) use stated::is_same_amount;
