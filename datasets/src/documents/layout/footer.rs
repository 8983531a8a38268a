//! Sender's data and page numbers at the foot of each page.

use super::closing::bank_lines;
use super::letterhead::{contact_lines, seller_lines, vat_line};
use super::scene::Scene;
use super::style::FooterStyle;
use crate::documents::draw::{Align, Ink, Sheet};
use crate::documents::terms::Term;

/// Draws the foot of every page.
pub(super) fn draw(scene: &Scene, sheet: &mut Sheet) {
    match scene.style.footer {
        FooterStyle::Columns => columns(scene, sheet),
        FooterStyle::OneLine => one_line(scene, sheet),
        FooterStyle::Nothing => {}
    }
    page_numbers(scene, sheet);
}

fn columns(scene: &Scene, sheet: &mut Sheet) {
    let mut address = vec![scene.facts.seller.name.clone()];
    address.extend(seller_lines(scene, sheet));
    let contact = contact_lines(scene);
    let bank = bank_lines(scene, sheet);
    let mut legal: Vec<String> = vat_line(scene, sheet).into_iter().collect();
    legal.push(scene.facts.seller.register.clone());
    if scene.flag("managing_director", 50) {
        legal.push(scene.facts.seller.contact.clone());
    }
    let blocks = if scene.flag("footer_bank_first", 30) {
        [address, bank, contact, legal]
    } else {
        [address, contact, bank, legal]
    };
    let (left, right) = (scene.left(), scene.right(sheet));
    let mut ink = scene.small();
    ink.size = ink.size.min(7.0);
    let width = (right - left) / 4.0;
    let top = sheet.height - 70.0;
    sheet.rule(
        [left, top - 10.0],
        [right, top - 10.0],
        0.4,
        scene.style.accent,
    );
    for page in 0..sheet.page_count() {
        let mut x = left;
        for block in &blocks {
            let mut at = top;
            let ink = fitting(ink, block, width - 8.0);
            for line in block
                .iter()
                .flat_map(|line| Sheet::wrap(ink, line, width - 6.0))
            {
                sheet.text_on(page, x, at, Align::Left, ink, &line);
                at += ink.size * 1.3;
            }
            x += width;
        }
    }
}

/// The ink, smaller where a single word would run into the next column.
fn fitting(ink: Ink, block: &[String], width: f32) -> Ink {
    let widest = block
        .iter()
        .flat_map(|line| line.split(' '))
        .map(|word| ink.width(word))
        .fold(width, f32::max);
    Ink {
        size: ink.size * width / widest,
        ..ink
    }
}

fn one_line(scene: &Scene, sheet: &mut Sheet) {
    let seller = &scene.facts.seller;
    let mut parts = vec![
        seller.name.clone(),
        seller.street.clone(),
        seller.city_line(),
    ];
    if scene.flag("register_in_footer", 60) {
        parts.push(seller.register.clone());
    }
    if scene.flag("vat_in_footer", 60) {
        parts.extend(vat_line(scene, sheet));
    }
    let mut ink = scene.small();
    ink.size = ink.size.min(7.0);
    let (middle, y) = (sheet.width / 2.0, sheet.height - 44.0);
    let width = scene.right(sheet) - scene.left();
    for page in 0..sheet.page_count() {
        let mut at = y;
        for line in Sheet::wrap(ink, &parts.join(" | "), width) {
            sheet.text_on(page, middle, at, Align::Centre, ink, &line);
            at += ink.size * 1.4;
        }
    }
}

fn page_numbers(scene: &Scene, sheet: &mut Sheet) {
    let count = sheet.page_count();
    if count == 1 && !scene.flag("page_number", 30) {
        return;
    }
    let (x, y) = (scene.right(sheet), sheet.height - 16.0);
    for page in 0..count {
        let text = scene.sentence(
            Term::Page,
            &[("n", &(page + 1).to_string()), ("m", &count.to_string())],
        );
        sheet.text_on(page, x, y, Align::Right, scene.small(), &text);
    }
}
