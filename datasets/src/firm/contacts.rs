//! Reminders, calls and promises, and what is noted of them.

use chrono::{DateTime, NaiveDate, Utc};
use scrutineer::domain::RecordKind;
use serde_json::json;

use super::FirmError;
use super::calendar::{self, later, text};
use super::chance::{happens, logistic};
use super::receivables::{Debt, Office};

/// Days overdue from which a reminder goes out, and between two of them.
const REMINDED_FROM: i64 = 5;
const REMINDED_AGAIN: i64 = 14;
/// Days overdue from which somebody calls, and between two calls.
const CALLED_FROM: i64 = 12;
const CALLED_AGAIN: i64 = 9;

/// One day of the collectors: reminders by list, calls by what is at stake.
pub(super) fn work(
    office: &mut Office<'_>,
    open: &mut [Debt],
    day: NaiveDate,
) -> Result<(), FirmError> {
    let overdue = |debt: &Debt| (day - debt.owed.due_on).num_days();
    let rested = |debt: &Debt, days: i64| {
        debt.last_contact
            .is_none_or(|last| (day - last).num_days() >= days)
    };
    let free = |debt: &Debt| {
        let pending = debt
            .promise
            .is_some_and(|(promised, _)| later(promised, 3) >= day);
        debt.cleared.is_none() && !debt.contested_on(day) && !pending
    };
    if Office::reminds_on(day) {
        for debt in open.iter_mut() {
            if free(debt) && overdue(debt) >= REMINDED_FROM && rested(debt, REMINDED_AGAIN) {
                debt.reminders += 1;
                debt.last_contact = Some(day);
                let at = calendar::at(day, 10, debt.reminders * 7 % 60);
                say(office, debt, at, "reminder", None)?;
            }
        }
    }
    let mut list: Vec<usize> = (0..open.len())
        .filter(|at| {
            let debt = &open[*at];
            // Private persons are written to, not called.
            let private = office.customers[debt.customer].private;
            !private && free(debt) && overdue(debt) >= CALLED_FROM && rested(debt, CALLED_AGAIN)
        })
        .collect();
    let stake = |at: &usize| open[*at].owed.amount * overdue(&open[*at]) as f64;
    list.sort_by(|a, b| stake(b).total_cmp(&stake(a)));
    for (turn, at) in list.into_iter().take(office.capacity(day)).enumerate() {
        call(office, &mut open[at], day, turn)?;
    }
    Ok(())
}

/// A call, and a promise where the customer gives one: kept the more often the less it is
/// short of cash.
fn call(
    office: &mut Office<'_>,
    debt: &mut Debt,
    day: NaiveDate,
    turn: usize,
) -> Result<(), FirmError> {
    debt.last_contact = Some(day);
    let minute = u32::try_from(turn * 7 % 50).unwrap_or(0);
    let at = calendar::at(day, 13, minute);
    if office.dice.percent(35) {
        return say(office, debt, at, "call", Some(Call::NotReached));
    }
    debt.urged = true;
    let payer = &office.customers[debt.customer].payer;
    let strain = payer.strain_on(day);
    if !office.dice.percent(60) {
        let said = if strain > 0.8 {
            Call::Cash
        } else {
            Call::InApproval
        };
        return say(office, debt, at, "call", Some(said));
    }
    let after = later(day, office.dice.between(2, 10));
    let promised = after
        .iter_days()
        .take(40)
        .find(|day| payer.pays_on(*day))
        .unwrap_or(after);
    let means_it = happens(office.dice, logistic(1.4 - 1.2 * strain));
    say(office, debt, at, "call", Some(Call::Promised(promised)))?;
    debt.promise = Some((promised, means_it));
    let after = at + chrono::TimeDelta::minutes(5);
    say(
        office,
        debt,
        after,
        "promise",
        Some(Call::Promised(promised)),
    )
}

/// What a call came to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Call {
    NotReached,
    InApproval,
    Cash,
    Promised(NaiveDate),
}

/// Notes down what was said about an invoice.
pub(super) fn say(
    office: &mut Office<'_>,
    debt: &Debt,
    at: DateTime<Utc>,
    kind: &str,
    call: Option<Call>,
) -> Result<(), FirmError> {
    office.contacts += 1;
    let customer = &office.customers[debt.customer];
    let (outcome, notes): (&str, &[&str]) = match (kind, call) {
        ("reminder", _) if debt.reminders > 1 => (
            "sent",
            &[
                "Second reminder with copy invoice.",
                "Reminder repeated, no reply to the first.",
            ],
        ),
        ("reminder", _) => (
            "sent",
            &[
                "Friendly reminder with statement attached.",
                "First reminder sent to the invoices mailbox.",
            ],
        ),
        ("dispute", _) => (
            "contested",
            &[
                "They accept three of the five days and hold back the rest until we prove them.",
                "Client is unhappy with the workshop and wants part of the fee waived.",
                "Rate on the invoice is not the one in the statement of work, they send it back.",
                "Client thinks the scope was exceeded without approval and refuses the extra.",
            ],
        ),
        ("resolved", _) => (
            "settled",
            &[
                "Hours explained and agreed.",
                "Client accepts the invoice as it is.",
                "Account manager settled it with the client.",
                "We gave a small discount, matter is closed.",
            ],
        ),
        (_, Some(Call::NotReached)) => (
            "not reached",
            &[
                "No answer, left a message.",
                "Contact in a meeting, will try again.",
                "Voicemail full.",
            ],
        ),
        (_, Some(Call::Cash)) => (
            "no date",
            &[
                "Payment depends on a customer of theirs who has not paid either.",
                "Money is short until the summer, they could not name a day.",
                "Finance director admits they are struggling and asks for patience.",
                "Cash flow is a problem, they pay wages first.",
            ],
        ),
        (_, Some(Call::InApproval)) => (
            "no date",
            &[
                "Invoice is with their approver.",
                "Second signature outstanding, the board member travels.",
                "Somebody in purchasing still has to look at it.",
                // Whoever gets it again looks at it: it is left out less often from now on.
                "Accounts payable never got it and wants it sent to the new mailbox.",
            ],
        ),
        (_, Some(Call::Promised(_))) => (
            "promised",
            &[
                "Money leaves with their next payment run, they said.",
                "Says we have it within the fortnight.",
                "Promises payment, apologises for the delay.",
            ],
        ),
        _ => ("", &[]),
    };
    let promised = match call {
        Some(Call::Promised(day)) if kind == "promise" => Some(day),
        _ => None,
    };
    let who = office.staff.in_role(office.dice, "collections").id.clone();
    let by = if matches!(kind, "dispute" | "resolved") {
        customer.manager.clone()
    } else {
        who
    };
    let channel = match kind {
        "call" | "promise" => "phone",
        "reminder" if customer.private => "letter",
        _ => "email",
    };
    let time = text(at);
    office.records.put(
        RecordKind::Interaction,
        json!({
            "id": format!("IA-{:05}", office.contacts),
            "customer_id": customer.id,
            "customer_invoice_id": debt.id,
            "time": time,
            "kind": kind,
            "channel": channel,
            "promised_on": promised.map(|day| day.to_string()),
            "promised_amount": promised.map(|_| debt.total.to_string()),
            "currency": promised.map(|_| "EUR"),
            "outcome": outcome,
            "employee_id": by,
            "note": office.dice.pick(notes),
            "known_at": time,
        }),
    )
}
