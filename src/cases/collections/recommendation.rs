//! Level, next action, what keeps from acting, and the envelope.

mod steps;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::steps::{Action, Suppressed};

use self::steps::action;
pub(super) use self::steps::suppressed;
use super::input::{CollectionsInput, amount};
use super::model::{Asked, Verdict};
use crate::advice::{Case, Effect, Evidence, Level, Recommendation};
use crate::cases::forecast::{Explained, level_of};
use crate::cases::forecast_answer::{ForecastAnswer, record};
use crate::learn::forecast::Forecast;

/// Notes named as evidence, the latest.
const SHOWN_NOTES: usize = 4;
/// What is asked of an invoice that is overdue for longer than any that was fitted on.
pub(super) const OVERDUE: &str = "days_overdue";
/// Shares of the money below this are not listed by week.
const LEAST_SHARE: f64 = 0.005;

/// What is suggested: the case's own part of the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CollectionsAdvice {
    /// What to do next.
    pub action: Action,
    /// Why no contact is proposed; empty where one is.
    pub suppressed_by: Vec<Suppressed>,
    /// Days overdue today; negative before the due date.
    pub days_overdue: i64,
    /// What is not yet paid.
    #[serde(with = "rust_decimal::serde::str")]
    pub open_amount: Decimal,
    /// Its currency.
    pub currency: crate::domain::Currency,
    /// What is there to be set off in its currency, whether it covers the invoice or not: nothing is lowered by
    /// it. Absent where nothing is there; answers of before do not say.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "rust_decimal::serde::str_option"
    )]
    pub set_off_amount: Option<Decimal>,
    /// What is foretold; absent where the history does not support it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forecast: Option<PaymentForecast>,
}

/// When the money is expected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PaymentForecast {
    /// Probability of payment by the due date.
    pub on_time: f64,
    /// Probability of payment after it.
    pub late: f64,
    /// Probability of payment more than `very_late_days` after it; part of `late`.
    pub very_late: f64,
    /// What the firm calls very late.
    pub very_late_days: u32,
    /// Paid by then with 10 % probability.
    pub p10: NaiveDate,
    /// With 50 %.
    pub p50: NaiveDate,
    /// With 90 %.
    pub p90: NaiveDate,
    /// Days overdue from today on, on average, at most 90.
    pub days_at_stake: f64,
    /// `days_at_stake` times the open amount. The worklist ranks by the same, with days enough for what is
    /// old or a broken promise, told in the firm's median open invoices and summed over a customer.
    #[serde(with = "rust_decimal::serde::str")]
    pub money_days: Decimal,
    /// Expected cash by week.
    pub cash: Vec<WeekCash>,
    /// What is expected later, and in weeks of which too little is expected to be listed: with `cash` it
    /// comes to what is open.
    #[serde(with = "rust_decimal::serde::str")]
    pub cash_later: Decimal,
}

/// Cash expected in one week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WeekCash {
    /// Its Monday.
    pub week_of: NaiveDate,
    /// The amount times the probability that it comes in that week.
    #[serde(with = "rust_decimal::serde::str")]
    pub amount: Decimal,
}

/// The answer. The same arguments give the same answer, bit for bit.
pub(super) fn recommend(
    input: &CollectionsInput,
    verdict: Option<Verdict>,
    far_above: Vec<&str>,
    forecast: &Forecast,
    features_sha256: String,
    recommendation_id: Uuid,
) -> Recommendation {
    let today = input.as_of.date_naive();
    let days_overdue = (today - input.due_on).num_days();
    let probability = verdict.as_ref().map(|verdict| verdict.probability);
    let unlike_any = !far_above.is_empty();
    let level = level(input, probability, unlike_any || input.is_contested());
    let suppressed_by = suppressed(input, today);
    let action = action(input, &suppressed_by, probability, today);
    let (score, score_kind, interval, explained, counterfactuals, forecast_of) = match verdict {
        None => {
            // What would be asked is told all the same.
            let asked = Asked::of(input, input.due_on).question.as_str();
            let explained = Explained::nothing();
            (None, asked, (0.0, 0.0), explained, Vec::new(), None)
        }
        Some(verdict) => {
            let payment = payment(input, &verdict);
            (
                Some(verdict.probability),
                verdict.question.as_str(),
                verdict.interval,
                verdict.explained,
                verdict.counterfactuals,
                Some(payment),
            )
        }
    };
    let answer = ForecastAnswer {
        case: Case::Collections,
        subject: ("customer_invoice", input.customer_invoice_id.clone()),
        as_of: input.as_of,
        enough_history: input.enough_history,
        score,
        score_kind,
        interval: (interval.0, interval.1, "days_late"),
        level,
        explained,
        evidence: evidence(input),
        counterfactuals,
        suggestion: CollectionsAdvice {
            action,
            suppressed_by,
            days_overdue,
            open_amount: input.open_amount,
            currency: input.currency,
            set_off_amount: input.to_set_off,
            forecast: forecast_of,
        },
        effect: effect(action, level),
        far_above,
        missing: missing(input),
        forecast,
        features_sha256,
        recommendation_id,
    };
    answer.recommendation()
}

