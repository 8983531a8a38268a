//! Any bytes are an e-invoice or a problem that says what is wrong.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scrutineer_fuzz::documents::xml;

fuzz_target!(|bytes: &[u8]| {
    match xml::read(bytes) {
        Ok(structured) => {
            for (name, field) in &structured.reading.fields {
                assert!(!field.value.is_empty(), "{name} is empty");
                assert!((0.0..=1.0).contains(&field.confidence));
            }
        }
        Err(problem) => assert!(!problem.code.is_empty() && !problem.text.is_empty()),
    }
});
