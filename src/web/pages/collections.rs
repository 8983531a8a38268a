//! The collectors' worklist: whom to contact first.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::Utc;
use serde::Deserialize;

use crate::cases::collections::{CollectionsRow, CollectionsRun, OpenIn};
use crate::config::Collections;
use crate::domain::Scope;
use crate::history::History as _;
use crate::web::failure::Failure;
use crate::web::frame::{self, Frame};
use crate::web::query::encode;
use crate::web::signed_in::SignedIn;
use crate::web::state::Pages;
use crate::web::view::collections::CollectionsView;

/// U+FEFF in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What is asked of the worklist. A form sends what is not chosen as empty.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct CollectionsQuery {
    /// Part of a customer's name or id.
    pub(in crate::web) text: String,
    /// Only this next step.
    pub(in crate::web) action: String,
    /// Customers that can be contacted.
    #[serde(deserialize_with = "number")]
    pub(in crate::web) capacity: Option<usize>,
}

fn number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<usize>, D::Error> {
    let text = String::deserialize(deserializer)?;
    Ok(text.trim().parse().ok())
}

impl CollectionsQuery {
    pub(in crate::web) fn is_filtered(&self) -> bool {
        self.is_search() || !self.action.is_empty()
    }

    /// Whether somebody is looked for by name.
    pub(in crate::web) fn is_search(&self) -> bool {
        !self.text.trim().is_empty()
    }

    /// Customers that can be contacted: what is asked for, else what is set for the firm.
    pub(in crate::web) fn contacts(&self, set: usize) -> usize {
        self.capacity
            .unwrap_or(set)
            .clamp(1, Collections::MOST_CONTACTS as usize)
    }

    /// How many of the ranked are looked through: who is asked for by name is found also where there is
    /// no time for a contact.
    pub(in crate::web) fn reach(&self, capacity: usize) -> usize {
        if self.is_search() {
            usize::MAX
        } else {
            capacity
        }
    }

    /// Whether a row is to be shown.
    pub(in crate::web) fn fits(&self, row: &CollectionsRow) -> bool {
        let text = self.text.trim().to_lowercase();
        let named = |name: &str| name.to_lowercase().contains(&text);
        let found =
            text.is_empty() || named(&row.customer_id) || row.name.as_deref().is_some_and(named);
        found && (self.action.is_empty() || self.action == row.action.as_str())
    }

    pub(in crate::web) fn address(&self, path: &str) -> String {
        let capacity = self.capacity.map_or_else(String::new, |n| n.to_string());
        format!(
            "{path}?text={}&action={}&capacity={capacity}",
            encode(&self.text),
            encode(&self.action)
        )
    }
}

#[derive(Template)]
#[template(path = "collections.html")]
struct CollectionsPage {
    frame: Frame,
    page: CollectionsView,
    /// Whether anybody was ever billed.
    billed: bool,
}

/// The page.
pub(in crate::web) async fn show(
    State(pages): State<Pages>,
    who: SignedIn,
    Query(query): Query<CollectionsQuery>,
) -> Result<Response, Failure> {
    let run = run(&pages, &who).await?;
    let parts = [&run.ranked, &run.held_back, &run.waiting];
    let mut billed = parts.iter().any(|rows| !rows.is_empty());
    if !billed {
        // A firm where all is paid is not to be told to send records.
        let history = pages.store().history(who.tenant(), Utc::now()).await?;
        billed = !history.customers_billed().is_empty();
    }
    let shown = CollectionsPage {
        frame: Frame::inside(&who.session, "collections"),
        page: CollectionsView::new(&run, &query, pages.contacts_a_day()),
        billed,
    };
    Ok(frame::page(StatusCode::OK, &shown))
}

/// The ranked rows as a table for spreadsheets, which know UTF-8 by the mark before it.
pub(in crate::web) async fn csv(
    State(pages): State<Pages>,
    who: SignedIn,
    Query(query): Query<CollectionsQuery>,
) -> Result<Response, Failure> {
    let run = run(&pages, &who).await?;
    let capacity = query.contacts(pages.contacts_a_day());
    let rows = run
        .ranked
        .iter()
        .take(query.reach(capacity))
        .filter(|row| query.fits(row));
    let table = table(rows).map_err(|error| {
        tracing::error!(%error, "worklist not written");
        Failure::Ours
    })?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"collections.csv\"",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, table).into_response())
}

