//! A table of rows with an id each, read from CSV, and its columns as values to compare.

use std::io::{BufRead as _, BufReader, Read};

use chrono::{Datelike, NaiveDate};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::texts::Texts;
use crate::domain::CsvForm;

/// Columns that may hold the ids, the first that is there.
const ID_COLUMNS: [&str; 3] = ["id", "unique_id", "rec_id"];

/// Why a table could not be read.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The text is not CSV.
    #[error("{0}")]
    Csv(#[from] csv::Error),
    /// No column of ids.
    #[error("no column `{0}` of ids")]
    NoId(String),
    /// Two columns have one name.
    #[error("line 1: column `{0}` is there twice")]
    TwiceColumn(String),
    /// A row has more or fewer fields than the header.
    #[error("line {line}: {fields} fields under {columns} columns")]
    Fields {
        /// Line, from 1.
        line: u64,
        /// How many there are.
        fields: usize,
        /// How many there should be.
        columns: usize,
    },
    /// A text is not UTF-8.
    #[error("line {line}: field `{column}` is not UTF-8: save the file as UTF-8")]
    NotUtf8 {
        /// Line, from 1.
        line: u64,
        /// Name of the column.
        column: String,
    },
    /// A row without an id.
    #[error("line {line}: field `{column}` is empty")]
    EmptyId {
        /// Line, from 1.
        line: u64,
        /// Name of the column.
        column: String,
    },
    /// Two rows have one id.
    #[error("line {line}: field `{column}`: `{id}` is there twice")]
    TwiceId {
        /// Line, from 1.
        line: u64,
        /// Name of the column.
        column: String,
        /// The id.
        id: String,
    },
}

/// A table as read: ids and texts, column by column.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Id of each row.
    pub ids: Vec<String>,
    /// Name of each column but the ids'.
    pub names: Vec<String>,
    /// Texts of each column, row by row, without space around.
    pub columns: Vec<Vec<String>>,
}

impl Table {
    /// Reads CSV with a header, parted by commas, semicolons or tabs. `id` names the column of ids; without it, the first there is of
    /// `id`, `unique_id` and `rec_id`.
    ///
    /// # Errors
    /// [`TableError`] that names line and field.
    pub fn read(from: impl Read, id: Option<&str>) -> Result<Self, TableError> {
        let mut from = BufReader::new(from);
        let form = CsvForm::of(from.fill_buf().map_err(csv::Error::from)?);
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::Headers)
            .delimiter(form.delimiter)
            // The reader does not know the line of a row of another length.
            .flexible(true)
            .from_reader(from);
        let header = reader.headers()?.clone();
        let mut names = std::collections::HashSet::new();
        if let Some(twice) = header.iter().find(|name| !names.insert(*name)) {
            return Err(TableError::TwiceColumn(twice.to_owned()));
        }
        let named = |name: &str| header.iter().position(|column| column == name);
        let at = match id {
            Some(id) => named(id),
            None => ID_COLUMNS.into_iter().find_map(named),
        };
        let at = at.ok_or_else(|| TableError::NoId(id.unwrap_or("id").to_owned()))?;
        let id_name = header.get(at).unwrap_or_default().to_owned();
        let mut table = Self {
            ids: Vec::new(),
            names: header
                .iter()
                .enumerate()
                .filter(|(place, _)| *place != at)
                .map(|(_, name)| name.to_owned())
                .collect(),
            columns: vec![Vec::new(); header.len() - 1],
        };
        let mut known = std::collections::HashSet::new();
        let mut row = csv::ByteRecord::new();
        loop {
            let before = reader.position().line();
            if !reader.read_byte_record(&mut row)? {
                break;
            }
            let line = form.line_of(&row, before, reader.position().line());
            let texts = texts_of(&row, &header, line)?;
            let id = texts.get(at).copied().unwrap_or_default();
            let column = id_name.clone();
            if id.is_empty() {
                return Err(TableError::EmptyId { line, column });
            }
            let id = id.to_owned();
            if !known.insert(id.clone()) {
                return Err(TableError::TwiceId { line, column, id });
            }
            table.ids.push(id);
            let others = texts.iter().enumerate().filter(|(place, _)| *place != at);
            for ((_, text), column) in others.zip(&mut table.columns) {
                column.push((*text).to_owned());
            }
        }
        Ok(table)
    }

    /// Number of rows.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ids.len()
    }

    /// Id of a row; empty where there is none.
    #[must_use]
    pub fn id(&self, row: u32) -> &str {
        self.ids.get(row as usize).map_or("", String::as_str)
    }

    /// Whether there is no row.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Takes a column out, as one that tells the truth must be.
    pub fn without(&mut self, name: &str) {
        if let Some(at) = self.names.iter().position(|known| known == name) {
            self.names.remove(at);
            self.columns.remove(at);
        }
    }
}

