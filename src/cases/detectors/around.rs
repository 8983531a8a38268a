//! What is known around a claim, gathered once for all its detectors.

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::{ClaimView, Thresholds};
use crate::domain::records::{Employee, ExpenseClaim};
use crate::history::{History, Lines, Receipt};

/// Lines of a merchant or currency that are looked at, the latest: more say no more.
const LATEST: usize = 200;
/// Days after which a merchant that nobody went to is new again.
const MERCHANT_DAYS: u64 = 730;
/// Days before and after a claim in which rates of exchange are comparable.
const RATE_DAYS: u64 = 15;
/// Days before and after a claim in which other lines of its receipt are dated.
const RECEIPT_DAYS: u64 = 92;

/// What is known around a claim.
#[derive(Debug, Clone)]
pub struct Around<'a> {
    lines: Lines,
    came: Option<DateTime<Utc>>,
    receipt: Option<&'a Receipt>,
    own: Vec<Arc<ExpenseClaim>>,
    on_receipt: Vec<Arc<ExpenseClaim>>,
    elsewhere: Vec<Arc<ExpenseClaim>>,
    at_merchant: Vec<Arc<ExpenseClaim>>,
    in_currency: Vec<Arc<ExpenseClaim>>,
    merchants_are_named: bool,
    employee: Option<Arc<Employee>>,
    on_leave: bool,
}

/// The other way in which an employee spends.
pub(super) const fn elsewhere(lines: Lines) -> Option<Lines> {
    match lines {
        Lines::Claims => Some(Lines::Cards),
        Lines::Cards => Some(Lines::Claims),
        Lines::Invoices => None,
    }
}

impl<'a> Around<'a> {
    /// Gathers it from lines of its kind, dated up to a day; those of its receipt up to any.
    #[must_use]
    pub fn of(
        lines: Lines,
        claim: &ExpenseClaim,
        history: &'a dyn History,
        thresholds: &Thresholds,
        until: NaiveDate,
    ) -> Self {
        let (spending, work) = (history.spending(), history.work());
        let day = claim.incurred_on;
        let before = |days: u64| {
            day.checked_sub_days(Days::new(days))
                .unwrap_or(NaiveDate::MIN)
        };
        let after = |days: u64| {
            day.checked_add_days(Days::new(days))
                .unwrap_or(NaiveDate::MAX)
        };
        let others = |mut claims: Vec<Arc<ExpenseClaim>>| {
            claims.retain(|other| other.id != claim.id);
            claims
        };
        let Thresholds {
            split_days,
            repeated_days,
            burst_days,
            ..
        } = *thresholds;
        let window = u64::from(split_days.max(repeated_days).max(burst_days).max(1));
        let employee = claim.employee_id.as_str();
        let own = spending.lines_of(lines, employee, before(window), until.min(after(window)));
        let mut elsewhere = elsewhere(lines).map_or_else(Vec::new, |other| {
            spending.lines_of(other, employee, before(window), until.min(after(window)))
        });
        // What a claim explains is one purchase, told twice.
        elsewhere.retain(|other| match lines {
            Lines::Claims => !spending.is_explained(other.id.as_str()),
            Lines::Cards | Lines::Invoices => other.card_transaction_id.is_none(),
        });
        let merchant = claim.merchant.as_deref().unwrap_or_default();
        let at_merchant = spending.latest_at(lines, merchant, before(MERCHANT_DAYS), until, LATEST);
        let abroad = claim.currency != thresholds.home_currency;
        let in_currency = if abroad {
            let until = until.min(after(RATE_DAYS));
            spending.latest_in(lines, claim.currency, before(RATE_DAYS), until, LATEST)
        } else {
            Vec::new()
        };
        let sheets = work.sheets_of_employee(employee, day, after(31));
        let digest = claim.receipt_sha256.as_ref();
        let receipt = digest.and_then(|digest| history.receipt(digest.as_str()));
        // A receipt has one total, whichever of the nights on it was claimed first.
        let mut on_receipt = receipt.map_or_else(Vec::new, |_| {
            let (from, to) = (before(RECEIPT_DAYS), after(RECEIPT_DAYS));
            spending.lines_of(lines, employee, from, to)
        });
        on_receipt.retain(|other| other.receipt_sha256 == claim.receipt_sha256);
        // What is said of it later says when it changed, and not when it came.
        let known = match lines {
            Lines::Claims => spending.claim_known(claim.id.as_str()),
            Lines::Cards | Lines::Invoices => None,
        };
        Self {
            lines,
            came: known.map(|(since, _)| since),
            receipt,
            own: others(own),
            on_receipt: others(on_receipt),
            elsewhere,
            at_merchant: others(at_merchant),
            in_currency: others(in_currency),
            merchants_are_named: spending.names_merchants(lines),
            employee: spending.employee(employee),
            on_leave: sheets.iter().any(|sheet| sheet.away.contains(&day)),
        }
    }

    /// The claim with it.
    #[must_use]
    pub fn view<'v>(
        &'v self,
        claim: &'v ExpenseClaim,
        thresholds: &'v Thresholds,
    ) -> ClaimView<'v> {
        ClaimView {
            lines: self.lines,
            claim,
            came: self.came,
            own: &self.own,
            on_receipt: &self.on_receipt,
            elsewhere: &self.elsewhere,
            at_merchant: &self.at_merchant,
            in_currency: &self.in_currency,
            merchants_are_named: self.merchants_are_named,
            receipt: self.receipt,
            employee: self.employee.as_deref(),
            on_leave: self.on_leave,
            thresholds,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde_json::json;

    use super::*;
    use crate::cases::detectors::flags_of_claim;
    use crate::domain::RecordKind;
    use crate::history::{Facts, FactsAsOf};

    #[test]
    fn the_lines_of_a_receipt_are_one_employees_and_of_any_day() {
        let digest = "a".repeat(64);
        let known = "2026-03-20T00:00:00Z".parse().unwrap();
        let mut facts = Facts::default();
        for (id, employee, day, amount) in [
            ("night", "e1", "2026-03-02", "200"),
            ("breakfast", "e1", "2026-03-04", "40"),
            ("of another", "e2", "2026-03-02", "200"),
        ] {
            let body = json!({"id": id, "employee_id": employee, "incurred_on": day, "amount": amount,
                "currency": "EUR", "receipt_sha256": digest});
            let kind = RecordKind::ExpenseClaim;
            facts.insert(kind, known, 1, body).unwrap();
        }
        let receipt = Receipt {
            total: "240".parse().ok(),
            ..Receipt::default()
        };
        let history = FactsAsOf::new(Arc::new(facts), known)
            .with_receipts(HashMap::from([(digest, receipt)]));
        let thresholds = Thresholds::default();
        let differs = |id: &str| {
            let claim = history.spending().claim(id).unwrap();
            // As in a dry run, beside what is dated no later than it.
            let until = claim.incurred_on;
            let around = Around::of(Lines::Claims, &claim, &history, &thresholds, until);
            let flags = flags_of_claim(&around.view(&claim, &thresholds));
            flags.iter().any(|flag| flag.detector == "receipt_mismatch")
        };
        assert!(!differs("night") && !differs("breakfast"));
        assert!(differs("of another"));
    }
}
