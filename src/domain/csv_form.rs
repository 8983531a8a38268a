//! How a CSV file is written: what parts its cells, and on which line a row begins.

/// What parts cells and what ends lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CsvForm {
    /// Comma, semicolon or tab.
    pub delimiter: u8,
    /// Whether lines end in carriage return and line feed: then a row is read up to between the two.
    ends_in_two: bool,
}

impl CsvForm {
    /// By the first line of the file's beginning: the most frequent of comma, semicolon and tab.
    #[must_use]
    pub fn of(beginning: &[u8]) -> Self {
        let first = beginning.split(|byte| *byte == b'\n').next();
        let first = first.unwrap_or(beginning);
        let count = |wanted: u8| first.iter().filter(|byte| **byte == wanted).count();
        let candidates = [b'\t', b';', b','];
        let most = candidates.into_iter().max_by_key(|one| count(*one));
        Self {
            delimiter: most.unwrap_or(b','),
            ends_in_two: first.ends_with(b"\r"),
        }
    }

    /// The line on which a row begins, from the reader's lines before and after it: counted back from
    /// the row's end, since what stands before it may be blank lines.
    #[must_use]
    pub fn line_of(self, row: &csv::StringRecord, before: u64, after: u64) -> u64 {
        let bytes = row.iter().flat_map(str::bytes);
        let within = bytes.filter(|byte| *byte == b'\n').count() as u64;
        let end = within + u64::from(!self.ends_in_two);
        after.saturating_sub(end).max(before)
    }
}