/// The texts of a row under a header, without space around.
fn texts_of<'row>(
    row: &'row csv::ByteRecord,
    header: &csv::StringRecord,
    line: u64,
) -> Result<Vec<&'row str>, TableError> {
    let (fields, columns) = (row.len(), header.len());
    if fields != columns {
        return Err(TableError::Fields {
            line,
            fields,
            columns,
        });
    }
    let fields = row.iter().zip(header);
    let texts = fields.map(|(field, column)| match std::str::from_utf8(field) {
        Ok(text) => Ok(text.trim()),
        Err(_) => Err(TableError::NotUtf8 {
            line,
            column: column.to_owned(),
        }),
    });
    texts.collect()
}

/// How values of a column are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Names, addresses and other words.
    Text,
    /// Numbers that identify and may be mistyped: a single word with digits.
    Code,
    /// Quantities.
    Number,
    /// Days.
    Date,
}

/// A column of both tables, its values as codes, 0 where there is none.
#[derive(Debug)]
pub(super) struct Column {
    /// Its name.
    pub name: String,
    /// How it is compared.
    pub kind: Kind,
    /// Code of each row of the left table, then of the right.
    pub codes: [Vec<u32>; 2],
    /// Normal form of each code.
    pub texts: Texts,
    /// Quantity, or days from a fixed one; NaN where the text is neither.
    pub numbers: Vec<f64>,
    /// How many rows of both tables have each code.
    pub counts: Vec<u32>,
    /// Whether both tables are one: rows are then compared with the others.
    pub within_one: bool,
}

/// A share of values so large must parse for a column to be of days or quantities.
const MOSTLY: f64 = 0.95;

impl Column {
    pub(super) fn new(name: &str, left: &[String], right: &[String], within_one: bool) -> Self {
        let mut column = Self {
            name: name.to_owned(),
            kind: Kind::Text,
            codes: [Vec::new(), Vec::new()],
            texts: Texts::default(),
            numbers: Vec::new(),
            counts: vec![0],
            within_one,
        };
        let mut normal = String::new();
        for (side, values) in [left, right].into_iter().enumerate() {
            let codes = values.iter().map(|text| {
                normalise(text, &mut normal);
                let code = column.texts.code(&normal);
                column.counts.resize(column.texts.len() + 1, 0);
                if let Some(count) = column.counts.get_mut(code as usize) {
                    *count += 1;
                }
                code
            });
            let codes = codes.collect();
            if let Some(slot) = column.codes.get_mut(side) {
                *slot = codes;
            }
        }
        column.kind = column.inferred();
        column.numbers = match column.kind {
            Kind::Date => column.numbers_by(days),
            Kind::Number => column.numbers_by(number),
            Kind::Text | Kind::Code => Vec::new(),
        };
        column
    }

    /// A number of each code.
    fn numbers_by(&self, number: fn(&str) -> f64) -> Vec<f64> {
        std::iter::once(f64::NAN)
            .chain(self.texts.iter().map(number))
            .collect()
    }

