//! Runs of words that could be the name of a party.

use std::ops::Range;

use super::super::analysis::Analysis;
use super::super::block::Blocks;
use super::super::concept::Concept;
use super::super::recognise::{address, legal_form};
use super::super::text::{collapse, squeeze};
use super::salutation::is_salutation;

/// Words that could be a name.
pub(super) struct Span {
    pub tokens: Range<usize>,
    pub value: String,
    pub segment: usize,
    pub return_line: bool,
    pub part: bool,
}

/// Every run of words that could be a name, in reading order.
#[must_use]
pub(super) fn spans(analysis: &Analysis, blocks: &Blocks) -> Vec<Span> {
    let layout = &analysis.layout;
    let first = layout.pages.first().map_or(1, |p| p.0);
    let last = layout.pages.last().map_or(1, |p| p.0);
    let mut out = Vec::new();
    let mut continued = Vec::new();
    let stated = stated_form(analysis);
    for (i, segment) in layout.segments.iter().enumerate() {
        let (_, height) = layout.page_size(segment.page);
        let on_edge = segment.bbox.y0 < 0.2 * height || segment.bbox.y0 > 0.6 * height;
        if segment.page != first && !(segment.page == last && on_edge) {
            continue;
        }
        let start = after_label(analysis, i);
        segment_spans(
            analysis,
            stated.as_deref(),
            i,
            start..segment.tokens.end,
            &mut out,
        );
        // A long name may be broken over two lines and end in its legal form.
        if let Some(next) = blocks.below(i) {
            let upper = layout.text(start..segment.tokens.end);
            let lower = layout.segment_text(next);
            let words: Vec<&str> = lower.split(' ').collect();
            let closes = legal_form::end(&words) == Some(words.len())
                || (words.len() == 1 && legal_form::end(&["x", words[0]]) == Some(2));
            let upper_words: Vec<&str> = upper.split(' ').collect();
            if closes
                && legal_form::end(&upper_words).is_none()
                && is_name(&upper)
                && !upper.contains(':')
                && !upper.chars().any(|c| c.is_ascii_digit())
                && !analysis.hits.iter().any(|h| h.segment == i)
                && upper_words.len() <= 6
            {
                let value = collapse(&format!("{upper} {lower}"));
                continued.push(next);
                out.push(Span {
                    tokens: start..segment.tokens.end,
                    value,
                    segment: i,
                    return_line: false,
                    part: false,
                });
            }
        }
    }
    // The lower half of a broken name is no name by itself.
    for span in out.iter_mut().filter(|s| continued.contains(&s.segment)) {
        span.part = true;
    }
    out
}

/// Where the words of a segment begin behind the label that leads it.
fn after_label(analysis: &Analysis, segment: usize) -> usize {
    let tokens = &analysis.layout.segments[segment].tokens;
    analysis
        .hits
        .iter()
        .find(|h| {
            h.segment == segment
                && h.leads
                && h.tokens.end < tokens.end
                && (h.colon || names_party(analysis, h))
        })
        .map_or(tokens.start, |h| {
            let next = h.tokens.end;
            if analysis.layout.tokens[next].text == ":" && next + 1 < tokens.end {
                next + 1
            } else {
                next
            }
        })
}

/// `Invoice to Acme Ltd`: a heading of a party that needs no colon.
fn names_party(analysis: &Analysis, hit: &super::super::labels::Hit) -> bool {
    let layout = &analysis.layout;
    let next = layout.tokens.get(hit.tokens.end);
    let heading = [Concept::Seller, Concept::Buyer, Concept::AccountName]
        .iter()
        .any(|c| hit.weight(*c) > 0.5);
    let letters: usize = layout.tokens[hit.tokens.clone()]
        .iter()
        .map(|t| t.text.chars().count())
        .sum();
    heading
        && letters >= 4
        && next.is_some_and(|t| t.text.starts_with(|c: char| c.is_uppercase()))
        && legal_form::end(&["x", next.map_or("", |t| t.text.as_str())]).is_none()
}

