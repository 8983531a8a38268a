//! A year's uses of purchasing cards of a public body, with 100 odd ones that somebody put in.
//!
//! Cards have no holder's name. The file has no city: the postal code stands for it, the state
//! is the region.

use std::io::BufReader;
use std::path::Path;

use chrono::NaiveDate;
use flate2::read::GzDecoder;
use scrutineer::domain::records::CardTransaction;
use scrutineer::domain::{Amount, Currency, RecordId};
use serde::Deserialize;

use super::SetError;

/// A use of a card and what the file says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledUse {
    /// As a canonical record; its id is the row of the file, from 1.
    pub used: CardTransaction,
    /// `regular`, `global` or `local`.
    pub label: String,
}

#[derive(Deserialize)]
struct Line {
    #[serde(rename = "CARDNUM")]
    card: String,
    #[serde(rename = "DATE")]
    day: NaiveDate,
    #[serde(rename = "MERCHDESCRIPTION")]
    merchant: String,
    #[serde(rename = "MERCHSTATE")]
    state: String,
    #[serde(rename = "MERCHZIP")]
    postal_code: String,
    #[serde(rename = "AMOUNT")]
    amount: String,
    label: String,
}

/// Reads all uses, in the order of the file.
///
/// # Errors
/// [`SetError`] when the file is absent or a row is not what it should be.
pub fn pcard(data: &Path) -> Result<Vec<LabelledUse>, SetError> {
    let path = data.join("expenses").join("pcard_injected.csv.gz");
    let file = std::fs::File::open(&path).map_err(|error| SetError::io(&path, error))?;
    let rows = csv::Reader::from_reader(BufReader::new(GzDecoder::new(file))).into_deserialize();
    (1..)
        .zip(rows)
        .map(|(row, line)| {
            line.map_err(|error| error.to_string())
                .and_then(|line| labelled(row, line))
                .map_err(|message| SetError::Row {
                    path: path.display().to_string(),
                    line: row + 1,
                    message,
                })
        })
        .collect()
}

fn labelled(row: usize, line: Line) -> Result<LabelledUse, String> {
    let stated = |text: String| Some(text).filter(|text| !text.trim().is_empty());
    let id = |text: String| {
        text.parse::<RecordId>()
            .map_err(|wrong| format!("{wrong:?}"))
    };
    let amount: Amount = line
        .amount
        .parse()
        .map_err(|error| format!("AMOUNT: {error}"))?;
    let region = stated(line.state).map(|state| ("region".to_owned(), state));
    Ok(LabelledUse {
        used: CardTransaction {
            id: id(row.to_string())?,
            card_id: Some(id(line.card)?),
            employee_id: None,
            transacted_on: line.day,
            posted_on: None,
            merchant: stated(line.merchant),
            merchant_category: None,
            description: None,
            amount,
            currency: Currency::new("USD").map_err(|error| error.to_string())?,
            home_amount: None,
            country: None,
            city: stated(line.postal_code),
            team: None,
            cost_centre: None,
            known_at: None,
            attributes: region.into_iter().collect(),
        },
        label: line.label,
    })
}
