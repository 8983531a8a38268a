//! The sender's name, address and sign at the head of the first page.

use scrutineer::documents::FieldName;

use super::scene::Scene;
use super::style::Letterhead;
use crate::documents::draw::{Align, Colour, Sheet, WHITE};
use crate::documents::terms::Term;

/// Draws the head; returns the base line below it.
pub(super) fn draw(scene: &Scene, sheet: &mut Sheet) -> f32 {
    sheet.mark(FieldName::Seller);
    match scene.style.letterhead {
        Letterhead::Left => beside_logo(scene, sheet, Align::Left),
        Letterhead::Right => beside_logo(scene, sheet, Align::Right),
        Letterhead::Centre => centred(scene, sheet),
        Letterhead::Band => band(scene, sheet),
        Letterhead::Sidebar => sidebar(scene, sheet),
    }
}

/// The seller's address, as many lines as it takes, with the country where shown.
pub(super) fn seller_lines(scene: &Scene, sheet: &mut Sheet) -> Vec<String> {
    let seller = &scene.facts.seller;
    let mut lines = vec![seller.street.clone(), seller.city_line()];
    if scene.facts.buyer.country != seller.country || scene.flag("seller_country", 30) {
        lines.push(scene.facts.country.name(scene.facts.language).to_owned());
        sheet.mark(FieldName::SellerCountry);
    }
    lines
}

/// Phone, mail and the like.
pub(super) fn contact_lines(scene: &Scene) -> Vec<String> {
    let seller = &scene.facts.seller;
    let mut lines = vec![format!("{} {}", scene.label(Term::Phone), seller.phone)];
    if scene.flag("fax", 30) {
        lines.push(format!(
            "{} {}",
            scene.label(Term::Fax),
            seller.phone.replace('1', "2")
        ));
    }
    if scene.flag("email", 75) {
        let mailbox = ["info", "accounts", "billing", "office"][scene.choice("mailbox", 4)];
        lines.push(format!(
            "{} {}",
            scene.label(Term::Email),
            seller.email(mailbox)
        ));
    }
    if scene.flag("web", 50) {
        let label = if scene.flag("web_label", 50) {
            scene.label(Term::Website)
        } else {
            String::new()
        };
        lines.push(format!("{label} www.{}", seller.domain).trim().to_owned());
    }
    lines
}

/// The seller's VAT id with its label, where it has one.
pub(super) fn vat_line(scene: &Scene, sheet: &mut Sheet) -> Option<String> {
    let seller = &scene.facts.seller;
    if seller.vat.is_none() {
        return Some(format!(
            "{} {}",
            scene.label(Term::TaxNo),
            seller.tax_number
        ));
    }
    scene.mark_seller_vat(sheet);
    Some(format!("{} {}", scene.label(Term::Vat), seller.vat_printed))
}

fn beside_logo(scene: &Scene, sheet: &mut Sheet, align: Align) -> f32 {
    let x = if align == Align::Left {
        scene.left()
    } else {
        scene.right(sheet)
    };
    let mut y = 58.0;
    if scene.flag("logo", 55) {
        let logo_x = if align == Align::Left {
            scene.right(sheet) - 60.0
        } else {
            scene.left()
        };
        logo(scene, sheet, logo_x, 36.0);
    }
    let name = Scene::coloured(scene.bold(1.6), scene.style.accent);
    sheet.text(x, y, align, name, &scene.facts.seller.name);
    y += scene.leading() * 1.3;
    if scene.style.addressee == super::style::Addressee::SideBySide {
        return y + 14.0;
    }
    let mut lines = seller_lines(scene, sheet);
    if scene.flag("contact_in_head", 60) {
        lines.extend(contact_lines(scene));
    }
    if scene.style.footer != super::style::FooterStyle::Columns {
        lines.extend(vat_line(scene, sheet));
    }
    y = scene.lines(sheet, x, y, align, &lines);
    y + 12.0
}

