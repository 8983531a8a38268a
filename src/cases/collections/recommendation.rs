//! Level, next action, what keeps from acting, and the envelope.

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::input::{CollectionsInput, amount};
use super::model::{Asked, Verdict};
use super::notes::NoteTopic;
use crate::advice::{Case, Effect, Evidence, Level, Recommendation};
use crate::cases::forecast::{Explained, HIGH, level_of};
use crate::cases::forecast_answer::{ForecastAnswer, record};
use crate::learn::forecast::Forecast;

/// Days overdue, and reminders without answer, after which a call is due.
const CALL_AFTER_DAYS: i64 = 14;
const CALL_AFTER_REMINDERS: u32 = 2;
/// Days before the due date in which a friendly reminder makes sense.
const AHEAD: Days = Days::new(7);
/// Notes named as evidence, the latest.
const SHOWN_NOTES: usize = 4;
/// What is asked of an invoice that is overdue for longer than any that was fitted on.
pub(super) const OVERDUE: &str = "days_overdue";
/// Shares of the money below this are not listed by week.
const LEAST_SHARE: f64 = 0.005;

/// What to do next.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Speak with the customer.
    Call,
    /// Send the copy or paper that the customer lacks.
    SendDocument,
    /// Send a reminder.
    Remind,
    /// Send a friendly note before the due date.
    RemindAhead,
    /// Settle what is contested.
    ResolveDispute,
    /// Look for the payment that the customer says it has made.
    FindPayment,
    /// Wait for the day promised.
    AwaitPromise,
    /// A person decides, for the customer is one, or may be.
    DecideByPerson,
    /// Nothing now.
    Wait,
}

impl Action {
    /// Every one.
    pub const ALL: &'static [Self] = &[
        Self::Call,
        Self::SendDocument,
        Self::Remind,
        Self::RemindAhead,
        Self::ResolveDispute,
        Self::FindPayment,
        Self::AwaitPromise,
        Self::DecideByPerson,
        Self::Wait,
    ];

    /// Those by which the customer hears from the firm.
    pub const CONTACTS: [Self; 4] = [
        Self::Call,
        Self::SendDocument,
        Self::Remind,
        Self::RemindAhead,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::SendDocument => "send_document",
            Self::Remind => "remind",
            Self::RemindAhead => "remind_ahead",
            Self::ResolveDispute => "resolve_dispute",
            Self::FindPayment => "find_payment",
            Self::AwaitPromise => "await_promise",
            Self::DecideByPerson => "decide_by_person",
            Self::Wait => "wait",
        }
    }

    /// In words for a person.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::SendDocument => "send what is missing",
            Self::Remind => "remind",
            Self::RemindAhead => "remind before it is due",
            Self::ResolveDispute => "settle the dispute",
            Self::FindPayment => "look for the payment",
            Self::AwaitPromise => "wait for the promised day",
            Self::DecideByPerson => "let a person decide",
            Self::Wait => "wait",
        }
    }
}

/// Why no contact is proposed.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Suppressed {
    /// It is contested.
    Disputed,
    /// A note reads as if it were.
    MayBeContested,
    /// A note reads as if it were paid, or as much is there without a word for what it is.
    MayBePaid,
    /// Payment is promised for a day to come.
    PromisePending,
    /// There was a contact a few days ago.
    ContactedRecently,
    /// The customer is a person.
    NaturalPerson,
    /// There is no record of the customer, though the firm keeps customers: it may be a person.
    CustomerUnknown,
}

impl Suppressed {
    /// Every one.
    pub const ALL: &'static [Self] = &[
        Self::Disputed,
        Self::MayBeContested,
        Self::MayBePaid,
        Self::PromisePending,
        Self::ContactedRecently,
        Self::NaturalPerson,
        Self::CustomerUnknown,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Disputed => "disputed",
            Self::MayBeContested => "may_be_contested",
            Self::MayBePaid => "may_be_paid",
            Self::PromisePending => "promise_pending",
            Self::ContactedRecently => "contacted_recently",
            Self::NaturalPerson => "natural_person",
            Self::CustomerUnknown => "customer_unknown",
        }
    }

    /// In words for a person.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Disputed => "contested",
            Self::MayBeContested => "may be contested: settle it first",
            Self::MayBePaid => "may be paid: look for the money first",
            Self::PromisePending => "payment is promised",
            Self::ContactedRecently => "contacted lately",
            Self::NaturalPerson => "a person, not a firm",
            Self::CustomerUnknown => "no record of the customer: may be a person",
        }
    }
}

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
    let action = action(input, &suppressed_by, verdict.as_ref(), today);
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

