//! What holds for every kind of record.

use serde_json::{Map, Value, json};

use super::{Record as _, RecordKind, VendorInvoice};
use crate::domain::FieldSet as _;

fn members(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn invoice() -> Value {
    json!({
        "id": "i-1", "number": "2026-7", "vendor_id": "v-1", "issued_on": "2024-02-29",
        "currency": "EUR", "total": "119.00", "known_at": "2024-03-01T09:00:00+01:00",
        "lines": [{"line": 1, "net": "100.00", "hours": 2.5}],
        "attributes": {"site": "north"}
    })
}

#[test]
fn a_record_reads_normalises_and_reads_again() {
    let record = VendorInvoice::from_members("", members(invoice())).unwrap();
    assert_eq!(
        record.known_at().unwrap().to_rfc3339(),
        "2024-03-01T08:00:00+00:00"
    );
    assert_eq!(record.business_date().unwrap().to_string(), "2024-02-29");
    let written = serde_json::to_value(&record).unwrap();
    assert_eq!(
        written["lines"][0],
        json!({"line": "1", "net": "100.00", "hours": "2.5"})
    );
    assert!(written.get("iban").is_none());
    let again = VendorInvoice::from_members("", members(written)).unwrap();
    assert_eq!(again, record);
}

#[test]
fn every_problem_of_a_row_is_named_with_its_member() {
    let mut row = invoice();
    row["issued_on"] = json!("2023-02-29");
    row["currency"] = json!("EURO");
    row["total"] = json!("NaN");
    row["known_at"] = json!("2024-03-01 09:00");
    row["vendor_id"] = json!("v\u{0}1");
    row["lines"] = json!([{"line": "1", "net": "1"}, {"line": "2", "nett": "1"}]);
    row["colour"] = json!("red");
    row.as_object_mut().unwrap().remove("number");
    let problems = RecordKind::VendorInvoice.check(members(row)).unwrap_err();
    let mut fields: Vec<_> = problems.iter().map(|p| p.field.as_str()).collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "colour",
            "currency",
            "issued_on",
            "known_at",
            "lines[1].net",
            "lines[1].nett",
            "number",
            "total",
            "vendor_id"
        ]
    );
}

#[test]
fn huge_and_inexact_numbers_are_refused() {
    for bad in [
        json!("1e9"),
        json!("9999999999999999"),
        json!(1e300),
        json!(123456789012345.67),
        json!("١٢"),
        json!(true),
        json!("1,234.00"),
        json!(""),
        json!([1]),
    ] {
        let mut row = invoice();
        row["total"] = bad.clone();
        assert!(
            RecordKind::VendorInvoice.check(members(row)).is_err(),
            "{bad}"
        );
    }
}

#[test]
fn members_that_contradict_each_other_are_refused() {
    let row = json!({"id": "t", "employee_id": "e", "period_start": "2026-02-08", "period_end": "2026-02-01"});
    let problems = RecordKind::Timesheet.check(members(row)).unwrap_err();
    assert_eq!(problems[0].field, "period_end");
    let row = json!({"id": "p", "paid_on": "2026-02-08", "amount": "1", "currency": "EUR"});
    assert_eq!(
        RecordKind::Payment.check(members(row)).unwrap_err()[0].field,
        "customer_id"
    );
}

/// The published schemas are written by `SCRUTINEER_WRITE_SCHEMAS=1 cargo test schemas_on_disk`.
#[test]
fn the_schemas_on_disk_are_what_the_types_say() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/schema");
    let write = std::env::var_os("SCRUTINEER_WRITE_SCHEMAS").is_some();
    for kind in RecordKind::ALL {
        let path = folder.join(format!("{kind}.json"));
        let text = format!("{:#}\n", kind.schema());
        if write {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(found, text, "{kind}: write the schemas again");
    }
}

#[test]
fn the_schema_lists_the_names_that_the_reader_takes() {
    let mut lists = 0;
    for kind in RecordKind::ALL {
        let schema = kind.schema();
        for (name, property) in schema["properties"].as_object().unwrap() {
            let text = property.to_string();
            let named = text
                .split_once("#/$defs/")
                .and_then(|(_, rest)| rest.split_once('"'));
            let Some((definition, _)) = named else {
                continue;
            };
            let Some(listed) = schema["$defs"][definition]["enum"].as_array() else {
                continue;
            };
            lists += 1;
            let problem = |value: Value| {
                let row = Map::from_iter([(name.clone(), value)]);
                let problems = kind.check(row).unwrap_err().into_iter();
                let own = problems.filter(|one| one.field == *name);
                own.map(|one| one.problem.to_string()).next()
            };
            for value in listed {
                assert_eq!(problem(value.clone()), None, "{kind}.{name} {value}");
            }
            let refused = problem(json!("of no list")).unwrap();
            let taken = refused.split_once(": ").unwrap().1.split(' ').count();
            assert_eq!(taken, listed.len(), "{kind}.{name}");
        }
    }
    assert!(lists >= 8, "{lists}");
}

#[test]
fn schema_and_reader_agree_on_members() {
    for kind in RecordKind::ALL {
        let schema = kind.schema();
        assert_eq!(schema["additionalProperties"], false, "{kind}");
        let properties = schema["properties"].as_object().unwrap();
        let required: Vec<_> = schema["required"].as_array().unwrap().iter().collect();
        let members = kind.members();
        assert_eq!(properties.len(), members.len(), "{kind}");
        for (name, needed) in members {
            assert!(properties.contains_key(name), "{kind}.{name}");
            assert_eq!(
                required.iter().any(|known| *known == name),
                needed,
                "{kind}.{name}"
            );
        }
        let empty = kind.check(Map::new()).unwrap_err();
        assert_eq!(empty.len(), required.len(), "{kind}");
    }
}
