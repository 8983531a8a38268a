//! Fields that are found by what they are rather than by a label alone:
//! currency, accounts, tax ids, service period, payment terms, addresses.

mod order;
mod payable;
mod period;

use std::collections::BTreeMap;
use std::ops::Range;

use super::analysis::Analysis;
use super::block::Blocks;
use super::candidates::Fact;
use super::choose::page_field;
use super::concept::Concept;
use super::recognise::{account, address, currency, vat};
use crate::documents::{Field, FieldName};

type Fields = BTreeMap<FieldName, Field>;

/// Adds what can be told without choosing among rivals by a learned score.
pub(super) fn add(analysis: &Analysis, blocks: &Blocks<'_>, fields: &mut Fields) {
    add_currency(analysis, fields);
    add_accounts(analysis, fields);
    add_vat_ids(analysis, blocks, fields);
    period::add_period(analysis, fields);
    add_terms(analysis, fields);
    payable::settle(analysis, fields);
    order::add(fields);
    for (name, parts) in [
        (
            FieldName::Seller,
            [
                FieldName::SellerStreet,
                FieldName::SellerPostCode,
                FieldName::SellerCity,
                FieldName::SellerCountry,
            ],
        ),
        (
            FieldName::Buyer,
            [
                FieldName::BuyerStreet,
                FieldName::BuyerPostCode,
                FieldName::BuyerCity,
                FieldName::BuyerCountry,
            ],
        ),
    ] {
        add_address(analysis, blocks, fields, name, parts);
    }
    if !fields.contains_key(&FieldName::SellerCountry)
        && let Some(id) = fields.get(&FieldName::SellerVat).cloned()
        && let Some(country) = vat::country(&id.value).map(str::to_owned)
    {
        fields.insert(
            FieldName::SellerCountry,
            Field {
                value: country,
                confidence: id.confidence * 0.95,
                ..id
            },
        );
    }
}

/// The currency written with the total, else the one labelled, else the one named most.
fn add_currency(analysis: &Analysis, fields: &mut Fields) {
    let mut votes: BTreeMap<&'static str, (f32, Range<usize>)> = BTreeMap::new();
    let mut vote = |code: &'static str, weight: f32, tokens: Range<usize>| {
        let entry = votes.entry(code).or_insert((0.0, tokens));
        entry.0 += weight;
    };
    let labels = analysis.labels();
    let mut shared = 0.0_f32;
    let mut certain = 0.0_f32;
    for (i, token) in analysis.layout.tokens.iter().enumerate() {
        let found = currency::of_word(&token.text)
            .or_else(|| currency::strip_prefix(&token.text).map(|s| s.0))
            .or_else(|| currency::strip_suffix(&token.text).map(|s| s.0));
        let Some(found) = found else { continue };
        let relations = labels.around(&(i..i + 1));
        let labelled = labels
            .support(&relations, &[(Concept::Currency, 1.0)], &[])
            .best();
        let foreign = labels
            .support(&relations, &[(Concept::TaxCurrency, 1.0)], &[])
            .best();
        let weight = 1.0 + 25.0 * labelled.powi(2) - 0.9 * f32::from(u8::from(foreign > 0.4));
        if found.certain {
            certain += weight;
        } else {
            shared += weight;
        }
        vote(
            found.code,
            if found.certain { weight } else { 0.8 * weight },
            i..i + 1,
        );
    }
    for candidate in &analysis.candidates.amounts {
        let Fact::Amount(money) = &candidate.fact else {
            continue;
        };
        let Some(found) = money.currency else {
            continue;
        };
        let is_total = fields
            .get(&FieldName::Total)
            .is_some_and(|t| t.value.parse() == Ok(money.value));
        vote(
            found.code,
            if is_total { 6.0 } else { 0.5 },
            candidate.tokens.clone(),
        );
    }
    settle_dollar(analysis, &mut votes);
    let total: f32 = votes.values().map(|v| v.0).sum();
    let best = votes.into_iter().max_by(|a, b| a.1.0.total_cmp(&b.1.0));
    let Some((code, (weight, tokens))) = best else {
        return;
    };
    let share = weight / total.max(0.1);
    let doubt = if shared > certain { 0.05 } else { 0.0 };
    if weight > 0.5 && share > 0.5 {
        let field = page_field(
            analysis,
            tokens,
            code.to_owned(),
            0.99 - 0.3 * (1.0 - share) - doubt,
        );
        fields.insert(FieldName::Currency, field);
    }
}

