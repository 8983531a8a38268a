//! Is this claim unusual for its peer group? The claim is scored, never the person.

mod claim;
pub mod features;
mod peers;
mod reasons;
mod scale;

#[cfg(test)]
mod tests;

pub use claim::Claim;
pub use peers::{Coded, PeerState, Side};
pub use reasons::{ClaimReason, reasons};
pub use scale::{AlertPlan, Batch, Insufficient, Judged, LEAST_CLAIMS, Scale};
