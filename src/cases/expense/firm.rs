//! All claims of a firm judged against each other, worked out once until much more is known.

use chrono::{DateTime, NaiveDate, Utc};

use super::features;
use super::features::Row;
use super::{
    AlertPlan, Batch, Claim, ClaimReason, Insufficient, Judged, PeerState, Scale, reasons,
};
use crate::domain::records::ExpenseClaim;
use crate::domain::{CanonicalJson, Currency, sha256_hex};
use crate::history::SpendingAsOf;

/// All claims, judged.
#[derive(Debug)]
pub struct FirmClaims {
    /// Number of claims.
    pub count: usize,
    /// The moment they were known at.
    until: DateTime<Utc>,
    home: Currency,
    found: Result<(PeerState, Scale), Insufficient>,
    plan: Option<AlertPlan>,
    last_day: NaiveDate,
}

/// What is said of one claim.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) row: Row,
    pub(super) judged: Judged,
    /// Share of the firm's claims with fewer points.
    pub(super) odder_than: f64,
    pub(super) reasons: Vec<ClaimReason>,
}

impl FirmClaims {
    /// Of all claims known, with the threshold that keeps a week's reviews within a number.
    #[must_use]
    pub fn of(spending: &SpendingAsOf, home: &Currency, reviews_a_week: u32) -> Self {
        let records = spending.all();
        let claims: Vec<Claim> = records
            .iter()
            .map(|one| Claim::of_claim(one, home))
            .collect();
        let batch = Batch::of(&claims);
        let plan = batch.as_ref().ok().and_then(|batch| {
            let days = claims.iter().map(|claim| claim.day);
            let totals = batch.totals.iter().copied();
            let past: Vec<(NaiveDate, f64)> = days.zip(totals).collect();
            AlertPlan::of(&past, reviews_a_week, &[])
        });
        Self {
            count: claims.len(),
            until: spending.as_of(),
            home: *home,
            found: batch.map(|batch| (batch.state, batch.scale)),
            plan,
            last_day: claims
                .iter()
                .map(|claim| claim.day)
                .max()
                .unwrap_or_default(),
        }
    }

    /// Why nothing can be said, where that is so.
    #[must_use]
    pub fn insufficient(&self) -> Option<Insufficient> {
        self.found.as_ref().err().copied()
    }

    /// Digest of what a feature counts for here, and the last day it was found on.
    pub(super) fn fitted(&self) -> Option<(String, NaiveDate)> {
        let (_, scale) = self.found.as_ref().ok()?;
        let weights = CanonicalJson::of(&(self.count, scale.weights().as_slice())).ok()?;
        Some((sha256_hex(weights.as_str()), self.last_day))
    }

    /// What is said of a claim beside all others: it is among them as it was known then, or came
    /// since and stands outside.
    pub(super) fn say(&self, claim: &ExpenseClaim, spending: &SpendingAsOf) -> Option<Said> {
        let (state, scale) = self.found.as_ref().ok()?;
        let then = spending.at(self.until).claim(claim.id.as_str());
        let claim = Claim::of_claim(claim, &self.home);
        let is_inside = then.is_some_and(|then| Claim::of_claim(&then, &self.home) == claim);
        let coded = if is_inside {
            state.inside(&claim)
        } else {
            state.outside(&claim)
        };
        let row = features::row(state, &coded);
        let judged = scale.judge(&row);
        Some(Said {
            row,
            odder_than: 1.0 - scale.share_at_least(judged.total),
            reasons: reasons(state, &coded, &judged),
            judged,
        })
    }

    /// The threshold; none where history is too short.
    #[must_use]
    pub const fn plan(&self) -> Option<AlertPlan> {
        self.plan
    }
}
