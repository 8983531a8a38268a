//! Input that is counted by byte and line, and ends in an error where it grows too large.

use std::io::{BufRead, Error, ErrorKind, Read, Result};

use super::Limits;

/// A buffered input with limits.
pub(super) struct Bounded<R> {
    inner: R,
    limits: Limits,
    /// Bytes of the file before decompression, where it is compressed.
    packed: Option<u64>,
    read: u64,
    lines: u64,
    /// Byte that ends an element; none where rows are told by [`Bounded::row_ended`].
    end: Option<u8>,
    since_end: usize,
}

impl<R: BufRead> Bounded<R> {
    pub(super) const fn new(
        inner: R,
        limits: Limits,
        packed: Option<u64>,
        end: Option<u8>,
    ) -> Self {
        Self {
            inner,
            limits,
            packed,
            read: 0,
            lines: 0,
            end,
            since_end: 0,
        }
    }

    /// Line that is being read, from 1.
    pub(super) const fn line(&self) -> u64 {
        self.lines + 1
    }

    /// A row has ended: what is read from here on belongs to the next. What was read ahead of it is
    /// not counted.
    pub(super) const fn row_ended(&mut self) {
        self.since_end = 0;
    }

    fn check(&self) -> Result<()> {
        let most = self.packed.map_or(self.limits.bytes, |packed| {
            let unpacked = packed.saturating_mul(self.limits.expansion);
            unpacked.max(self.limits.unsuspected).min(self.limits.bytes)
        });
        if self.read > most {
            return Err(Error::new(
                ErrorKind::InvalidData,
                format!("more than {most} bytes after decompression"),
            ));
        }
        if self.since_end > self.limits.element {
            return Err(Error::new(
                ErrorKind::InvalidData,
                format!(
                    "an element or row of more than {} bytes",
                    self.limits.element
                ),
            ));
        }
        Ok(())
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> Result<&[u8]> {
        self.check()?;
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        if let Ok(buffer) = self.inner.fill_buf() {
            let used = buffer.get(..amount).unwrap_or(buffer);
            self.lines += used.iter().filter(|byte| **byte == b'\n').count() as u64;
            self.since_end = used
                .iter()
                .rposition(|byte| Some(*byte) == self.end)
                .map_or(self.since_end + used.len(), |at| used.len() - at - 1);
        }
        self.read += amount as u64;
        self.inner.consume(amount);
    }
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        let buffer = self.fill_buf()?;
        let count = buffer.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..count), buffer.get(..count)) {
            to.copy_from_slice(from);
        }
        self.consume(count);
        Ok(count)
    }
}
