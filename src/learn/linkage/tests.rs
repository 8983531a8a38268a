use std::fmt::Write as _;

use proptest::prelude::*;

use super::likeness::{jaro_winkler, one_slip};
use super::*;

const NAMES: [&str; 12] = [
    "Amberley",
    "Bordoni",
    "Castellan",
    "Dunmore",
    "Eriksen",
    "Falkenberg",
    "Granholm",
    "Hathersage",
    "Ilves",
    "Jankowski",
    "Korhonen",
    "Lindqvist",
];

fn table(text: &str) -> Table {
    Table::read(text.as_bytes(), None).unwrap()
}

/// Vendors of a made-up master, of whom neither town nor account nor day follows from the name.
fn vendors(
    prefix: &str,
    rows: std::ops::Range<usize>,
    change: impl Fn(usize, &mut [String; 4]),
) -> String {
    let mut text = "id,name,town,account,founded\n".to_owned();
    for at in rows {
        let dice = (at + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let of = |shift: u32, sides: usize| (dice >> shift) % sides;
        let mut cells = [
            format!("{} {} Ltd", NAMES[at % 12], NAMES[at / 12 % 12]),
            format!("{}ton", NAMES[of(40, 12)]),
            format!("{:08}", of(24, 100_000_000)),
            format!(
                "20{:02}-{:02}-{:02}",
                of(50, 20),
                of(33, 12) + 1,
                of(45, 28) + 1
            ),
        ];
        change(at, &mut cells);
        let _ = writeln!(text, "{prefix}{at},{}", cells.join(","));
    }
    text
}

fn as_is(_: usize, _: &mut [String; 4]) {}

#[test]
fn mistyped_rows_find_their_own_and_strangers_stay_alone() {
    let left = table(&vendors("a", 0..120, as_is));
    let right = table(&vendors("b", 60..140, |at, cells| match at % 4 {
        0 => cells[0] = cells[0].replace("Ltd", "Limited"),
        1 => cells[2].replace_range(3..4, "9"),
        2 => cells[1].clear(),
        _ => cells[3].clear(),
    }));
    for one_to_one in [false, true] {
        let options = LinkOptions {
            one_to_one,
            ..LinkOptions::default()
        };
        let linked = link(&left, Some(&right), &options).unwrap();
        let mut found: Vec<(&str, &str)> = linked
            .links
            .iter()
            .map(|link| (left.id(link.left), right.id(link.right)))
            .map(|(left, right)| (&left[1..], &right[1..]))
            .collect();
        assert!(found.iter().all(|(left, right)| left == right), "{found:?}");
        found.dedup();
        assert_eq!(found.len(), 60, "one to one: {one_to_one}");
    }
}

#[test]
fn the_bits_of_a_link_are_the_sum_of_its_reasons() {
    let left = table(&vendors("a", 0..80, as_is));
    let right = table(&vendors("b", 20..90, |at, cells| {
        cells[0].truncate(12 + at % 5);
    }));
    for one_to_one in [false, true] {
        let options = LinkOptions {
            one_to_one,
            least_probability: 0.01,
        };
        let linked = link(&left, Some(&right), &options).unwrap();
        assert!(linked.links.len() >= 60);
        for link in &linked.links {
            let why: f64 = linked.why(link).iter().map(|weight| weight.bits).sum();
            let sum = linked.prior_bits() + why + link.rivals;
            assert!((sum - link.bits).abs() < 1e-9, "{sum} {}", link.bits);
            assert!((0.01..=1.0).contains(&link.probability()));
        }
    }
}

#[test]
fn agreement_on_a_rare_name_weighs_more_than_on_a_frequent_one() {
    let name = |at: usize| {
        if at.is_multiple_of(2) {
            "Smith".to_owned()
        } else {
            format!("{}{}", NAMES[at % 12], NAMES[at / 12])
        }
    };
    let mut text = "id,name,city\n".to_owned();
    for at in 0..120 {
        let _ = writeln!(text, "{at},{},{}{}", name(at), NAMES[at / 10], at % 10);
    }
    let one = table(&text);
    let linked = link(&one, Some(&one), &LinkOptions::default()).unwrap();
    let of_name = |row: u32| {
        let itself = |link: &&Link| link.left == row && link.right == row;
        let link = linked.links.iter().find(itself).unwrap();
        linked.why(link)[0].bits
    };
    assert!(
        of_name(1) > of_name(0) + 3.0,
        "{} {}",
        of_name(1),
        of_name(0)
    );
}

#[test]
fn rows_of_one_table_are_found_among_themselves_once() {
    let mut text = vendors("v", 0..100, as_is);
    text.push_str(
        &vendors("copy", 7..12, |_, cells| cells[0] = cells[0].to_uppercase()).replacen(
            "id,name,town,account,founded\n",
            "",
            1,
        ),
    );
    let master = table(&text);
    let linked = link(&master, None, &LinkOptions::default()).unwrap();
    let mut found: Vec<(u32, u32)> = linked
        .links
        .iter()
        .map(|link| (link.left, link.right))
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        (0..5).map(|at| (7 + at, 100 + at)).collect::<Vec<_>>()
    );
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let left = table(&vendors("a", 0..60, as_is));
    let text = vendors("b", 10..70, |at, cells| cells[0].truncate(10 + at % 7));
    let mut lines: Vec<&str> = text.lines().collect();
    lines[1..].reverse();
    let pairs = |right: &Table| {
        let linked = link(&left, Some(right), &LinkOptions::default()).unwrap();
        let mut pairs: Vec<(String, String)> = linked
            .links
            .iter()
            .map(|link| {
                (
                    left.id(link.left).to_owned(),
                    right.id(link.right).to_owned(),
                )
            })
            .collect();
        pairs.sort();
        pairs
    };
    let (right, reversed) = (table(&text), table(&lines.join("\n")));
    assert_eq!(pairs(&right), pairs(&reversed));
}

