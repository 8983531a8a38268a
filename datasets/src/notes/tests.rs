#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use scrutineer::cases::collections::notes::NoteTopic;

use super::{PARTS, templates};

#[test]
fn every_language_says_everything_in_every_part() {
    let all = templates();
    let mut seen = BTreeSet::new();
    for one in &all {
        seen.insert((one.language, one.topic, one.part()));
    }
    assert_eq!(seen.len(), 6 * NoteTopic::ALL.len() * PARTS);
    let of = |language: &str| all.iter().filter(|one| one.language == language).count();
    for language in ["en", "de", "fr", "nl", "es", "it"] {
        assert_eq!(of(language), 105, "{language}");
    }
}

#[test]
fn no_place_is_left_unfilled_and_no_wording_unchosen() {
    for one in templates() {
        for seed in 0..12 {
            let said = one.say(seed);
            assert!(!said.contains(['{', '}', '|', '(', ')']), "{said}");
            assert_eq!(said, one.say(seed));
        }
    }
}

#[test]
fn no_sentence_stands_for_two_topics() {
    let mut said: Vec<(String, NoteTopic)> = Vec::new();
    for one in templates() {
        said.extend((0..4).map(|seed| (one.say(seed), one.topic)));
    }
    said.sort();
    said.dedup();
    assert!(said.windows(2).all(|pair| pair[0].0 != pair[1].0));
}