fn payment(input: &CollectionsInput, verdict: &Verdict) -> PaymentForecast {
    let open = rust_decimal::prelude::ToPrimitive::to_f64(&input.open_amount).unwrap_or_default();
    let share = |share: f64| amount(open * share, input.currency);
    let [p10, p50, p90] = verdict.payment;
    // What came by the end of each week is rounded, and not each week, so that no more comes than is open.
    let (mut come, mut so_far) = (0.0, Decimal::ZERO);
    let mut cash = Vec::new();
    for (week_of, part) in &verdict.weeks {
        come += part;
        let by_then = share(come).min(input.open_amount);
        if *part >= LEAST_SHARE {
            cash.push(WeekCash {
                week_of: *week_of,
                amount: by_then - so_far,
            });
        }
        so_far = by_then;
    }
    // What is too little to be listed, and what rounding leaves, is money all the same.
    let cash_later = input.open_amount - cash.iter().map(|week| week.amount).sum::<Decimal>();
    PaymentForecast {
        on_time: 1.0 - verdict.late,
        late: verdict.late,
        very_late: verdict.very_late,
        very_late_days: input.policy.very_late_days,
        p10,
        p50,
        p90,
        days_at_stake: verdict.days_at_stake,
        money_days: share(verdict.days_at_stake),
        cash,
        cash_later,
    }
}

/// The level of a probability, and what else calls for a look.
pub(super) fn level(input: &CollectionsInput, probability: Option<f64>, contested: bool) -> Level {
    let overdue = input.as_of.date_naive() > input.due_on;
    let told = match probability {
        Some(probability) => level_of(probability),
        None => Level::Low,
    };
    let noted = contested || input.contact.promise_broken || overdue;
    told.max(if noted { Level::Medium } else { Level::Low })
}

fn effect(action: Action, level: Level) -> Effect {
    match (action, level) {
        (Action::Wait | Action::AwaitPromise, _) => Effect::None,
        (_, Level::High) => Effect::RaisePriority,
        _ => Effect::Suggest,
    }
}

/// The records it rests on.
fn evidence(input: &CollectionsInput) -> Vec<Evidence> {
    let mut evidence = vec![
        record(
            format!("customer_invoice/{}", input.customer_invoice_id),
            format!(
                "{} {} open, due on {}",
                input.open_amount, input.currency, input.due_on
            ),
        ),
        record(
            format!("customer/{}", input.customer_id),
            "payments and contacts".to_owned(),
        ),
    ];
    evidence
        .extend(credits(input).map(|text| record(format!("customer/{}", input.customer_id), text)));
    // The words of a note stay in its record, where they can be erased.
    evidence.extend(input.notes.standing().take(SHOWN_NOTES).map(|noted| {
        record(
            format!("interaction/{}", noted.interaction_id),
            format!("a note of {} that {}", noted.on, noted.topic.label()),
        )
    }));
    evidence
}

/// What is there to be set off: what of it covers the invoice, else all of it.
fn credits(input: &CollectionsInput) -> Option<String> {
    let currency = input.currency;
    let covers = input.set_off.map(|money| {
        format!("{money} {currency} paid or credited and not matched with an invoice")
    });
    let all = input.to_set_off;
    covers.or_else(|| {
        all.map(|money| format!("{money} {currency} of credits or unmatched money: set off first"))
    })
}

fn missing(input: &CollectionsInput) -> Vec<String> {
    [
        (!input.enough_history, "payment_history"),
        (input.customer_unknown, "customer"),
    ]
    .into_iter()
    .filter(|(lacks, _)| *lacks)
    .map(|(_, what)| what.to_owned())
    .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::contact::Contact;
    use super::*;

    #[test]
    fn what_is_to_be_set_off_is_told_whether_it_covers_the_invoice_or_not() {
        let told = |set_off: Option<&str>, to_set_off: Option<&str>| -> Option<String> {
            let input = json!({"customer_invoice_id": "i1", "customer_id": "c1", "as_of": "2026-06-01T08:00:00Z",
                "issued_on": "2026-05-20", "due_on": "2026-06-05", "open_amount": "200.00", "currency": "EUR",
                "contact": Contact::default(), "set_off": set_off, "to_set_off": to_set_off,
                "natural_person": false, "enough_history": true,
                "policy": {"very_late_days": 30, "contact_pause_days": 1}});
            let input: CollectionsInput = serde_json::from_value(input).unwrap();
            let evidence = evidence(&input);
            assert!(evidence.len() <= 3);
            let credits = evidence.into_iter().nth(2)?;
            assert_eq!(credits.reference, "customer/c1");
            credits.text
        };
        assert_eq!(told(None, None), None);
        let covers = "250.00 EUR paid or credited and not matched with an invoice";
        assert_eq!(
            told(Some("250.00"), None).as_deref(),
            Some(covers),
            "of before"
        );
        assert_eq!(
            told(Some("250.00"), Some("300.00")).as_deref(),
            Some(covers)
        );
        let less = "150.00 EUR of credits or unmatched money: set off first";
        assert_eq!(told(None, Some("150.00")).as_deref(), Some(less));
    }
}
