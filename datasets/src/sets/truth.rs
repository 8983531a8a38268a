//! Rows of truth: what a document states, one JSON object a line.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use scrutineer::documents::{FieldName, Line, TaxSubtotal};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::SetError;

/// What one document states.
#[derive(Debug, Clone, PartialEq)]
pub struct TruthRow {
    /// Path of the document within its folder.
    pub file: String,
    /// Fields that the document states; a field it does not state is `None`,
    /// one the row says nothing about is absent.
    pub fields: BTreeMap<FieldName, Option<String>>,
    /// Number of line items, where the row tells it.
    pub lines: Option<usize>,
    /// The line items themselves, where the row holds a list of them.
    pub line_items: Option<Vec<Line>>,
    /// Tax by rate, where the row holds a list of it.
    pub taxes: Option<Vec<TaxSubtotal>>,
    /// Type of document, where the row tells it.
    pub document_type: Option<String>,
}

impl TruthRow {
    /// The stated value of a field.
    #[must_use]
    pub fn stated(&self, name: FieldName) -> Option<&str> {
        self.fields.get(&name)?.as_deref()
    }
}

/// Reads a file of truth rows. Keys that name no field are passed over; `lines`
/// may be a count or the lines themselves.
///
/// # Errors
/// [`SetError::Absent`] when there is no such file, [`SetError::Io`] when it
/// cannot be read, [`SetError::Row`] when a line is not a row.
pub fn read_truth(path: &Path) -> Result<Vec<TruthRow>, SetError> {
    let file = File::open(path).map_err(|error| SetError::io(path, error))?;
    let mut rows = Vec::new();
    for (index, line) in BufReader::new(file).lines().enumerate() {
        let line = line.map_err(|error| SetError::io(path, error))?;
        if line.trim().is_empty() {
            continue;
        }
        let row = parse_row(&line).map_err(|message| SetError::Row {
            path: path.display().to_string(),
            line: index + 1,
            message,
        })?;
        rows.push(row);
    }
    Ok(rows)
}

fn parse_row(line: &str) -> Result<TruthRow, String> {
    let object: serde_json::Map<String, Value> =
        serde_json::from_str(line).map_err(|error| error.to_string())?;
    let file = match object.get("file") {
        Some(Value::String(file)) => file.clone(),
        _ => return Err("`file` is not a string".to_owned()),
    };
    let document_type = ["document_type", "type"]
        .iter()
        .find_map(|key| object.get(*key)?.as_str().map(str::to_owned));
    let line_items = items(&object, "lines")?;
    let taxes = items(&object, "taxes")?;
    let lines = match object.get("lines") {
        Some(Value::Number(count)) => count.as_u64().and_then(|count| usize::try_from(count).ok()),
        Some(Value::Array(items)) => Some(items.len()),
        _ => None,
    };
    // A generated row may keep its fields in an object of their own.
    let nested = object.get("fields").and_then(Value::as_object);
    let mut fields = BTreeMap::new();
    for name in FieldName::ALL {
        let key = name.as_str();
        let Some(value) = object.get(key).or_else(|| nested?.get(key)) else {
            continue;
        };
        let stated = match value {
            Value::Null => None,
            Value::String(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
            Value::Number(number) => Some(number.to_string()),
            _ => return Err(format!("`{key}` is neither a string nor a number nor null")),
        };
        fields.insert(*name, stated);
    }
    Ok(TruthRow {
        file,
        fields,
        lines,
        line_items,
        taxes,
        document_type,
    })
}

/// The objects of a list; what is no object is passed over.
fn items<T: DeserializeOwned>(
    object: &serde_json::Map<String, Value>,
    key: &str,
) -> Result<Option<Vec<T>>, String> {
    let Some(Value::Array(items)) = object.get(key) else {
        return Ok(None);
    };
    items
        .iter()
        .filter(|item| item.is_object())
        .map(|item| serde_json::from_value(item.clone()))
        .collect::<Result<_, _>>()
        .map(Some)
        .map_err(|error| format!("`{key}`: {error}"))
}

#[cfg(test)]
mod tests {
    use scrutineer::documents::FieldName;

    use super::parse_row;

    #[test]
    fn a_row_tells_stated_unstated_and_unknown_apart() {
        let row = parse_row(r#"{"file":"a.pdf","number":"7","due_date":null,"total":12.5,"lines":[{},{}],"syntax":"CII"}"#).unwrap();
        assert_eq!(row.stated(FieldName::Number), Some("7"));
        assert_eq!(row.stated(FieldName::Total), Some("12.5"));
        assert_eq!(row.fields.get(&FieldName::DueDate), Some(&None));
        assert_eq!(row.fields.get(&FieldName::Iban), None);
        assert_eq!(row.lines, Some(2));
        assert_eq!(row.line_items.map(|items| items.len()), Some(2));
    }

    #[test]
    fn a_bad_row_names_its_field() {
        assert!(
            parse_row(r#"{"number":"7"}"#)
                .unwrap_err()
                .contains("`file`")
        );
        assert!(
            parse_row(r#"{"file":"a","total":[1]}"#)
                .unwrap_err()
                .contains("`total`")
        );
    }
}
