//! Event logs as CSV: one event a row.

use std::collections::HashMap;
use std::io::BufRead;
use std::sync::Arc;

use super::bounded::Bounded;
use super::columns::{Columns, Places};
use super::gather::{Stated, Texts, put, trace, with_stated};
use super::time::parse_time;
use super::xes::shortened;
use super::{Attributes, Event, EventLog, EventLogError, Limits};
use crate::domain::CsvForm;

/// Columns, at most.
const MAX_COLUMNS: usize = 500;

/// Reads a log. Comma, semicolon and tab are told apart by the header; a column named
/// `case:NAME` states a fact of the case, other columns facts of the event. Where the first event does
/// not state a fact of the case, it is one of the events from the first that does: nobody knew it before.
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
    let places = columns
        .places(&header)
        .map_err(|message| wrong(1, message))?;
    let mut gathered = Gathered::new(&header, places);
    let mut row = ::csv::StringRecord::new();
    loop {
        let line = rows.position().line();
        match rows.read_record(&mut row) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return Err(wrong(line, error.to_string())),
        }
        rows.get_mut().row_ended();
        let line = form.line_of(row.as_byte_record(), line, rows.position().line());
        if row.len() != header.len() {
            return Err(wrong(
                line,
                format!("{} cells under {} columns", row.len(), header.len()),
            ));
        }
        gathered.add(&row).map_err(|message| wrong(line, message))?;
        if gathered.read > limits.events {
            return Err(wrong(line, format!("more than {} events", limits.events)));
        }
    }
    Ok(gathered.finish())
}

struct Gathered {
    places: Places,
    /// Name of each fact, and whether it is one of the case; none for the named columns.
    facts: Vec<Option<(Arc<str>, bool)>>,
    texts: Texts,
    index: HashMap<Arc<str>, usize>,
    cases: Vec<(Arc<str>, Vec<Stated>, Vec<Event>)>,
    read: usize,
}

impl Gathered {
    fn new(header: &[String], places: Places) -> Self {
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
                (!taken.contains(&Some(at))).then(|| (texts.keep(name), of_case))
            })
            .collect();
        Self {
            places,
            facts,
            texts,
            index: HashMap::new(),
            cases: Vec::new(),
            read: 0,
        }
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
        let time = parse_time(time)
            .ok_or_else(|| place(format!("the time {:?} is no time", shortened(time))))?;
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

    fn finish(self) -> EventLog {
        let traces = self.cases.into_iter().map(|(id, stated, mut events)| {
            let attributes = with_stated(stated, &mut events);
            trace(id, attributes, events)
        });
        EventLog {
            traces: traces.collect(),
        }
    }
}
