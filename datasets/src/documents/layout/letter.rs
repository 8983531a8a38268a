//! Papers that are no invoice: letters, quotes, confirmations, delivery notes,
//! remittance advice, contracts, curricula vitae, bank letters.

use scrutineer::documents::FieldName;

use super::scene::Scene;
use super::{address, footer, letterhead, table, totals};
use crate::documents::draw::{Align, Sheet};
use crate::documents::ids::grouped;
use crate::documents::terms::{Term, wordings};

/// Draws one of them.
pub(super) fn draw(scene: &Scene) -> Sheet {
    match scene.choice("letter_kind", 9) {
        0 => priced(scene, Term::TitleQuote, Term::QuoteIntro, true),
        1 => priced(
            scene,
            Term::TitleOrderConfirmation,
            Term::ConfirmationIntro,
            true,
        ),
        2 => priced(scene, Term::TitleDeliveryNote, Term::DeliveryIntro, false),
        3 => priced(scene, Term::TitlePurchaseOrder, Term::ShipTo, true),
        4 => remittance(scene),
        5 => prose(scene, Some(Term::TitleContract), Term::ContractBody, 6),
        6 => curriculum(scene),
        7 => prose(scene, None, Term::BankBody, 3),
        _ => prose(scene, None, Term::LetterBody, 3),
    }
}

/// Head, parties and the line with number and date; returns the base line below.
fn opening(scene: &Scene, sheet: &mut Sheet, numbered: bool) -> f32 {
    let below_head = letterhead::draw(scene, sheet);
    let mut at = address::draw(scene, sheet, below_head) + 8.0;
    let right = scene.right(sheet);
    if numbered {
        let number = format!(
            "{} {}",
            scene.label(Term::DocumentNumber),
            scene.facts.number
        );
        sheet.text(scene.left(), at, Align::Left, scene.ink(), &number);
        sheet.mark(FieldName::Number);
    }
    let city = &scene.facts.seller.city;
    let date = scene.date(scene.facts.issue_date);
    let date = if scene.flag("city_before_date", 50) {
        format!("{city}, {date}")
    } else {
        date
    };
    sheet.text(right, at, Align::Right, scene.ink(), &date);
    sheet.mark(FieldName::IssueDate);
    at += scene.leading() * 2.2;
    at
}

fn heading(scene: &Scene, sheet: &mut Sheet, text: &str, y: f32) -> f32 {
    let ink = Scene::coloured(scene.bold(1.4), scene.style.accent);
    sheet.text(scene.left(), y, Align::Left, ink, text);
    y + scene.leading() * 2.0
}

fn paragraphs(scene: &Scene, sheet: &mut Sheet, texts: &[String], y: f32) -> f32 {
    let x = scene.left();
    let width = (scene.right(sheet) - x).min(460.0);
    let mut at = y;
    for text in texts {
        for line in Sheet::wrap(scene.ink(), text, width) {
            sheet.text(x, at, Align::Left, scene.ink(), &line);
            at += scene.leading();
        }
        at += scene.leading() * 0.6;
    }
    at
}

/// Fills the places of a text of this document.
fn filled(scene: &Scene, text: &str) -> String {
    let facts = scene.facts;
    let iban = facts.buyer.iban.as_deref().map(grouped).unwrap_or_default();
    text.replace("{date}", &scene.date(facts.issue_date))
        .replace("{number}", &facts.number)
        .replace("{amount}", &scene.amount(facts.totals.total))
        .replace("{seller}", &facts.seller.name)
        .replace("{buyer}", &facts.buyer.name)
        .replace("{iban}", &iban)
        .replace("{name}", &facts.buyer.contact)
}

/// `count` different texts of `term`, from a place that depends on the document.
fn texts(scene: &Scene, term: Term, count: usize) -> Vec<String> {
    let options = wordings(scene.facts.language, term);
    let start = if count == options.len() {
        0
    } else {
        scene.choice("text", options.len())
    };
    options
        .iter()
        .cycle()
        .skip(start)
        .take(count.min(options.len()))
        .map(|text| filled(scene, text))
        .collect()
}

fn closing(scene: &Scene, sheet: &mut Sheet, y: f32) {
    let lines = [
        scene.plain_term(Term::ClosingLine),
        String::new(),
        scene.facts.seller.contact.clone(),
    ];
    scene.lines(sheet, scene.left(), y + 10.0, Align::Left, &lines);
    footer::draw(scene, sheet);
}

