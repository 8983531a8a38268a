//! The review queue of expenses and invoices, and what people said of it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

use super::history::Wanted;
use super::{Service, ServiceError};
use crate::advice::{Case, Recommendation, Subject};
use crate::cases::expense::{ExpenseAdvice, ExpenseRun, LEAST_LOOKED_AT, Lane, is_same_amount};
use crate::domain::TenantId;
use crate::store::Said;

/// Name of the worklist.
pub const EXPENSES: &str = "expenses";

/// The queue without what people have decided, and what can be learnt from that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExpenseQueue {
    /// The run; decided claims are taken out.
    pub run: ExpenseRun,
    /// Claims of the run that people decided.
    pub decided: usize,
    /// Claims decided once that show something new since.
    pub again: Vec<NewSince>,
    /// Share of claims over the threshold that people confirmed; none until enough were looked
    /// at.
    pub precision: Option<f64>,
    /// The same of those that detectors alone flagged.
    pub flagged_precision: Option<f64>,
    /// Of claims drawn at random.
    pub audited: Audited,
}

/// Something new about a claim that was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewSince {
    /// The claim, use of a card or invoice, as in `expense_claim/ID`.
    pub record: String,
    /// Detectors that had not flagged it then.
    pub detectors: Vec<String>,
    /// What the record states otherwise than then: `amount`, `currency`, `incurred_on`, `merchant`,
    /// `category`, `employee_id`, `vendor_id`, `home_amount`, `iban`, `document` (the receipt, or what an
    /// invoice came as) or `details` (whatever else says what is to be paid and for what).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
}

/// What people said of claims drawn at random.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Audited {
    /// Looked at.
    pub looked_at: usize,
    /// Of them, those that people should have been shown.
    pub confirmed: usize,
    /// Share of all claims not shown that is missed at most, with 95 % confidence: the upper
    /// end of Wilson's (1927) interval. None while nothing was looked at.
    pub missed_at_most: Option<f64>,
}

impl Service {
    /// The queue as it stands: the last run, or a new one where the day or what is known has
    /// changed since, without what people decided. A decided claim stays away until it states
    /// something else, or a detector flags it that had not then.
    ///
    /// # Errors
    /// [`ServiceError`] if it could not be computed or kept.
    pub async fn expense_queue(
        &self,
        tenant: &TenantId,
        now: DateTime<Utc>,
    ) -> Result<ExpenseQueue, ServiceError> {
        let case = Arc::clone(&self.records().expense);
        let draw_key = self.store().draw_key(tenant).await?;
        let run = self
            .run(
                tenant,
                EXPENSES,
                Wanted::RecentSpending,
                now,
                move |history, _| {
                    let made = case.run(&history, &draw_key)?;
                    Ok((made.run, made.answers))
                },
            )
            .await?;
        let said = self.store().said_of(tenant, Case::Expense).await?;
        Ok(without_decided(run, &said))
    }
}

fn without_decided(mut run: ExpenseRun, said: &HashMap<Subject, Said>) -> ExpenseQueue {
    let mut again = Vec::new();
    let before = run.queue.len() + run.audit.len();
    let mut open = |answer: &Recommendation| match said.get(&answer.subject) {
        None => true,
        Some(then) => {
            let Subject { kind, id } = &answer.subject;
            let new = new_since(answer, &then.answer, format!("{kind}/{id}"));
            let shows = !new.detectors.is_empty() || !new.changed.is_empty();
            again.extend(shows.then_some(new));
            shows
        }
    };
    // What was decided has taken its part of the budget.
    let mut place = 0;
    let mut within = 0;
    run.queue.retain(|answer| {
        place += 1;
        let stays = open(answer);
        within += usize::from(stays && place <= run.within_budget);
        stays
    });
    run.within_budget = within;
    run.audit.retain(&mut open);
    let decided = before - run.queue.len() - run.audit.len();
    let of_lane = |lane: Lane| {
        let said = said.values();
        let of_lane = said.filter(move |said| {
            advice(&said.answer).is_some_and(|advice| advice.lane == Some(lane))
        });
        let found: Vec<bool> = of_lane.map(|said| said.feedback.confirms()).collect();
        (found.len(), found.iter().filter(|found| **found).count())
    };
    let precision = |lane| {
        let (shown, right) = of_lane(lane);
        (shown >= LEAST_LOOKED_AT).then(|| right as f64 / shown as f64)
    };
    let (looked_at, confirmed) = of_lane(Lane::Audit);
    ExpenseQueue {
        run,
        decided,
        again,
        precision: precision(Lane::Score),
        flagged_precision: precision(Lane::Detector),
        audited: Audited {
            looked_at,
            confirmed,
            missed_at_most: (looked_at > 0).then(|| wilson_upper(confirmed, looked_at)),
        },
    }
}

