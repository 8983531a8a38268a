//! Any words on pages have fields, and what is read can be checked. This runs in
//! the server's own process, without the limits of the workers that parse.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use chrono::NaiveDate;
use libfuzzer_sys::fuzz_target;
use scrutineer_fuzz::documents::checks::{check_dates, iban_check, prove_totals, vat_id_check};
use scrutineer_fuzz::documents::fields::{FIELD_MODEL, FieldModel, extract};
use scrutineer_fuzz::laid_out;
use scrutineer_fuzz::registry::Registry;

static MODEL: LazyLock<FieldModel> = LazyLock::new(|| {
    let models = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../models"));
    let registry = Registry::open(models).expect("the models of the product");
    FieldModel::load(&registry).unwrap_or_else(|error| panic!("{FIELD_MODEL}: {error}"))
});

fuzz_target!(
    init: LazyLock::force(&MODEL),
    |bytes: &[u8]| {
        let pages = laid_out::pages(&String::from_utf8_lossy(bytes));
        let reading = extract(&pages, &MODEL);
        for (name, field) in &reading.fields {
            assert!(!field.value.is_empty(), "{name} is empty");
            assert!((0.0..=1.0).contains(&field.confidence), "{name}: {}", field.confidence);
            let _ = iban_check(&field.value);
            let _ = vat_id_check(&field.value);
        }
        for step in &prove_totals(&reading).steps {
            let _ = step.holds();
        }
        let day = NaiveDate::from_ymd_opt(2026, 2, 28).expect("a day of the calendar");
        let _ = check_dates(&reading, day);
    }
);
