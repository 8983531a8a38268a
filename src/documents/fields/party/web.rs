//! Names of web sites and mail hosts, which are often the seller's.

use super::super::analysis::Analysis;
use super::super::recognise::legal_form;
use super::super::text::{fold, squeeze};

/// Names of web sites and mail hosts, squeezed without their endings; free mail aside.
#[must_use]
pub(super) fn web_names(analysis: &Analysis) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for token in &analysis.layout.tokens {
        let text = fold(&token.text);
        let text = text.trim_matches(|c: char| "(),;:<>".contains(c));
        let host = if let Some((_, host)) = text.split_once('@') {
            host
        } else if let Some(rest) = text
            .split_once("://")
            .map(|(_, r)| r)
            .or_else(|| text.strip_prefix("www."))
        {
            rest
        } else {
            continue;
        };
        let host = host
            .strip_prefix("www.")
            .unwrap_or(host)
            .split(['/', '?', ':'])
            .next()
            .unwrap_or_default();
        let labels: Vec<&str> = host.split('.').filter(|l| !l.is_empty()).collect();
        let name = match labels.as_slice() {
            [.., name, "co" | "com", _] => name,
            [.., name, _] => name,
            _ => continue,
        };
        let free = [
            "gmail",
            "gmx",
            "web",
            "yahoo",
            "hotmail",
            "outlook",
            "localhost",
            "t-online",
            "icloud",
            "orange",
            "wanadoo",
            "libero",
            "aol",
        ];
        let squeezed = squeeze(name);
        if !free.contains(name) && squeezed.len() >= 3 && found.len() < 20 {
            found.push(squeezed);
        }
    }
    found
}

/// How much a name is like one of the sites, 0..=1.
#[must_use]
pub(super) fn web_likeness(value: &str, webs: &[String]) -> f32 {
    let whole = squeeze(value);
    let bare = legal_form::bare(value);
    if bare.len() < 3 {
        return 0.0;
    }
    let first = squeeze(value.split(' ').next().unwrap_or_default());
    webs.iter()
        .map(|web| {
            if *web == bare || *web == whole || whole.trim_end_matches("com") == web {
                1.0
            } else if bare.starts_with(web.as_str()) || web.starts_with(bare.as_str()) {
                0.9 * (web.len().min(bare.len()) as f32 / web.len().max(bare.len()) as f32).max(0.7)
            } else if first.len() >= 4 && web.contains(first.as_str()) {
                0.7
            } else {
                let likeness = strsim::jaro_winkler(web, &bare) as f32;
                if likeness > 0.88 { likeness * 0.8 } else { 0.0 }
            }
        })
        .fold(0.0, f32::max)
}
