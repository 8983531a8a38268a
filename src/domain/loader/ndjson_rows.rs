//! NDJSON rows as objects.

use std::io::{BufRead, Read as _};

use serde_json::{Map, Value};

use super::json::{self, JsonFault};
use super::{MAX_ROW_BYTES, RawProblem, RawRow};

pub(super) struct NdjsonRows<R> {
    reader: R,
    line: u64,
    buffer: Vec<u8>,
    ended: bool,
}

impl<R: BufRead> NdjsonRows<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            reader,
            line: 0,
            buffer: Vec::new(),
            ended: false,
        }
    }

    /// Reads a line into the buffer; `false` at the end. A line beyond the limit is left
    /// cut, its rest passed over.
    fn read_line(&mut self) -> std::io::Result<bool> {
        self.buffer.clear();
        let limit = MAX_ROW_BYTES as u64 + 1;
        let read = self
            .reader
            .by_ref()
            .take(limit)
            .read_until(b'\n', &mut self.buffer)?;
        if self.buffer.len() > MAX_ROW_BYTES && !self.buffer.ends_with(b"\n") {
            self.reader.skip_until(b'\n')?;
        }
        Ok(read > 0)
    }
}

impl<R: BufRead> Iterator for NdjsonRows<R> {
    type Item = RawRow;

    fn next(&mut self) -> Option<RawRow> {
        while !self.ended {
            self.line += 1;
            match self.read_line() {
                Err(error) => {
                    self.ended = true;
                    return Some((self.line, Err(RawProblem::fatal(error.to_string()))));
                }
                Ok(false) => self.ended = true,
                Ok(true) if self.buffer.len() > MAX_ROW_BYTES => {
                    let why = format!("the row is longer than {MAX_ROW_BYTES} bytes");
                    return Some((self.line, Err(RawProblem::row(why))));
                }
                Ok(true) if self.buffer.trim_ascii().is_empty() => {}
                Ok(true) => return Some((self.line, members(self.buffer.trim_ascii()))),
            }
        }
        None
    }
}

fn members(line: &[u8]) -> Result<Map<String, Value>, RawProblem> {
    if std::str::from_utf8(line).is_err() {
        return Err(RawProblem::row("the row is not UTF-8"));
    }
    match json::parse(line) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(RawProblem::row("the row is not a JSON object")),
        Err(JsonFault::NotJson(place)) => Err(RawProblem::row(format!(
            "the row is not JSON from column {place} on"
        ))),
        Err(JsonFault::Twice(field)) => Err(RawProblem {
            field,
            problem: "stands twice in the row".to_owned(),
            fatal: false,
        }),
        Err(JsonFault::TooManyDigits(place)) => Err(RawProblem::row(format!(
            "the number in column {place} has too many digits to be kept: write it as a text"
        ))),
    }
}
