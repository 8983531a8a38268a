//! Event logs: what happened in each case, read from XES or CSV into one form.
//!
//! A case is a request, a claim, an order line; an event says that an activity happened at
//! a time. Readers refuse what they cannot place, naming file, line, event and field: a case
//! without its missing events would look like another case.

mod bounded;
mod columns;
mod csv;
mod day_order;
mod file;
mod gather;
mod time;
mod xes;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use chrono::{DateTime, FixedOffset};

pub use columns::Columns;
pub use csv::read_csv;
pub use day_order::DayOrder;
pub use file::read_file;
pub use time::{StatedTime, is_placeholder, parse_stated, parse_time};
pub use xes::read_xes;

/// Facts by name, in order of name; every name once.
pub type Attributes = Vec<(Arc<str>, Arc<str>)>;

/// A whole log.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EventLog {
    /// Cases, in the order of the file.
    pub traces: Vec<Trace>,
    /// What comes first in days whose year comes last, where the times of a CSV file show it or it was said.
    pub day_order: Option<DayOrder>,
}

/// One case.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// Its id in the log.
    pub id: Arc<str>,
    /// Facts of the case as a whole, and those that every event states alike.
    pub attributes: Attributes,
    /// Events by time; of the same time, in the order of the file. At least one.
    pub events: Vec<Event>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// What happened.
    pub activity: Arc<str>,
    /// When, with the clock of the place.
    pub time: DateTime<FixedOffset>,
    /// Who or what did it.
    pub resource: Option<Arc<str>>,
    /// In which role.
    pub role: Option<Arc<str>>,
    /// Which moment of the activity, such as `start`; none for its end.
    pub lifecycle: Option<Arc<str>>,
    /// Further facts.
    pub attributes: Attributes,
}

/// How much is read, at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes after decompression.
    pub bytes: u64,
    /// Bytes after decompression for each byte before it; small files may reach
    /// [`Limits::unsuspected`] all the same.
    pub expansion: u64,
    /// Bytes that any file may have after decompression.
    pub unsuspected: u64,
    /// Events.
    pub events: usize,
    /// Bytes of one element or row.
    pub element: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 8 << 30,
            expansion: 300,
            unsuspected: 64 << 20,
            events: 20_000_000,
            element: 1 << 20,
        }
    }
}

/// Why a log could not be read.
#[derive(Debug, thiserror::Error)]
pub enum EventLogError {
    /// The file could not be read.
    #[error("{file}: {source}")]
    Io {
        /// The file.
        file: String,
        /// What went wrong.
        source: std::io::Error,
    },
    /// Something in the file is not what it should be.
    #[error("{file}:{line}: {message}")]
    Wrong {
        /// The file.
        file: String,
        /// Line, from 1.
        line: u64,
        /// What is wrong, naming case, event and field.
        message: String,
    },
}

impl Trace {
    /// A fact as an event states it, or else the case.
    #[must_use]
    pub fn attribute(&self, event: usize, name: &str) -> Option<&Arc<str>> {
        let own = self.events.get(event).map(|event| &event.attributes);
        own.and_then(|own| attribute(own, name))
            .or_else(|| attribute(&self.attributes, name))
    }

    /// Time of the first event.
    #[must_use]
    pub fn started(&self) -> Option<DateTime<FixedOffset>> {
        self.events.first().map(|event| event.time)
    }

    /// Time of the last event.
    #[must_use]
    pub fn ended(&self) -> Option<DateTime<FixedOffset>> {
        self.events.last().map(|event| event.time)
    }
}

/// The value of a name.
#[must_use]
pub fn attribute<'a>(attributes: &'a Attributes, name: &str) -> Option<&'a Arc<str>> {
    let found = attributes.binary_search_by(|(known, _)| known.as_ref().cmp(name));
    found
        .ok()
        .and_then(|at| attributes.get(at))
        .map(|(_, value)| value)
}