#[test]
fn what_cannot_be_linked_is_told() {
    let none = table("id,name\n");
    let some = table("id,name\n1,Korhonen\n2,Ilves\n");
    let other = table("id,city\n1,Oslo\n2,Turku\n");
    let options = LinkOptions::default();
    let refused = |left: &Table, right: Option<&Table>| link(left, right, &options).unwrap_err();
    assert_eq!(refused(&none, Some(&some)), LinkError::Empty);
    assert_eq!(refused(&some, Some(&other)), LinkError::NoColumn);
    assert_eq!(refused(&table("id,name\n1,A\n"), None), LinkError::Empty);
    let alike = table("id,name\n1,A\n2,A\n");
    assert_eq!(refused(&alike, None), LinkError::NoColumn);
    let wide: Vec<String> = (0..17).map(|at| format!("c{at}")).collect();
    let row = |value: &str| vec![value; 17].join(",");
    let wide = table(&format!(
        "id,{}\n1,{}\n2,{}\n",
        wide.join(","),
        row("x"),
        row("y")
    ));
    assert_eq!(refused(&wide, None), LinkError::TooManyColumns(17));
    // Nothing in common: no link, and no failure.
    let strangers = table("id,name\n3,Falkenberg\n4,Granholm\n");
    assert!(
        link(&some, Some(&strangers), &options)
            .unwrap()
            .links
            .is_empty()
    );
}

#[test]
fn a_wrong_table_is_told_with_line_and_field() {
    let wrong = |text: &str| Table::read(text.as_bytes(), None).unwrap_err().to_string();
    assert_eq!(wrong("name\nx\n"), "no column `id` of ids");
    assert_eq!(wrong("name,id\nx,1\ny,\n"), "line 3: field `id` is empty");
    assert_eq!(
        wrong("id,name\n1,x\n1,y\n"),
        "line 3: field `id`: `1` is there twice"
    );
    for (text, told) in [
        ("id,name\n1,x,2\n", "line 2: 3 fields under 2 columns"),
        (
            "id,first\r\n1,A\r\n2,B\r\n3\r\n",
            "line 4: 1 fields under 2 columns",
        ),
        (
            "id,first\r\n1,\"A\r\nB\"\r\n\r\n3",
            "line 5: 1 fields under 2 columns",
        ),
    ] {
        assert_eq!(wrong(text), told);
    }
    assert_eq!(
        wrong("id,city,city\n1,x,2\n"),
        "line 1: column `city` is there twice"
    );
    for (text, line) in [
        ("id,name\r\n1,x\r\n1,y\r\n", 3),
        ("id;name\n\n1;x, y\n\n1;y\n", 5),
        ("id\tname\r\n1\t\"x\r\ny\"\r\n1\ty", 4),
        ("id,name\n1,x\n1,y", 3),
    ] {
        let told = format!("line {line}: field `id`: `1` is there twice");
        assert_eq!(wrong(text), told, "{text:?}");
    }
}

