//! Names of parties: where a firm or a person could be named, and what speaks for seller or buyer.

use std::ops::Range;

use super::analysis::Analysis;
use super::block::Blocks;
use super::concept::Concept;
use super::recognise::{address, legal_form};
use super::text::{collapse, fold, squeeze};

/// Names looked at in one document.
const MOST: usize = 260;

/// Features of a name, in order.
pub(super) const NAMES: &[&str] = &[
    "hand",
    "legal_form",
    "seller_label",
    "buyer_label",
    "other_label",
    "seller_section",
    "buyer_section",
    "other_section",
    "address_below",
    "first_page",
    "y",
    "x",
    "size",
    "bold",
    "web_likeness",
    "repeats",
    "return_line",
    "footer",
    "ids_near",
    "bank_word",
    "capitals",
    "words",
    "order",
    "label_share",
    "account_name",
    "contact_near",
    "person",
    "below_return_line",
    "has_digit",
    "name_label",
    "rank",
    "gap",
    "buyer_hand",
    "one_of_many_parts",
    "footer_label",
];

/// A possible name of a party.
#[derive(Debug, Clone)]
pub(super) struct Name {
    /// Its words.
    pub tokens: Range<usize>,
    /// As printed, white space collapsed.
    pub value: String,
    /// Features as a seller; the hand score, rank and gap differ for a buyer.
    pub seller: Vec<f32>,
    /// Features as a buyer.
    pub buyer: Vec<f32>,
}

/// What is seen of a name before it is weighed.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    legal_form: f32,
    seller_label: f32,
    buyer_label: f32,
    other_label: f32,
    seller_section: f32,
    buyer_section: f32,
    other_section: f32,
    address_below: f32,
    first_page: f32,
    y: f32,
    x: f32,
    size: f32,
    bold: f32,
    web: f32,
    repeats: f32,
    return_line: f32,
    footer: f32,
    ids_near: f32,
    bank: f32,
    capitals: f32,
    words: f32,
    order: f32,
    label_share: f32,
    account_name: f32,
    contact_near: f32,
    person: f32,
    below_return_line: f32,
    digit: f32,
    name_label: f32,
    part: f32,
}

/// Every name of a document with its features for both roles.
#[must_use]
pub(super) fn names(analysis: &Analysis) -> Vec<Name> {
    let blocks = Blocks::of(analysis);
    let webs = web_names(analysis);
    let mut spans = spans(analysis, &blocks);
    spans.truncate(MOST);
    let squeezed_rows: Vec<String> = analysis
        .layout
        .rows
        .iter()
        .map(|r| squeeze(&analysis.layout.text(r.tokens.clone())))
        .collect();
    let mut found: Vec<(Name, Seen)> = Vec::new();
    for (order, span) in spans.into_iter().enumerate() {
        let seen = look(analysis, &blocks, &webs, &squeezed_rows, &span, order);
        found.push((
            Name {
                tokens: span.tokens,
                value: span.value,
                seller: Vec::new(),
                buyer: Vec::new(),
            },
            seen,
        ));
    }
    let seller: Vec<f32> = found.iter().map(|(_, s)| seller_score(s)).collect();
    let buyer: Vec<f32> = found.iter().map(|(_, s)| buyer_score(s)).collect();
    let values: Vec<String> = found.iter().map(|(n, _)| fold(&n.value)).collect();
    found
        .into_iter()
        .enumerate()
        .map(|(i, (mut name, seen))| {
            name.seller = features(&seen, &seller, buyer[i], &values, i);
            name.buyer = features(&seen, &buyer, seller[i], &values, i);
            name
        })
        .collect()
}

