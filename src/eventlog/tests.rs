#![allow(clippy::unwrap_used)]

use std::io::Write as _;

use super::{
    Columns, DayOrder, EventLog, EventLogError, Limits, is_placeholder, parse_stated, parse_time,
    read_csv, read_file, read_xes,
};

fn xes(text: &str) -> Result<EventLog, EventLogError> {
    read_xes("log.xes", text.as_bytes(), None, Limits::default())
}

fn csv(text: &str) -> Result<EventLog, EventLogError> {
    read_csv(
        "log.csv",
        text.as_bytes(),
        None,
        Limits::default(),
        &Columns::default(),
    )
}

fn event(name: &str, time: &str) -> String {
    format!(
        "<event><string key=\"concept:name\" value=\"{name}\"/><date key=\"time:timestamp\" value=\"{time}\"/>\
         <string key=\"org:resource\" value=\"R1\"/><string key=\"amount\" value=\"12.5\"/></event>\n"
    )
}

fn log(events: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<log xmlns=\"http://www.xes-standard.org/\">\n\
         <global scope=\"event\"><string key=\"concept:name\" value=\"x\"/></global>\n\
         <classifier name=\"Activity\" keys=\"step\"/>\n<string key=\"creator\" value=\"t\"/>\n\
         <trace><string key=\"concept:name\" value=\"c&amp;1\"/>\n{events}</trace>\n<trace/>\n</log>"
    )
}

#[test]
fn events_are_by_time_and_shared_facts_are_of_the_case() {
    let read = xes(&log(
        &(event("b", "2026-01-02T10:00:00.000+01:00") + &event("a", "2026-01-02T08:59:00Z"))
    ))
    .unwrap();
    assert_eq!(read.traces.len(), 1);
    let case = &read.traces[0];
    assert_eq!(&*case.id, "c&1");
    let names: Vec<&str> = case.events.iter().map(|e| &*e.activity).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(case.attribute(1, "amount").unwrap().as_ref(), "12.5");
    assert!(case.events[0].attributes.is_empty());
    assert_eq!(case.events[0].resource.as_deref(), Some("R1"));
}

#[test]
fn the_classifier_names_what_has_no_name() {
    let nameless = "<event><string key=\"step\" value=\"check\"/><date key=\"time:timestamp\" value=\"2026-01-02T08:59:00Z\"/></event>";
    assert_eq!(
        &*xes(&log(nameless)).unwrap().traces[0].events[0].activity,
        "check"
    );
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let good = event("a", "2026-01-02T08:59:00Z");
    for (events, expected) in [
        (
            good.clone() + &event("b", "2026-02-30T08:59:00Z"),
            "log.xes:8: case \"c&1\", event 2: `time:timestamp`: \"2026-02-30T08:59:00Z\" is no time",
        ),
        (
            "<event><string key=\"concept:name\" value=\"a\"/></event>".to_owned(),
            "log.xes:7: case \"c&1\", event 1: `time:timestamp` is required and missing",
        ),
        (
            "<event><date key=\"time:timestamp\" value=\"2026-01-02T08:59:00Z\"/></event>"
                .to_owned(),
            "log.xes:7: case \"c&1\", event 1: `concept:name` is required and missing",
        ),
    ] {
        assert_eq!(xes(&log(&events)).unwrap_err().to_string(), expected);
    }
    let cut = &log(&good)[..300];
    let error = xes(cut).unwrap_err().to_string();
    assert!(error.starts_with("log.xes:"), "{error}");
    assert!(xes("<html/>").unwrap_err().to_string().contains("not XES"));
    assert!(xes("").unwrap_err().to_string().contains("not XES"));
    let bomb = "<!DOCTYPE log [<!ENTITY a \"aaaa\">]><log/>";
    assert!(xes(bomb).unwrap_err().to_string().contains("document type"));
    let deep = format!("<log>{}", "<list>".repeat(100));
    assert!(
        xes(&deep)
            .unwrap_err()
            .to_string()
            .contains("within one another")
    );
}

#[test]
fn rows_become_cases_whatever_the_columns_are_called() {
    let read = csv("Case ID;Activity;Timestamp;Resource;case:kind;cost\n\
        1;open;2026-01-02 10:00:00;Ann;big;3\n2;open;2026-01-03;;small;\n1;close;2026-01-04T10:00:00+01:00;Bob;big;4\n")
    .unwrap();
    assert_eq!(read.traces.len(), 2);
    let first = &read.traces[0];
    assert_eq!(first.events.len(), 2);
    assert_eq!(first.attribute(0, "kind").unwrap().as_ref(), "big");
    assert_eq!(first.attribute(1, "cost").unwrap().as_ref(), "4");
    assert_eq!(read.traces[1].events[0].resource, None);
    let named = Columns {
        case: Some("number".to_owned()),
        ..Columns::default()
    };
    let text = "number,key,activity,time\n7,x,a,2026-01-02\n";
    let read = read_csv("f", text.as_bytes(), None, Limits::default(), &named).unwrap();
    assert_eq!(&*read.traces[0].id, "7");
}

