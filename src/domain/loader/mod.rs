//! Rows of canonical records from CSV or NDJSON, one code path for files and requests.
//!
//! A CSV cell stands for the member its column is named after; an empty cell for an absent one.
//! Lists (`lines`, `dependencies`, `ibans`) are JSON in their cell; further facts are columns
//! named `attributes.NAME`. Comma, semicolon and tab are told apart by the header.
//! A bad row is reported by line and member and the next is read; only a fault of the file
//! itself (an unknown column, a row without end, a quote left open, a disk error) ends the reading.

mod bounded;
mod csv_rows;
mod json;
mod ndjson_rows;

#[cfg(test)]
mod tests;

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{CheckedRecord, FieldProblem, RecordKind};

/// Bytes a row may have.
pub const MAX_ROW_BYTES: usize = 1 << 20;

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values with a header.
    Csv,
    /// One JSON object a line.
    Ndjson,
}

/// A good row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Line it starts on, from 1.
    pub line: u64,
    /// The record.
    pub record: CheckedRecord,
}

/// A bad row, or a fault of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RowProblem {
    /// Where the rows come from, as the caller named it.
    pub file: String,
    /// Line it starts on, from 1.
    pub line: u64,
    /// What is wrong, member by member; an empty member name means the row as a whole.
    pub problems: Vec<FieldProblem>,
    /// Whether nothing after it could be read.
    pub fatal: bool,
}

impl std::fmt::Display for RowProblem {
    /// `FILE:LINE: FIELD PROBLEM; FIELD PROBLEM`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        for (position, found) in self.problems.iter().enumerate() {
            if position > 0 {
                f.write_str("; ")?;
            }
            if found.field.is_empty() {
                f.write_str(&found.problem)?;
            } else {
                write!(f, "`{}` {}", found.field, found.problem)?;
            }
        }
        Ok(())
    }
}

/// What is read and from where.
#[derive(Debug, Clone)]
pub struct Source {
    /// Name for messages: a path, or what a caller understands.
    pub name: String,
    /// Kind of the records.
    pub kind: RecordKind,
    /// How they are written; told by the first character when absent, and where there is none by the name.
    pub format: Option<Format>,
}

impl Source {
    fn is_named_ndjson(&self) -> bool {
        let ending = Path::new(&self.name).extension();
        ending.is_some_and(|ending| ending.eq_ignore_ascii_case("ndjson"))
    }
}

/// A source of raw rows: the line, and the members or what is wrong.
type RawRow = (u64, Result<Map<String, Value>, RawProblem>);

/// What is wrong with a raw row.
struct RawProblem {
    field: String,
    problem: String,
    fatal: bool,
}

impl RawProblem {
    fn row(problem: impl Into<String>) -> Self {
        Self {
            field: String::new(),
            problem: problem.into(),
            fatal: false,
        }
    }

    fn fatal(problem: impl Into<String>) -> Self {
        Self {
            fatal: true,
            ..Self::row(problem)
        }
    }
}

/// The rows of a reader, checked one by one; memory is bounded by the longest row.
pub struct Rows<'a> {
    source: Source,
    raw: Box<dyn Iterator<Item = RawRow> + Send + 'a>,
    ended: bool,
}

impl<'a> Rows<'a> {
    /// Starts reading. A UTF-8 byte order mark is skipped.
    pub fn new(reader: impl Read + Send + 'a, source: Source) -> Self {
        let mut reader = BufReader::with_capacity(1 << 16, reader);
        let raw = match start(&mut reader) {
            Err(problem) => Box::new(std::iter::once((1_u64, Err(problem)))) as _,
            Ok(first) => {
                // A file without a line holds no records, if it does not lack a header.
                let is_ndjson = first.map_or_else(|| source.is_named_ndjson(), |byte| byte == b'{');
                let format = source.format.unwrap_or(if is_ndjson {
                    Format::Ndjson
                } else {
                    Format::Csv
                });
                match format {
                    Format::Ndjson => Box::new(ndjson_rows::NdjsonRows::new(reader)) as _,
                    Format::Csv => match csv_rows::CsvRows::new(reader, source.kind) {
                        Ok(rows) => Box::new(rows) as _,
                        Err(problem) => Box::new(std::iter::once((1_u64, Err(problem)))) as _,
                    },
                }
            }
        };
        Self {
            source,
            raw,
            ended: false,
        }
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<Row, RowProblem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let (line, raw) = self.raw.next()?;
        let problem = |problems, fatal| RowProblem {
            file: self.source.name.clone(),
            line,
            problems,
            fatal,
        };
        Some(match raw {
            Ok(members) => match self.source.kind.check(members) {
                Ok(record) => Ok(Row { line, record }),
                Err(problems) => Err(problem(problems, false)),
            },
            Err(raw) => {
                self.ended = raw.fatal;
                let found = FieldProblem {
                    field: raw.field,
                    problem: raw.problem,
                };
                Err(problem(vec![found], raw.fatal))
            }
        })
    }
}

/// Skips a byte order mark, refuses UTF-16, and looks at the first character.
fn start(reader: &mut impl BufRead) -> Result<Option<u8>, RawProblem> {
    let head = reader
        .fill_buf()
        .map_err(|error| RawProblem::fatal(error.to_string()))?;
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        return Err(RawProblem::fatal("the file is UTF-16: save it as UTF-8"));
    }
    let mark = if head.starts_with(&[0xef, 0xbb, 0xbf]) {
        3
    } else {
        0
    };
    let first = head.get(mark..).unwrap_or_default();
    let first = first.iter().copied().find(|b| !b.is_ascii_whitespace());
    reader.consume(mark);
    Ok(first)
}
