//! All claims of a firm judged against each other, worked out once until its records change.

use std::collections::HashMap;

use super::features::Row;
use super::{AlertPlan, Batch, Claim, ClaimReason, Insufficient, Judged, reasons};
use crate::domain::{CanonicalJson, Currency, sha256_hex};
use crate::history::SpendingAsOf;
use chrono::NaiveDate;

/// All claims, judged.
#[derive(Debug)]
pub struct FirmClaims {
    /// Number of claims.
    pub count: usize,
    places: HashMap<String, usize>,
    claims: Vec<Claim>,
    batch: Result<Batch, Insufficient>,
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
        let places = claims
            .iter()
            .enumerate()
            .map(|(at, claim)| (claim.id.clone(), at));
        let batch = Batch::of(&claims);
        let plan = batch.as_ref().ok().and_then(|batch| {
            let days = claims.iter().map(|claim| claim.day);
            let totals = batch.totals.iter().copied();
            let past: Vec<(NaiveDate, f64)> = days.zip(totals).collect();
            AlertPlan::of(&past, reviews_a_week, &[])
        });
        Self {
            count: claims.len(),
            places: places.collect(),
            batch,
            plan,
            last_day: claims
                .iter()
                .map(|claim| claim.day)
                .max()
                .unwrap_or_default(),
            claims,
        }
    }

    /// Why nothing can be said, where that is so.
    #[must_use]
    pub fn insufficient(&self) -> Option<Insufficient> {
        self.batch.as_ref().err().copied()
    }

    /// Digest of what a feature counts for here, and the last day it was found on.
    pub(super) fn fitted(&self) -> Option<(String, NaiveDate)> {
        let batch = self.batch.as_ref().ok()?;
        let weights = CanonicalJson::of(&(self.count, batch.scale.weights().as_slice())).ok()?;
        Some((sha256_hex(weights.as_str()), self.last_day))
    }

    /// What is said of a claim beside all others.
    pub(super) fn say(&self, id: &str) -> Option<Said> {
        let batch = self.batch.as_ref().ok()?;
        let at = *self.places.get(id)?;
        let (claim, row) = (self.claims.get(at)?, batch.rows.get(at)?);
        let judged = batch.scale.judge(row);
        Some(Said {
            row: *row,
            odder_than: 1.0 - batch.scale.share_at_least(judged.total),
            reasons: reasons(&batch.state, &batch.state.inside(claim), &judged),
            judged,
        })
    }

    /// The threshold; none where history is too short.
    #[must_use]
    pub const fn plan(&self) -> Option<AlertPlan> {
        self.plan
    }
}
