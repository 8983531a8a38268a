//! Photographed and scanned receipts with what they state: SROIE (ICDAR 2019).

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use scrutineer::cases::invoice::DocumentType;
use scrutineer::documents::FieldName;
use serde_json::Value;

use super::{SetError, TruthRow};

/// Ways in which the receipts print a day, the day before the month; `%y` takes two digits alone,
/// so it is tried first.
const DATES: [&str; 13] = [
    "%d/%m/%y", "%d/%m/%Y", "%d-%m-%y", "%d-%m-%Y", "%d.%m.%y", "%d.%m.%Y", "%Y-%m-%d", "%Y/%m/%d",
    "%Y%m%d", "%d %b %y", "%d %b %Y", "%d-%b-%Y", "%m/%d/%Y",
];

/// One row for each picture that has a `.json` of the same name beside it.
pub(super) fn rows(folder: &Path) -> Result<Vec<TruthRow>, SetError> {
    let entries = std::fs::read_dir(folder).map_err(|error| SetError::io(folder, error))?;
    let mut rows = Vec::new();
    for entry in entries {
        let picture = entry.map_err(|error| SetError::io(folder, error))?.path();
        let truth = picture.with_extension("json");
        if picture
            .extension()
            .is_none_or(|extension| extension != "jpg")
            || !truth.exists()
        {
            continue;
        }
        let text = std::fs::read_to_string(&truth).map_err(|error| SetError::io(&truth, error))?;
        let row = row(&picture, &text).map_err(|message| SetError::Row {
            path: truth.display().to_string(),
            line: 1,
            message,
        })?;
        rows.push(row);
    }
    rows.sort_by(|one, other| one.file.cmp(&other.file));
    Ok(rows)
}

fn row(picture: &Path, text: &str) -> Result<TruthRow, String> {
    let truth: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let stated = |key: &str| truth.get(key).and_then(Value::as_str);
    let mut fields = BTreeMap::new();
    let mut state = |name: FieldName, value: Option<String>| {
        if let Some(value) = value {
            fields.insert(name, Some(value));
        }
    };
    state(FieldName::Seller, stated("company").map(str::to_owned));
    state(FieldName::IssueDate, stated("date").and_then(day));
    state(FieldName::Total, stated("total").map(amount));
    Ok(TruthRow {
        file: picture
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default(),
        fields,
        lines: None,
        line_items: None,
        taxes: None,
        document_type: Some(DocumentType::Receipt.as_str().to_owned()),
    })
}

/// ISO; `None` where the day is printed in a way not known here.
fn day(text: &str) -> Option<String> {
    let text = text.trim();
    DATES
        .iter()
        .find_map(|format| NaiveDate::parse_from_str(text, format).ok())
        .map(|day| day.to_string())
}

/// Digits and point alone: `RM8.60` is 8.60.
fn amount(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_ascii_digit() || *c == '.')
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_day_first_with_two_or_four_digits_of_the_year() {
        for (printed, iso) in [
            ("11/01/2019", "2019-01-11"),
            ("14-03-18", "2018-03-14"),
            ("24 MAR 18", "2018-03-24"),
            ("20180428", "2018-04-28"),
            ("12/28/2017", "2017-12-28"),
            ("6/4/2018", "2018-04-06"),
        ] {
            assert_eq!(day(printed).as_deref(), Some(iso), "{printed}");
        }
        assert_eq!(day("last Tuesday"), None);
    }

    #[test]
    fn a_row_states_seller_day_and_total() {
        let text =
            r#"{"company": "A SDN BHD", "date": "01/02/18", "address": "X", "total": "RM8.60"}"#;
        let row = row(Path::new("/x/001.jpg"), text).unwrap();
        assert_eq!(row.file, "001.jpg");
        assert_eq!(row.stated(FieldName::Total), Some("8.60"));
        assert_eq!(row.stated(FieldName::IssueDate), Some("2018-02-01"));
        assert!(super::row(Path::new("/x/001.jpg"), "{").is_err());
    }
}
