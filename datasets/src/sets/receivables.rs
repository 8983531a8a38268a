//! The HighRadius extract: paid customer invoices of one firm.
//!
//! The file of paid invoices does not say when they were issued. As its protocol has it, an
//! invoice is taken as issued at its due date less the customer's most common term among the
//! firm's open invoices, or 15 days where the customer has none there.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use chrono::NaiveDate;
use serde::Deserialize;

use super::SetError;

/// Days of the term of a customer without open invoices.
const USUAL_TERM_DAYS: i64 = 15;
/// Invoices scored on or after this day are the test.
pub const TEST_FROM: NaiveDate = match NaiveDate::from_ymd_opt(2019, 12, 18) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// A paid invoice.
#[derive(Debug, Clone, PartialEq)]
pub struct PaidInvoice {
    /// Place in the file, from 1.
    pub row: usize,
    /// Customer number.
    pub customer: String,
    /// Day of scoring, taken for the day of issue.
    pub issued_on: NaiveDate,
    /// Day payment was due.
    pub due_on: NaiveDate,
    /// Day it was paid.
    pub cleared_on: NaiveDate,
    /// Amount in US dollars.
    pub amount: f64,
}

#[derive(Deserialize)]
struct Closed {
    cust_number: String,
    due_in_date: NaiveDate,
    clear_date: NaiveDate,
    total_open_amount: f64,
}

#[derive(Deserialize)]
struct Open {
    cust_number: String,
    posting_date: NaiveDate,
    due_in_date: NaiveDate,
}

/// Reads the paid invoices, in the order of the file.
///
/// # Errors
/// [`SetError`] when a file is absent or a row is not what it should be.
pub fn highradius(data: &Path) -> Result<Vec<PaidInvoice>, SetError> {
    let folder = data.join("receivables");
    let terms = terms(&super::csv_rows(&folder.join("highradius_open.csv"))?);
    let closed: Vec<Closed> = super::csv_rows(&folder.join("highradius_closed.csv"))?;
    Ok(closed
        .into_iter()
        .zip(1..)
        .map(|(paid, row)| {
            let customer = unpadded(&paid.cust_number).to_owned();
            let term = terms.get(&customer).copied().unwrap_or(USUAL_TERM_DAYS);
            PaidInvoice {
                row,
                issued_on: paid.due_in_date - chrono::TimeDelta::days(term),
                customer,
                due_on: paid.due_in_date,
                cleared_on: paid.clear_date,
                amount: paid.total_open_amount,
            }
        })
        .collect())
}

/// The most common term of each customer; the shortest of equals.
fn terms(open: &[Open]) -> HashMap<String, i64> {
    let mut counts: HashMap<String, BTreeMap<i64, usize>> = HashMap::new();
    for invoice in open {
        let term = (invoice.due_in_date - invoice.posting_date).num_days();
        let of_customer = counts
            .entry(unpadded(&invoice.cust_number).to_owned())
            .or_default();
        *of_customer.entry(term).or_default() += 1;
    }
    let most = |terms: BTreeMap<i64, usize>| {
        let most = terms.iter().max_by_key(|(term, count)| (**count, -**term));
        most.map_or(USUAL_TERM_DAYS, |(term, _)| *term)
    };
    counts
        .into_iter()
        .map(|(customer, terms)| (customer, most(terms)))
        .collect()
}

/// The files pad customer numbers differently.
fn unpadded(number: &str) -> &str {
    number.trim_start_matches('0')
}