#[test]
fn a_column_without_a_name_states_nothing() {
    let read = csv(",case,activity,time,case:,kind\n1,7,ask,2026-01-02,x,big\n").unwrap();
    let case = &read.traces[0];
    assert_eq!(case.attribute(0, "kind").unwrap().as_ref(), "big");
    assert_eq!(case.attributes.len(), 1);
    assert!(case.events[0].attributes.is_empty());
}

#[test]
fn a_fact_of_the_case_is_known_from_the_row_that_states_it() {
    let read = csv("case,activity,time,case:kind,case:closing\n\
         1,done,2026-01-04,,slow\n1,ask,2026-01-02,big,\n\
         1,check,2026-01-03,small,\n1,filed,2026-01-05,,\n")
    .unwrap();
    let case = &read.traces[0];
    let told = |name: &str| [0, 1, 2, 3].map(|at| case.attribute(at, name).map(|value| &**value));
    assert_eq!(told("kind"), [Some("big"); 4]);
    assert_eq!(told("closing"), [None, None, Some("slow"), Some("slow")]);
}

#[test]
fn texts_are_read_in_the_encoding_that_is_declared() {
    let declared = |label: &str, text: &[u8]| {
        let mut file = format!("<?xml version=\"1.0\" encoding=\"{label}\"?>").into_bytes();
        let plain = log(&event("X", "2026-01-02T08:59:00Z"));
        for (at, part) in plain.split("\"X\"").enumerate() {
            if at > 0 {
                file.extend([b"\"".as_slice(), text, b"\""].concat());
            }
            let without = part.trim_start_matches("<?xml version=\"1.0\"?>");
            file.extend(without.bytes());
        }
        let read = read_xes("log.xes", file.as_slice(), None, Limits::default());
        read.map(|log| log.traces[0].events[0].activity.to_string())
            .map_err(|error| error.to_string())
    };
    let latin = b"Pr\xfcfung &amp; \x80";
    for label in ["ISO-8859-1", "windows-1252"] {
        assert_eq!(declared(label, latin).unwrap(), "Prüfung & €");
    }
    assert_eq!(declared("UTF-8", "Prüfung".as_bytes()).unwrap(), "Prüfung");
    let wrong = declared("UTF-8", latin).unwrap_err();
    assert!(wrong.contains("is not UTF-8"), "{wrong}");
    let unknown = declared("Shift_JIS", b"a").unwrap_err();
    assert!(unknown.contains("\"Shift_JIS\""), "{unknown}");
}

#[test]
fn what_is_no_log_at_all_is_told_by_its_cause() {
    let folder = tempfile::tempdir().unwrap();
    let told = |bytes: &[u8]| {
        let path = folder.path().join("log");
        std::fs::write(&path, bytes).unwrap();
        let read = read_file(&path, Limits::default(), &Columns::default());
        read.unwrap_err().to_string()
    };
    let utf_16 = [b"\xff\xfec\0a\0", b"\xfe\xff\0c\0a", b"c\0a\0s\0"];
    for bytes in utf_16 {
        assert!(told(bytes).contains("UTF-16"), "{}", told(bytes));
    }
    let packed = told(b"PK\x03\x04\x14\0");
    assert!(packed.contains("ZIP archive"), "{packed}");
    let empty = told(b"");
    assert!(empty.ends_with(":1: the file is empty"), "{empty}");
}

#[test]
fn wrong_rows_are_told_with_line_and_column() {
    for (text, expected) in [
        (
            "case,activity,time\n1,a,2026-01-02\n1,b,02/03/26\n",
            "log.csv:3: case \"1\": the time \"02/03/26\" is no time",
        ),
        (
            "case,activity,time\n1,a,\n",
            "log.csv:2: case \"1\": the time is required and missing",
        ),
        (
            "case,activity,time\n1,a\n",
            "log.csv:2: 2 cells under 3 columns",
        ),
        (
            "case;activity;time\r\n1;a;02/03/26\r\n",
            "log.csv:2: case \"1\": the time \"02/03/26\" is no time",
        ),
        (
            "case;activity;time\r\n\r\n1;\"a\r\nb\";2026-01-02\r\n1;c;2/3\r\n",
            "log.csv:5: case \"1\": the time \"2/3\" is no time",
        ),
        (
            "case,activity,time\n\n1,\"a\nb\",2026-01-02\n1,c,2/3",
            "log.csv:5: case \"1\": the time \"2/3\" is no time",
        ),
        (
            "case,activity,time\n\n1,\"a\nb\",2/3\n",
            "log.csv:3: case \"1\": the time \"2/3\" is no time",
        ),
        (
            "case|activity|time\n1|a|2026-01-02\n",
            "log.csv:1: no column of the case: none of case:concept:name, case_id, case, caseid, trace_id, trace, key is there; name it; the header is one cell: comma, semicolon or tab part cells",
        ),
        (
            "case,what,time\n",
            "log.csv:1: no column of the activity: none of concept:name, activity, activity_name, event, task, step is there; name it",
        ),
    ] {
        assert_eq!(csv(text).unwrap_err().to_string(), expected);
    }
}

