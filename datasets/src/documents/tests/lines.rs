//! Lines read from pages, held against those that were drawn.

use std::path::Path;

use rust_decimal::Decimal;
use scrutineer::documents::fields::{FieldModel, extract};
use scrutineer::documents::parse::{ParseOptions, parse};
use scrutineer::registry::Registry;

use super::generate;

/// Lines by their net: drawn, read, and both.
#[derive(Debug, Default)]
struct Tally {
    drawn: usize,
    read: usize,
    same: usize,
}

#[test]
fn lines_beside_fields_are_read_from_generated_pages() {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models");
    let model = FieldModel::load(&Registry::open(&models).unwrap()).unwrap();
    let options = ParseOptions {
        ignore_xml: true,
        ..ParseOptions::default()
    };
    let mut tally = Tally::default();
    for document in generate(23, 60) {
        let pages = parse(&document.bytes, &options).pages;
        let reading = extract(&pages, &model);
        let mut drawn: Vec<Decimal> = document.truth.lines.iter().filter_map(|l| l.net).collect();
        let read: Vec<Decimal> = reading.lines.iter().filter_map(|l| l.net).collect();
        tally.drawn += drawn.len();
        tally.read += read.len();
        for net in &read {
            if let Some(at) = drawn.iter().position(|d| d == net) {
                drawn.swap_remove(at);
                tally.same += 1;
            }
        }
    }
    // Measured: 237 lines drawn, 236 read, 233 of them right.
    assert!(tally.drawn > 200, "{tally:?}");
    assert!(tally.same * 100 >= tally.drawn * 93, "{tally:?}");
    assert!(tally.same * 100 >= tally.read * 98, "{tally:?}");
}
