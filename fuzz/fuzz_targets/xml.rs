//! Any bytes are an e-invoice or a problem that says what is wrong; what an
//! e-invoice says can be checked.
#![no_main]

use chrono::NaiveDate;
use libfuzzer_sys::fuzz_target;
use scrutineer_fuzz::documents::checks::{check_dates, iban_check, prove_totals, vat_id_check};
use scrutineer_fuzz::documents::xml;

fuzz_target!(|bytes: &[u8]| {
    match xml::read(bytes) {
        Ok(structured) => {
            let reading = structured.reading;
            for (name, field) in &reading.fields {
                assert!(!field.value.is_empty(), "{name} is empty");
                assert!((0.0..=1.0).contains(&field.confidence));
                let _ = iban_check(&field.value);
                let _ = vat_id_check(&field.value);
            }
            for step in &prove_totals(&reading).steps {
                let _ = step.holds();
            }
            let day = NaiveDate::from_ymd_opt(2026, 2, 28).expect("a day of the calendar");
            let _ = check_dates(&reading, day);
        }
        Err(problem) => assert!(!problem.code.is_empty() && !problem.text.is_empty()),
    }
});
