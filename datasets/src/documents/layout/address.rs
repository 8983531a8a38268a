//! The receiver of the document, and where goods went.

use scrutineer::documents::FieldName;

use super::letterhead::{contact_lines, seller_lines, vat_line};
use super::scene::Scene;
use super::style::Addressee;
use crate::documents::country::Country;
use crate::documents::draw::{Align, Sheet};
use crate::documents::party::Party;
use crate::documents::terms::Term;

/// Draws the parties; returns the base line below them.
pub(super) fn draw(scene: &Scene, sheet: &mut Sheet, y: f32) -> f32 {
    match scene.style.addressee {
        Addressee::Window => window(scene, sheet, y),
        Addressee::SideBySide => side_by_side(scene, sheet, y),
        Addressee::Labelled => {
            let x = scene.left();
            labelled(scene, sheet, x, y, 210.0)
        }
        Addressee::Right => right(scene, sheet, y),
    }
}

/// Name and address of the buyer, with attention line and country as they occur.
fn buyer_lines(scene: &Scene, sheet: &mut Sheet) -> Vec<String> {
    let buyer = &scene.facts.buyer;
    sheet.mark(FieldName::Buyer);
    let mut lines = vec![buyer.name.clone()];
    if scene.flag("attention", 30) && buyer.contact != buyer.name {
        lines.push(buyer.contact.clone());
    }
    lines.extend(address_lines(scene, buyer));
    if let (Some(vat), true) = (&buyer.vat, scene.flag("buyer_vat", 35)) {
        sheet.mark(FieldName::BuyerVat);
        lines.push(format!("{} {vat}", scene.label(Term::BuyerVat)));
    }
    lines
}

fn address_lines(scene: &Scene, party: &Party) -> Vec<String> {
    let mut lines = vec![party.street.clone(), party.city_line()];
    if party.country != scene.facts.seller.country {
        let name = Country::by_code(party.country).name(scene.facts.language);
        lines.push(if scene.flag("country_capitals", 50) {
            name.to_uppercase()
        } else {
            name.to_owned()
        });
    }
    lines
}

fn window(scene: &Scene, sheet: &mut Sheet, y: f32) -> f32 {
    let x = scene.left();
    let seller = &scene.facts.seller;
    let mut at = y.max(132.0);
    let sender = format!(
        "{} · {} · {}",
        seller.name,
        seller.street,
        seller.city_line()
    );
    let ink = crate::documents::draw::Ink {
        size: 6.5,
        ..scene.small()
    };
    let width = sheet.text(x, at, Align::Left, ink, &sender);
    if scene.flag("sender_rule", 60) {
        sheet.rule(
            [x, at + 2.0],
            [x + width, at + 2.0],
            0.4,
            scene.style.accent,
        );
    }
    at += 16.0;
    let lines = buyer_lines(scene, sheet);
    let at = scene.lines(sheet, x, at, Align::Left, &lines);
    ship_to(scene, sheet, x + 250.0, y.max(132.0));
    at.max(y.max(132.0) + 88.0)
}

fn labelled(scene: &Scene, sheet: &mut Sheet, x: f32, y: f32, width: f32) -> f32 {
    let mut at = y;
    sheet.text(
        x,
        at,
        Align::Left,
        scene.bold(1.0),
        &scene.label(Term::BillTo),
    );
    at += scene.leading();
    let lines: Vec<String> = buyer_lines(scene, sheet)
        .iter()
        .flat_map(|line| Sheet::wrap(scene.ink(), line, width))
        .collect();
    at = scene.lines(sheet, x, at, Align::Left, &lines);
    if scene.facts.ship_to.is_some() {
        at = ship_to(scene, sheet, x, at + 8.0);
    }
    at + 12.0
}

fn side_by_side(scene: &Scene, sheet: &mut Sheet, y: f32) -> f32 {
    let (left, right) = (scene.left(), scene.right(sheet));
    let middle = f32::midpoint(left, right) + 8.0;
    sheet.text(
        left,
        y,
        Align::Left,
        scene.bold(1.0),
        &scene.label(Term::From),
    );
    let mut lines = vec![scene.facts.seller.name.clone()];
    lines.extend(seller_lines(scene, sheet));
    lines.extend(contact_lines(scene).into_iter().take(2));
    lines.extend(vat_line(scene, sheet));
    let lines: Vec<String> = lines
        .iter()
        .flat_map(|line| Sheet::wrap(scene.ink(), line, middle - left - 12.0))
        .collect();
    let below_seller = scene.lines(sheet, left, y + scene.leading(), Align::Left, &lines);
    let below_buyer = labelled(scene, sheet, middle, y, right - middle);
    below_seller.max(below_buyer) + 12.0
}

fn right(scene: &Scene, sheet: &mut Sheet, y: f32) -> f32 {
    let x = sheet.width * 0.56;
    let width = scene.right(sheet) - x;
    labelled(scene, sheet, x, y.max(120.0), width)
}

/// Where the goods went, if elsewhere; returns the base line below it.
fn ship_to(scene: &Scene, sheet: &mut Sheet, x: f32, y: f32) -> f32 {
    let Some(party) = &scene.facts.ship_to else {
        return y;
    };
    let mut lines = vec![scene.label(Term::ShipTo), party.name.clone()];
    lines.extend(address_lines(scene, party));
    sheet.mark(FieldName::ShipTo);
    scene.lines(sheet, x, y, Align::Left, &lines)
}
