//! The narrow slip of a till.

use rust_decimal::Decimal;
use scrutineer::documents::FieldName;

use super::scene::Scene;
use crate::documents::draw::{Align, BLACK, Ink, Sheet};
use crate::documents::terms::Term;

const LEFT: f32 = 12.0;

/// Draws a till receipt.
pub(super) fn draw(scene: &Scene) -> Sheet {
    let facts = scene.facts;
    let width = [164.0, 204.0, 227.0][scene.choice("till_width", 3)];
    let right = width - LEFT;
    let rows = u16::try_from(facts.items.len()).unwrap_or(0);
    let mut sheet = Sheet::new(width, 330.0 + f32::from(rows) * 24.0, scene.style.spelling);
    let family = if scene.flag("till_courier", 65) {
        crate::documents::draw::Family::Courier
    } else {
        scene.style.family
    };
    let ink = Ink {
        face: family.regular(),
        size: 7.5,
        colour: BLACK,
    };
    let bold = Ink {
        face: family.bold(),
        size: 10.0,
        colour: BLACK,
    };
    let mut y = 26.0;
    for line in Sheet::wrap(bold, &facts.seller.name, right - LEFT) {
        sheet.text(width / 2.0, y, Align::Centre, bold, &line);
        y += 12.0;
    }
    sheet.mark(FieldName::Seller);
    let mut head = vec![facts.seller.street.clone(), facts.seller.city_line()];
    if scene.flag("till_phone", 60) {
        head.push(format!(
            "{} {}",
            scene.label(Term::Phone),
            facts.seller.phone
        ));
    }
    if let (true, Some(_)) = (scene.flag("till_vat", 60), &facts.seller.vat) {
        head.push(format!(
            "{} {}",
            scene.label(Term::Vat),
            facts.seller.vat_printed
        ));
        scene.mark_seller_vat(&mut sheet);
    }
    for line in head
        .iter()
        .flat_map(|line| Sheet::wrap(ink, line, right - LEFT))
    {
        sheet.text(width / 2.0, y, Align::Centre, ink, &line);
        y += 10.0;
    }
    y += 8.0;
    if scene.flag("till_title", 60) {
        sheet.text(
            width / 2.0,
            y,
            Align::Centre,
            bold,
            &scene.plain_term(Term::TitleReceipt),
        );
        y += 14.0;
    }
    sheet.text(LEFT, y, Align::Left, ink, &scene.date(facts.issue_date));
    let time = format!(
        "{:02}:{:02}",
        8 + scene.choice("hour", 12),
        scene.choice("minute", 60)
    );
    sheet.text(right, y, Align::Right, ink, &time);
    sheet.mark(FieldName::IssueDate);
    y += 10.0;
    if scene.flag("till_number", 75) {
        let number = format!("{} {}", scene.label(Term::DocumentNumber), facts.number);
        sheet.text(LEFT, y, Align::Left, ink, &number);
        sheet.mark(FieldName::Number);
        y += 10.0;
    }
    let till = format!(
        "{} {}",
        scene.plain_term(Term::TableNo),
        1 + scene.choice("till", 9)
    );
    sheet.text(LEFT, y, Align::Left, ink, &till);
    y += 14.0;
    for item in &facts.items {
        let mut text = item.description.clone();
        if item.quantity > Decimal::ONE {
            text = format!("{} x {text}", scene.number(item.quantity));
        }
        let amount = scene.money(item.net);
        let room = right - LEFT - ink.width(&amount) - 8.0;
        let lines = Sheet::wrap(ink, &text, room);
        for (index, line) in lines.iter().enumerate() {
            sheet.text(LEFT, y, Align::Left, ink, line);
            if index + 1 == lines.len() {
                sheet.text(right, y, Align::Right, ink, &amount);
            }
            y += 10.0;
        }
    }
    y = sums(scene, &mut sheet, [right, y + 4.0], ink, bold);
    let thanks = scene.plain_term(Term::Thanks);
    for line in Sheet::wrap(ink, &thanks, right - LEFT) {
        sheet.text(width / 2.0, y, Align::Centre, ink, &line);
        y += 10.0;
    }
    sheet
}

/// Total, tax in it, and how it was paid; `at` is the right edge and base line.
fn sums(scene: &Scene, sheet: &mut Sheet, at: [f32; 2], ink: Ink, bold: Ink) -> f32 {
    let [right, mut y] = at;
    let totals = &scene.facts.totals;
    sheet.rule([LEFT, y - 6.0], [right, y - 6.0], 0.5, BLACK);
    y += 8.0;
    sheet.text(LEFT, y, Align::Left, bold, &scene.plain_term(Term::Total));
    sheet.text(right, y, Align::Right, bold, &scene.amount(totals.total));
    sheet.mark(FieldName::Total);
    if scene.amount(totals.total) != scene.money(totals.total) {
        sheet.mark(FieldName::Currency);
    }
    y += 14.0;
    if scene.flag("till_tax", 75) {
        for group in totals.groups.iter().filter(|group| !group.rate.is_zero()) {
            let label = scene
                .plain_term(Term::TaxIncluded)
                .replace("{r}", &scene.number(group.rate));
            sheet.text(LEFT, y, Align::Left, ink, &label);
            sheet.text(right, y, Align::Right, ink, &scene.money(group.tax));
            y += 10.0;
        }
        if totals.groups.len() == 1 && !totals.tax.is_zero() {
            sheet.mark(FieldName::Tax);
        }
        if scene.flag("till_net", 40) {
            sheet.text(LEFT, y, Align::Left, ink, &scene.plain_term(Term::Net));
            sheet.text(right, y, Align::Right, ink, &scene.money(totals.net));
            sheet.mark(FieldName::Net);
            y += 10.0;
        }
    }
    if scene.flag("till_cash", 45) {
        let given = (totals.total / Decimal::TEN).ceil() * Decimal::TEN;
        for (term, value) in [(Term::Cash, given), (Term::Change, given - totals.total)] {
            sheet.text(LEFT, y, Align::Left, ink, &scene.plain_term(term));
            sheet.text(right, y, Align::Right, ink, &scene.money(value));
            y += 10.0;
        }
    } else {
        sheet.text(LEFT, y, Align::Left, ink, &scene.plain_term(Term::Card));
        sheet.text(right, y, Align::Right, ink, &scene.money(totals.total));
        y += 10.0;
        let card = format!("**** **** **** {:04}", 1000 + scene.choice("card", 9000));
        sheet.text(LEFT, y, Align::Left, ink, &card);
        y += 10.0;
    }
    y + 12.0
}
