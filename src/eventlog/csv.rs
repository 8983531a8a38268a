//! Event logs as CSV: one event a row.

use std::collections::HashMap;
use std::io::BufRead;
use std::sync::Arc;

use super::bounded::Bounded;
use super::columns::{Columns, Places};
use super::day_order::Shown;
use super::gather::{Stated, Texts, put, trace, with_stated};
use super::time::parse_time;
use super::xes::shortened;
use super::{Attributes, Event, EventLog, EventLogError, Limits};
use crate::domain::CsvForm;

/// Columns, at most.
const MAX_COLUMNS: usize = 500;
/// Bytes of rows kept until a time shows whether the day or the month comes first, at most.
const WAITING: usize = 128 << 20;
/// Bytes that keeping a row takes, and each of its cells, beside what they say.
const OF_A_ROW: usize = 128;
const OF_A_CELL: usize = 8;

/// Reads a log. Comma, semicolon and tab are told apart by the header; a column named
/// `case:NAME` states a fact of the case, other columns facts of the event. Where the first event does
/// not state a fact of the case, it is one of the events from the first that does: nobody knew it before.
/// A column without a name states nothing.
/// Whether the day or the month comes first in times whose year comes last, between slashes or dashes, is told
/// by the first of them in which one of the two numbers is no month; rows before it wait for that.
///
/// # Errors
/// [`EventLogError`] with the line, the case and the column.
pub fn read_csv(
    file: &str,
    input: impl BufRead,
    packed: Option<u64>,
    limits: Limits,
    columns: &Columns,
) -> Result<EventLog, EventLogError> {
    let wrong = |line: u64, message: String| EventLogError::Wrong {
        file: file.to_owned(),
        line,
        message,
    };
    let mut input = Bounded::new(input, limits, packed, None);
    let beginning = input.fill_buf().map_err(|source| EventLogError::Io {
        file: file.to_owned(),
        source,
    })?;
    let form = CsvForm::of(beginning);
    let mut rows = ::csv::ReaderBuilder::new()
        .delimiter(form.delimiter)
        .flexible(true)
        .from_reader(input);
    let header: Vec<String> = rows
        .headers()
        .map_err(|error| wrong(1, error.to_string()))?
        .iter()
        .map(|name| name.trim().trim_start_matches('\u{feff}').to_owned())
        .collect();
    rows.get_mut().row_ended();
    if header.len() > MAX_COLUMNS {
        return Err(wrong(1, format!("more than {MAX_COLUMNS} columns")));
    }
    let places = columns.places(&header).map_err(|mut message| {
        if header.len() == 1 {
            message += "; the header is one cell: comma, semicolon or tab part cells";
        }
        wrong(1, message)
    })?;
    let mut gathered = Gathered::new(&header, places, Shown::new(columns.day_order));
    let mut bytes = ::csv::ByteRecord::new();
    loop {
        let line = rows.position().line();
        match rows.read_byte_record(&mut bytes) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return Err(wrong(line, error.to_string())),
        }
        rows.get_mut().row_ended();
        let line = form.line_of(&bytes, line, rows.position().line());
        let row = ::csv::StringRecord::from_byte_record(std::mem::take(&mut bytes));
        let row = row.map_err(|error| {
            let column = header.get(error.utf8_error().field());
            let column = shortened(column.map_or("", String::as_str));
            wrong(line, format!("what stands under {column:?} is not UTF-8"))
        })?;
        if row.len() != header.len() {
            return Err(wrong(
                line,
                format!("{} cells under {} columns", row.len(), header.len()),
            ));
        }
        gathered
            .take(&row, line)
            .map_err(|(line, message)| wrong(line, message))?;
        if gathered.read + gathered.waiting.len() > limits.events {
            return Err(wrong(line, format!("more than {} events", limits.events)));
        }
        bytes = row.into_byte_record();
    }
    gathered
        .finish()
        .map_err(|(line, message)| wrong(line, message))
}

/// A line, and what is wrong on it.
type Fault = (u64, String);

struct Gathered {
    places: Places,
    /// Name of each fact, and whether it is one of the case; none for the columns named above, and such without
    /// a name.
    facts: Vec<Option<(Arc<str>, bool)>>,
    texts: Texts,
    index: HashMap<Arc<str>, usize>,
    cases: Vec<(Arc<str>, Vec<Stated>, Vec<Event>)>,
    read: usize,
    shown: Shown,
    /// Rows from the first on whose time cannot be read yet, with their lines.
    waiting: Vec<(u64, ::csv::StringRecord)>,
    /// Bytes of these.
    waiting_bytes: usize,
}

