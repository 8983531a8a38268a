//! How the features are spoken of.

use crate::cases::forecast::{Unit, Wording};

/// One for each feature, in the order of [`super::features::NAMES`].
pub(super) static WORDS: [Wording; 58] = [
    Wording::new("amount", "Amount of the invoice", Unit::LogAmount),
    Wording::new(
        "amount_against_usual",
        "Amount against what this customer usually owes",
        Unit::Times,
    ),
    Wording::new("term_days", "Days to pay", Unit::Days),
    Wording::new("due_weekday", "Weekday it is due", Unit::Weekday),
    Wording::new(
        "due_day_of_month",
        "Day of the month it is due",
        Unit::Count,
    ),
    Wording::new(
        "days_to_month_end",
        "From the due date to the end of the month",
        Unit::Days,
    ),
    Wording::new(
        "paid_invoices",
        "Invoices the customer has paid",
        Unit::Count,
    ),
    Wording::new("late_share", "Share of them paid late", Unit::Share),
    Wording::new(
        "late_share_recent",
        "Share paid late, recent ones counting more",
        Unit::Share,
    ),
    Wording::new(
        "days_late_recent",
        "Days late on average, recent ones counting more",
        Unit::Days,
    ),
    Wording::new("days_late_spread", "Spread of days late", Unit::Days),
    Wording::new(
        "days_late_last",
        "Days late of the last payment",
        Unit::Days,
    ),
    Wording::new("days_since_payment", "Since the last payment", Unit::Days),
    Wording::new(
        "due_late_share_recent",
        "Share late of what fell due lately, paid or not",
        Unit::Share,
    ),
    Wording::new(
        "due_days_late_recent",
        "Days late of what fell due lately, paid or not",
        Unit::Days,
    ),
    Wording::new(
        "due_late_share_60_days",
        "Share late of what fell due in 60 days",
        Unit::Share,
    ),
    Wording::new(
        "payment_days_90_days",
        "Days with a payment in 90 days",
        Unit::Count,
    ),
    Wording::new("payment_gap_days", "Between payment days", Unit::Days),
    Wording::new(
        "days_to_usual_weekday",
        "From the due date to the customer's usual pay weekday",
        Unit::Days,
    ),
    Wording::new(
        "weekday_late_share",
        "Share late of invoices due on this weekday",
        Unit::Share,
    ),
    Wording::new(
        "weekday_days_late",
        "Days late of invoices due on this weekday",
        Unit::Days,
    ),
    Wording::new(
        "amount_late_share",
        "Share late of invoices of a like amount",
        Unit::Share,
    ),
    Wording::new("open_invoices", "Other invoices open", Unit::Count),
    Wording::new(
        "open_amount",
        "Amount of other invoices open",
        Unit::LogAmount,
    ),
    Wording::new("overdue_invoices", "Other invoices overdue", Unit::Count),
    Wording::new(
        "overdue_longest_days",
        "Longest overdue among them",
        Unit::Days,
    ),
    Wording::new(
        "due_same_day",
        "Other invoices due on the same day",
        Unit::Count,
    ),
    Wording::new(
        "like_weekday_late_share",
        "Share late of recent invoices due on this weekday",
        Unit::Share,
    ),
    Wording::new(
        "like_late_share",
        "Share late of invoices most like this one",
        Unit::Share,
    ),
    Wording::new(
        "like_amount_late_share",
        "Share late of recent invoices of a like amount",
        Unit::Share,
    ),
    Wording::new(
        "like_month_day_late_share",
        "Share late of invoices due about this day of the month",
        Unit::Share,
    ),
    Wording::new(
        "like_payments",
        "How much history is like this invoice",
        Unit::Count,
    ),
    Wording::new(
        "like_weekday_days_late",
        "Usual days late of recent invoices due on this weekday",
        Unit::Days,
    ),
    Wording::new(
        "like_days_late",
        "Usual days late of invoices most like this one",
        Unit::Days,
    ),
    Wording::new(
        "like_days_late_high",
        "Days late of the latest fifth of them",
        Unit::Days,
    ),
    Wording::new(
        "like_days_late_low",
        "Days late of the earliest fifth of them",
        Unit::Days,
    ),
    Wording::new("customer_days", "Time as a customer", Unit::Days),
    Wording::new("credit_used", "Share of the credit limit used", Unit::Share),
    Wording::new("contacts_30_days", "Contacts in 30 days", Unit::Count),
    Wording::new("days_since_contact", "Since the last contact", Unit::Days),
    Wording::new("reminders", "Reminders of this invoice", Unit::Count),
    Wording::new(
        "promise_days",
        "Until the day payment is promised for",
        Unit::Days,
    ),
    Wording::new("promises_kept_share", "Share of promises kept", Unit::Share),
    Wording::new("promises_broken", "Promises broken", Unit::Count),
    Wording::new("disputed", "Contested", Unit::Flag),
    Wording::new(
        "days_since_note_contests",
        "Since a note that contests",
        Unit::Days,
    ),
    Wording::new(
        "days_since_note_promises",
        "Since a note that promises payment",
        Unit::Days,
    ),
    Wording::new(
        "days_since_note_cannot_pay",
        "Since a note that speaks of lack of money",
        Unit::Days,
    ),
    Wording::new(
        "days_since_note_lacks_document",
        "Since a note that asks for a document",
        Unit::Days,
    ),
    Wording::new(
        "days_since_note_paid_already",
        "Since a note that says it is paid",
        Unit::Days,
    ),
    Wording::new(
        "late_share_drawn",
        "Share the customer paid late, the firm's where it paid little yet",
        Unit::Share,
    ),
    Wording::new(
        "firm_late_share_28_days",
        "Share late of all that fell due in four weeks",
        Unit::Share,
    ),
    Wording::new(
        "firm_late_share_year_before",
        "Share late of all that fell due about this day a year ago",
        Unit::Share,
    ),
    Wording::new(
        "unit_late_share",
        "Share late of invoices of this business unit",
        Unit::Share,
    ),
    Wording::new(
        "document_type_late_share",
        "Share late of documents of this kind",
        Unit::Share,
    ),
    Wording::new(
        "terms_late_share",
        "Share late of invoices on these terms",
        Unit::Share,
    ),
    Wording::new(
        "country_late_share",
        "Share late of customers in this country",
        Unit::Share,
    ),
    Wording::new(
        "segment_late_share",
        "Share late of customers of this segment",
        Unit::Share,
    ),
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
