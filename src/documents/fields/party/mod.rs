//! Names of parties: where a firm or a person could be named, and what speaks for seller or buyer.

mod salutation;
mod spans;
mod web;

use std::ops::Range;

use super::analysis::Analysis;
use super::block::Blocks;
use super::concept::Concept;
use super::recognise::legal_form;
use super::text::{fold, squeeze};

use spans::{Span, spans};
use web::{web_likeness, web_names};

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