/// Moments of a log whose rows have these times, in the order of the file.
fn moments(times: &[&str], day_order: Option<DayOrder>) -> Result<Vec<String>, String> {
    let rows = times
        .iter()
        .zip(1..)
        .map(|(time, case)| format!("{case},a,{time}\n"));
    let text = format!("case,activity,time\n{}", rows.collect::<String>());
    let columns = Columns {
        day_order,
        ..Columns::default()
    };
    let read = read_csv("f", text.as_bytes(), None, Limits::default(), &columns);
    let log = read.map_err(|error| error.to_string())?;
    let moments = log.traces.iter().map(|case| case.events[0].time);
    Ok(moments
        .map(|time| time.format("%m-%d %H:%M").to_string())
        .collect())
}

#[test]
fn whether_the_day_or_the_month_comes_first_is_told_by_the_whole_column() {
    let of = |times: &[&str]| moments(times, None).unwrap();
    let times = [
        "01/02/2024 10:05",
        "2024/02/13",
        "1/3/2024",
        "13/02/2024 09:00",
        "02/03/2024",
    ];
    let day_first = [
        "02-01 10:05",
        "02-13 00:00",
        "03-01 00:00",
        "02-13 09:00",
        "03-02 00:00",
    ];
    assert_eq!(of(&times), day_first);
    let times = ["01/02/2024 10:05:00", "02/13/2024 10:05:00", "03.02.2024"];
    assert_eq!(of(&times), ["01-02 10:05", "02-13 10:05", "02-03 00:00"]);
    for (text, expected) in [
        (
            &["01/02/2024", "13/02/2024", "02/13/2024"][..],
            "f:4: case \"3\": the time \"02/13/2024\" has the month first, that of line 3 the day",
        ),
        (
            &["2024-02-01", "01/02/2024", "2/1/2024"],
            "f:3: case \"2\": the time \"01/02/2024\" has the day or the month first, and none of 2 times from there on shows which: say it with --day-order",
        ),
        // Once the column has told, what waited is no better than it is.
        (
            &["01/02/2024", "yesterday", "13/02/2024"],
            "f:3: case \"2\": the time \"yesterday\" is no time",
        ),
    ] {
        assert_eq!(moments(text, None).unwrap_err(), expected);
    }
    let times = ["01-02-2024 10:05", "13-02-2024", "2024-02-14"];
    assert_eq!(of(&times), ["02-01 10:05", "02-13 00:00", "02-14 00:00"]);
    let said = |order| moments(&["01/02/2024"], Some(order)).unwrap();
    assert_eq!(said(DayOrder::DayFirst), ["02-01 00:00"]);
    assert_eq!(said(DayOrder::MonthFirst), ["01-02 00:00"]);
    let refused = moments(&["13/02/2024"], Some(DayOrder::MonthFirst)).unwrap_err();
    assert!(refused.starts_with("f:2: case \"1\""), "{refused}");
}

#[test]
fn rows_that_wait_are_read_as_if_they_had_not() {
    // The first row of the second case is not its first event, and states a fact of it too early.
    let rows = |days: [&str; 4]| {
        let [first, second, third, fourth] = days;
        csv(&format!(
            "case,activity,time,case:kind\n1,ask,{first},\n2,done,{second},slow\n\
             2,ask,{third},big\n1,done,{fourth},\n"
        ))
        .unwrap()
    };
    let slashed = rows(["03/01/2024", "04/02/2024", "03/02/2024", "13/02/2024"]);
    let plain = rows(["2024-01-03", "2024-02-04", "2024-02-03", "2024-02-13"]);
    assert_eq!(slashed.traces, plain.traces);
    assert_eq!(slashed.day_order, Some(DayOrder::DayFirst));
    assert_eq!(plain.day_order, None);
    let kind = slashed.traces[1].attribute(1, "kind");
    assert_eq!(kind.unwrap().as_ref(), "big");
    // They count as events.
    let few = Limits {
        events: 1,
        ..Limits::default()
    };
    let text = "case,activity,time\n1,a,01/02/2024\n1,b,01/02/2024\n";
    let error = read_csv("f", text.as_bytes(), None, few, &Columns::default()).unwrap_err();
    assert!(error.to_string().contains("more than 1 events"), "{error}");
}

