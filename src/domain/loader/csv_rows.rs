//! CSV rows as objects.

use std::io::{BufRead, BufReader, Read};

use csv::ByteRecord;
use serde_json::{Map, Value};

use super::bounded::{Bounded, RowEnd};
use super::json::{self, JsonFault};
use super::{MAX_ROW_BYTES, RawProblem, RawRow};
use crate::domain::RecordKind;

/// Prefix of columns that go under `attributes`.
const ATTRIBUTES: &str = "attributes.";

pub(super) struct CsvRows<R> {
    reader: csv::Reader<Bounded<R>>,
    row_end: RowEnd,
    columns: Vec<String>,
    record: ByteRecord,
    ended: bool,
}

impl<R: Read> CsvRows<BufReader<R>> {
    /// Reads the header.
    pub(super) fn new(mut reader: BufReader<R>, kind: RecordKind) -> Result<Self, RawProblem> {
        let delimiter = delimiter(&mut reader)?;
        let (bounded, row_end) = Bounded::new(reader, delimiter, MAX_ROW_BYTES);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(bounded);
        let mut header = ByteRecord::new();
        reader
            .read_byte_record(&mut header)
            .map_err(|error| RawProblem::fatal(fault(&error)))?;
        row_end.reached();
        Ok(Self {
            columns: columns(&header, kind)?,
            reader,
            row_end,
            record: ByteRecord::new(),
            ended: false,
        })
    }
}

impl<R: Read> Iterator for CsvRows<R> {
    type Item = RawRow;

    fn next(&mut self) -> Option<RawRow> {
        if self.ended {
            return None;
        }
        let line = self.reader.position().line();
        match self.reader.read_byte_record(&mut self.record) {
            Ok(false) => None,
            Ok(true) => {
                self.row_end.reached();
                // Counted back from the row's end: what stands before it may be blank lines.
                let within = self
                    .record
                    .as_slice()
                    .iter()
                    .filter(|b| **b == b'\n')
                    .count();
                let line = self
                    .reader
                    .position()
                    .line()
                    .saturating_sub(1 + within as u64)
                    .max(line);
                Some((line, members(&self.columns, &self.record)))
            }
            Err(error) => {
                self.ended = true;
                Some((line, Err(RawProblem::fatal(fault(&error)))))
            }
        }
    }
}

/// The most frequent of comma, semicolon and tab in the header line.
fn delimiter(reader: &mut impl BufRead) -> Result<u8, RawProblem> {
    let head = reader
        .fill_buf()
        .map_err(|error| RawProblem::fatal(error.to_string()))?;
    let line = head
        .split(|b| matches!(b, b'\n' | b'\r'))
        .next()
        .unwrap_or_default();
    let count = |mark: u8| line.iter().filter(|b| **b == mark).count();
    Ok(*[b'\t', b';', b',']
        .iter()
        .max_by_key(|mark| count(**mark))
        .unwrap_or(&b','))
}

fn columns(header: &ByteRecord, kind: RecordKind) -> Result<Vec<String>, RawProblem> {
    let members = kind.members();
    let mut columns: Vec<String> = Vec::with_capacity(header.len());
    for cell in header {
        let name = std::str::from_utf8(cell)
            .map_err(|_| RawProblem::fatal("the header is not UTF-8: save the file as UTF-8"))?
            .trim();
        let known = members
            .iter()
            .any(|(member, _)| *member == name && name != "attributes")
            || name
                .strip_prefix(ATTRIBUTES)
                .is_some_and(|rest| !rest.is_empty());
        let shown: String = name.chars().take(80).collect();
        if !known {
            let names: Vec<_> = members.iter().map(|(member, _)| *member).collect();
            return Err(RawProblem {
                field: shown,
                problem: format!(
                    "is not a column of {kind}; there are: {}, {ATTRIBUTES}NAME",
                    names.join(", ").replace(", attributes", "")
                ),
                fatal: true,
            });
        }
        if columns.iter().any(|before| before == name) {
            return Err(RawProblem {
                field: shown,
                problem: "stands twice in the header".to_owned(),
                fatal: true,
            });
        }
        columns.push(name.to_owned());
    }
    if columns.is_empty() {
        return Err(RawProblem::fatal("the file is empty, or has no header"));
    }
    Ok(columns)
}

fn members(columns: &[String], record: &ByteRecord) -> Result<Map<String, Value>, RawProblem> {
    if record.len() != columns.len() {
        return Err(RawProblem::row(format!(
            "the row has {} cells, the header {}",
            record.len(),
            columns.len()
        )));
    }
    let mut members = Map::new();
    let mut attributes = Map::new();
    for (column, cell) in columns.iter().zip(record) {
        let problem = |problem: &str| RawProblem {
            field: column.clone(),
            problem: problem.to_owned(),
            fatal: false,
        };
        let text = std::str::from_utf8(cell).map_err(|_| problem("is not UTF-8"))?;
        if text.trim().is_empty() {
            continue;
        }
        if let Some(name) = column.strip_prefix(ATTRIBUTES) {
            attributes.insert(name.to_owned(), text.into());
        } else if matches!(
            column.as_str(),
            "lines" | "dependencies" | "ibans" | "allocations"
        ) {
            let list = json::parse(text.as_bytes()).map_err(|fault| match fault {
                JsonFault::NotJson(_) => problem("must be a list in JSON"),
                JsonFault::Twice(name) => problem(&format!("has `{name}` twice in an object")),
                JsonFault::TooManyDigits(_) => {
                    problem("holds a number with too many digits to be kept: write it as a text")
                }
            })?;
            members.insert(column.clone(), list);
        } else {
            members.insert(column.clone(), text.into());
        }
    }
    if !attributes.is_empty() {
        members.insert("attributes".to_owned(), Value::Object(attributes));
    }
    Ok(members)
}

/// What the CSV reader says, without quoting cells.
fn fault(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Io(error) => error.to_string(),
        _ => "the file is not CSV".to_owned(),
    }
}
