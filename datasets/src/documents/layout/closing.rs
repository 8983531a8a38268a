//! What stands below the sums: terms, notes, bank data, thanks.

use chrono::Days;
use rust_decimal::Decimal;
use scrutineer::cases::invoice::DocumentType;
use scrutineer::documents::FieldName;

use super::meta::due_below;
use super::scene::Scene;
use super::style::{FooterStyle, Letterhead};
use crate::documents::draw::{Align, Ink, Sheet};
use crate::documents::facts::Exemption;
use crate::documents::ids::grouped;
use crate::documents::in_words;
use crate::documents::terms::Term;
use crate::documents::totals::cents;

/// Draws the closing part; it may start a page of its own.
pub(super) fn draw(scene: &Scene, sheet: &mut Sheet, y: f32) {
    let notes = notes(scene, sheet);
    let x = scene.left();
    let width = scene.right(sheet) - x;
    let lines: Vec<String> = notes
        .iter()
        .flat_map(|note| Sheet::wrap(scene.ink(), note, width))
        .collect();
    let count = u16::try_from(lines.len() + 7).unwrap_or(u16::MAX);
    let mut at = y + 6.0;
    if at + f32::from(count) * scene.leading() > scene.bottom(sheet) + 10.0 {
        sheet.next_page();
        at = 100.0;
    }
    at = scene.lines(sheet, x, at, Align::Left, &lines);
    let bank_elsewhere =
        scene.style.footer == FooterStyle::Columns || scene.style.letterhead == Letterhead::Sidebar;
    if !bank_elsewhere || scene.flag("bank_twice", 15) {
        bank_block(scene, sheet, x, at + 8.0, scene.ink(), width);
    }
}

fn notes(scene: &Scene, sheet: &mut Sheet) -> Vec<String> {
    let facts = scene.facts;
    let mut notes = Vec::new();
    match facts.exemption {
        Exemption::ReverseCharge => notes.push(scene.plain_term(Term::ReverseCharge)),
        Exemption::Exempt => notes.push(scene.plain_term(Term::Exempt)),
        Exemption::None => {}
    }
    if facts.kind != DocumentType::CreditNote {
        notes.extend(payment(scene, sheet));
    }
    if facts.kind == DocumentType::CreditNote && scene.flag("credit_words", 50) {
        notes.push(scene.plain_term(Term::IntroCredit));
    }
    if facts.kind == DocumentType::ProForma {
        notes.push(scene.plain_term(Term::IntroProforma));
    }
    let words = in_words::amount(facts.language, facts.totals.total);
    if let (Some(words), true) = (words, scene.flag("total_in_words", 6)) {
        let prefix = scene.plain_term(Term::WordsPrefix);
        notes.push(format!("{prefix} {words} {}", facts.currency));
    }
    if scene.flag("thanks", 60) {
        notes.push(scene.plain_term(Term::Thanks));
    }
    notes
}

fn payment(scene: &Scene, sheet: &mut Sheet) -> Vec<String> {
    let facts = scene.facts;
    let mut notes = Vec::new();
    if let (Some(due), true) = (facts.due_date, due_below(scene)) {
        let date = scene.date(due);
        let amount = scene.amount(facts.totals.payable);
        notes.push(scene.sentence(Term::PaySentence, &[("date", &date), ("amount", &amount)]));
        sheet.mark(FieldName::DueDate);
    } else if facts.due_date.is_none() || scene.flag("terms_too", 50) {
        let terms = if facts.due_date.is_none() && scene.flag("terms_now", 25) {
            scene.plain_term(Term::TermsNow)
        } else {
            scene.sentence(Term::TermsDays, &[("n", &facts.terms_days.to_string())])
        };
        notes.push(format!("{} {terms}", scene.label(Term::Terms)));
        sheet.mark(FieldName::PaymentTerms);
    }
    if let Some(percent) = facts.cash_discount {
        let early = facts
            .issue_date
            .checked_add_days(Days::new(10))
            .unwrap_or(facts.issue_date);
        let amount = cents(facts.totals.payable * Decimal::from(percent) / Decimal::ONE_HUNDRED);
        notes.push(scene.sentence(
            Term::CashDiscount,
            &[
                ("p", &percent.to_string()),
                ("date", &scene.date(early)),
                ("amount", &scene.amount(amount)),
                ("n", "10"),
            ],
        ));
    }
    notes
}

/// IBAN or account, as this document prints it.
pub(super) fn bank_lines(scene: &Scene, sheet: &mut Sheet) -> Vec<String> {
    let seller = &scene.facts.seller;
    let mut lines = vec![format!("{} {}", scene.label(Term::Bank), seller.bank)];
    if scene.flag("account_holder", 25) {
        lines.push(format!("{} {}", scene.label(Term::Holder), seller.name));
    }
    if let Some(iban) = &seller.iban {
        let printed = if scene.flag("iban_grouped", 75) {
            // Figure spaces: an account is not broken over lines.
            grouped(iban).replace(' ', "\u{2007}")
        } else {
            iban.clone()
        };
        lines.push(format!("{} {printed}", scene.label(Term::Iban)));
        lines.push(format!("{} {}", scene.label(Term::Bic), seller.bic));
        sheet.mark(FieldName::Iban);
        sheet.mark(FieldName::Bic);
    } else {
        lines.push(format!("{} {}", scene.label(Term::Account), seller.account));
        lines.push(format!("{} {}", scene.label(Term::Bic), seller.bic));
    }
    if scene.flag("payment_reference", 25) {
        lines.push(format!(
            "{} {}",
            scene.label(Term::PaymentReference),
            scene.facts.number
        ));
    }
    lines
}

/// Bank data as a block of lines.
pub(super) fn bank_block(scene: &Scene, sheet: &mut Sheet, x: f32, y: f32, ink: Ink, width: f32) {
    let mut at = y;
    for line in bank_lines(scene, sheet)
        .iter()
        .flat_map(|line| Sheet::wrap(ink, line, width))
    {
        sheet.text(x, at, Align::Left, ink, &line);
        at += ink.size * 1.4;
    }
}