fn advice(answer: &Recommendation) -> Option<ExpenseAdvice> {
    serde_json::from_value(answer.suggestion.clone()?).ok()
}

fn new_since(now: &Recommendation, then: &Recommendation, record: String) -> NewSince {
    let (Some(now), Some(then)) = (advice(now), advice(then)) else {
        return NewSince {
            record,
            detectors: Vec::new(),
            changed: Vec::new(),
        };
    };
    // Answers of before do not say what else was stated.
    let stated = now.stated.as_ref().zip(then.stated.as_ref());
    let stated = stated.map(|(now, then)| now.changed_since(then));
    let changed = [
        ("amount", !is_same_amount(&now.amount, &then.amount)),
        ("currency", now.currency != then.currency),
        ("incurred_on", now.incurred_on != then.incurred_on),
        ("merchant", now.merchant != then.merchant),
        ("category", now.category != then.category),
        ("employee_id", now.employee_id != then.employee_id),
        ("vendor_id", now.vendor_id != then.vendor_id),
    ];
    let changed = changed.into_iter().chain(stated.into_iter().flatten());
    let changed = changed.filter(|(_, is_other)| *is_other);
    let is_new = |name: &String| !then.flags.iter().any(|flag| flag.detector == *name);
    let flags = now.flags.into_iter().map(|flag| flag.detector);
    NewSince {
        record,
        detectors: flags.filter(is_new).collect(),
        changed: changed.map(|(field, _)| field.to_owned()).collect(),
    }
}

/// Upper end of Wilson's interval of a share, 95 % of it from below.
fn wilson_upper(count: usize, of: usize) -> f64 {
    const Z: f64 = 1.645;
    let (share, of) = (count as f64 / of as f64, of as f64);
    let middle = share + Z * Z / (2.0 * of);
    let spread = Z * (share * (1.0 - share) / of + Z * Z / (4.0 * of * of)).sqrt();
    ((middle + spread) / (1.0 + Z * Z / of)).min(1.0)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::advice::samples;

    #[test]
    fn few_audits_leave_much_open_and_many_little() {
        assert!(wilson_upper(0, 1) > 0.7 && wilson_upper(0, 100) < 0.03);
        assert!(wilson_upper(5, 100) > 0.05 && wilson_upper(100, 100) >= 0.999);
    }

    #[test]
    fn an_answer_of_before_is_compared_by_what_it_says() {
        let answer = |amount: &str, stated: Option<Value>| {
            let mut advice = json!({"employee_id": "e", "incurred_on": "2026-03-04", "merchant": null,
                "category": null, "amount": amount, "currency": "EUR", "points": null, "threshold": null,
                "lane": "detector", "flags": []});
            if let Some(stated) = stated {
                advice["stated"] = stated;
            }
            Recommendation {
                suggestion: Some(advice),
                ..samples::recommendation()
            }
        };
        let changed = |now: &Recommendation, then: &Recommendation| {
            new_since(now, then, "expense_claim/c".to_owned()).changed
        };
        let stated = |details: &str| Some(json!({"details_sha256": details}));
        let (before, now) = (answer("9.50", None), answer("9.5", stated("a")));
        assert_eq!(changed(&now, &before), Vec::<String>::new());
        assert_eq!(changed(&answer("9.51", stated("a")), &before), ["amount"]);
        assert_eq!(changed(&answer("9.5", stated("b")), &now), ["details"]);
    }
}