fn features(seen: &Seen, hand: &[f32], opposite: f32, values: &[String], at: usize) -> Vec<f32> {
    let rank = hand
        .iter()
        .zip(values)
        .filter(|(h, v)| **h > hand[at] && **v != values[at])
        .count() as f32;
    let rival = hand
        .iter()
        .zip(values)
        .filter(|(_, v)| **v != values[at])
        .map(|(h, _)| *h)
        .fold(0.0, f32::max);
    vec![
        hand[at],
        seen.legal_form,
        seen.seller_label,
        seen.buyer_label,
        seen.other_label,
        seen.seller_section,
        seen.buyer_section,
        seen.other_section,
        seen.address_below,
        seen.first_page,
        seen.y,
        seen.x,
        seen.size,
        seen.bold,
        seen.web,
        seen.repeats,
        seen.return_line,
        seen.footer,
        seen.ids_near,
        seen.bank,
        seen.capitals,
        seen.words,
        seen.order,
        seen.label_share,
        seen.account_name,
        seen.contact_near,
        seen.person,
        seen.below_return_line,
        seen.digit,
        seen.name_label,
        rank.min(10.0),
        hand[at] - rival,
        opposite,
        seen.part,
        seen.footer * seen.legal_form,
    ]
}

/// How a careful reader would weigh a name as the seller's, 0..=1.
fn seller_score(s: &Seen) -> f32 {
    let mut score = 0.02;
    score += 0.16 * s.legal_form
        + 0.4 * s.seller_label
        + 0.3 * s.seller_section * s.name_label.max(0.75);
    score +=
        0.12 * s.address_below * s.first_page + 0.2 * s.web + 0.05 * (s.repeats / 3.0).min(1.0);
    score +=
        0.22 * s.return_line + 0.12 * s.ids_near + 0.08 * s.contact_near + 0.2 * s.account_name;
    score += 0.06 * s.footer * s.legal_form + 0.08 * (s.size - 1.0).clamp(0.0, 1.0) + 0.03 * s.bold;
    score += 0.08 * s.first_page * (1.0 - s.y / 0.3).max(0.0);
    if s.order < 3.0 {
        score += 0.06;
    }
    score -=
        0.5 * s.buyer_label + 0.3 * s.other_label + 0.4 * s.buyer_section + 0.35 * s.other_section;
    score -= 0.3 * s.bank + 0.25 * s.person + 0.3 * s.label_share + 0.25 * s.below_return_line;
    score -=
        0.12 * s.digit + 0.03 * (s.words - 4.0).max(0.0) + 0.05 * s.part * (1.0 - s.return_line);
    score.clamp(0.0, 1.0)
}

/// How a careful reader would weigh a name as the buyer's, 0..=1.
fn buyer_score(s: &Seen) -> f32 {
    let mut score = 0.02;
    score +=
        0.1 * s.legal_form + 0.5 * s.buyer_label + 0.4 * s.buyer_section * s.name_label.max(0.75);
    score += 0.22 * s.address_below * s.first_page + 0.3 * s.below_return_line;
    score -= 0.4 * s.seller_label
        + 0.3 * s.other_label
        + 0.3 * s.seller_section
        + 0.25 * s.other_section;
    score -= 0.3 * s.web
        + 0.3 * s.return_line
        + 0.2 * s.ids_near
        + 0.1 * s.contact_near
        + 0.3 * s.account_name;
    score -= 0.3 * s.bank
        + 0.3 * s.label_share
        + 0.25 * s.footer
        + 0.1 * s.digit
        + 0.03 * (s.words - 5.0).max(0.0);
    score.clamp(0.0, 1.0)
}

/// Words that could be a name.
struct Span {
    tokens: Range<usize>,
    value: String,
    segment: usize,
    return_line: bool,
    part: bool,
}

