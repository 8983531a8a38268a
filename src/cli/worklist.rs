//! `scrutineer worklist`: what people should look at, most pressing first.

use std::io::{self, Write};
use std::process::ExitCode;

use chrono::Utc;
use clap::Args;
use rust_decimal::Decimal;
use serde::Serialize;

use super::exit;
use super::store_args::{must_exist, with_store_of};
use super::with_service::{ServiceArgs, with_service};
use crate::advice::Recommendation;
use crate::cases::collections::{CollectionsRow, CollectionsRun, OpenIn};
use crate::cases::timesheet::Reminder;
use crate::config::{Collections, Config};
use crate::domain::Currency;
use crate::service::{
    COLLECTIONS, DELAYS, DUPLICATES, DelaysRun, EXPENSES, REMINDERS, ServiceError,
};
use crate::store::{InboxRow, WORKLISTS, Worklist, WorklistCursor};

/// Rows shown at most where nothing else is said.
const USUAL_LIMIT: u32 = 50;
/// Customers that can be asked for at most.
const MOST_CONTACTS: i64 = Collections::MOST_CONTACTS as i64;

/// Arguments of `worklist`.
#[derive(Debug, Args)]
pub(super) struct WorklistArgs {
    /// Which worklist: `invoice_review`, `collections`, `delays`, `expenses`, `duplicates` or `reminders`
    #[arg(value_parser = parse_name)]
    name: Name,
    /// Most rows shown; 50 if not said, and all of `collections`
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
    /// Of `collections`, customers that can be contacted; what is set for the firm if not said
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=MOST_CONTACTS))]
    capacity: Option<u32>,
    #[command(flatten)]
    service: ServiceArgs,
}

