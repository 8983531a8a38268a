//! One claim, use of a card or invoice of a vendor judged beside all others of the firm, with what
//! detectors find in it.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::firm::FirmSpending;
use super::recommendation::{ExpenseInput, KeptReason, Lane, recommend};
use super::stated::Stated;
use crate::advice::{Judged, ModelRef, Recommendation};
use crate::cases::detectors::{Around, Books, Flag, Thresholds, Vendors, flags_of_claim};
use crate::cases::record_case::{JudgeError, RecordCase, RecordItem};
use crate::domain::records::ExpenseClaim;
use crate::domain::{CanonicalJson, sha256_hex};
use crate::history::{History, Lines, SpendingAsOf};
use crate::learn::forecast::to_json;

/// Version of the way claims are judged; what it counts on is found on the firm's own claims.
const VERSION: &str = "1";

/// What the firm sets for expenses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewPlan {
    /// Claims that can be reviewed in a week.
    pub reviews_a_week: u32,
    /// Claims drawn at random in a week, to estimate what is missed.
    pub audits_a_week: u32,
}

impl Default for ReviewPlan {
    fn default() -> Self {
        Self {
            reviews_a_week: 20,
            audits_a_week: 2,
        }
    }
}

/// The case; synchronous, shared freely between threads.
#[derive(Debug)]
pub struct ExpenseCase {
    pub(super) plan: ReviewPlan,
    thresholds: Arc<Thresholds>,
}

impl ExpenseCase {
    /// With what the firm sets.
    #[must_use]
    pub const fn new(plan: ReviewPlan, thresholds: Arc<Thresholds>) -> Self {
        Self { plan, thresholds }
    }

    /// All spending, judged.
    pub(super) fn firm(&self, spending: &SpendingAsOf) -> Arc<FirmSpending> {
        spending.worked_out(&Lines::ALL.map(Lines::kind), |all| {
            FirmSpending::of(all, &self.thresholds, self.plan.reviews_a_week)
        })
    }

    /// What is known of a line, and its features.
    pub(super) fn read(
        &self,
        lines: Lines,
        claim: &ExpenseClaim,
        firm: &FirmSpending,
        threshold: Option<f64>,
        (history, books): (&dyn History, &Books<'_>),
    ) -> (ExpenseInput, Vec<f64>) {
        let said = firm.say(lines, claim, &history.spending());
        let (vendor, invoice) = match lines {
            Lines::Claims | Lines::Cards => (None, None),
            Lines::Invoices => (
                history.vendor(claim.employee_id.as_str()),
                history.invoice(claim.id.as_str()),
            ),
        };
        let fitted = firm.fitted(lines).filter(|_| said.is_some());
        let input = ExpenseInput {
            lines,
            claim_id: claim.id.to_string(),
            employee_id: claim.employee_id.to_string(),
            as_of: history.as_of(),
            incurred_on: claim.incurred_on,
            merchant: claim
                .merchant
                .clone()
                .or_else(|| Some(vendor?.name.clone())),
            category: claim
                .category
                .clone()
                .or_else(|| claim.merchant_category.clone()),
            amount: claim.amount.to_string(),
            currency: claim.currency,
            uncompared_amount: claim.home_amount.is_none()
                && claim.currency != self.thresholds.home_currency,
            points: said.as_ref().map(|said| said.judged.total),
            odder_than: said.as_ref().map(|said| said.odder_than),
            threshold,
            lane: None,
            flags: self.flags(lines, claim, history, books),
            stated: Some(Stated::of(claim, invoice.as_deref())),
            reasons: said
                .iter()
                .flat_map(|said| &said.reasons)
                .map(KeptReason::of)
                .collect(),
            model: fitted.map(|(sha256, trained_until)| ModelRef {
                name: "expense/peers".to_owned(),
                version: VERSION.to_owned(),
                sha256,
                trained_until,
            }),
        };
        (input, said.map_or_else(Vec::new, |said| said.row.to_vec()))
    }

    fn flags(
        &self,
        lines: Lines,
        claim: &ExpenseClaim,
        history: &dyn History,
        books: &Books<'_>,
    ) -> Vec<Flag> {
        match lines {
            Lines::Claims | Lines::Cards => {
                // Whatever is known: where days begin before ours, it may be of tomorrow.
                let until = NaiveDate::MAX;
                let around = Around::of(lines, claim, history, &self.thresholds, until);
                flags_of_claim(&around.view(claim, &self.thresholds))
            }
            Lines::Invoices => {
                let invoice = history.invoice(claim.id.as_str());
                invoice.map_or_else(Vec::new, |invoice| books.flags(&invoice, &self.thresholds))
            }
        }
    }

    /// Answers, and keeps what the answer is made from.
    pub(super) fn answer(input: &ExpenseInput, row: &[f64]) -> Result<Judged, JudgeError> {
        let features = CanonicalJson::of(&to_json(row))?;
        let digest = sha256_hex(features.as_str());
        Ok(Judged {
            recommendation: recommend(input, digest, Uuid::now_v7())?,
            input: CanonicalJson::of(input)?,
            features,
        })
    }
}

impl RecordCase for ExpenseCase {
    fn judge(&self, item: &RecordItem, history: &dyn History) -> Result<Judged, JudgeError> {
        item.without_period()?;
        let spending = history.spending();
        let (lines, claim) = match named(&spending, &item.id).as_slice() {
            [] => Err((
                "names no expense_claim, card_transaction or vendor_invoice",
                true,
            )),
            [one] => Ok(one.clone()),
            _ => Err((
                "names records of several kinds: put the kind before it, as in expense_claim/ID",
                false,
            )),
        }
        .map_err(|(why, unknown)| JudgeError::not_asked("id", unknown, why))?;
        let firm = self.firm(&spending);
        let threshold = firm.plan().map(|plan| plan.threshold);
        let known = (history, &Books::new(history));
        let (mut input, row) = self.read(lines, &claim, &firm, threshold, known);
        input.lane = input.found();
        Self::answer(&input, &row)
    }

