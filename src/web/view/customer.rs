//! One customer: how it has paid, what is open and when it is expected, what was said.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, NaiveDate};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::bars::{self, ReasonBar};
use super::collections::{amount, customer_address, heeds, level, set_off, unbroken};
use super::words;
use crate::advice::Recommendation;
use crate::cases::collections::{
    CollectionsAdvice, CollectionsRow, CustomerFile, InvoiceRow, Moved,
};
use crate::domain::Currency;
use crate::domain::records::CustomerInvoiceStatus;

/// Payments drawn, the latest.
const DRAWN: usize = 300;
/// Days late drawn, early and late; what lies beyond is drawn at the edge.
const EARLIEST: f64 = -20.0;
const LATEST: f64 = 60.0;
/// Days from today that forecasts are drawn over.
const AHEAD_DAYS: f64 = 90.0;
/// Days named below the plot of payments.
const MOST_NAMED: usize = 6;
/// Contacts shown, the latest.
const CONTACTS: usize = 20;
/// Open invoices shown with their answers: some customers have thousands, and nobody reads as many.
const INVOICES: usize = 100;

/// The page's content.
pub(in crate::web) struct CustomerView {
    pub(in crate::web) contact_href: String,
    /// Id of what is recorded next: sent twice, it is one record.
    pub(in crate::web) contact_id: Uuid,
    pub(in crate::web) name: String,
    pub(in crate::web) facts: Vec<(&'static str, String)>,
    pub(in crate::web) action: Option<String>,
    pub(in crate::web) held: String,
    /// What whoever takes the next step is to heed.
    pub(in crate::web) heeds: Vec<String>,
    pub(in crate::web) moved: String,
    pub(in crate::web) plot: Option<HistoryPlot>,
    pub(in crate::web) invoices: Vec<OpenInvoice>,
    /// Scored invoices beyond those shown.
    pub(in crate::web) unshown: usize,
    /// Id and label of whatever a contact may be about: all that is open, scored or not, the oldest debt first.
    pub(in crate::web) about: Vec<(String, String)>,
    pub(in crate::web) said: Vec<Said>,
    /// Open invoices whose own records say that they are contested: what is recorded here settles none.
    pub(in crate::web) disputed_by_record: String,
    pub(in crate::web) person: bool,
}

/// Days late by due date, in a drawing 640 wide and 200 high.
pub(in crate::web) struct HistoryPlot {
    pub(in crate::web) points: Vec<Point>,
    /// Height of the line of the due date.
    pub(in crate::web) due_y: String,
    pub(in crate::web) ticks: Vec<(String, String)>,
    /// Place, anchor and label of the days named below.
    pub(in crate::web) days: Vec<(String, &'static str, String)>,
    pub(in crate::web) summary: String,
}

/// One payment, or an invoice still open.
pub(in crate::web) struct Point {
    pub(in crate::web) x: String,
    pub(in crate::web) y: String,
    /// `early`, `late` or `open`.
    pub(in crate::web) class: &'static str,
    pub(in crate::web) label: String,
}

/// One open invoice with its forecast.
pub(in crate::web) struct OpenInvoice {
    pub(in crate::web) id: String,
    pub(in crate::web) due: String,
    pub(in crate::web) overdue: String,
    pub(in crate::web) open: String,
    pub(in crate::web) currency: String,
    pub(in crate::web) level: (&'static str, &'static str),
    pub(in crate::web) question: String,
    pub(in crate::web) action: String,
    pub(in crate::web) held: String,
    /// Paid by then as likely as not, and with 10 % and 90 %.
    pub(in crate::web) expected: Option<(String, String, String)>,
    /// Left edge and width of p10 to p90, place of p50 and of the due date, in a drawing 200 wide.
    pub(in crate::web) bar: Option<(String, String, String, String)>,
    pub(in crate::web) bars: Vec<ReasonBar>,
    pub(in crate::web) model: String,
}

/// Something that was said.
pub(in crate::web) struct Said {
    pub(in crate::web) day: String,
    pub(in crate::web) what: String,
    pub(in crate::web) note: String,
}

impl CustomerView {
    /// From what is known, the row of the worklist and its answers.
    pub(in crate::web) fn new(
        file: &CustomerFile,
        row: Option<&CollectionsRow>,
        answers: &[Recommendation],
    ) -> Self {
        let today = file.ledger.today();
        let held: Vec<&str> = row
            .into_iter()
            .flat_map(|row| &row.suppressed_by)
            .map(|why| why.label())
            .collect();
        Self {
            contact_href: format!("{}/contact", customer_address(&file.id)),
            contact_id: Uuid::now_v7(),
            name: file
                .customer
                .as_ref()
                .map_or_else(|| file.id.clone(), |customer| customer.name.clone()),
            facts: facts(file, row),
            action: row.map(|row| words::sentence(row.action.label())),
            held: words::sentence(&held.join(", ")),
            heeds: row.map(heeds).unwrap_or_default(),
            moved: row
                .and_then(|row| row.moved.as_ref())
                .and_then(Moved::news)
                .map_or_else(String::new, unbroken),
            plot: plot(file),
            invoices: answers
                .iter()
                .filter_map(|one| invoice(one, today))
                .collect(),
            unshown: row.map_or(0, |row| row.invoices.len() - shown(row).len()),
            about: about(file),
            said: said(file),
            disputed_by_record: disputed_by_record(file),
            person: file.is_natural_person(),
        }
    }
}

/// The invoices of a row that are shown: what the row is about first, most at stake first.
pub(in crate::web) fn shown(row: &CollectionsRow) -> &[InvoiceRow] {
    row.invoices.get(..INVOICES).unwrap_or(&row.invoices)
}

fn about(file: &CustomerFile) -> Vec<(String, String)> {
    let mut open: Vec<_> = file.open_amounts().collect();
    open.sort_by_key(|(one, _)| (one.due_on, one.id));
    let open = open.into_iter().map(|(one, money)| {
        let label = format!("{} · {} {}", one.id, amount(&money), one.currency);
        (one.id.to_owned(), label)
    });
    open.collect()
}

/// What is there to be set off in currencies in which nothing is open: no row tells of it.
fn unused_credits(file: &CustomerFile) -> Option<String> {
    let open: BTreeSet<Currency> = file.open().map(|one| one.currency).collect();
    let there = file.all_to_set_off().into_iter();
    let unused = there.filter(|(currency, _)| !open.contains(currency));
    let sums: Vec<String> = unused
        .map(|(currency, money)| format!("{} {currency}", amount(&money)))
        .collect();
    (!sums.is_empty()).then(|| sums.join(" + "))
}

/// Ids of open invoices that are contested as their own records say.
fn disputed_by_record(file: &CustomerFile) -> String {
    let disputed = Some(CustomerInvoiceStatus::Disputed);
    let ids = file.open().filter(|one| one.status == disputed);
    ids.map(|one| one.id).collect::<Vec<_>>().join(", ")
}

fn facts(file: &CustomerFile, row: Option<&CollectionsRow>) -> Vec<(&'static str, String)> {
    let mut late: Vec<i64> = paid(file).map(|(_, days)| days).collect();
    let mut facts = Vec::new();
    if let Some(row) = row {
        let (open, overdue) = owed(row);
        facts.push(("Open", open));
        if row.left_out == 0 {
            facts.push(("Overdue", overdue));
        } else {
            facts.push(("Overdue of what is scored", overdue));
            facts.push(("Open and not scored", invoices(row.left_out)));
        }
        facts.extend(set_off(row).map(|money| ("To be set off", money)));
    }
    facts.extend(unused_credits(file).map(|money| ("Credit, and nothing open", money)));
    let debts = file.ledger.iter().filter(|one| one.is_collectable());
    let some_day = debts.filter(|one| one.is_paid_some_day());
    let all_paid = match some_day.count() {
        0 => late.len().to_string(),
        some => format!("{} ({some} on a day not known)", late.len() + some),
    };
    facts.push(("Invoices paid", all_paid));
    if !late.is_empty() {
        let share = late.iter().filter(|days| **days > 0).count() as f64 / late.len() as f64;
        facts.push(("Paid late", format!("{} %", words::percent(share))));
        late.sort_unstable();
        let median = late.get(late.len() / 2).copied().unwrap_or_default();
        facts.push(("Usually", days_from_due(median)));
    }
    if let Some(customer) = &file.customer {
        let named = [
            ("Segment", &customer.segment),
            ("Telephone", &customer.phone),
        ];
        for (label, value) in named {
            facts.extend(value.clone().map(|value| (label, value)));
        }
        if let Some(limit) = customer.credit_limit {
            let limit = words::amount(&limit.to_string());
            let limit = match customer.currency {
                Some(currency) => format!("{limit} {currency}"),
                None => format!("{limit}, currency not said"),
            };
            facts.push(("Credit limit", limit));
        }
    }
    facts
}

fn invoices(count: usize) -> String {
    match count {
        1 => "1 smaller invoice".to_owned(),
        many => format!("{many} smaller invoices"),
    }
}

/// What is open, and what is overdue of what is scored, in every currency: also what is not to be spoken of.
fn owed(row: &CollectionsRow) -> (String, String) {
    let others = row.other_currencies.iter();
    let others = others.map(|one| (one.currency, one.open_amount));
    let mut open: BTreeMap<Currency, Decimal> = others.collect();
    open.insert(row.currency, row.open_amount);
    let mut overdue = BTreeMap::<Currency, Decimal>::new();
    for invoice in &row.invoices {
        if invoice.days_overdue > 0 {
            *overdue.entry(invoice.currency).or_default() += invoice.open_amount;
        }
    }
    let words = |sums: BTreeMap<Currency, Decimal>| {
        let words: Vec<String> = sums
            .iter()
            .map(|(currency, sum)| format!("{} {currency}", amount(sum)))
            .collect();
        if words.is_empty() {
            "nothing".to_owned()
        } else {
            words.join(" + ")
        }
    };
    (words(open), words(overdue))
}

/// Day due and days late of what was paid on a day that is known. A credit or what was withdrawn is
/// no debt: nobody was late with it.
fn paid(file: &CustomerFile) -> impl Iterator<Item = (NaiveDate, i64)> {
    let debts = file.ledger.iter().filter(|one| one.is_collectable());
    debts.filter_map(|one| Some((one.due_on, one.days_late()?)))
}

fn days_from_due(days: i64) -> String {
    match days {
        0 => "on the due date".to_owned(),
        1 => "1 day late".to_owned(),
        -1 => "1 day early".to_owned(),
        days if days > 0 => format!("{days} days late"),
        days => format!("{} days early", -days),
    }
}

/// Nothing is drawn where no day of payment is known and nothing is overdue.
fn plot(file: &CustomerFile) -> Option<HistoryPlot> {
    let today = file.ledger.today();
    let overdue = file.open().filter(|invoice| invoice.due_on < today);
    let overdue = overdue.map(|invoice| {
        let passed = (today - invoice.due_on).num_days();
        (invoice.due_on, passed as f64, false)
    });
    let mut dots: Vec<(NaiveDate, f64, bool)> = paid(file)
        .map(|(due_on, days)| (due_on, days as f64, true))
        .chain(overdue)
        .collect();
    dots.sort_by_key(|(due_on, ..)| *due_on);
    let dots = dots.split_off(dots.len().saturating_sub(DRAWN));
    let (first, last) = (dots.first()?.0, dots.last()?.0);
    let span = ((last - first).num_days() as f64).max(1.0);
    let x = |day: NaiveDate| 40.0 + (day - first).num_days() as f64 / span * 590.0;
    let y = |days: f64| {
        let share = (days.clamp(EARLIEST, LATEST) - EARLIEST) / (LATEST - EARLIEST);
        180.0 - share * 165.0
    };
    let number = |value: f64| format!("{value:.1}");
    let points = dots.iter().map(|(due_on, days, paid)| Point {
        x: number(x(*due_on)),
        y: number(y(*days)),
        class: match (paid, *days > 0.0) {
            (false, _) => "open",
            (true, true) => "late",
            (true, false) => "early",
        },
        label: if *paid {
            format!("Due {due_on}: paid {}", days_from_due(*days as i64))
        } else {
            format!("Due {due_on}: open, {} overdue", words::days(*days))
        },
    });
    let paid = dots.iter().filter(|(.., paid)| *paid).count();
    let days = named_days(first, last).into_iter().map(|(day, label)| {
        // No label goes beyond the drawing.
        let anchor = match x(day) {
            ..70.0 => "start",
            600.0.. => "end",
            _ => "middle",
        };
        (number(x(day)), anchor, label)
    });
    Some(HistoryPlot {
        points: points.collect(),
        due_y: number(y(0.0)),
        ticks: [
            (EARLIEST, "−20"),
            (0.0, "0"),
            (20.0, "20"),
            (40.0, "40"),
            (LATEST, "60+"),
        ]
        .map(|(days, label)| (number(y(days)), label.to_owned()))
        .into(),
        days: days.collect(),
        summary: format!(
            "Days late by due date: {paid} payments, {} open and overdue",
            dots.len() - paid
        ),
    })
}

/// The days that are named below a plot: first days of quarters or years, no more than can be told
/// apart; both ends where hardly one lies between.
fn named_days(first: NaiveDate, last: NaiveDate) -> Vec<(NaiveDate, String)> {
    let by_year = (last - first).num_days() > 3 * 366;
    let months: &[u32] = if by_year { &[1] } else { &[1, 4, 7, 10] };
    let label = if by_year { "%Y" } else { "%b %y" };
    let firsts = (first.year()..=last.year())
        .flat_map(|year| months.iter().map(move |month| (year, *month)))
        .filter_map(|(year, month)| NaiveDate::from_ymd_opt(year, month, 1))
        .filter(|day| *day >= first && *day <= last);
    let firsts: Vec<NaiveDate> = firsts.collect();
    if firsts.len() < 2 {
        let mut ends = vec![first, last];
        ends.dedup();
        let named = ends.into_iter();
        return named
            .map(|day| (day, day.format("%-d %b %Y").to_string()))
            .collect();
    }
    let every = firsts.len().div_ceil(MOST_NAMED);
    let named = firsts.into_iter().step_by(every);
    named
        .map(|day| (day, day.format(label).to_string()))
        .collect()
}

fn invoice(answer: &Recommendation, today: NaiveDate) -> Option<OpenInvoice> {
    let advice: CollectionsAdvice = serde_json::from_value(answer.suggestion.clone()?).ok()?;
    let due_on = today - chrono::TimeDelta::days(advice.days_overdue);
    let held: Vec<&str> = advice.suppressed_by.iter().map(|why| why.label()).collect();
    let place = |day: NaiveDate| {
        let ahead = (day - today).num_days() as f64;
        (ahead / AHEAD_DAYS).clamp(0.0, 1.0) * 200.0
    };
    let forecast = advice.forecast.as_ref();
    Some(OpenInvoice {
        id: answer.subject.id.clone(),
        due: due_on.to_string(),
        overdue: match advice.days_overdue {
            0 => "due today".to_owned(),
            days if days > 0 => format!("{} overdue", words::days(days as f64)),
            days => format!("in {}", words::days(-days as f64)),
        },
        open: amount(&advice.open_amount),
        currency: advice.currency.to_string(),
        level: level(answer.level),
        question: answer.score.map_or_else(
            || words::unscored(answer.status).to_owned(),
            |score| chance(score, &answer.score_kind),
        ),
        action: words::sentence(advice.action.label()),
        held: words::sentence(&held.join(", ")),
        expected: forecast.map(|forecast| {
            let day = |day: NaiveDate| day.to_string();
            (day(forecast.p50), day(forecast.p10), day(forecast.p90))
        }),
        bar: forecast.map(|forecast| {
            let (from, to) = (place(forecast.p10), place(forecast.p90));
            let number = |value: f64| format!("{value:.1}");
            (
                number(from),
                number((to - from).max(2.0)),
                number(place(forecast.p50)),
                number(place(due_on)),
            )
        }),
        bars: bars::bars(&answer.reasons, &answer.counter_reasons)
            .into_iter()
            .map(|bar| ReasonBar {
                text: unbroken(&bar.text),
                ..bar
            })
            .collect(),
        model: answer.model.as_ref().map_or_else(String::new, |model| {
            format!("{} {}", model.name, model.version)
        }),
    })
}

/// A probability, and of what; certain only where it is.
fn chance(score: f64, score_kind: &str) -> String {
    let percent = words::percent(score);
    format!("{percent}\u{a0}% {}", asked(score_kind))
}

fn asked(score_kind: &str) -> &'static str {
    match score_kind {
        "paid_late" => "to be paid late",
        "paid_very_late" => "to be paid very late",
        _ => "to be open in 30 days",
    }
}

fn said(file: &CustomerFile) -> Vec<Said> {
    file.said
        .iter()
        .rev()
        .take(CONTACTS)
        .map(|one| {
            let promised = one.promised_on.map(|day| format!(" for {day}"));
            // Of a promise of a part the rest is still to be asked for.
            let sum = one.promised_amount.map(|sum| {
                let currency = one.currency.map(|currency| format!(" {currency}"));
                let sum = words::amount(&sum.to_string());
                format!(" of {sum}{}", currency.unwrap_or_default())
            });
            let about = one.customer_invoice_id.as_ref().map(|id| format!(", {id}"));
            let kind = words::sentence(one.kind.as_str());
            Said {
                day: one.time.date_naive().to_string(),
                what: format!(
                    "{kind}{}{}{}",
                    sum.unwrap_or_default(),
                    promised.unwrap_or_default(),
                    about.unwrap_or_default()
                ),
                note: one.note.clone().unwrap_or_default(),
            }
        })
        .collect()
}
