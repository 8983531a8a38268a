//! The bill of a utility in two columns: account data and meters at the left, the sum
//! to pay and the usage at the right, charges below.

use chrono::Days;
use rust_decimal::Decimal;
use scrutineer::documents::FieldName;

use super::scene::Scene;
use super::{closing, footer, letterhead, meta, table, title, totals};
use crate::documents::draw::{Align, Sheet, WHITE};
use crate::documents::terms::Term;

/// Whether this bill is set in two columns.
pub(in crate::documents) fn is_two_column_bill(scene: &Scene) -> bool {
    scene.flag("two_columns", 60)
}

/// Draws the bill.
pub(super) fn draw(scene: &Scene) -> Sheet {
    let mut sheet = scene.sheet();
    let left = scene.style.margin;
    let middle = sheet.width * 0.54;
    let right = sheet.width - scene.style.margin.min(50.0);
    let name = Scene::coloured(scene.bold(1.9), scene.style.accent);
    sheet.text(left, 52.0, Align::Left, name, &scene.facts.seller.name);
    sheet.mark(FieldName::Seller);
    let heading = scene.term(title::term(scene.facts.kind));
    sheet.text(right, 52.0, Align::Right, scene.bold(1.4), &heading);
    sheet.rule([left, 62.0], [right, 62.0], 2.0, scene.style.accent);

    let below_left = account(scene, &mut sheet, left, 84.0);
    let below_right = amount_due(scene, &mut sheet, [middle, right], 84.0);
    let below = below_left.max(below_right) + 18.0;
    let below_table = table::draw(scene, &mut sheet, below);
    let below_totals = totals::draw(scene, &mut sheet, below_table);
    closing::draw(scene, &mut sheet, below_totals);
    footer::draw(scene, &mut sheet);
    sheet
}

/// Customer, data of the bill and meter readings.
fn account(scene: &Scene, sheet: &mut Sheet, x: f32, y: f32) -> f32 {
    let buyer = &scene.facts.buyer;
    let lines = [buyer.name.clone(), buyer.street.clone(), buyer.city_line()];
    let mut at = scene.lines(sheet, x, y, Align::Left, &lines) + 12.0;
    sheet.mark(FieldName::Buyer);
    for entry in meta::entries(scene) {
        sheet.text(x, at, Align::Left, scene.small(), &scene.label(entry.term));
        sheet.text(x + 108.0, at, Align::Left, scene.ink(), &entry.value);
        for field in entry.fields {
            sheet.mark(*field);
        }
        at += scene.leading();
    }
    at += 6.0;
    for (term, value) in readings(scene) {
        sheet.text(x, at, Align::Left, scene.small(), &scene.label(term));
        sheet.text(x + 108.0, at, Align::Left, scene.ink(), &value);
        at += scene.leading();
    }
    at
}

/// Meter number and readings; they bear on no sum the reader must find.
fn readings(scene: &Scene) -> Vec<(Term, String)> {
    let used = scene
        .facts
        .items
        .first()
        .map(|item| item.quantity)
        .unwrap_or_default();
    let old = Decimal::from(10_000 + u32::try_from(scene.choice("reading", 70_000)).unwrap_or(0));
    let meter = format!(
        "1{:03} {:04}",
        scene.choice("meter", 1_000),
        scene.choice("meter_tail", 10_000)
    );
    vec![
        (Term::Meter, meter),
        (Term::ReadingOld, scene.number(old)),
        (Term::ReadingNew, scene.number(old + used)),
        (Term::Consumption, format!("{} kWh", scene.number(used))),
    ]
}

/// The sum to pay on a coloured panel, and a bar for each of the last months.
fn amount_due(scene: &Scene, sheet: &mut Sheet, columns: [f32; 2], y: f32) -> f32 {
    let [left, right] = columns;
    sheet.rect(
        [left, y - 14.0, right - left, 58.0],
        scene.style.accent,
        true,
    );
    let ink = Scene::coloured(scene.ink(), WHITE);
    sheet.text(
        left + 8.0,
        y + 2.0,
        Align::Left,
        ink,
        &scene.plain_term(Term::Payable),
    );
    let amount = scene.amount(scene.facts.totals.payable);
    let big = Scene::coloured(scene.bold(1.9), WHITE);
    sheet.text(right - 8.0, y + 24.0, Align::Right, big, &amount);
    sheet.mark(FieldName::Payable);
    if let Some(due) = scene.facts.due_date {
        let text = format!("{} {}", scene.label(Term::Due), scene.date(due));
        sheet.text(left + 8.0, y + 36.0, Align::Left, ink, &text);
        sheet.mark(FieldName::DueDate);
    }
    let base = y + 116.0;
    for month in 0..12_u16 {
        let height =
            8.0 + f32::from(u8::try_from(scene.choice(&format!("bar{month}"), 44)).unwrap_or(0));
        let x = left + 6.0 + f32::from(month) * (right - left - 12.0) / 12.0;
        sheet.rect([x, base - height, 9.0, height], scene.style.accent, true);
        let ago = Days::new(u64::from(12 - month) * 30);
        let label = scene.facts.issue_date.checked_sub_days(ago);
        let label = label
            .map(|date| date.format("%m").to_string())
            .unwrap_or_default();
        sheet.text(x, base + 9.0, Align::Left, scene.small(), &label);
    }
    let mut lines = letterhead::contact_lines(scene);
    lines.extend(letterhead::vat_line(scene, sheet));
    scene.lines(sheet, left, base + 30.0, Align::Left, &lines)
}
