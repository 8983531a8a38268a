//! Fields from the words of pages, without templates of vendors.
//!
//! Words become rows and segments (`layout`); a dictionary of labels in ten
//! languages finds what announces what (`labels`); typed recognisers propose
//! values (`candidates`); each is described by named features of its place,
//! its labels and the arithmetic around it (`features`, `party`); a learned
//! scorer gives the probability that it is the field's value (`scorer`); and
//! what is too improbable is left out. Nothing is ever computed that is not printed.

mod analysis;
mod block;
mod candidates;
mod choose;
mod concept;
mod details;
mod evidence;
mod features;
mod field_spec;
mod golden;
mod labels;
mod language;
mod layout;
mod model;
mod party;
mod proof;
pub mod recognise;
mod relation;
mod scorer;
mod table;
mod text;
pub mod training;

pub use model::{FIELD_FORMAT_VERSION, FIELD_MODEL, FieldModel, WEIGHTS_FILE};
pub use scorer::{Head, Node, Weights};

use std::collections::BTreeMap;

use analysis::Analysis;
use block::Blocks;
use choose::Choices;

use super::{Field, FieldName, Page, Reading};

/// Reads the fields and lines of a document from its words. A field is absent
/// when the model is not sure enough of any value. Time and memory are bounded:
/// long documents are read at their front and back, large pages in part.
#[must_use]
pub fn extract(pages: &[Page], model: &FieldModel) -> Reading {
    let analysis = Analysis::of(pages);
    if analysis.layout.tokens.is_empty() {
        return Reading::default();
    }
    let choices = Choices::of(&analysis, model);
    let mut fields = choose::fields(&analysis, model, &choices);
    add_parties(&analysis, model, &mut fields);
    let blocks = Blocks::of(&analysis);
    details::add(&analysis, &blocks, &mut fields);
    let table = table::read(&analysis, &fields);
    let mut reading = Reading {
        fields,
        lines: table.lines,
        taxes: table.taxes,
        ..Reading::default()
    };
    for account in details::accounts(&analysis) {
        reading.add_account(account);
    }
    reading
}

/// The most probable seller and buyer; one name is never both.
fn add_parties(analysis: &Analysis, model: &FieldModel, fields: &mut BTreeMap<FieldName, Field>) {
    let names = party::names(analysis);
    let best = |role: FieldName, not: Option<&str>| {
        names
            .iter()
            .filter(|n| not != Some(text::fold(&n.value).as_str()))
            .map(|n| {
                let features = if role == FieldName::Seller {
                    &n.seller
                } else {
                    &n.buyer
                };
                (
                    n,
                    model.probability(role.as_str(), features, analysis.source),
                )
            })
            .reduce(|a, b| if b.1 > a.1 { b } else { a })
            .filter(|(_, p)| *p >= model.threshold(role.as_str(), analysis.source))
    };
    let seller = best(FieldName::Seller, None);
    let taken = seller.map(|(n, _)| text::fold(&n.value));
    let buyer = best(FieldName::Buyer, taken.as_deref());
    for (role, chosen) in [(FieldName::Seller, seller), (FieldName::Buyer, buyer)] {
        if let Some((name, probability)) = chosen {
            let field = choose::page_field(
                analysis,
                name.tokens.clone(),
                name.value.clone(),
                probability,
            );
            fields.insert(role, field);
        }
    }
}

#[cfg(test)]
mod tests;
