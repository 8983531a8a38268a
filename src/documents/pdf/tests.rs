//! What a page shows and what it hides.

use super::test_support::pdf_of;
use crate::documents::parse::{ParseOptions, parse};
use crate::documents::{Parsed, Problem};

/// What the page below says besides.
const SHOWN: &str = "BT /F1 10 Tf 50 700 Td (IBAN 2020) Tj ET\n";

/// Text in black on white, or as set before.
fn text(x: u16, y: u16, text: &str) -> String {
    format!("BT /F1 10 Tf {x} {y} Td ({text}) Tj ET\n")
}

fn page(parts: &[&str]) -> Parsed {
    parse(&pdf_of(&parts.concat(), &[]), &ParseOptions::default())
}

fn words(parsed: &Parsed) -> Vec<&str> {
    let words = parsed.pages.iter().flat_map(|page| &page.words);
    words.map(|word| word.text.as_str()).collect()
}

fn tells_hidden(parsed: &Parsed) -> bool {
    let mut problems = parsed.problems.iter();
    problems.any(|problem| problem.code == Problem::HIDDEN_TEXT)
}

#[test]
fn what_nobody_sees_is_not_read_and_is_told() {
    let other = text(250, 100, "good 0532");
    for (how, hidden) in [
        ("invisible", format!("BT 3 Tr ET {other} BT 0 Tr ET\n")),
        ("white", format!("q 1 g {other} Q\n")),
        ("nearly white", format!("q 0.97 0.96 0.98 rg {other} Q\n")),
        ("black on black", format!("240 90 300 30 re f {other}\n")),
        ("clipped", format!("q 0 0 1 1 re W n {other} Q\n")),
        (
            "clipped by a curve",
            format!("q 0 0 m 9 0 9 9 0 9 c W n {other} Q\n"),
        ),
        (
            "in two clips apart",
            format!("q 0 90 9 30 re W n 240 90 300 30 re W n {other} Q\n"),
        ),
        (
            "painted over",
            format!("{other} q 1 g 240 90 300 30 re f Q\n"),
        ),
        (
            "painted over anew",
            format!("240 90 300 30 re f q 1 g {other} 250 98 50 11 re f Q\n"),
        ),
        (
            "in a table head turned white again",
            format!("240 90 300 30 re f q 1 g 240 90 300 30 re f {other} Q\n"),
        ),
    ] {
        for order in [[SHOWN, hidden.as_str()], [hidden.as_str(), SHOWN]] {
            let parsed = page(&order);
            assert_eq!(words(&parsed), ["IBAN", "2020"], "{how}");
            assert!(tells_hidden(&parsed), "{how}");
        }
    }
}

#[test]
fn what_is_seen_is_read_however_it_is_painted() {
    let other = text(250, 100, "good 0532");
    for (how, shown) in [
        (
            "white on a bar",
            format!("240 90 300 30 re f q 1 g {other} Q\n"),
        ),
        (
            "white on bars of one path",
            format!("240 90 60 30 re 300 90 240 30 re f q 1 g {other} Q\n"),
        ),
        (
            "white on a bar of hairlines",
            format!("240 90 300 5 re f 240 95 300 5 re f 240 100 300 8 re f q 1 g {other} Q\n"),
        ),
        (
            "white on a thick line",
            format!("20 w 240 103 m 540 103 l S q 1 g {other} Q\n"),
        ),
        (
            "white on a round shape",
            format!("240 80 m 600 80 600 140 240 140 c f q 1 g {other} Q\n"),
        ),
        (
            "white on a picture",
            format!("q 300 0 0 30 240 90 cm /Im1 Do Q q 1 g {other} Q\n"),
        ),
        (
            "white on what shows through",
            format!("q /Faint gs 240 90 300 30 re f Q q 1 g {other} Q\n"),
        ),
        (
            "under what shows through",
            format!("{other} q /Faint gs 240 90 300 30 re f Q\n"),
        ),
        (
            "under a rule",
            format!("{other} q 1 g 240 101 300 1 re f Q\n"),
        ),
        (
            "beside what is white",
            format!("{other} q 1 g 240 111 300 30 re f Q\n"),
        ),
        (
            "under white that is clipped",
            format!("{other} q 0 0 99 99 re W n 1 g 240 90 300 30 re f Q\n"),
        ),
        (
            "in a close clip",
            format!("q 250 99 60 8 re W n {other} Q\n"),
        ),
        ("outlined in black", format!("q 1 g 2 Tr {other} Q\n")),
        ("in grey", format!("q 0.8 g {other} Q\n")),
    ] {
        let parsed = page(&[SHOWN, &shown]);
        assert_eq!(words(&parsed), ["IBAN", "2020", "good", "0532"], "{how}");
        assert!(!tells_hidden(&parsed), "{how}");
    }
}

#[test]
fn the_text_layer_of_a_scan_is_read() {
    let layer = format!("BT 3 Tr ET {} BT 0 Tr ET\n", text(250, 100, "good 0532"));
    let picture = "q 595 0 0 800 0 40 cm /Im1 Do Q\n";
    let scan = page(&[picture, &layer, &text(50, 20, "p 1")]);
    assert_eq!(words(&scan), ["good", "0532", "p", "1"]);
    assert!(!tells_hidden(&scan));
    // Words upon a letterhead say what it shows; a small picture is no scan.
    let long = text(50, 700, "words that are seen beside those that are not");
    let logo = "q 200 0 0 100 0 700 cm /Im1 Do Q\n";
    for parts in [
        [picture, layer.as_str(), long.as_str()],
        [logo, layer.as_str(), SHOWN],
    ] {
        let parsed = page(&parts);
        assert!(!words(&parsed).contains(&"0532"), "{parts:?}");
        assert!(tells_hidden(&parsed), "{parts:?}");
    }
}

#[test]
fn hidden_text_that_says_nothing_new_is_not_told() {
    for hidden in ["IBAN 2020", "page 12", "no numbers"] {
        let hidden = format!("q 1 g {} Q\n", text(250, 100, hidden));
        let parsed = page(&[SHOWN, &hidden]);
        assert_eq!(words(&parsed), ["IBAN", "2020"]);
        assert!(!tells_hidden(&parsed), "{hidden}");
    }
}
