//! A reader that gives up on a row without end, and ends every line with one line feed.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts what is read since the count was last set to nothing; makes CR LF one LF and adds
/// one at the end where it lacks, so that lines can be counted by what was read.
pub(super) struct Bounded<R> {
    reader: R,
    limit: usize,
    read: Arc<AtomicUsize>,
    /// A carriage return that waits for what follows it.
    held_return: bool,
    last: u8,
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
    pub(super) fn new(reader: R, limit: usize) -> (Self, RowEnd) {
        let read = Arc::new(AtomicUsize::new(0));
        let end = RowEnd(Arc::clone(&read));
        let bounded = Self {
            reader,
            limit,
            read,
            held_return: false,
            last: b'\n',
        };
        (bounded, end)
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.read.load(Ordering::Relaxed) > self.limit {
            return Err(std::io::Error::new(
                std::io::ErrorKind::InvalidData,
                format!(
                    "the row is longer than {} bytes (a quote left open?)",
                    self.limit
                ),
            ));
        }
        // One place is kept for a carriage return held back, one for the last line feed.
        let Some(room) = buffer.len().checked_sub(2).filter(|room| *room > 0) else {
            return Err(std::io::Error::other("the buffer is too small"));
        };
        let mut raw = vec![0; room];
        let count = self.reader.read(&mut raw)?;
        self.read.fetch_add(count, Ordering::Relaxed);
        let mut written = 0;
        let mut write = |byte: u8, last: &mut u8| {
            if let Some(place) = buffer.get_mut(written) {
                *place = byte;
                written += 1;
                *last = byte;
            }
        };
        for byte in raw.into_iter().take(count) {
            if self.held_return && byte != b'\n' {
                write(b'\r', &mut self.last);
            }
            self.held_return = byte == b'\r';
            if !self.held_return {
                write(byte, &mut self.last);
            }
        }
        if count == 0 {
            self.held_return = false;
            if self.last != b'\n' {
                write(b'\n', &mut self.last);
            }
        }
        if written == 0 && count > 0 {
            return self.read(buffer);
        }
        Ok(written)
    }
}