pub(super) fn suppressed(input: &CollectionsInput, today: NaiveDate) -> Vec<Suppressed> {
    let pause = Days::new(u64::from(input.policy.contact_pause_days));
    let contact = &input.contact;
    // Who asked for something may have it at once.
    let recently = !input.notes.stands(NoteTopic::LacksDocument)
        && contact
            .last_contact_on
            .and_then(|day| day.checked_add_days(pause))
            .is_some_and(|day| day > today);
    let may_be_contested = !contact.disputed && input.notes.stands(NoteTopic::Contests);
    [
        (contact.disputed, Suppressed::Disputed),
        (may_be_contested, Suppressed::MayBeContested),
        (
            input.notes.stands(NoteTopic::PaidAlready) || input.set_off.is_some(),
            Suppressed::MayBePaid,
        ),
        (contact.promised_on.is_some(), Suppressed::PromisePending),
        (recently, Suppressed::ContactedRecently),
        (input.natural_person, Suppressed::NaturalPerson),
        (input.customer_unknown, Suppressed::CustomerUnknown),
    ]
    .into_iter()
    .filter_map(|(holds, reason)| holds.then_some(reason))
    .collect()
}

fn action(
    input: &CollectionsInput,
    suppressed: &[Suppressed],
    verdict: Option<&Verdict>,
    today: NaiveDate,
) -> Action {
    match suppressed.first() {
        Some(Suppressed::Disputed | Suppressed::MayBeContested) => return Action::ResolveDispute,
        Some(Suppressed::MayBePaid) => return Action::FindPayment,
        Some(Suppressed::PromisePending) => return Action::AwaitPromise,
        Some(Suppressed::ContactedRecently) => return Action::Wait,
        Some(Suppressed::NaturalPerson | Suppressed::CustomerUnknown) => {
            return Action::DecideByPerson;
        }
        None => {}
    }
    let contact = &input.contact;
    if input.notes.stands(NoteTopic::LacksDocument) {
        return Action::SendDocument;
    }
    let overdue = (today - input.due_on).num_days();
    if overdue > 0 {
        let reminded = contact.reminders >= CALL_AFTER_REMINDERS;
        // Who has no money is spoken with: one more letter changes nothing.
        let short = input.notes.stands(NoteTopic::CannotPay);
        if overdue > CALL_AFTER_DAYS || reminded || contact.promise_broken || short {
            return Action::Call;
        }
        return Action::Remind;
    }
    let likely = verdict.is_some_and(|verdict| verdict.probability >= HIGH);
    if likely && !heard_ahead(input) && input.due_on <= today + AHEAD {
        Action::RemindAhead
    } else {
        Action::Wait
    }
}

/// Whether its customer heard from the firm since a friendly reminder makes sense.
fn heard_ahead(input: &CollectionsInput) -> bool {
    let last = input.contact.last_contact_on;
    last.is_some_and(|day| day + AHEAD >= input.due_on)
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
    evidence.extend(input.set_off.map(|money| {
        record(
            format!("customer/{}", input.customer_id),
            format!(
                "{money} {} paid or credited and not matched with an invoice",
                input.currency
            ),
        )
    }));
    // The words of a note stay in its record, where they can be erased.
    evidence.extend(input.notes.standing().take(SHOWN_NOTES).map(|noted| {
        record(
            format!("interaction/{}", noted.interaction_id),
            format!("a note of {} that {}", noted.on, noted.topic.label()),
        )
    }));
    evidence
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

    use super::*;

    #[test]
    fn who_heard_of_it_lately_is_not_reminded_ahead_once_more() {
        let asked = |last_contact_on: Option<&str>| -> CollectionsInput {
            let contact = json!({"disputed": false, "promised_on": null, "promise_broken": false,
                "last_contact_on": last_contact_on, "recent_contacts": 1, "reminders": 0,
                "promises_kept": 0, "promises_broken": 0});
            let input = json!({"customer_invoice_id": "i1", "customer_id": "c1", "as_of": "2026-06-01T08:00:00Z",
                "issued_on": "2026-05-20", "due_on": "2026-06-05", "open_amount": "10.00", "currency": "EUR",
                "contact": contact, "natural_person": false, "enough_history": true,
                "policy": {"very_late_days": 30, "contact_pause_days": 1}});
            serde_json::from_value(input).unwrap()
        };
        let heard = |last: Option<&str>| heard_ahead(&asked(last));
        assert!(!heard(None) && !heard(Some("2026-05-28")));
        assert!(heard(Some("2026-05-29")) && heard(Some("2026-05-31")));
    }
}
