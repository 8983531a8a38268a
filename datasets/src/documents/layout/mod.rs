//! How documents look: each layout is a style put together from a few parts, or a
//! page of its own kind.

mod account;
mod address;
mod closing;
mod footer;
mod letter;
mod letterhead;
mod meta;
mod scene;
mod style;
mod table;
mod till;
mod title;
mod totals;
mod utility;

pub(super) use scene::Scene;
pub(crate) use style::Style;
pub(super) use table::{Column, columns};
pub(super) use utility::is_two_column_bill;

use scrutineer::cases::invoice::DocumentType;

use super::draw::Sheet;

/// Draws the document of `scene`.
pub(super) fn draw(scene: &Scene) -> Sheet {
    match scene.facts.kind {
        DocumentType::Receipt => till::draw(scene),
        DocumentType::Statement | DocumentType::Reminder => account::draw(scene),
        DocumentType::Other => letter::draw(scene),
        DocumentType::UtilityBill if is_two_column_bill(scene) => utility::draw(scene),
        _ => invoice(scene),
    }
}

/// An ordinary invoice: head, parties, data, lines, totals, closing words, footer.
fn invoice(scene: &Scene) -> Sheet {
    let mut sheet = scene.sheet();
    let below_head = letterhead::draw(scene, &mut sheet);
    let below_parties = address::draw(scene, &mut sheet, below_head);
    let below_meta = meta::draw(scene, &mut sheet, below_parties);
    let below_title = title::draw(scene, &mut sheet, below_meta);
    let below_table = table::draw(scene, &mut sheet, below_title);
    let below_totals = totals::draw(scene, &mut sheet, below_table);
    closing::draw(scene, &mut sheet, below_totals);
    footer::draw(scene, &mut sheet);
    sheet
}
