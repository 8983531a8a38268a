//! What British public bodies paid: supplier, amount and the account each line was posted to, as they publish
//! it and `odileeds/council-spending-data` collected it.

use std::io::BufReader;
use std::path::Path;

use chrono::{Months, NaiveDate};
use flate2::read::GzDecoder;
use serde::Deserialize;

use super::SetError;

/// A body whose spending is public.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpendBody {
    /// Calderdale Council.
    Calderdale,
    /// Harrogate Borough Council.
    Harrogate,
    /// The Greater London Authority.
    London,
    /// Salford City Council.
    Salford,
}

impl SpendBody {
    /// Every body.
    pub const ALL: [Self; 4] = [
        Self::Calderdale,
        Self::Harrogate,
        Self::London,
        Self::Salford,
    ];

    /// Its name in the set.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Calderdale => "calderdale",
            Self::Harrogate => "harrogate",
            Self::London => "london",
            Self::Salford => "salford",
        }
    }
}

/// A line that was paid.
#[derive(Debug, Clone, PartialEq)]
pub struct SpendLine {
    /// Row of the file, from 1.
    pub row: usize,
    /// First day of the month.
    pub month: NaiveDate,
    /// Who was paid.
    pub supplier: String,
    /// Who in the body it was for, where that is said.
    pub service: Option<String>,
    /// Amount, in pounds.
    pub amount: f64,
    /// The account it was posted to.
    pub account: String,
}

#[derive(Deserialize)]
struct Row {
    period: String,
    supplier: String,
    description: String,
    amount: f64,
    category: String,
}

/// Reads all lines of a body, in the order of the file.
///
/// # Errors
/// [`SetError`] when the file is absent or a row is not what it should be.
pub fn load(data: &Path, body: SpendBody) -> Result<Vec<SpendLine>, SetError> {
    let path = data
        .join("spend")
        .join(format!("{}_early.csv.gz", body.name()));
    let file = std::fs::File::open(&path).map_err(|error| SetError::io(&path, error))?;
    let rows = csv::Reader::from_reader(BufReader::new(GzDecoder::new(file))).into_deserialize();
    (1..)
        .zip(rows)
        .map(|(row, read)| {
            let read: Result<Row, String> = read.map_err(|error: csv::Error| error.to_string());
            read.and_then(|read| line(row, read))
                .map_err(|message| SetError::Row {
                    path: path.display().to_string(),
                    line: row + 1,
                    message,
                })
        })
        .collect()
}

fn line(row: usize, read: Row) -> Result<SpendLine, String> {
    // What stands after the stroke is of the one line.
    let service = read.description.split('|').next().unwrap_or_default();
    let service = service.trim();
    Ok(SpendLine {
        row,
        month: month(&read.period).ok_or_else(|| format!("`period` is {}", read.period))?,
        supplier: read.supplier,
        service: (!service.is_empty()).then(|| service.to_owned()),
        amount: read.amount,
        account: read.category,
    })
}

/// `2010-10`, or `2013-P01`: the first period of the year that begins in April 2013.
fn month(period: &str) -> Option<NaiveDate> {
    let (year, month) = period.split_once('-')?;
    let year = year.parse().ok()?;
    match month.strip_prefix('P') {
        None => NaiveDate::from_ymd_opt(year, month.parse().ok()?, 1),
        Some(number) => {
            let number: u32 = number.parse().ok()?;
            let first = NaiveDate::from_ymd_opt(year, 4, 1)?;
            first.checked_add_months(Months::new(number.checked_sub(1)?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_those_of_the_year_or_of_the_books() {
        let first = |year, month| NaiveDate::from_ymd_opt(year, month, 1);
        assert_eq!(month("2010-10"), first(2010, 10));
        assert_eq!(month("2013-P01"), first(2013, 4));
        assert_eq!(month("2013-P12"), first(2014, 3));
        for wrong in ["2013", "2013-P00", "2013-13", "P01-2013", ""] {
            assert_eq!(month(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_absent_set_says_so() {
        let absent = load(Path::new("no/such/folder"), SpendBody::London).unwrap_err();
        assert!(matches!(absent, SetError::Absent { .. }), "{absent}");
    }
}
