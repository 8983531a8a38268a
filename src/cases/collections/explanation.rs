//! How the features are spoken of.

use std::borrow::Cow;

use crate::cases::forecast::{Unit, Wording};

const fn says(feature: &'static str, label: &'static str, unit: Unit) -> Wording {
    Wording {
        feature: Cow::Borrowed(feature),
        label: Cow::Borrowed(label),
        unit,
    }
}

/// One for each feature, in the order of [`super::features::NAMES`].
pub(super) static WORDS: [Wording; 45] = [
    says("amount", "Amount of the invoice", Unit::LogAmount),
    says(
        "amount_against_usual",
        "Amount against what this customer usually owes",
        Unit::Times,
    ),
    says("term_days", "Days to pay", Unit::Days),
    says("due_weekday", "Weekday it is due", Unit::Weekday),
    says(
        "due_day_of_month",
        "Day of the month it is due",
        Unit::Count,
    ),
    says(
        "days_to_month_end",
        "From the due date to the end of the month",
        Unit::Days,
    ),
    says(
        "paid_invoices",
        "Invoices the customer has paid",
        Unit::Count,
    ),
    says("late_share", "Share of them paid late", Unit::Share),
    says(
        "late_share_recent",
        "Share paid late, recent ones counting more",
        Unit::Share,
    ),
    says(
        "days_late_recent",
        "Days late on average, recent ones counting more",
        Unit::Days,
    ),
    says("days_late_spread", "Spread of days late", Unit::Days),
    says(
        "days_late_last",
        "Days late of the last payment",
        Unit::Days,
    ),
    says("days_since_payment", "Since the last payment", Unit::Days),
    says(
        "due_late_share_recent",
        "Share late of what fell due lately, paid or not",
        Unit::Share,
    ),
    says(
        "due_days_late_recent",
        "Days late of what fell due lately, paid or not",
        Unit::Days,
    ),
    says(
        "due_late_share_60_days",
        "Share late of what fell due in 60 days",
        Unit::Share,
    ),
    says(
        "payment_days_90_days",
        "Days with a payment in 90 days",
        Unit::Count,
    ),
    says("payment_gap_days", "Between payment days", Unit::Days),
    says(
        "days_to_usual_weekday",
        "From the due date to the customer's usual pay weekday",
        Unit::Days,
    ),
    says(
        "weekday_late_share",
        "Share late of invoices due on this weekday",
        Unit::Share,
    ),
    says(
        "weekday_days_late",
        "Days late of invoices due on this weekday",
        Unit::Days,
    ),
    says(
        "amount_late_share",
        "Share late of invoices of a like amount",
        Unit::Share,
    ),
    says("open_invoices", "Other invoices open", Unit::Count),
    says(
        "open_amount",
        "Amount of other invoices open",
        Unit::LogAmount,
    ),
    says("overdue_invoices", "Other invoices overdue", Unit::Count),
    says(
        "overdue_longest_days",
        "Longest overdue among them",
        Unit::Days,
    ),
    says(
        "due_same_day",
        "Other invoices due on the same day",
        Unit::Count,
    ),
    says(
        "like_weekday_late_share",
        "Share late of recent invoices due on this weekday",
        Unit::Share,
    ),
    says(
        "like_late_share",
        "Share late of invoices most like this one",
        Unit::Share,
    ),
    says(
        "like_amount_late_share",
        "Share late of recent invoices of a like amount",
        Unit::Share,
    ),
    says(
        "like_month_day_late_share",
        "Share late of invoices due about this day of the month",
        Unit::Share,
    ),
    says(
        "like_payments",
        "How much history is like this invoice",
        Unit::Count,
    ),
    says(
        "like_weekday_days_late",
        "Usual days late of recent invoices due on this weekday",
        Unit::Days,
    ),
    says(
        "like_days_late",
        "Usual days late of invoices most like this one",
        Unit::Days,
    ),
    says(
        "like_days_late_high",
        "Days late of the latest fifth of them",
        Unit::Days,
    ),
    says(
        "like_days_late_low",
        "Days late of the earliest fifth of them",
        Unit::Days,
    ),
    says("customer_days", "Time as a customer", Unit::Days),
    says("credit_used", "Share of the credit limit used", Unit::Share),
    says("contacts_30_days", "Contacts in 30 days", Unit::Count),
    says("days_since_contact", "Since the last contact", Unit::Days),
    says("reminders", "Reminders of this invoice", Unit::Count),
    says(
        "promise_days",
        "Until the day payment is promised for",
        Unit::Days,
    ),
    says("promises_kept_share", "Share of promises kept", Unit::Share),
    says("promises_broken", "Promises broken", Unit::Count),
    says("disputed", "Contested", Unit::Flag),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_is_spoken_of_in_its_place() {
        assert_eq!(
            WORDS.clone().map(|words| words.feature),
            super::super::features::NAMES
        );
    }
}
