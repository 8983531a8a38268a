//! All spending of a firm judged against each other, worked out once until much more is known.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use super::features::{self, Row};
use super::{
    AlertPlan, Batch, Claim, ClaimReason, Insufficient, Judged, PeerState, Scale, reasons,
};
use crate::cases::detectors::Thresholds;
use crate::domain::records::ExpenseClaim;
use crate::domain::{CanonicalJson, sha256_hex};
use crate::history::{Lines, SpendingAsOf};

/// All spending, judged: claims among claims, uses of cards among uses of cards, invoices of
/// vendors among invoices of vendors.
#[derive(Debug)]
pub struct FirmSpending {
    /// The moment it was known at.
    until: DateTime<Utc>,
    thresholds: Arc<Thresholds>,
    claims: Among,
    cards: Among,
    invoices: Among,
    plan: Option<AlertPlan>,
}

/// What lines of one kind are judged by.
#[derive(Debug)]
struct Among {
    count: usize,
    last_day: NaiveDate,
    found: Result<(PeerState, Scale), Insufficient>,
}

/// What is said of one line.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) row: Row,
    pub(super) judged: Judged,
    /// Share of the firm's lines with fewer points.
    pub(super) odder_than: f64,
    pub(super) reasons: Vec<ClaimReason>,
}

impl FirmSpending {
    /// Of all that is known, with the threshold that keeps a week's reviews within a number. A use
    /// of a card that a claim explains is looked at as that claim. Invoices count whether or not
    /// their documents came.
    #[must_use]
    pub fn of(spending: &SpendingAsOf, thresholds: &Arc<Thresholds>, reviews_a_week: u32) -> Self {
        let mut past = Vec::new();
        let [claims, cards, invoices] = Lines::ALL.map(|lines| {
            // Each is let go once it is read: of a million there is much.
            let records = spending.all(lines, NaiveDate::MIN, NaiveDate::MAX);
            let claims = records.into_iter().map(|line| {
                let is_shown = lines != Lines::Cards || !spending.is_explained(line.id.as_str());
                (read(lines, &line, spending, thresholds), is_shown)
            });
            let (claims, shown): (Vec<Claim>, Vec<bool>) = claims.unzip();
            let batch = Batch::of(&claims);
            if let Ok(batch) = &batch {
                let judged = claims.iter().zip(&batch.totals).zip(shown);
                let shown = judged.filter(|(_, shown)| *shown);
                past.extend(shown.map(|((claim, total), _)| (claim.day, *total)));
            }
            Among {
                count: claims.len(),
                last_day: claims
                    .iter()
                    .map(|claim| claim.day)
                    .max()
                    .unwrap_or_default(),
                found: batch.map(|batch| (batch.state, batch.scale)),
            }
        });
        Self {
            until: spending.as_of(),
            thresholds: Arc::clone(thresholds),
            claims,
            cards,
            invoices,
            plan: AlertPlan::of(&past, reviews_a_week, &[]),
        }
    }

    const fn among(&self, lines: Lines) -> &Among {
        match lines {
            Lines::Claims => &self.claims,
            Lines::Cards => &self.cards,
            Lines::Invoices => &self.invoices,
        }
    }

    /// Lines of a kind that others are judged beside.
    #[must_use]
    pub const fn count(&self, lines: Lines) -> usize {
        self.among(lines).count
    }

    /// Digest of what a feature counts for here, and the last day it was found on.
    pub(super) fn fitted(&self, lines: Lines) -> Option<(String, NaiveDate)> {
        let among = self.among(lines);
        let (_, scale) = among.found.as_ref().ok()?;
        let weights = CanonicalJson::of(&(among.count, scale.weights().as_slice())).ok()?;
        Some((sha256_hex(weights.as_str()), among.last_day))
    }

    /// What is said of a line beside all others of its kind: it is among them as it was known then,
    /// or said something else then, which does not count, or came since and stands outside.
    pub(super) fn say(
        &self,
        lines: Lines,
        claim: &ExpenseClaim,
        spending: &SpendingAsOf,
    ) -> Option<Said> {
        let (state, scale) = self.among(lines).found.as_ref().ok()?;
        let known = spending.at(self.until);
        let then = known.line(lines, claim.id.as_str());
        let claim = read(lines, claim, spending, &self.thresholds);
        let coded = match then {
            Some(then) => state.changed(&claim, &read(lines, &then, &known, &self.thresholds)),
            None => state.outside(&claim),
        };
        let row = features::row(state, &coded);
        let judged = scale.judge(&row);
        Some(Said {
            row,
            odder_than: 1.0 - scale.share_at_least(judged.total),
            reasons: reasons(lines, state, &coded, &judged),
            judged,
        })
    }

    /// The threshold; none where history is too short.
    #[must_use]
    pub const fn plan(&self) -> Option<AlertPlan> {
        self.plan
    }
}

/// A line as it is compared with others.
fn read(
    lines: Lines,
    line: &ExpenseClaim,
    spending: &SpendingAsOf,
    thresholds: &Thresholds,
) -> Claim {
    let employee = match lines {
        Lines::Claims | Lines::Cards => spending.employee(line.employee_id.as_str()),
        Lines::Invoices => None,
    };
    let role = employee.and_then(|employee| employee.role.clone());
    Claim::of_claim(line, role, &thresholds.home_currency).with_holidays(&thresholds.holidays)
}
