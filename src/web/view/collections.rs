//! The worklist of collections as rows, bars and choices.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::words;
use crate::advice::Level;
use crate::cases::collections::{Action, CollectionsRow, CollectionsRun, CurrencyCash, Moved};
use crate::web::pages::collections::CollectionsQuery;
use crate::web::query::encode;

/// Customers that the slider goes to, where no more are set.
const SLIDER: usize = 100;

/// The page's content.
pub(in crate::web) struct CollectionsView {
    pub(in crate::web) as_of: String,
    pub(in crate::web) text: String,
    pub(in crate::web) capacity: usize,
    pub(in crate::web) most: usize,
    pub(in crate::web) actions: Vec<(&'static str, String, bool)>,
    pub(in crate::web) filtered: bool,
    pub(in crate::web) sums: Vec<Sum>,
    pub(in crate::web) ranked: Vec<Row>,
    /// Customers that would be contacted if there were more time.
    pub(in crate::web) beyond: usize,
    pub(in crate::web) held_back: Vec<Row>,
    pub(in crate::web) waiting: usize,
    /// Those with nothing to do who were searched for.
    pub(in crate::web) waiting_found: Vec<Row>,
    pub(in crate::web) left_out: usize,
    pub(in crate::web) csv: String,
}

/// Money of one currency.
pub(in crate::web) struct Sum {
    pub(in crate::web) currency: String,
    pub(in crate::web) open: String,
    pub(in crate::web) overdue: String,
    pub(in crate::web) weeks: Vec<Week>,
    pub(in crate::web) later: String,
    /// Open on invoices of which nothing is foretold, if there are such.
    pub(in crate::web) not_foretold: Option<String>,
    pub(in crate::web) width: usize,
}

/// A bar of expected cash, in a drawing 100 high.
pub(in crate::web) struct Week {
    pub(in crate::web) x: usize,
    pub(in crate::web) y: String,
    pub(in crate::web) height: String,
    pub(in crate::web) label: String,
    pub(in crate::web) amount: String,
}

/// One customer.
pub(in crate::web) struct Row {
    pub(in crate::web) rank: String,
    pub(in crate::web) moved: Option<(&'static str, String)>,
    pub(in crate::web) why_moved: String,
    pub(in crate::web) href: String,
    pub(in crate::web) name: String,
    pub(in crate::web) phone: String,
    pub(in crate::web) action: String,
    pub(in crate::web) held: String,
    /// What whoever takes the next step is to heed.
    pub(in crate::web) heeds: Vec<String>,
    pub(in crate::web) level: (&'static str, &'static str),
    pub(in crate::web) open: String,
    pub(in crate::web) overdue: String,
    pub(in crate::web) currency: String,
    /// What is open in other currencies.
    pub(in crate::web) others: Vec<String>,
    pub(in crate::web) days: String,
    pub(in crate::web) stake: String,
    pub(in crate::web) because: String,
    /// What is open and not to be spoken of, if there is such.
    pub(in crate::web) unspoken: Option<String>,
    pub(in crate::web) invoices: usize,
}

/// How far the slider goes: to what is set for the firm, and what is asked for, in any case.
fn most_contacts(set: usize, asked: usize) -> usize {
    SLIDER.max(set).max(asked)
}

impl CollectionsView {
    /// From a run and what was asked of it.
    pub(in crate::web) fn new(run: &CollectionsRun, query: &CollectionsQuery, set: usize) -> Self {
        let capacity = query.contacts(set);
        let most_at_stake = run
            .ranked
            .iter()
            .map(|row| row.at_stake)
            .fold(0.0, f64::max);
        let rows = |rows: &[CollectionsRow]| -> Vec<Row> {
            let fitting = rows.iter().filter(|row| query.fits(row));
            fitting.map(|one| row(one, most_at_stake)).collect()
        };
        let reach = &run.ranked[..query.reach(capacity).min(run.ranked.len())];
        Self {
            as_of: words::minute(run.as_of),
            text: query.text.clone(),
            capacity,
            most: most_contacts(set, capacity),
            actions: Action::CONTACTS
                .map(|action| {
                    let name = action.as_str();
                    (name, words::sentence(action.label()), query.action == name)
                })
                .into(),
            filtered: query.is_filtered(),
            sums: run.cash.iter().map(sum).collect(),
            ranked: rows(reach),
            beyond: {
                let beyond = run.ranked.iter().skip(reach.len());
                beyond.filter(|row| query.fits(row)).count()
            },
            held_back: rows(&run.held_back),
            waiting: run.waiting.iter().filter(|row| query.fits(row)).count(),
            waiting_found: if query.is_search() {
                rows(&run.waiting)
            } else {
                Vec::new()
            },
            left_out: run.left_out,
            csv: query.address("/collections.csv"),
        }
    }
}

fn sum(cash: &CurrencyCash) -> Sum {
    let number = |amount: &Decimal| amount.to_f64().unwrap_or_default();
    let highest = cash
        .weeks
        .iter()
        .map(|week| number(&week.amount))
        .fold(0.0, f64::max);
    let weeks = cash.weeks.iter().enumerate().map(|(at, week)| {
        let height = if highest > 0.0 {
            number(&week.amount) / highest * 80.0
        } else {
            0.0
        };
        Week {
            x: at * 50,
            y: format!("{:.1}", 84.0 - height),
            height: format!("{height:.1}"),
            label: week.week_of.format("%d %b").to_string(),
            amount: amount(&week.amount),
        }
    });
    Sum {
        currency: cash.currency.to_string(),
        open: amount(&cash.open),
        overdue: amount(&cash.overdue),
        weeks: weeks.collect(),
        later: amount(&cash.later),
        not_foretold: (!cash.not_foretold.is_zero()).then(|| amount(&cash.not_foretold)),
        // The last label is wider than its bar.
        width: cash.weeks.len() * 50 + 25,
    }
}

/// An amount with its thousands apart.
pub(super) fn amount(amount: &Decimal) -> String {
    words::amount(&amount.to_string())
}

pub(super) const fn level(level: Level) -> (&'static str, &'static str) {
    match level {
        Level::High => ("high", "High"),
        Level::Medium => ("medium", "Medium"),
        Level::Low => ("low", "Low"),
    }
}

/// The address of a customer's page.
pub(in crate::web) fn customer_address(id: &str) -> String {
    format!("/collections/customers/{}", encode(id))
}

/// A sentence in which no date and no percentage is broken over two lines.
pub(super) fn unbroken(sentence: &str) -> String {
    let mut told = String::with_capacity(sentence.len());
    let mut after_digit = false;
    let mut rest = sentence.chars().peekable();
    while let Some(sign) = rest.next() {
        told.push(match (sign, rest.peek()) {
            (' ', Some('%')) if after_digit => '\u{a0}',
            ('-', Some(next)) if after_digit && next.is_ascii_digit() => '\u{2011}',
            _ => sign,
        });
        after_digit = sign.is_ascii_digit();
    }
    told
}

/// What is open in other currencies, in words.
fn others(row: &CollectionsRow) -> Vec<String> {
    let others = row.other_currencies.iter();
    let words = others.map(|one| {
        let open = amount(&one.open_amount);
        let overdue = amount(&one.overdue_amount);
        let days = match one.days_overdue {
            days if days > 0 => format!(" {days} d"),
            _ => String::new(),
        };
        let held_back = if one.held_back_amount.is_zero() || row.rank.is_none() {
            String::new()
        } else {
            let held_back = amount(&one.held_back_amount);
            format!(", {held_back} not to be spoken of")
        };
        format!(
            "{open} {}, {overdue} overdue{days}{held_back}",
            one.currency
        )
    });
    words.collect()
}

/// What whoever takes the next step is to heed: credits that the ledger has not set off, and a promise that
/// was broken.
pub(super) fn heeds(row: &CollectionsRow) -> Vec<String> {
    let set_off =
        set_off(row).map(|money| format!("set off first: {money} of credits or unmatched money"));
    let broken = row.is_promise_broken();
    let broken = broken.then(|| "a promise was broken".to_owned());
    set_off.into_iter().chain(broken).collect()
}

/// What is there to be set off, in every currency.
pub(super) fn set_off(row: &CollectionsRow) -> Option<String> {
    let sums = row.to_set_off();
    let sums = sums.map(|(currency, money)| format!("{} {currency}", amount(&money)));
    let sums: Vec<String> = sums.collect();
    (!sums.is_empty()).then(|| sums.join(" + "))
}

/// What is open of a row's own currency and not to be spoken of now, with the reasons.
fn unspoken(row: &CollectionsRow) -> Option<String> {
    if row.held_back_amount.is_zero() {
        return None;
    }
    let mut reasons: Vec<&str> = row
        .invoices
        .iter()
        .filter(|one| one.currency == row.currency)
        .flat_map(|one| &one.suppressed_by)
        .map(|why| why.label())
        .collect();
    reasons.sort_unstable();
    reasons.dedup();
    Some(format!(
        "of it {} {} not to be spoken of ({})",
        amount(&row.held_back_amount),
        row.currency,
        reasons.join(", ")
    ))
}

fn row(row: &CollectionsRow, most_at_stake: f64) -> Row {
    let held: Vec<&str> = row.suppressed_by.iter().map(|why| why.label()).collect();
    Row {
        rank: row.rank.map_or_else(String::new, |rank| rank.to_string()),
        moved: row
            .moved
            .as_ref()
            .and_then(|moved| match (moved.from, row.rank) {
                (None, _) => Some(("new", "new".to_owned())),
                (Some(from), Some(rank)) if from > rank => {
                    Some(("up", format!("▲ {}", from - rank)))
                }
                (Some(from), Some(rank)) if from < rank => {
                    Some(("down", format!("▼ {}", rank - from)))
                }
                _ => None,
            }),
        why_moved: row
            .moved
            .as_ref()
            .and_then(Moved::news)
            .map_or_else(String::new, unbroken),
        href: customer_address(&row.customer_id),
        name: row.name.clone().unwrap_or_else(|| row.customer_id.clone()),
        phone: row.phone.clone().unwrap_or_default(),
        action: words::sentence(row.action.label()),
        held: words::sentence(&held.join(", ")),
        heeds: heeds(row),
        level: level(row.level),
        open: amount(&row.open_amount),
        overdue: amount(&row.overdue_amount),
        currency: row.currency.to_string(),
        others: others(row),
        days: if row.days_overdue > 0 {
            format!("{} d", row.days_overdue)
        } else {
            String::new()
        },
        stake: format!(
            "{:.1}",
            if most_at_stake > 0.0 {
                (row.at_stake / most_at_stake * 100.0).clamp(0.0, 100.0)
            } else {
                0.0
            }
        ),
        because: row.because().map_or_else(String::new, unbroken),
        unspoken: unspoken(row),
        invoices: row.invoices.len() + row.left_out,
    }
}

#[cfg(test)]
mod tests {
    use super::unbroken;

    #[test]
    fn dates_and_percentages_stay_on_one_line() {
        let told = unbroken("29 % late since 2026-12-01; set-up of 7 - 3 days, x %.");
        let whole = "29\u{a0}% late since 2026\u{2011}12\u{2011}01; set-up of 7 - 3 days, x %.";
        assert_eq!(told, whole);
    }
}
