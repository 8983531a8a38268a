//! Loaders over good, odd and hostile bytes.

use proptest::prelude::*;

use super::{Format, MAX_ROW_BYTES, Row, RowProblem, Rows, Source};
use crate::domain::RecordKind;

fn load(bytes: &[u8], kind: RecordKind, format: Option<Format>) -> Vec<Result<Row, RowProblem>> {
    let source = Source {
        name: "f".to_owned(),
        kind,
        format,
    };
    Rows::new(bytes, source).collect()
}

fn messages(rows: &[Result<Row, RowProblem>]) -> Vec<String> {
    rows.iter()
        .filter_map(|row| row.as_ref().err().map(ToString::to_string))
        .collect()
}

#[test]
fn csv_and_ndjson_give_the_same_record() {
    let csv = "\u{feff}id;name;ibans;attributes.site;known_at\r\nv1;Müller & Söhne;\"[\"\"DE89\"\"]\";north;2026-01-31T23:30:00-02:00\r\n";
    let ndjson = r#"{"id":"v1","name":"Müller & Söhne","ibans":["DE89"],"attributes":{"site":"north"},"known_at":"2026-02-01T01:30:00Z"}"#;
    let from_csv = load(csv.as_bytes(), RecordKind::Vendor, None);
    let from_ndjson = load(ndjson.as_bytes(), RecordKind::Vendor, None);
    assert_eq!(
        from_csv[0].as_ref().unwrap().record,
        from_ndjson[0].as_ref().unwrap().record
    );
    assert_eq!(from_csv[0].as_ref().unwrap().line, 2);
}

#[test]
fn a_bad_row_is_named_and_the_good_ones_are_read() {
    let csv = b"id,name,currency\n1,A,EUR\n2,,EUR\n3,C,ABC\n4,D\n5,\"E\n\",USD\n6,\xff,USD\n7,G\0,USD\n8,H,USD\n";
    let rows = load(csv, RecordKind::Vendor, None);
    let good: Vec<_> = rows
        .iter()
        .flatten()
        .map(|row| row.record.id.clone())
        .collect();
    assert_eq!(good, ["1", "5", "8"]);
    assert_eq!(
        messages(&rows),
        [
            "f:3: `name` is required and missing",
            "f:4: `currency` is not an ISO 4217 currency code such as EUR",
            "f:5: the row has 2 cells, the header 3",
            "f:8: `name` is not UTF-8",
            "f:9: `name` holds a control character",
        ]
    );
}

#[test]
fn lines_are_counted_whatever_ends_them() {
    for text in [
        "id,name\n\n\n1,\"A\nB\"\n2,\n",
        "id,name\r\n\r\n\r\n1,\"A\r\nB\"\r\n2,",
    ] {
        let rows = load(text.as_bytes(), RecordKind::Vendor, None);
        assert_eq!(rows[0].as_ref().unwrap().line, 4, "{text:?}");
        assert_eq!(rows[1].as_ref().unwrap_err().line, 6, "{text:?}");
    }
}

#[test]
fn lines_of_a_file_that_ends_them_with_returns_alone_are_counted() {
    let rows = load(b"id,name\r1,\"A\rB\"\r2,\r", RecordKind::Vendor, None);
    let first = rows[0].as_ref().unwrap();
    assert_eq!(
        (first.line, first.record.body["name"].as_str()),
        (2, Some("A\nB"))
    );
    assert_eq!(messages(&rows), ["f:4: `name` is required and missing"]);
}

#[test]
fn a_quote_left_open_swallows_no_rows() {
    let rows = load(
        b"id,name\n1,A\n\n2,\"B\n3,C\n4,D\n",
        RecordKind::Vendor,
        None,
    );
    assert_eq!(rows.len(), 2);
    assert!(rows[1].as_ref().unwrap_err().fatal);
    assert_eq!(
        messages(&rows),
        ["f:3: a quote is left open: the rest of the file stands within it"]
    );
    for sound in [
        "id,name\n1,5\" pipe\n",
        "id,name\n1,\"a \"\"b\"\"\"",
        "id,name\n1,\"a\"b\n",
    ] {
        let rows = load(sound.as_bytes(), RecordKind::Vendor, None);
        assert!(
            rows.len() == 1 && rows[0].is_ok(),
            "{sound:?}: {:?}",
            messages(&rows)
        );
    }
}