fn segment_spans(
    analysis: &Analysis,
    stated: Option<&str>,
    segment: usize,
    tokens: Range<usize>,
    out: &mut Vec<Span>,
) {
    let layout = &analysis.layout;
    if tokens.is_empty() || tokens.len() > 40 {
        return;
    }
    let text = layout.text(tokens.clone());
    let mut push = |range: Range<usize>, return_line: bool, part: bool| {
        let value = without_stated_form(trim(&layout.text(range.clone())), stated);
        let label = analysis
            .hits
            .iter()
            .any(|h| h.tokens.start <= range.start && h.tokens.end >= range.end);
        if !label
            && is_name(&value)
            && !out
                .iter()
                .any(|s: &Span| s.segment == segment && s.value == value)
        {
            out.push(Span {
                tokens: range,
                value,
                segment,
                return_line,
                part,
            });
        }
    };
    let is_line = address::place(tail_place(&text)).is_some() || address::is_street(&text);
    // Parts between separators: the small line with the sender above the address, or a footer.
    let mut parts = Vec::new();
    let mut start = tokens.start;
    for at in tokens.clone() {
        let word = layout.tokens[at].text.as_str();
        if matches!(
            word,
            "-" | "\u{2013}"
                | "|"
                | "•"
                | "·"
                | "●"
                | "*"
                | "/"
                | ","
                | "\u{2014}"
                | "■"
                | "▪"
                | "o"
                | "~"
                | ";"
                | "+"
        ) {
            parts.push(start..at);
            start = at + 1;
        } else if word.ends_with([',', '|', ';', '·', '•']) {
            parts.push(start..at + 1);
            start = at + 1;
        }
    }
    parts.push(start..tokens.end);
    parts.retain(|p| !p.is_empty());
    let many = parts.len() > 1;
    if many {
        let addressed = is_line && text.chars().any(|c| c.is_ascii_digit());
        for (i, part) in parts.iter().enumerate().take(6) {
            push(part.clone(), addressed && i == 0, true);
        }
    }
    if tokens.len() <= 9 {
        push(tokens.clone(), false, false);
    }
    // Up to the legal form, whatever follows it.
    for part in parts {
        let words: Vec<&str> = layout.tokens[part.clone()]
            .iter()
            .map(|t| t.text.as_str())
            .collect();
        let plain = words.len() <= 5 && words.iter().all(|w| is_plain(w));
        if let Some(end) = legal_form::end(&words).filter(|e| *e < words.len() && !plain) {
            push(part.start..part.start + end, is_line && many, true);
        }
    }
}

/// A word that may well belong to a name, behind its legal form too.
fn is_plain(word: &str) -> bool {
    word.chars().all(|c| c.is_alphabetic() || "&.".contains(c))
        && !word.starts_with(char::is_lowercase)
}

/// The last part of a line, where a place would stand.
fn tail_place(text: &str) -> &str {
    text.rsplit(['|', '•', '·', '●', ',', '\u{2013}', '*', '■'])
        .map(str::trim)
        .find(|t| t.chars().any(|c| c.is_ascii_digit()))
        .unwrap_or(text)
}

/// The form a French imprint states by itself (`SARL au capital de ...`): there the
/// name proper, as registered, goes without it.
fn stated_form(analysis: &Analysis) -> Option<String> {
    let tokens = &analysis.layout.tokens;
    tokens.windows(3).find_map(|w| {
        let capital =
            w[1].text.eq_ignore_ascii_case("au") && w[2].text.eq_ignore_ascii_case("capital");
        capital
            .then(|| squeeze(&w[0].text))
            .filter(|form| form.len() >= 2)
    })
}

fn without_stated_form(name: String, stated: Option<&str>) -> String {
    match (stated, name.rsplit_once(' ')) {
        (Some(form), Some((rest, last))) if squeeze(last) == form => rest.to_owned(),
        _ => name,
    }
}

fn trim(text: &str) -> String {
    let trimmed = collapse(text);
    trimmed
        .trim_matches(|c: char| c.is_whitespace() || ",;:|•·●*-\u{2013}\u{2014}\"„“”".contains(c))
        .trim_start_matches("Firma ")
        .to_owned()
}

fn is_name(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let words = text.split(' ').count();
    letters >= 2
        && digits * 2 <= letters
        && words <= 9
        && text.chars().count() <= 80
        && !text.contains(['@', '€', '=', '<', '>', '%'])
        && !text.contains("://")
        && !text.starts_with("www.")
        && !address::is_street(text)
        && address::place(text).is_none()
        && !is_salutation(text)
        && text
            .chars()
            .next()
            .is_some_and(|c| c.is_alphanumeric() || c == '\'' || c == '(' || c == '"')
}