/// A bare `$` is the dollar of the land the document comes from.
fn settle_dollar(analysis: &Analysis, votes: &mut BTreeMap<&'static str, (f32, Range<usize>)>) {
    const LANDS: &[(&str, &[&str])] = &[
        (
            "AUD",
            &["Pty", "ABN", "ACN", "Australia", "NSW", "VIC", "QLD"],
        ),
        (
            "CAD",
            &[
                "Canada", "HST", "QST", "TPS", "TVQ", "Ltée", "PST", "Ontario", "Québec", "Quebec",
            ],
        ),
        ("SGD", &["Singapore", "Pte"]),
        ("NZD", &["Zealand"]),
        ("HKD", &["Hong"]),
        ("MXN", &["México", "C.V.", "RFC", "CFDI"]),
    ];
    let certain = analysis
        .layout
        .tokens
        .iter()
        .any(|t| t.text.contains("USD") || t.text.contains("US$") || t.text == "USA");
    let Some(dollars) = votes.get("USD").cloned().filter(|_| !certain) else {
        return;
    };
    let counts = LANDS.iter().map(|(code, words)| {
        let count = analysis
            .layout
            .tokens
            .iter()
            .filter(|t| {
                words.contains(
                    &t.text
                        .trim_matches(|c: char| ",:()".contains(c))
                        .trim_end_matches("td."),
                )
            })
            .count();
        (*code, count)
    });
    if let Some((code, _)) = counts.filter(|c| c.1 > 0).max_by_key(|c| c.1) {
        votes.remove("USD");
        let known = votes.entry(code).or_insert((0.0, dollars.1));
        known.0 += dollars.0;
    }
}

/// Every account on the pages whose check digits agree: whoever pays may take any of them.
pub(super) fn accounts(analysis: &Analysis) -> impl Iterator<Item = Field> {
    let ibans = analysis.candidates.ibans.iter();
    ibans
        .filter(|(_, _, valid)| *valid)
        .map(move |(tokens, value, _)| page_field(analysis, tokens.clone(), value.clone(), 0.9))
}

fn add_accounts(analysis: &Analysis, fields: &mut Fields) {
    let labels = analysis.labels();
    let labelled = |tokens: &Range<usize>, concept: Concept| {
        labels
            .support(&labels.around(tokens), &[(concept, 1.0)], &[])
            .best()
    };
    let best = analysis
        .candidates
        .ibans
        .iter()
        .map(|(tokens, value, valid)| {
            let label =
                labelled(tokens, Concept::Iban).max(0.5 * labelled(tokens, Concept::Account));
            let ours = if fields
                .get(&FieldName::SellerVat)
                .is_some_and(|v| v.value[..2.min(v.value.len())] == value[..2])
            {
                0.02
            } else {
                0.0
            };
            let score = if *valid {
                0.9 + 0.05 * label
            } else {
                0.72 * label
            } + ours;
            (tokens, value, score)
        })
        .reduce(|a, b| if b.2 > a.2 { b } else { a });
    if let Some((tokens, value, score)) = best.filter(|b| b.2 >= 0.5) {
        fields.insert(
            FieldName::Iban,
            page_field(analysis, tokens.clone(), value.clone(), score.min(0.98)),
        );
    }
    for (i, token) in analysis.layout.tokens.iter().enumerate() {
        let Some(bic) = account::read_bic(&token.text) else {
            continue;
        };
        let label = labelled(&(i..i + 1), Concept::Bic);
        if label > 0.5 {
            fields.insert(
                FieldName::Bic,
                page_field(analysis, i..i + 1, bic, 0.6 + 0.35 * label),
            );
            break;
        }
    }
}

/// Whose VAT id is it: by its label, by the heading over it, by the block it stands in.
fn add_vat_ids(analysis: &Analysis, blocks: &Blocks<'_>, fields: &mut Fields) {
    let labels = analysis.labels();
    let layout = &analysis.layout;
    let mut seller: Option<(f32, usize)> = None;
    let mut buyer: Option<(f32, usize)> = None;
    for (i, (tokens, value)) in analysis.candidates.vat_ids.iter().enumerate() {
        let relations = labels.around(tokens);
        let of = |c: Concept| labels.support(&relations, &[(c, 1.0)], &[]);
        let label = of(Concept::VatId).best();
        let for_buyer = of(Concept::BuyerVat).best();
        let token = &layout.tokens[tokens.start];
        let section = blocks.section(token.segment);
        let in_block_of = |name: FieldName| {
            fields
                .get(&name)
                .and_then(|f| f.bbox.map(|b| (f.page, b)))
                .is_some_and(|(page, b)| {
                    page == Some(token.page)
                        && (token.bbox.x0 - b.x0).abs() < 160.0
                        && (token.bbox.y0 - b.y0).abs() < 90.0
                })
        };
        let other = f32::from(u8::from(matches!(
            section,
            Some(Concept::ShipTo | Concept::TaxRep)
        )));
        let near_buyer = f32::from(u8::from(
            section == Some(Concept::Buyer) || in_block_of(FieldName::Buyer),
        ));
        let near_seller = f32::from(u8::from(
            section == Some(Concept::Seller) || in_block_of(FieldName::Seller),
        ));
        let early = 0.1 / (1.0 + i as f32);
        let iban_like = if label == 0.0 && for_buyer == 0.0 && value.starts_with("RO") {
            0.3
        } else {
            0.0
        };
        let base = 0.55 + 0.3 * label + early - iban_like - 0.5 * other;
        let as_seller = base + 0.2 * near_seller - 0.35 * near_buyer - 0.6 * for_buyer;
        let as_buyer =
            0.2 + 0.7 * for_buyer + 0.45 * near_buyer * (1.0 - near_seller) - 0.5 * other;
        if seller.is_none_or(|s| as_seller > s.0) {
            seller = Some((as_seller, i));
        }
        if buyer.is_none_or(|b| as_buyer > b.0) {
            buyer = Some((as_buyer, i));
        }
    }
    let mut taken = None;
    if let Some((score, i)) = seller.filter(|s| s.0 >= 0.6) {
        let (tokens, value) = &analysis.candidates.vat_ids[i];
        fields.insert(
            FieldName::SellerVat,
            page_field(analysis, tokens.clone(), value.clone(), score.min(0.97)),
        );
        taken = Some(value.clone());
    }
    if let Some((score, i)) = buyer.filter(|b| b.0 >= 0.55) {
        let (tokens, value) = &analysis.candidates.vat_ids[i];
        if taken.as_ref() != Some(value) {
            fields.insert(
                FieldName::BuyerVat,
                page_field(analysis, tokens.clone(), value.clone(), score.min(0.95)),
            );
        }
    }
}

