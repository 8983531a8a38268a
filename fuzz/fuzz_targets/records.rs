//! Any bytes are rows of any kind, good or bad; the first byte chooses the kind.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scrutineer_fuzz::domain::RecordKind;
use scrutineer_fuzz::domain::loader::{Rows, Source};

/// More rows than any input the fuzzer makes can hold.
const MAX_ROWS: usize = 1 << 20;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rows)) = bytes.split_first() else {
        return;
    };
    let source = Source {
        name: "fuzz".to_owned(),
        kind: RecordKind::ALL[usize::from(*first) % RecordKind::ALL.len()],
        format: None,
    };
    for (count, row) in Rows::new(rows, source).enumerate() {
        assert!(count < MAX_ROWS, "rows without end");
        if let Err(problem) = row {
            assert!(!problem.to_string().is_empty());
        }
    }
});