fn table<'a>(rows: impl Iterator<Item = &'a CollectionsRow>) -> Result<Vec<u8>, csv::Error> {
    let mut table = csv::Writer::from_writer(BYTE_ORDER_MARK.to_vec());
    table.write_record([
        "rank",
        "customer_id",
        "name",
        "phone",
        "action",
        "open_amount",
        "overdue_amount",
        "currency",
        "other_currencies",
        "days_overdue",
        "at_stake",
        "because",
        "held_back_amount",
        "set_off_amount",
    ])?;
    for row in rows {
        let others: Vec<String> = row.other_currencies.iter().map(other).collect();
        table.write_record([
            row.rank.map_or_else(String::new, |rank| rank.to_string()),
            harmless(&row.customer_id),
            harmless(row.name.as_deref().unwrap_or_default()),
            harmless(row.phone.as_deref().unwrap_or_default()),
            row.action.as_str().to_owned(),
            row.open_amount.to_string(),
            row.overdue_amount.to_string(),
            row.currency.to_string(),
            others.join("; "),
            row.days_overdue.to_string(),
            format!("{:.1}", row.at_stake),
            harmless(row.because().unwrap_or_default()),
            row.held_back_amount.to_string(),
            row.set_off_amount.to_string(),
        ])?;
    }
    table
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))
}

/// What is owed in another currency, in figures as the other columns have them.
fn other(one: &OpenIn) -> String {
    let currency = one.currency;
    let sums = [
        (one.open_amount, "open"),
        (one.overdue_amount, "overdue"),
        (one.held_back_amount, "not to be spoken of"),
        (one.set_off_amount, "to be set off"),
    ];
    let sums = sums.into_iter().filter(|(amount, _)| !amount.is_zero());
    let told = sums.map(|(amount, what)| format!("{amount} {currency} {what}"));
    told.collect::<Vec<_>>().join(", ")
}

/// A text that no spreadsheet takes for a formula; some take signs of full width for those, and some begin
/// a cell after a semicolon or a tab, or a row after a line, within what is one text here.
fn harmless(text: &str) -> String {
    const FIRST: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    const BEFORE: [char; 4] = [';', '\t', '\r', '\n'];
    let mut marked = String::with_capacity(text.len() + 1);
    let mut begins = true;
    for sign in text.chars() {
        if begins && FIRST.contains(&sign) {
            marked.push('\'');
        }
        marked.push(sign);
        begins = BEFORE.contains(&sign);
    }
    marked
}

/// The worklist as it stands, for who may see it.
pub(super) async fn run(pages: &Pages, who: &SignedIn) -> Result<CollectionsRun, Failure> {
    who.require(Scope::Read, "see worklists")?;
    let now = Utc::now();
    Ok(pages.service().collections_run(who.tenant(), now).await?)
}

#[cfg(test)]
mod tests {
    use super::{OpenIn, harmless, other};
    use crate::domain::Currency;

    #[test]
    fn other_currencies_are_told_in_plain_figures() {
        let mut one = OpenIn {
            currency: Currency::EUR,
            open_amount: "150000.00".parse().unwrap(),
            overdue_amount: "20000.00".parse().unwrap(),
            held_back_amount: "5.00".parse().unwrap(),
            set_off_amount: "7.00".parse().unwrap(),
            days_overdue: 9,
        };
        let all = "150000.00 EUR open, 20000.00 EUR overdue, 5.00 EUR not to be spoken of, 7.00 EUR to be set off";
        assert_eq!(other(&one), all);
        one.overdue_amount = "0".parse().unwrap();
        one.held_back_amount = "0".parse().unwrap();
        one.set_off_amount = "0".parse().unwrap();
        assert_eq!(other(&one), "150000.00 EUR open");
    }

    #[test]
    fn what_a_spreadsheet_takes_for_a_formula_is_marked_as_text() {
        for text in [
            "=1+1", "+1", "-1", "@A1", "\tA", "\rA", "\nA", "＝1", "＋1", "－1", "＠A1",
        ] {
            assert_eq!(harmless(text), format!("'{text}"));
        }
        for text in ["", "Acme = Co", "1+1", "Ａcme", "Acme; Co", "Acme; =1"] {
            assert_eq!(harmless(text), text);
        }
        // Where a spreadsheet divides cells at semicolons, and where it reads a line as a row.
        assert_eq!(harmless("Acme;=1+1;B"), "Acme;'=1+1;B");
        assert_eq!(harmless("Acme\n@A1"), "Acme\n'@A1");
        assert_eq!(harmless("\t=1"), "'\t'=1");
    }
}
