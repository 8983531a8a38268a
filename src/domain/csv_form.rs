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
    /// By the first row of the file's beginning: the most frequent of comma, semicolon and tab. What
    /// stands within quotes parts nothing and ends nothing.
    #[must_use]
    pub fn of(beginning: &[u8]) -> Self {
        let first = first_unquoted(beginning);
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
    pub fn line_of(self, row: &csv::ByteRecord, before: u64, after: u64) -> u64 {
        let bytes = row.as_slice().iter();
        let within = bytes.filter(|byte| **byte == b'\n').count() as u64;
        let end = within + u64::from(!self.ends_in_two);
        after.saturating_sub(end).max(before)
    }
}

/// The first row without what stands within quotes. They open where a cell begins, after a byte
/// order mark too; two of them within quotes mean one.
fn first_unquoted(beginning: &[u8]) -> Vec<u8> {
    let (mut quoted, mut before) = (false, b'\n');
    let unquoted = beginning.iter().copied().filter(|byte| {
        let opens = matches!(before, b'\n' | b'\t' | b';' | b',' | b'"' | 0xbf);
        if *byte == b'"' && (quoted || opens) {
            quoted = !quoted;
        }
        before = *byte;
        !quoted
    });
    unquoted.take_while(|byte| *byte != b'\n').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_within_quotes_parts_no_cells() {
        for (beginning, delimiter) in [
            ("a,b,c\n1,2,3\n", b','),
            ("a;\"b, c, d, e\";f\n", b';'),
            ("\"a;\nb;c;d\",e,f\n;;;;;\n", b','),
            ("\"a, \"\"b\"\", c\"\td\n", b'\t'),
            ("\u{feff}\"a,b,c\";d\n", b';'),
            ("5\" pipe;b;c\n", b';'),
        ] {
            let form = CsvForm::of(beginning.as_bytes());
            assert_eq!(form.delimiter, delimiter, "{beginning}");
        }
        let row = csv::ByteRecord::from(vec!["1"]);
        let ended = CsvForm::of(b"\"a\nb\",c\r\n1,2\r\n");
        assert_eq!(ended.line_of(&row, 1, 4), 4, "lines end in two");
    }
}