/// The words behind or under the label of the payment terms.
fn add_terms(analysis: &Analysis, fields: &mut Fields) {
    let layout = &analysis.layout;
    for hit in analysis
        .hits
        .iter()
        .filter(|h| h.weight(Concept::PaymentTerms) > 0.5 && h.leads)
    {
        let row = &layout.rows[hit.row];
        let own_end = layout.segments[hit.segment].tokens.end;
        let tokens = if hit.tokens.end < own_end {
            hit.tokens.end..own_end
        } else {
            let next = hit.segment + 1;
            if next < row.segments.end {
                layout.segments[next].tokens.clone()
            } else {
                continue;
            }
        };
        let text = layout.text(tokens.clone());
        let value = text.trim_start_matches([':', ' ']).trim().to_owned();
        if value.chars().filter(|c| c.is_alphanumeric()).count() >= 3 && value.len() <= 300 {
            fields.insert(
                FieldName::PaymentTerms,
                page_field(analysis, tokens, value, 0.75),
            );
            return;
        }
    }
}

/// Street and place under or behind a chosen name.
fn add_address(
    analysis: &Analysis,
    blocks: &Blocks<'_>,
    fields: &mut Fields,
    of: FieldName,
    parts: [FieldName; 4],
) {
    let layout = &analysis.layout;
    let Some(name) = fields.get(&of) else { return };
    let Some(bbox) = name.bbox else { return };
    let Some(segment) = layout.segments.iter().position(|s| {
        Some(s.page) == name.page
            && s.bbox.y0 <= bbox.y0 + 0.5
            && s.bbox.y1 >= bbox.y1 - 0.5
            && s.bbox.x0 <= bbox.x0 + 0.5
            && s.bbox.x1 >= bbox.x1 - 0.5
    }) else {
        return;
    };
    let confidence = (name.confidence as f32) * 0.9;
    let [street, code, city, country] = parts;
    for line in blocks.down(segment) {
        let tokens = layout.segments[line].tokens.clone();
        let text = layout.segment_text(line);
        let pieces: Vec<&str> = text
            .split(['|', '•', '·', '●', ',', '\u{2013}'])
            .flat_map(|p| p.split(" - "))
            .map(str::trim)
            .collect();
        for piece in pieces.iter().copied().chain(std::iter::once(text.as_str())) {
            if let Some(place) = address::place(piece) {
                fields.entry(code).or_insert_with(|| {
                    page_field(analysis, tokens.clone(), place.post_code, confidence)
                });
                fields.entry(city).or_insert_with(|| {
                    page_field(analysis, tokens.clone(), place.city, confidence)
                });
                if let Some(found) = place.country {
                    fields.entry(country).or_insert_with(|| {
                        page_field(analysis, tokens.clone(), found.to_owned(), confidence)
                    });
                }
            } else if address::is_street(piece) && !fields.contains_key(&city) {
                fields.entry(street).or_insert_with(|| {
                    page_field(analysis, tokens.clone(), piece.to_owned(), confidence)
                });
            } else if piece.split(' ').count() == 1
                && fields.contains_key(&city)
                && let Some(found) = address::of_country(piece)
            {
                fields.entry(country).or_insert_with(|| {
                    page_field(analysis, tokens.clone(), found.to_owned(), confidence)
                });
            }
        }
        if fields.contains_key(&city) && line != segment {
            // A country may stand in the line after the place, nothing more.
            if let Some(next) = blocks.below(line)
                && let Some(found) = address::of_country(&layout.segment_text(next))
            {
                let tokens = layout.segments[next].tokens.clone();
                fields
                    .entry(country)
                    .or_insert_with(|| page_field(analysis, tokens, found.to_owned(), confidence));
            }
            return;
        }
    }
}