fn spans(analysis: &Analysis, blocks: &Blocks) -> Vec<Span> {
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
fn names_party(analysis: &Analysis, hit: &super::labels::Hit) -> bool {
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
        && text
            .chars()
            .next()
            .is_some_and(|c| c.is_alphanumeric() || c == '\'' || c == '(' || c == '"')
}

/// Names of web sites and mail hosts, squeezed without their endings; free mail aside.
fn web_names(analysis: &Analysis) -> Vec<String> {
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

fn web_likeness(value: &str, webs: &[String]) -> f32 {
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

const BANK_WORDS: &[&str] = &[
    "bank",
    "sparkasse",
    "volksbank",
    "raiffeisenbank",
    "commerzbank",
    "banque",
    "banco",
    "banca",
    "postbank",
    "credit agricole",
    "bnp paribas",
    "ing",
    "rabobank",
    "abn amro",
    "barclays",
    "hsbc",
    "lloyds",
    "unicredit",
    "intesa",
    "santander",
    "caixa",
    "bbva",
    "kreissparkasse",
    "stadtsparkasse",
    "bankverbindung",
    "societe generale",
    "belfius",
    "kbc",
    "natwest",
    "amtsgericht",
];

const TITLES: &[&str] = &[
    "herr", "herrn", "frau", "mr", "mrs", "ms", "monsieur", "madame", "mme", "m.", "dhr", "mevr",
    "sig", "sig.", "sr", "sra", "don", "mr.", "ms.", "mrs.", "dr", "dr.", "z.hd.", "attn",
];

fn look(
    analysis: &Analysis,
    blocks: &Blocks,
    webs: &[String],
    rows: &[String],
    span: &Span,
    order: usize,
) -> Seen {
    let layout = &analysis.layout;
    let labels = analysis.labels();
    let token = &layout.tokens[span.tokens.start];
    let (width, height) = layout.page_size(token.page);
    let flag = |b: bool| f32::from(u8::from(b));
    let relations = labels.around(&span.tokens);
    let support = |concept: Concept| labels.support(&relations, &[(concept, 1.0)], &[]).best();
    let plain = fold(&span.value);
    let words: Vec<&str> = span.value.split(' ').collect();
    let squeezed = squeeze(&span.value);
    let section = blocks.section(span.segment);
    let firm = legal_form::end(&words) == Some(words.len());
    let labelled = analysis
        .hits
        .iter()
        .filter(|h| h.tokens.start >= span.tokens.start && h.tokens.end <= span.tokens.end)
        .map(|h| h.tokens.len())
        .sum::<usize>();
    let around = blocks.around(span.segment);
    let capitals = words
        .iter()
        .filter(|w| w.starts_with(|c: char| c.is_uppercase()))
        .count();
    let above = blocks
        .above(span.segment)
        .map(|s| fold(&layout.segment_text(s)));
    Seen {
        legal_form: flag(firm),
        seller_label: support(Concept::Seller),
        buyer_label: support(Concept::Buyer),
        other_label: support(Concept::ShipTo)
            .max(support(Concept::TaxRep))
            .max(0.7 * support(Concept::Contact))
            .max(0.8 * support(Concept::Bank)),
        seller_section: flag(section == Some(Concept::Seller)),
        buyer_section: flag(section == Some(Concept::Buyer)),
        other_section: flag(matches!(
            section,
            Some(Concept::ShipTo | Concept::TaxRep | Concept::Bank)
        )),
        address_below: flag(around.address_below),
        first_page: flag(layout.pages.first().is_some_and(|p| p.0 == token.page)),
        y: token.bbox.y0 / height,
        x: token.bbox.x0 / width,
        size: token.size / layout.body_size,
        bold: flag(token.bold),
        web: web_likeness(&span.value, webs),
        repeats: (rows
            .iter()
            .filter(|r| squeezed.len() >= 3 && r.contains(&squeezed))
            .count() as f32
            - 1.0)
            .clamp(0.0, 5.0),
        return_line: flag(span.return_line),
        footer: flag(token.bbox.y0 > 0.85 * height),
        ids_near: flag(around.ids),
        bank: flag(BANK_WORDS.iter().any(|b| {
            plain.split(|c: char| !c.is_alphanumeric()).any(|w| w == *b)
                || (b.len() > 6 && plain.contains(b))
        })),
        capitals: capitals as f32 / words.len() as f32,
        words: words.len() as f32,
        order: order.min(60) as f32,
        // `Service GmbH` is a name, whatever `Service` alone would announce.
        label_share: if firm {
            0.0
        } else {
            labelled as f32 / span.tokens.len() as f32
        },
        account_name: support(Concept::AccountName),
        contact_near: flag(around.contact),
        person: flag(
            TITLES.contains(&fold(words[0]).as_str())
                || above.as_deref().is_some_and(|a| TITLES.contains(&a)),
        ),
        below_return_line: flag(around.below_return_line),
        digit: flag(span.value.chars().any(|c| c.is_ascii_digit())),
        name_label: support(Concept::Name),
        part: flag(span.part),
    }
}