fn priced(scene: &Scene, title: Term, intro: Term, sums: bool) -> Sheet {
    let mut sheet = scene.sheet();
    let mut at = opening(scene, &mut sheet, true);
    at = heading(scene, &mut sheet, &scene.plain_term(title), at);
    if intro != Term::ShipTo {
        at = paragraphs(
            scene,
            &mut sheet,
            &[filled(scene, &scene.plain_term(intro))],
            at,
        );
    }
    at = if sums {
        table::draw(scene, &mut sheet, at)
    } else {
        packing(scene, &mut sheet, at)
    };
    if sums {
        at = totals::draw(scene, &mut sheet, at);
    }
    closing(scene, &mut sheet, at);
    sheet
}

/// A list without prices.
fn packing(scene: &Scene, sheet: &mut Sheet, y: f32) -> f32 {
    let x = scene.left();
    let mut at = y;
    sheet.text(
        x,
        at,
        Align::Left,
        scene.bold(1.0),
        &scene.plain_term(Term::Quantity),
    );
    sheet.text(
        x + 90.0,
        at,
        Align::Left,
        scene.bold(1.0),
        &scene.plain_term(Term::Description),
    );
    at += scene.leading() * 1.4;
    for item in &scene.facts.items {
        if at > scene.bottom(sheet) {
            sheet.next_page();
            at = 92.0;
        }
        let quantity = format!("{} {}", scene.number(item.quantity), item.unit);
        sheet.text(x, at, Align::Left, scene.ink(), &quantity);
        sheet.text(x + 90.0, at, Align::Left, scene.ink(), &item.description);
        at += scene.leading() * 1.2;
    }
    at
}

fn remittance(scene: &Scene) -> Sheet {
    let mut sheet = scene.sheet();
    let mut at = opening(scene, &mut sheet, true);
    at = heading(
        scene,
        &mut sheet,
        &scene.plain_term(Term::TitleRemittance),
        at,
    );
    at = paragraphs(
        scene,
        &mut sheet,
        &[filled(scene, &scene.plain_term(Term::RemittanceIntro))],
        at,
    );
    let right = scene.right(&sheet);
    let mut sum = rust_decimal::Decimal::ZERO;
    for booking in &scene.facts.bookings {
        let x = scene.left();
        sheet.text(x, at, Align::Left, scene.ink(), &booking.number);
        sheet.text(
            x + 150.0,
            at,
            Align::Left,
            scene.ink(),
            &scene.date(booking.date),
        );
        sheet.text(
            right,
            at,
            Align::Right,
            scene.ink(),
            &scene.amount(booking.amount),
        );
        sum += booking.amount;
        at += scene.leading() * 1.2;
    }
    at += 6.0;
    sheet.text(
        right - 170.0,
        at,
        Align::Left,
        scene.bold(1.0),
        &scene.plain_term(Term::Total),
    );
    sheet.text(right, at, Align::Right, scene.bold(1.0), &scene.amount(sum));
    closing(scene, &mut sheet, at + 20.0);
    sheet
}

fn prose(scene: &Scene, title: Option<Term>, body: Term, count: usize) -> Sheet {
    let mut sheet = scene.sheet();
    let mut at = opening(scene, &mut sheet, false);
    let subject = filled(
        scene,
        &scene.plain_term(title.unwrap_or(Term::LetterSubject)),
    );
    at = heading(scene, &mut sheet, &subject, at);
    let mut parts = Vec::new();
    if title.is_none() {
        parts.push(filled(scene, &scene.plain_term(Term::Greeting)));
    }
    parts.extend(texts(scene, body, count));
    at = paragraphs(scene, &mut sheet, &parts, at);
    closing(scene, &mut sheet, at);
    sheet
}

fn curriculum(scene: &Scene) -> Sheet {
    let mut sheet = scene.sheet();
    let person = &scene.facts.seller;
    let mut at = 70.0;
    at = heading(scene, &mut sheet, &scene.plain_term(Term::TitleCv), at);
    let head = [
        person.contact.clone(),
        format!("{}, {}", person.street, person.city_line()),
        format!("{} {}", scene.label(Term::Phone), person.phone),
    ];
    at = scene.lines(&mut sheet, scene.left(), at, Align::Left, &head) + 16.0;
    paragraphs(scene, &mut sheet, &texts(scene, Term::CvBody, 6), at);
    sheet
}