fn centred(scene: &Scene, sheet: &mut Sheet) -> f32 {
    let x = sheet.width / 2.0;
    let mut y = 56.0;
    let name = Scene::coloured(scene.bold(1.8), scene.style.accent);
    sheet.text(x, y, Align::Centre, name, &scene.facts.seller.name);
    y += scene.leading() * 1.2;
    let address = seller_lines(scene, sheet).join(" · ");
    sheet.text(x, y, Align::Centre, scene.ink(), &address);
    y += scene.leading();
    let contact = contact_lines(scene).join("   ");
    sheet.text(x, y, Align::Centre, scene.small(), &contact);
    y += scene.leading();
    if let Some(vat) = vat_line(scene, sheet) {
        sheet.text(x, y, Align::Centre, scene.small(), &vat);
        y += scene.leading();
    }
    if scene.flag("head_rule", 60) {
        let (left, right) = (scene.left(), scene.right(sheet));
        sheet.rule([left, y], [right, y], 0.8, scene.style.accent);
    }
    y + 22.0
}

fn band(scene: &Scene, sheet: &mut Sheet) -> f32 {
    let width = sheet.width;
    sheet.rect([0.0, 0.0, width, 78.0], scene.style.accent, true);
    let name = Scene::coloured(scene.bold(1.9), WHITE);
    sheet.text(
        scene.left(),
        47.0,
        Align::Left,
        name,
        &scene.facts.seller.name,
    );
    let right = scene.right(sheet);
    let ink = Scene::coloured(scene.small(), WHITE);
    let mut y = 30.0;
    for line in contact_lines(scene) {
        sheet.text(right, y, Align::Right, ink, &line);
        y += ink.size * 1.35;
    }
    if scene.style.addressee == super::style::Addressee::SideBySide {
        return 112.0;
    }
    let mut lines = seller_lines(scene, sheet);
    lines.extend(vat_line(scene, sheet));
    scene.lines(sheet, scene.left(), 98.0, Align::Left, &lines) + 10.0
}

fn sidebar(scene: &Scene, sheet: &mut Sheet) -> f32 {
    let height = sheet.height;
    let pale: Colour = scene.style.accent.map(|part| 0.86 + part * 0.12);
    sheet.rect([0.0, 0.0, 158.0, height], pale, true);
    let x = 22.0;
    let mut y = 120.0;
    logo(scene, sheet, x, 40.0);
    let ink = Scene::coloured(scene.bold(1.15), scene.style.accent);
    for line in Sheet::wrap(ink, &scene.facts.seller.name, 126.0) {
        sheet.text(x, y, Align::Left, ink, &line);
        y += scene.leading() * 1.2;
    }
    let mut lines = seller_lines(scene, sheet);
    lines.push(String::new());
    lines.extend(contact_lines(scene));
    lines.push(String::new());
    lines.extend(vat_line(scene, sheet));
    lines.push(scene.facts.seller.register.clone());
    let small = scene.small();
    for line in lines
        .iter()
        .flat_map(|line| Sheet::wrap(small, line, 128.0))
    {
        sheet.text(x, y, Align::Left, small, &line);
        y += small.size * 1.5;
    }
    super::closing::bank_block(scene, sheet, x, y + 18.0, small, 130.0);
    70.0
}

/// A sign made of plain shapes; the name always stands elsewhere as text.
fn logo(scene: &Scene, sheet: &mut Sheet, x: f32, y: f32) {
    let colour = scene.style.accent;
    match scene.choice("logo_shape", 4) {
        0 => {
            sheet.polygon(
                &[[x, y + 40.0], [x + 24.0, y], [x + 48.0, y + 40.0]],
                colour,
            );
            sheet.polygon(
                &[
                    [x + 14.0, y + 40.0],
                    [x + 24.0, y + 22.0],
                    [x + 34.0, y + 40.0],
                ],
                WHITE,
            );
        }
        1 => {
            sheet.rect([x, y, 18.0, 40.0], colour, true);
            sheet.rect([x + 22.0, y + 14.0, 18.0, 26.0], colour, true);
        }
        2 => {
            let points: Vec<[f32; 2]> = (0..24_u8)
                .map(|step| {
                    let angle = f32::from(step) * std::f32::consts::TAU / 24.0;
                    [x + 22.0 + 20.0 * angle.cos(), y + 20.0 + 20.0 * angle.sin()]
                })
                .collect();
            sheet.polygon(&points, colour);
            sheet.rect([x + 12.0, y + 16.0, 20.0, 8.0], WHITE, true);
        }
        _ => {
            for step in 0..3_u8 {
                let offset = f32::from(step) * 14.0;
                sheet.polygon(
                    &[
                        [x + offset, y],
                        [x + offset + 10.0, y],
                        [x + offset + 20.0, y + 38.0],
                        [x + offset + 10.0, y + 38.0],
                    ],
                    colour,
                );
            }
        }
    }
}