    fn prepare(&self, history: &dyn History) {
        self.firm(&history.spending());
        drop(history.spending().followed::<Vendors>());
    }

    fn takes_long(&self, item: &RecordItem, history: &dyn History) -> bool {
        let spending = history.spending();
        // An invoice is laid beside every vendor.
        let mut found = named(&spending, &item.id).into_iter();
        let of_vendors = found.any(|(lines, _)| lines == Lines::Invoices);
        (of_vendors && !spending.is_followed::<Vendors>())
            || !spending.is_worked_out::<FirmSpending>(&Lines::ALL.map(Lines::kind))
    }

    fn replay(
        &self,
        input: &Value,
        features: &Value,
        recommendation_id: Uuid,
    ) -> Result<Recommendation, JudgeError> {
        let input: ExpenseInput = serde_json::from_value(input.clone())?;
        let digest = sha256_hex(CanonicalJson::of(features)?.as_str());
        Ok(recommend(&input, digest, recommendation_id)?)
    }
}

/// The lines that a name points at: `expense_claim/ID`, or an id alone.
fn named(spending: &SpendingAsOf, name: &str) -> Vec<(Lines, Arc<ExpenseClaim>)> {
    let found = Lines::ALL.map(|lines| {
        let prefix = name.strip_prefix(lines.kind().as_str());
        let id = prefix.and_then(|rest| rest.strip_prefix('/'));
        let line = spending.line(lines, name);
        line.or_else(|| spending.line(lines, id?))
            .map(|line| (lines, line))
    });
    found.into_iter().flatten().collect()
}

impl ExpenseInput {
    /// Why a person should look, if so: its score before its flags.
    pub(super) fn found(&self) -> Option<Lane> {
        let over = self
            .points
            .zip(self.threshold)
            .is_some_and(|(points, least)| points > least);
        match (over, self.flags.is_empty()) {
            (true, _) => Some(Lane::Score),
            (false, false) => Some(Lane::Detector),
            (false, true) => None,
        }
    }
}