#[derive(Debug, Clone, Copy)]
enum Name {
    Documents(&'static Worklist),
    Collections,
    Delays,
    Expenses,
    Duplicates,
    Reminders,
}

/// Shows the rows that `GET /v1/worklists/NAME` gives.
pub(super) fn run(args: &WorklistArgs) -> ExitCode {
    if args.capacity.is_some() && !matches!(args.name, Name::Collections) {
        return exit::usage("only the worklist `collections` has a capacity");
    }
    let config = match must_exist(&args.service.store) {
        Ok(config) => config,
        Err(code) => return code,
    };
    match args.name {
        Name::Documents(list) => documents(args, &config, list),
        Name::Collections => customers(args, config),
        Name::Delays => with_service(&args.service, config, async |service| {
            let tenant = &args.service.store.tenant;
            match service.delays_run(tenant, Utc::now()).await {
                Ok(run) => print_delays(args, &run),
                Err(error) => exit::environment(&error.to_string()),
            }
        }),
        Name::Expenses => with_service(&args.service, config, async |service| {
            let tenant = &args.service.store.tenant;
            match service.expense_queue(tenant, Utc::now()).await {
                Ok(queue) => print(
                    args,
                    queue.run.queue.iter().chain(&queue.run.audit),
                    show_answer,
                ),
                Err(error) => exit::environment(&error.to_string()),
            }
        }),
        Name::Duplicates => with_service(&args.service, config, async |service| {
            let tenant = &args.service.store.tenant;
            match service.duplicate_queue(tenant, Utc::now()).await {
                Ok(queue) => print(args, queue.run.queue.iter(), show_answer),
                Err(error) => exit::environment(&error.to_string()),
            }
        }),
        Name::Reminders => with_service(&args.service, config, async |service| {
            let tenant = &args.service.store.tenant;
            match service.reminders(tenant, Utc::now()).await {
                Ok(due) => print(args, due.reminders.iter(), show_sheet),
                Err(off @ ServiceError::SwitchedOff { .. }) => {
                    exit::usage(&format!("reminders are {off}"))
                }
                Err(error) => exit::environment(&error.to_string()),
            }
        }),
    }
}

/// Shows teams, set-ups and bills in one order.
fn print_delays(args: &WorklistArgs, run: &DelaysRun) -> ExitCode {
    if run.bills_left_out > 0 {
        let left_out = run.bills_left_out;
        exit::note(&format!(
            "{left_out} bills planned for days further from today were not scored: there are too many"
        ));
    }
    if run.setups_left_out > 0 {
        let left_out = run.setups_left_out;
        exit::note(&format!(
            "{left_out} set-ups planned for days further from today were not scored: there are too many"
        ));
    }
    let rows = run.most_pressing();
    let beyond = rows.len().saturating_sub(usual_limit(args));
    if beyond > 0 {
        exit::note(&format!("{beyond} more are less pressing"));
    }
    print(args, rows.into_iter(), show_answer)
}

/// Shows as many customers to contact as the team can, then those held back.
fn customers(args: &WorklistArgs, config: Config) -> ExitCode {
    let usual = config.collections.contacts_a_day;
    let capacity = args.capacity.unwrap_or(usual);
    with_service(&args.service, config, async |service| {
        let tenant = &args.service.store.tenant;
        match service.collections_run(tenant, Utc::now()).await {
            Ok(run) => print_customers(args, &run, capacity as usize),
            Err(error) => exit::environment(&error.to_string()),
        }
    })
}

fn print_customers(args: &WorklistArgs, run: &CollectionsRun, capacity: usize) -> ExitCode {
    if run.left_out > 0 {
        let left_out = run.left_out;
        exit::note(&format!(
            "{left_out} smaller open invoices were not scored: there are too many"
        ));
    }
    let beyond = run.ranked.len().saturating_sub(capacity);
    if beyond > 0 {
        exit::note(&format!("{beyond} more would be worth a contact"));
    }
    let limit = args.limit.map_or(usize::MAX, |limit| limit as usize);
    tell_left_out(run.ranked.len().min(capacity), run.held_back.len(), limit);
    let json = args.service.store.json;
    let mut out = io::stdout().lock();
    let ranked = run.ranked.iter().take(capacity.min(limit));
    let written = write(&mut out, json, ranked, show_customer).and_then(|shown| {
        let mut held_back = run.held_back.iter().take(limit - shown).peekable();
        if !json && held_back.peek().is_some() {
            writeln!(out, "not to be contacted now:")?;
        }
        Ok(shown + write(&mut out, json, held_back, show_customer)?)
    });
    ended(written)
}

/// Says how many customers to contact, and how many held back, a limit leaves out.
fn tell_left_out(to_contact: usize, held_back: usize, limit: usize) {
    let contacts = to_contact.saturating_sub(limit);
    let held_back = held_back.saturating_sub(limit.saturating_sub(to_contact));
    if contacts + held_back > 0 {
        exit::note(&format!(
            "{contacts} more to contact and {held_back} more held back are not shown"
        ));
    }
}

fn documents(args: &WorklistArgs, config: &Config, list: &Worklist) -> ExitCode {
    let store = &args.service.store;
    let first = WorklistCursor::default();
    let limit = usual_limit(args);
    let page = with_store_of(config, async |open| {
        open.worklist(&store.tenant, list, first, limit).await
    });
    let page = match page {
        Ok(page) => page,
        Err(code) => return code,
    };
    print(args, page.items.iter(), show_document)
}

fn usual_limit(args: &WorklistArgs) -> usize {
    args.limit.unwrap_or(USUAL_LIMIT) as usize
}

/// Prints rows up to the limit.
fn print<'a, T: Serialize + 'a>(
    args: &WorklistArgs,
    rows: impl Iterator<Item = &'a T>,
    show: Show<T>,
) -> ExitCode {
    let rows = rows.take(usual_limit(args));
    let json = args.service.store.json;
    ended(write(&mut io::stdout().lock(), json, rows, show))
}

/// Writes one row for people.
type Show<T> = fn(&mut dyn Write, &T) -> io::Result<()>;

/// Writes rows and says how many there were.
fn write<'a, T: Serialize + 'a>(
    out: &mut dyn Write,
    json: bool,
    mut rows: impl Iterator<Item = &'a T>,
    show: Show<T>,
) -> io::Result<usize> {
    rows.try_fold(0, |shown, row| -> io::Result<usize> {
        if json {
            writeln!(out, "{}", serde_json::to_string(row)?)?;
        } else {
            show(out, row)?;
        }
        Ok(shown + 1)
    })
}

/// How the command ends; where there were no rows it says so on standard error.
fn ended(written: io::Result<usize>) -> ExitCode {
    match written {
        Ok(0) => exit::note("nothing to look at"),
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            return exit::environment(&error.to_string());
        }
        _ => {}
    }
    ExitCode::SUCCESS
}

fn parse_name(name: &str) -> Result<Name, String> {
    match name {
        COLLECTIONS => return Ok(Name::Collections),
        DELAYS => return Ok(Name::Delays),
        EXPENSES => return Ok(Name::Expenses),
        DUPLICATES => return Ok(Name::Duplicates),
        REMINDERS => return Ok(Name::Reminders),
        _ => {}
    }
    Worklist::named(name).map(Name::Documents).ok_or_else(|| {
        let names = WORKLISTS.iter().map(|list| list.name);
        let names: Vec<_> = names
            .chain([COLLECTIONS, DELAYS, EXPENSES, DUPLICATES, REMINDERS])
            .collect();
        format!("the worklists are: {}", names.join(", "))
    })
}

fn show_answer(out: &mut dyn Write, row: &Recommendation) -> io::Result<()> {
    let score = row
        .score
        .map_or_else(|| "-".to_owned(), |score| format!("{:.0} %", score * 100.0));
    // That time has passed is no news to whoever looks at the list.
    let mut news = row.reasons.iter().filter(|reason| reason.feature != "time");
    let because = news.next().map_or("", |reason| &reason.text);
    writeln!(
        out,
        "{:<7} {:<12} {:<30} {score:>6} {:<24} {because}",
        format!("{:?}", row.level).to_lowercase(),
        row.case.as_str(),
        row.subject.id,
        row.score_kind,
    )
}

