//! What to do next, and what keeps from a contact.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::cases::collections::input::CollectionsInput;
use crate::cases::collections::notes::NoteTopic;
use crate::cases::forecast::HIGH;

/// Days overdue, and reminders without answer, after which a call is due.
const CALL_AFTER_DAYS: i64 = 14;
const CALL_AFTER_REMINDERS: u32 = 2;
/// Days before the due date in which a friendly reminder makes sense.
const AHEAD: Days = Days::new(7);

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

/// Why no contact is proposed on a day.
pub(in crate::cases::collections) fn suppressed(
    input: &CollectionsInput,
    today: NaiveDate,
) -> Vec<Suppressed> {
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

/// What to do next on a day, by the probability of what is asked.
pub(super) fn action(
    input: &CollectionsInput,
    suppressed: &[Suppressed],
    probability: Option<f64>,
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
    let likely = probability.is_some_and(|probability| probability >= HIGH);
    if !likely || heard_ahead(input) || input.due_on > today + AHEAD {
        return Action::Wait;
    }
    // Who is to hear of it, and promised to have paid it by now, is asked why it did not.
    if contact.promise_broken {
        Action::Call
    } else {
        Action::RemindAhead
    }
}

/// Whether its customer heard from the firm since a friendly reminder makes sense.
fn heard_ahead(input: &CollectionsInput) -> bool {
    let last = input.contact.last_contact_on;
    last.is_some_and(|day| day + AHEAD >= input.due_on)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// An invoice due in four days.
    fn asked(last_contact_on: Option<&str>, promise_broken: bool) -> CollectionsInput {
        let contact = json!({"disputed": false, "promised_on": null, "promise_broken": promise_broken,
            "last_contact_on": last_contact_on, "recent_contacts": 1, "reminders": 0,
            "promises_kept": 0, "promises_broken": 0});
        let input = json!({"customer_invoice_id": "i1", "customer_id": "c1", "as_of": "2026-06-01T08:00:00Z",
            "issued_on": "2026-05-20", "due_on": "2026-06-05", "open_amount": "10.00", "currency": "EUR",
            "contact": contact, "natural_person": false, "enough_history": true,
            "policy": {"very_late_days": 30, "contact_pause_days": 1}});
        serde_json::from_value(input).unwrap()
    }

    #[test]
    fn who_heard_of_it_lately_is_not_reminded_ahead_once_more() {
        let heard = |last: Option<&str>| heard_ahead(&asked(last, false));
        assert!(!heard(None) && !heard(Some("2026-05-28")));
        assert!(heard(Some("2026-05-29")) && heard(Some("2026-05-31")));
    }

    #[test]
    fn who_broke_a_promise_about_what_is_soon_due_is_called_and_not_reminded_ahead() {
        let next = |promise_broken, probability| {
            let input = asked(None, promise_broken);
            action(&input, &[], Some(probability), input.as_of.date_naive())
        };
        assert_eq!(next(false, 0.9), Action::RemindAhead);
        assert_eq!(next(true, 0.9), Action::Call);
        // What is not due and likely to come needs no call.
        assert_eq!(next(true, 0.5), Action::Wait);
    }
}