    fn inferred(&self) -> Kind {
        let share = |is: fn(&str) -> bool| {
            let fits = self.texts.iter().filter(|text| is(text)).count();
            fits as f64 > MOSTLY * self.texts.len() as f64
        };
        if share(|text| !days(text).is_nan()) {
            Kind::Date
        } else if share(|text| !number(text).is_nan()) && self.texts.iter().any(has_cents) {
            Kind::Number
        } else if share(|text| {
            text.bytes().any(|byte| byte.is_ascii_digit()) && !text.contains(' ')
        }) {
            Kind::Code
        } else {
            Kind::Text
        }
    }

    /// Share of the other rows that have a code, at least one row's.
    pub(super) fn share(&self, code: u32) -> f64 {
        // One row that is in both tables.
        let own = if self.within_one { 2 } else { 0 };
        let rows = self.codes.iter().map(Vec::len).sum::<usize>();
        let count = self.counts.get(code as usize).copied().unwrap_or(0);
        f64::from(count.saturating_sub(own).max(1))
            / rows.saturating_sub(own as usize).max(1) as f64
    }

    pub(super) fn text(&self, code: u32) -> &str {
        self.texts.text(code)
    }

    pub(super) fn number(&self, code: u32) -> f64 {
        self.numbers.get(code as usize).copied().unwrap_or(f64::NAN)
    }

    pub(super) fn code(&self, side: usize, row: u32) -> u32 {
        let codes = self.codes.get(side);
        codes
            .and_then(|codes| codes.get(row as usize))
            .copied()
            .unwrap_or(0)
    }
}

/// Lower case, single spaces, letters as they are written without accents: `Müller` and `Mueller` are
/// one, as `Café` and `Cafe` are.
fn normalise(text: &str, normal: &mut String) {
    normal.clear();
    for word in text.split_whitespace() {
        if !normal.is_empty() {
            normal.push(' ');
        }
        if word.is_ascii() {
            normal.extend(
                word.bytes()
                    .map(|byte| char::from(byte.to_ascii_lowercase())),
            );
        } else {
            word.nfc()
                .flat_map(char::to_lowercase)
                .for_each(|letter| push_plain(letter, normal));
        }
    }
}

/// A letter as those write it who lack it.
fn push_plain(letter: char, normal: &mut String) {
    let written = match letter {
        'ä' | 'æ' => "ae",
        'ö' | 'ø' | 'œ' => "oe",
        'ü' => "ue",
        'ß' => "ss",
        'å' => "aa",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ı' => "i",
        _ => {
            let parts = std::iter::once(letter).nfkd();
            normal.extend(parts.filter(|part| !is_combining_mark(*part)));
            return;
        }
    };
    normal.push_str(written);
}

/// An integer may as well be a number that identifies.
fn has_cents(text: &str) -> bool {
    text.contains('.')
}

/// A decimal number with a point; NaN of anything else, words for infinity among it.
fn number(text: &str) -> f64 {
    let plain = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+');
    if text.bytes().all(plain) {
        text.parse().unwrap_or(f64::NAN)
    } else {
        f64::NAN
    }
}

/// Days from the common era of `2026-11-26`, `20261126`, `26.11.2026` and `26/11/2026`; NaN of
/// anything else.
fn days(text: &str) -> f64 {
    let (year, month, day) = match *text.as_bytes() {
        [a, b, c, d, b'-', e, f, b'-', g, h] | [a, b, c, d, e, f, g, h] => {
            ([a, b, c, d], [e, f], [g, h])
        }
        [g, h, b'.', e, f, b'.', a, b, c, d] | [g, h, b'/', e, f, b'/', a, b, c, d] => {
            ([a, b, c, d], [e, f], [g, h])
        }
        _ => return f64::NAN,
    };
    let date = || {
        let year = digits(&year).filter(|year| (1850..2200).contains(year))?;
        NaiveDate::from_ymd_opt(year.cast_signed(), digits(&month)?, digits(&day)?)
    };
    date().map_or(f64::NAN, |date| f64::from(date.num_days_from_ce()))
}

fn digits(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0, |number, byte| {
        byte.is_ascii_digit()
            .then(|| number * 10 + u32::from(byte - b'0'))
    })
}