#[test]
fn one_slip_is_one_byte_or_two_neighbours() {
    for (one, other) in [
        ("1234", "1294"),
        ("1234", "124"),
        ("124", "1234"),
        ("1234", "1324"),
        ("12", "21"),
        ("7", ""),
    ] {
        assert!(one_slip(one.as_bytes(), other.as_bytes()), "{one} {other}");
    }
    for (one, other) in [
        ("1234", "1234"),
        ("1234", "4321"),
        ("1234", "12"),
        ("12345", "21354"),
        ("", ""),
    ] {
        assert!(!one_slip(one.as_bytes(), other.as_bytes()), "{one} {other}");
    }
}

#[test]
fn letters_are_compared_as_those_write_them_who_lack_them() {
    use super::table::Column;
    let column = |left: &str, right: &str| {
        Column::new("name", &[left.to_owned()], &[right.to_owned()], false)
    };
    for (one, other) in [
        ("Müller & Söhne", "MUELLER & SOEHNE"),
        ("Mu\u{308}ller", "Müller"),
        ("Café Zoë", "cafe zoe"),
        ("Straße  12", "strasse 12"),
        ("Ørsted", "Oersted"),
    ] {
        let column = column(one, other);
        assert_eq!(column.codes[0], column.codes[1], "{one} {other}");
    }
    let apart = column("Müller", "Moeller");
    assert_ne!(apart.codes[0], apart.codes[1]);
}

#[test]
fn of_two_rows_alone_nothing_is_certain() {
    let options = LinkOptions {
        least_probability: 0.01,
        ..LinkOptions::default()
    };
    let one = table("id,name,town\n1,Korhonen,Turku\n");
    let other = table("id,name,town\n1,Korhonen,Oslo\n");
    let linked = link(&one, Some(&other), &options).unwrap();
    assert!(linked.links.iter().all(|link| link.probability() < 0.95));
}

#[test]
fn a_byte_order_mark_is_read_over_and_wrong_bytes_are_told() {
    assert_eq!(table("\u{feff}id,name\n1,x\n").names, ["name"]);
    let latin = Table::read(&b"id,name\n1,caf\xe9\n"[..], None).unwrap_err();
    assert!(latin.to_string().contains("line 2"), "{latin}");
    let two_lines = &b"id,name\r\n1,x\r\n2,\"\r\ncaf\xe9\"\r\n"[..];
    let latin = Table::read(two_lines, None).unwrap_err();
    assert_eq!(
        latin.to_string(),
        "line 3: field `name` is not UTF-8: save the file as UTF-8"
    );
}

proptest! {
    #[test]
    fn bits_and_letters_tell_one_likeness(one in "[a-c ]{0,70}", other in "[a-c ]{0,70}") {
        let (ours, theirs) = (jaro_winkler(&one, &other), strsim::jaro_winkler(&one, &other));
        prop_assert!((ours - theirs).abs() < 1e-12, "{} {}", ours, theirs);
    }

    #[test]
    fn any_tables_are_linked_without_failure(
        left in proptest::collection::vec(("[a-zé0-9 .-]{0,12}", "[0-9.-]{0,9}"), 0..30),
        right in proptest::collection::vec(("[a-zé0-9 .-]{0,12}", "[0-9.-]{0,9}"), 0..30),
        one_to_one: bool,
    ) {
        let of = |rows: &[(String, String)]| {
            let mut text = "id,a,b\n".to_owned();
            for (at, (a, b)) in rows.iter().enumerate() {
                let _ = writeln!(text, "{at},{a},{b}");
            }
            table(&text)
        };
        let options = LinkOptions { one_to_one, ..LinkOptions::default() };
        if let Ok(linked) = link(&of(&left), Some(&of(&right)), &options) {
            prop_assert!(linked.links.iter().all(|link| link.bits.is_finite()));
        }
    }
}