#[test]
fn odd_numbers_dates_and_codes_are_named_and_never_taken_for_others() {
    let row = |members: &str| {
        let row = format!("{{\"id\":\"1\",\"number\":\"n\",\"vendor_id\":\"v\",{members}}}");
        load(
            row.as_bytes(),
            RecordKind::VendorInvoice,
            Some(Format::Ndjson),
        )
    };
    let sound = row(r#""issued_on":"2024-02-29","currency":"EUR","total":"-1.50""#);
    assert!(sound[0].is_ok(), "{:?}", messages(&sound));
    for (members, message) in [
        (r#""total":NaN"#, "the row is not JSON from column"),
        (r#""total":Infinity"#, "the row is not JSON from column"),
        (r#""total":1e400"#, "the row is not JSON from column"),
        (r#""currency":"\ud800""#, "the row is not JSON from column"),
        (
            r#""total":1000000000000.000001"#,
            "has too many digits to be kept",
        ),
        (
            r#""total":"1","total":"100""#,
            "`total` stands twice in the row",
        ),
        (
            r#""total":"1000000000000000000000000000000""#,
            "`total` is beyond 15 digits",
        ),
        (r#""total":1e30"#, "`total` is not a plain decimal"),
        (r#""total":"NaN""#, "`total` is not a plain decimal"),
        (r#""total":"1e5""#, "`total` is not a plain decimal"),
        (r#""total":"1,234.50""#, "`total` is not a plain decimal"),
        (r#""currency":"XXX""#, "`currency` is not an ISO 4217"),
        (r#""currency":"eur""#, "`currency` is not an ISO 4217"),
        (
            r#""issued_on":"2025-02-29""#,
            "`issued_on` must be a day of the calendar",
        ),
        (
            r#""issued_on":"2025-02-28T00:00:00Z""#,
            "`issued_on` must be a day of the calendar",
        ),
        (
            r#""known_at":"2025-02-28T10:00:00""#,
            "`known_at` must be a time with its zone",
        ),
        (
            r#""known_at":"2025-02-29T10:00:00Z""#,
            "`known_at` must be a time with its zone",
        ),
        (
            r#""attributes":{"a":1.10}"#,
            "`attributes.a` must be a text",
        ),
    ] {
        let rows = row(members);
        let told = messages(&rows);
        let found = told
            .iter()
            .any(|told| told.starts_with("f:1: ") && told.contains(message));
        assert!(found, "{told:?}, not {message}");
    }
}

#[test]
fn a_cell_of_a_million_characters_is_named() {
    let mut csv = b"id,name\n1,".to_vec();
    csv.extend([b'x'; 1_000_000]);
    csv.extend(b"\n2,B\n");
    let rows = load(&csv, RecordKind::Vendor, None);
    assert_eq!(
        messages(&rows),
        ["f:2: `name` is longer than 10000 characters"]
    );
    assert!(rows[1].is_ok());
}

#[test]
fn an_unknown_or_doubled_column_ends_the_reading() {
    let rows = load(b"id,nmae\n1,A\n", RecordKind::Vendor, None);
    assert_eq!(rows.len(), 1);
    let message = &messages(&rows)[0];
    assert!(
        message.starts_with("f:1: `nmae` is not a column of vendor; there are: id, name,"),
        "{message}"
    );
    let doubled = load(b"id,name,id\n1,A,2\n", RecordKind::Vendor, None);
    assert_eq!(messages(&doubled), ["f:1: `id` stands twice in the header"]);
}

#[test]
fn utf_16_and_rows_without_end_are_told() {
    let utf16 = [0xff, 0xfe, b'i', 0, b'd', 0];
    assert_eq!(
        messages(&load(&utf16, RecordKind::Vendor, None)),
        ["f:1: the file is UTF-16: save it as UTF-8"]
    );
    let mut open = b"id,name\n1,\"".to_vec();
    open.resize(MAX_ROW_BYTES * 3, b'x');
    let rows = load(&open, RecordKind::Vendor, None);
    assert!(rows[0].as_ref().unwrap_err().fatal);
    assert!(
        messages(&rows)[0].contains("longer than"),
        "{:?}",
        messages(&rows)
    );

    let mut long = vec![b'{'; MAX_ROW_BYTES + 10];
    long.extend_from_slice(b"\n\n{\"id\":\"1\",\"name\":\"A\"}");
    let rows = load(&long, RecordKind::Vendor, Some(Format::Ndjson));
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1].as_ref().unwrap().line, 3);
}

#[test]
fn ndjson_rows_that_are_not_objects_are_named() {
    let ndjson = b"[1]\n{\"id\":\n{\"id\":\"1\",\"name\":\"A\",\"x\":1}\n\xff\n";
    assert_eq!(
        messages(&load(ndjson, RecordKind::Vendor, Some(Format::Ndjson))),
        [
            "f:1: the row is not a JSON object",
            "f:2: the row is not JSON from column 6 on",
            "f:3: `x` is not a member of this record; other facts go under `attributes`",
            "f:4: the row is not UTF-8",
        ]
    );
}

#[test]
fn an_empty_file_is_told() {
    assert_eq!(
        messages(&load(b"", RecordKind::Vendor, None)),
        ["f:1: the file is empty, or has no header"]
    );
    assert!(load(b"", RecordKind::Vendor, Some(Format::Ndjson)).is_empty());
    let named = |name: &str, bytes: &'static [u8]| {
        let source = Source {
            name: name.to_owned(),
            kind: RecordKind::Vendor,
            format: None,
        };
        Rows::new(bytes, source).filter(Result::is_err).count()
    };
    for empty in [b"".as_slice(), b"\n", b"\xef\xbb\xbf\n"] {
        assert_eq!(named("firm/vendor.ndjson", empty), 0);
        assert_eq!(named("firm/vendor.csv", empty), 1);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_rows_or_problems(bytes in proptest::collection::vec(any::<u8>(), 0..400), kind in 0..RecordKind::ALL.len(), csv: bool) {
        let format = if csv { Format::Csv } else { Format::Ndjson };
        let rows = load(&bytes, RecordKind::ALL[kind], Some(format));
        prop_assert!(rows.len() <= bytes.len() + 1);
    }

    #[test]
    fn any_cells_are_a_row_or_a_problem(cells in proptest::collection::vec("[ -~é\u{0}\"\n,;]{0,12}", 5)) {
        let mut bytes = b"id,number,vendor_id,issued_on,total\n".to_vec();
        bytes.extend(cells.join(",").bytes());
        load(&bytes, RecordKind::VendorInvoice, None);
    }
}