#[test]
fn bytes_that_are_no_text_are_told_with_line_and_column() {
    for end in ["\n", "\r\n"] {
        let rows = [
            "case,activity,time",
            "1,a,2026-01-02",
            "",
            "2,b\u{e9},2026-01-03",
        ];
        // In Latin-1 the last letter of the activity is one byte.
        let text = rows.map(|row| format!("{row}{end}")).concat();
        let bytes: Vec<u8> = text.chars().map(|letter| letter as u8).collect();
        let (limits, columns) = (Limits::default(), Columns::default());
        let error = read_csv("f", bytes.as_slice(), None, limits, &columns).unwrap_err();
        let expected = "f:4: what stands under \"activity\" is not UTF-8";
        assert_eq!(error.to_string(), expected, "{end:?}");
    }
}

#[test]
fn what_unpacks_without_end_is_refused_early() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bomb.xes.gz");
    let mut packed = flate2::write::GzEncoder::new(
        std::fs::File::create(&path).unwrap(),
        flate2::Compression::best(),
    );
    packed.write_all(b"<log>").unwrap();
    for _ in 0..40 {
        packed.write_all(&b"<!-- -->\n".repeat(30_000)).unwrap();
    }
    packed.finish().unwrap();
    let limits = Limits {
        unsuspected: 1 << 20,
        expansion: 50,
        ..Limits::default()
    };
    let error = read_file(&path, limits, &Columns::default()).unwrap_err();
    assert!(error.to_string().contains("after decompression"), "{error}");
    let long = format!(
        "<log><trace><string key=\"a\" value=\"{}\"/></trace></log>",
        "x".repeat(3 << 20)
    );
    let input = std::io::BufReader::new(long.as_bytes());
    let error = read_xes("f", input, None, Limits::default()).unwrap_err();
    let error = error.to_string();
    assert!(error.contains("more than 1048576 bytes"), "{error}");
    // Lines within one cell are one row.
    let open = format!("case,activity,time\n1,\"{}", "a\n".repeat(1 << 20));
    let error = csv(&open).unwrap_err().to_string();
    assert!(error.contains("more than 1048576 bytes"), "{error}");
    let few = Limits {
        events: 1,
        ..Limits::default()
    };
    let two = log(&event("a", "2026-01-02T08:59:00Z").repeat(2));
    let error = read_xes("f", two.as_bytes(), None, few).unwrap_err();
    assert!(error.to_string().contains("more than 1 events"), "{error}");
}

#[test]
fn times_are_read_in_the_usual_forms_and_no_others() {
    for (text, utc) in [
        ("2026-01-02T10:00:00.000+01:00", "2026-01-02T09:00:00Z"),
        ("2026-01-02T10:00:00", "2026-01-02T10:00:00Z"),
        ("2026-01-02 10:00:00+02:00", "2026-01-02T08:00:00Z"),
        ("2026/01/02 10:00", "2026-01-02T10:00:00Z"),
        ("2026-01-02", "2026-01-02T00:00:00Z"),
        ("2026/01/02", "2026-01-02T00:00:00Z"),
        ("13.01.2026", "2026-01-13T00:00:00Z"),
        ("1.2.2026 08:05", "2026-02-01T08:05:00Z"),
        ("01.02.2026 08:05:09.5", "2026-02-01T08:05:09.5Z"),
        ("2026-01-02T10:05", "2026-01-02T10:05:00Z"),
        ("2026-01-02T10:05+02:00", "2026-01-02T08:05:00Z"),
        ("2026-01-02 10:05-01:00", "2026-01-02T11:05:00Z"),
    ] {
        let expected: chrono::DateTime<chrono::Utc> = utc.parse().unwrap();
        assert_eq!(parse_time(text), Some(expected.fixed_offset()), "{text}");
    }
    for text in [
        "",
        "yesterday",
        "02/01/2026",
        "02-01-2026",
        "13.13.2026",
        "0001-01-01T00:00:00Z",
        "2026-13-01",
    ] {
        assert_eq!(parse_time(text), None, "{text}");
    }
}

#[test]
fn a_day_alone_is_told_from_its_first_moment_and_placeholders_from_days() {
    for (text, is_day, placeholder) in [
        ("2026-01-02", true, false),
        (" 2026-1-2 ", true, false),
        ("2.1.2026", true, false),
        ("2026-01-02 UTC", true, false),
        ("2026-01-02 00:00", false, false),
        ("2026-01-02T00:00:00Z", false, false),
        ("1900-01-01", true, true),
        ("1900-01-02", true, false),
        ("31.12.9999", true, true),
        ("9999-12-31T23:59:59+01:00", false, true),
    ] {
        let stated = parse_stated(text).unwrap();
        assert_eq!(stated.is_day, is_day, "{text}");
        assert_eq!(is_placeholder(&stated.time), placeholder, "{text}");
    }
}
