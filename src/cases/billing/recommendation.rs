//! Level, what to do first, and the envelope.

use chrono::{NaiveDate, TimeDelta};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::explanation::WORDS;
use super::features::ITEM;
use super::input::{BillingInput, ChainStep, FirstFix};
use crate::advice::{Case, Effect, Evidence, InvalidRecommendation, Level, Recommendation};
use crate::cases::forecast::{Explained, Explaining, far_above, is_beyond, level_of};
use crate::cases::forecast_answer::{ForecastAnswer, record};
use crate::learn::forecast::Forecast;

/// What is suggested: the case's own part of the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BillingAdvice {
    /// Project of the bill.
    pub project_id: String,
    /// Day it should go out.
    pub planned_on: NaiveDate,
    /// Goes out by then with 50 % probability.
    pub p50: Option<NaiveDate>,
    /// With 90 %.
    pub p90: Option<NaiveDate>,
    /// What it should come to.
    pub amount: Option<String>,
    /// The amount times the probability of slipping.
    pub amount_at_risk: Option<String>,
    /// Its currency.
    pub currency: crate::domain::Currency,
    /// The steps it waits for, in order.
    pub chain: Vec<ChainStep>,
    /// Day on which it can go out at the usual pace of what is not done.
    pub earliest_on: NaiveDate,
    /// What to do first.
    pub fix: Option<FirstFix>,
}

/// The answer. The same arguments give the same answer, bit for bit.
pub(super) fn recommend(
    input: &BillingInput,
    row: &[f64],
    forecast: &Forecast,
    features_sha256: String,
    recommendation_id: Uuid,
) -> Result<Recommendation, InvalidRecommendation> {
    let today = input.as_of.date_naive();
    let passed = (today - input.planned_on).num_days() as f64;
    // Not out today: it goes out today at the earliest.
    let whole = forecast.distribution().curve(row);
    let curve = whole.given_above(passed - 1.0);
    let mut far_above = far_above(forecast, row, &WORDS, &ITEM);
    if is_beyond(forecast, passed - 1.0) {
        far_above.push("days_overdue");
    }
    let told = input.enough_history && far_above.is_empty();
    let (score_kind, threshold) = if passed <= 0.0 {
        ("bill_slips", 0.0)
    } else {
        ("not_out_in_7_days", passed + 7.0)
    };
    let score = curve.above(threshold);
    let explained = if told {
        Explaining {
            forecast,
            row,
            words: &WORDS,
            threshold,
            probability: score,
            beyond: (
                "not_out_until_today",
                "Not out yet: earlier days are ruled out.".to_owned(),
            ),
        }
        .explain()?
    } else {
        Explained::nothing()
    };
    let overdue = passed > 0.0;
    let noted = overdue || !far_above.is_empty();
    let level = match (told, noted) {
        (true, false) => level_of(score),
        (true, true) => level_of(score).max(Level::Medium),
        (false, true) => Level::Medium,
        (false, false) => Level::Low,
    };
    let on = |share: f64| {
        let days = TimeDelta::try_days(curve.quantile(share) as i64);
        let day = days.and_then(|days| input.planned_on.checked_add_signed(days));
        day.filter(|_| told).map(|day| day.max(today))
    };
    let (low, high) = forecast.distribution().interval(row, &curve);
    let amount: Option<Decimal> = input.amount.as_ref().and_then(|text| text.parse().ok());
    let late = Decimal::try_from(if overdue { 1.0 } else { score }).unwrap_or_default();
    let advice = BillingAdvice {
        project_id: input.project_id.clone(),
        planned_on: input.planned_on,
        p50: on(0.5),
        p90: on(0.9),
        amount: input.amount.clone(),
        amount_at_risk: amount.filter(|_| told).map(|amount| {
            let places = input.currency.minor_units();
            (amount * late).round_dp(places).to_string()
        }),
        currency: input.currency,
        chain: input.chain.clone(),
        earliest_on: input.earliest_on,
        fix: input.fix.clone(),
    };
    let effect = match (level, &input.fix) {
        (Level::High, _) => Effect::RaisePriority,
        (Level::Medium, Some(_)) => Effect::Suggest,
        _ => Effect::None,
    };
    let answer = ForecastAnswer {
        case: Case::Billing,
        subject: ("bill", input.bill_id.clone()),
        as_of: input.as_of,
        enough_history: input.enough_history,
        score: told.then_some(score),
        score_kind,
        interval: (low, high, "days_after_planned"),
        level,
        explained,
        evidence: evidence(input),
        counterfactuals: Vec::new(),
        suggestion: advice,
        effect,
        far_above,
        missing: missing(input),
        forecast,
        features_sha256,
        recommendation_id,
    };
    Ok(answer.recommendation())
}

/// The bill, and the steps that wait.
fn evidence(input: &BillingInput) -> Vec<Evidence> {
    let bill = record(
        format!("bill/{}", input.bill_id),
        format!("planned for {}", input.planned_on),
    );
    let waiting = input.chain.iter().filter(|step| step.state == "waiting");
    let steps = waiting.map(|step| {
        record(
            format!("project/{}/{}", input.project_id, step.step),
            format!("{} outstanding with the {}", step.outstanding, step.role),
        )
    });
    std::iter::once(bill).chain(steps).collect()
}

fn missing(input: &BillingInput) -> Vec<String> {
    let unseen = input.chain.iter().filter(|step| step.state == "not_seen");
    let steps = unseen.map(|step| step.step.clone());
    let history = (!input.enough_history).then(|| "bills_sent".to_owned());
    history.into_iter().chain(steps).collect()
}
