//! A reader of CSV that gives up on a row without end and on a quote left open, and ends
//! every line with one line feed.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts what is read since the count was last set to nothing; makes CR LF and CR one LF
/// and adds one at the end where it lacks, so that lines can be counted by what was read.
pub(super) struct Bounded<R> {
    reader: R,
    delimiter: u8,
    limit: usize,
    read: Arc<AtomicUsize>,
    after_return: bool,
    last: u8,
    place: Place,
}

/// Where in a row a byte stands, as the CSV reader sees it (RFC 4180, section 2).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    CellStart,
    Cell,
    Quoted,
    /// After a quote within quotes: the end of them, or the first of two that mean one.
    QuoteInQuoted,
}

/// Sets the count to nothing when a row has ended.
#[derive(Clone)]
pub(super) struct RowEnd(Arc<AtomicUsize>);

impl RowEnd {
    pub(super) fn reached(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

impl<R: Read> Bounded<R> {
    pub(super) fn new(reader: R, delimiter: u8, limit: usize) -> (Self, RowEnd) {
        let read = Arc::new(AtomicUsize::new(0));
        let end = RowEnd(Arc::clone(&read));
        let bounded = Self {
            reader,
            delimiter,
            limit,
            read,
            after_return: false,
            last: b'\n',
            place: Place::CellStart,
        };
        (bounded, end)
    }

    fn pass(&mut self, byte: u8) {
        self.last = byte;
        self.place = match (self.place, byte) {
            (Place::Quoted, b'"') => Place::QuoteInQuoted,
            (Place::Quoted, _) | (Place::CellStart | Place::QuoteInQuoted, b'"') => Place::Quoted,
            (_, b'\n') => Place::CellStart,
            (_, other) if other == self.delimiter => Place::CellStart,
            _ => Place::Cell,
        };
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.read.load(Ordering::Relaxed) > self.limit {
            return Err(invalid(format!(
                "the row is longer than {} bytes (a quote left open?)",
                self.limit
            )));
        }
        loop {
            let count = self.reader.read(buffer)?;
            self.read.fetch_add(count, Ordering::Relaxed);
            if count == 0 {
                return self.end(buffer);
            }
            let mut written = 0;
            for at in 0..count {
                let byte = buffer.get(at).copied().unwrap_or_default();
                let second = byte == b'\n' && self.after_return;
                self.after_return = byte == b'\r';
                if second {
                    continue;
                }
                let byte = if self.after_return { b'\n' } else { byte };
                if let Some(place) = buffer.get_mut(written) {
                    *place = byte;
                }
                written += 1;
                self.pass(byte);
            }
            // Nothing written would mean the end.
            if written > 0 {
                return Ok(written);
            }
        }
    }
}

impl<R> Bounded<R> {
    fn end(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.place == Place::Quoted {
            return Err(invalid(
                "a quote is left open: the rest of the file stands within it".to_owned(),
            ));
        }
        match buffer.first_mut() {
            Some(first) if self.last != b'\n' => {
                *first = b'\n';
                self.last = b'\n';
                Ok(1)
            }
            _ => Ok(0),
        }
    }
}

fn invalid(why: String) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidData, why)
}