fn show_sheet(out: &mut dyn Write, reminder: &Reminder) -> io::Result<()> {
    writeln!(
        out,
        "{} to {}  {:<24}  {:<24}  {}",
        reminder.period_start,
        reminder.period_end,
        reminder.sheet_id,
        reminder.employee_id,
        reminder.text,
    )
}

fn show_customer(out: &mut dyn Write, row: &CollectionsRow) -> io::Result<()> {
    let place = match (row.rank, row.moved.as_ref().map(|moved| moved.from)) {
        (Some(rank), Some(Some(from))) if from != rank => format!("{rank} (was {from})"),
        (Some(rank), Some(None)) => format!("{rank} (new)"),
        (Some(rank), _) => rank.to_string(),
        (None, _) => "-".to_owned(),
    };
    let held = row.suppressed_by.iter().map(|why| why.label());
    let is_part = row.rank.is_some() && !row.held_back_amount.is_zero();
    let unspoken = is_part.then(|| {
        let amount = row.held_back_amount;
        format!("{amount} {} of it not to be spoken of", row.currency)
    });
    let set_off: Vec<String> = row.to_set_off().map(to_set_off).collect();
    let broken = row.is_promise_broken();
    let is_ranked = row.rank.is_some();
    let others = row.other_currencies.iter();
    let others: Vec<String> = others.map(|one| owed_too(one, is_ranked)).collect();
    let said: Vec<&str> = held
        .chain(unspoken.as_deref())
        .chain(set_off.iter().map(String::as_str))
        .chain(broken.then_some("a promise was broken"))
        .chain(others.iter().map(String::as_str))
        .chain(row.because())
        .collect();
    writeln!(
        out,
        "{place:<12} {:<24}  {:<30}  {:>14} {} open  {:>14} overdue  {:>4} d  {:<8} {}",
        row.customer_id,
        row.name.as_deref().unwrap_or("-"),
        row.open_amount,
        row.currency,
        row.overdue_amount,
        row.days_overdue,
        row.action.label(),
        said.join("; "),
    )
}

fn to_set_off((currency, amount): (Currency, Decimal)) -> String {
    format!("set off first: {amount} {currency} of credits or unmatched money")
}

/// Of a row that is ranked, what is not to be spoken of is told apart; one that is not is of nothing else.
fn owed_too(other: &OpenIn, is_ranked: bool) -> String {
    let currency = other.currency;
    let unspoken = match other.held_back_amount {
        amount if is_ranked && !amount.is_zero() => {
            format!(", {amount} {currency} of it not to be spoken of")
        }
        _ => String::new(),
    };
    format!(
        "and {} {currency} open, {} {currency} overdue{unspoken}",
        other.open_amount, other.overdue_amount
    )
}

fn show_document(out: &mut dyn Write, row: &InboxRow) -> io::Result<()> {
    let or_dash = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    writeln!(
        out,
        "{:<6}  {}  {:<20}  {:<30}  {:<16}  {:>14} {:<3}  {}",
        or_dash(&row.level),
        row.received_at.date_naive(),
        or_dash(&row.document_type),
        or_dash(&row.seller),
        or_dash(&row.number),
        or_dash(&row.total),
        or_dash(&row.currency),
        row.document_id
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_tells_what_can_be_set_off_and_every_currency() {
        let row = json!({"rank": 1, "customer_id": "c", "name": null, "phone": null, "action": "call",
            "suppressed_by": [], "level": "high", "open_amount": "1000.00", "overdue_amount": "1000.00",
            "set_off_amount": "300.00", "currency": "EUR", "days_overdue": 9, "at_stake": 1.0,
            "moved": null, "invoices": [],
            "other_currencies": [{"currency": "JPY", "open_amount": "700", "overdue_amount": "0"}]});
        let told = |row: &serde_json::Value| {
            let row: CollectionsRow = serde_json::from_value(row.clone()).unwrap();
            let mut out = Vec::new();
            show_customer(&mut out, &row).unwrap();
            String::from_utf8(out).unwrap()
        };
        let line = told(&row);
        let heeds = "call     set off first: 300.00 EUR of credits or unmatched money; and 700 JPY open, 0 JPY overdue\n";
        assert!(line.ends_with(heeds), "{line}");
        let mut plain = row;
        plain["set_off_amount"] = json!("0");
        plain["other_currencies"][0]["held_back_amount"] = json!("700");
        let line = told(&plain);
        assert!(!line.contains("set off"));
        let unspoken = "and 700 JPY open, 0 JPY overdue, 700 JPY of it not to be spoken of\n";
        assert!(line.ends_with(unspoken), "{line}");
        // Of one held back nothing else is told.
        plain["rank"] = json!(null);
        assert!(!told(&plain).contains("of it not to be spoken of"));
    }
}