impl Gathered {
    fn new(header: &[String], places: Places, shown: Shown) -> Self {
        let taken = [
            Some(places.case),
            Some(places.activity),
            Some(places.time),
            places.resource,
            places.role,
            places.lifecycle,
        ];
        let mut texts = Texts::default();
        let facts = header
            .iter()
            .enumerate()
            .map(|(at, name)| {
                let (name, of_case) = name
                    .strip_prefix("case:")
                    .map_or((name.as_str(), false), |name| (name, true));
                let is_fact = !name.is_empty() && !taken.contains(&Some(at));
                is_fact.then(|| (texts.keep(name), of_case))
            })
            .collect();
        Self {
            places,
            facts,
            texts,
            index: HashMap::new(),
            cases: Vec::new(),
            read: 0,
            shown,
            waiting: Vec::new(),
            waiting_bytes: 0,
        }
    }

    /// Adds a row, or keeps it until its time can be read.
    fn take(&mut self, row: &::csv::StringRecord, line: u64) -> Result<(), Fault> {
        let time = row.get(self.places.time).map_or("", str::trim);
        let can_be_read = self.shown.look(time, line).map_err(|message| {
            let id = row.get(self.places.case).map_or("", str::trim);
            (line, format!("case {:?}: {message}", shortened(id)))
        })?;
        let is_known = self.shown.order().is_some();
        if !can_be_read || !is_known && !self.waiting.is_empty() {
            let bytes = row.as_byte_record().as_slice().len();
            self.waiting_bytes += bytes + OF_A_ROW + OF_A_CELL * row.len();
            self.waiting.push((line, row.clone()));
            return if self.waiting_bytes > WAITING {
                Err(self.unclear())
            } else {
                Ok(())
            };
        }
        for (line, row) in std::mem::take(&mut self.waiting) {
            self.add(&row).map_err(|message| (line, message))?;
        }
        self.add(row).map_err(|message| (line, message))
    }

    /// That no time showed what comes first in that of the first row that waits.
    fn unclear(&self) -> Fault {
        let Some((line, row)) = self.waiting.first() else {
            return Fault::default();
        };
        let cell = |at: usize| shortened(row.get(at).map_or("", str::trim));
        let message = format!(
            "case {:?}: the time {:?} has the day or the month first, and none of {} times from there on shows which: say it with --day-order",
            cell(self.places.case),
            cell(self.places.time),
            self.waiting.len()
        );
        (*line, message)
    }

    fn add(&mut self, row: &::csv::StringRecord) -> Result<(), String> {
        let cell = |at: usize| row.get(at).map(str::trim).filter(|cell| !cell.is_empty());
        let places = self.places;
        let id = cell(places.case).ok_or("the case is required and missing")?;
        let place = |message: String| format!("case {:?}: {message}", shortened(id));
        let activity = cell(places.activity)
            .ok_or_else(|| place("the activity is required and missing".to_owned()))?;
        let time = cell(places.time)
            .ok_or_else(|| place("the time is required and missing".to_owned()))?;
        let read = parse_time(time).or_else(|| self.shown.order()?.read(time));
        let time =
            read.ok_or_else(|| place(format!("the time {:?} is no time", shortened(time))))?;
        let mut optional = |at: Option<usize>| Some(self.texts.keep(cell(at?)?));
        let mut event = Event {
            resource: optional(places.resource),
            role: optional(places.role),
            lifecycle: optional(places.lifecycle)
                .filter(|moment| !moment.eq_ignore_ascii_case("complete")),
            activity: self.texts.keep(activity),
            time,
            attributes: Attributes::new(),
        };
        let id = self.texts.keep(id);
        let next = self.cases.len();
        let at = *self.index.entry(Arc::clone(&id)).or_insert(next);
        if at == next {
            self.cases.push((id, Vec::new(), Vec::new()));
        }
        let Some((_, of_case, events)) = self.cases.get_mut(at) else {
            return Ok(());
        };
        for (value, fact) in row.iter().zip(&self.facts) {
            let (value, Some((name, is_of_case))) = (value.trim(), fact) else {
                continue;
            };
            if value.is_empty() {
                continue;
            }
            let value = self.texts.keep(value);
            if *is_of_case {
                Stated::put(of_case, Arc::clone(name), value, (time, events.len()));
            } else {
                put(&mut event.attributes, Arc::clone(name), value);
            }
        }
        events.push(event);
        self.read += 1;
        Ok(())
    }

    fn finish(self) -> Result<EventLog, Fault> {
        if !self.waiting.is_empty() {
            return Err(self.unclear());
        }
        let day_order = self.shown.order();
        let traces = self.cases.into_iter().map(|(id, stated, mut events)| {
            let attributes = with_stated(stated, &mut events);
            trace(id, attributes, events)
        });
        Ok(EventLog {
            traces: traces.collect(),
            day_order,
        })
    }
}
