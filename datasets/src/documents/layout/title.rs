//! The word that says what the paper is, and the sentence before the lines.

use scrutineer::cases::invoice::DocumentType;
use scrutineer::documents::FieldName;

use super::scene::Scene;
use crate::documents::draw::{Align, Sheet};
use crate::documents::terms::Term;

/// The term that titles a document of `kind`.
pub(super) fn term(kind: DocumentType) -> Term {
    match kind {
        DocumentType::PoInvoice | DocumentType::NonPoInvoice => Term::TitleInvoice,
        DocumentType::ServicesInvoice => Term::TitleServices,
        DocumentType::CreditNote => Term::TitleCredit,
        DocumentType::ProForma => Term::TitleProforma,
        DocumentType::Statement => Term::TitleStatement,
        DocumentType::Reminder => Term::TitleReminder,
        DocumentType::UtilityBill => Term::TitleUtility,
        DocumentType::Receipt => Term::TitleReceipt,
        DocumentType::Other => Term::TitleQuote,
    }
}

/// Draws title and introduction; returns the base line below them.
pub(super) fn draw(scene: &Scene, sheet: &mut Sheet, y: f32) -> f32 {
    let x = scene.left();
    let mut at = y + 8.0;
    let ink = Scene::coloured(scene.bold(1.55), scene.style.accent);
    let title = scene.term(term(scene.facts.kind));
    let title = if scene.flag("title_with_number", 20) && scene.facts.second_language.is_none() {
        format!("{title} {}", scene.facts.number)
    } else {
        title
    };
    sheet.text(x, at, Align::Left, ink, &title);
    sheet.mark(FieldName::TypeName);
    at += scene.leading() * 1.8;
    if scene.flag("intro", 60) || scene.facts.kind == DocumentType::Reminder {
        let text = introduction(scene);
        for line in Sheet::wrap(scene.ink(), &text, scene.right(sheet) - x) {
            sheet.text(x, at, Align::Left, scene.ink(), &line);
            at += scene.leading();
        }
        at += 6.0;
    }
    at
}

fn introduction(scene: &Scene) -> String {
    let term = match scene.facts.kind {
        DocumentType::ServicesInvoice => Term::IntroServices,
        DocumentType::CreditNote => Term::IntroCredit,
        DocumentType::ProForma => Term::IntroProforma,
        DocumentType::Statement => Term::IntroStatement,
        DocumentType::Reminder => Term::IntroReminder,
        _ => Term::Intro,
    };
    let date = scene
        .facts
        .due_date
        .map(|due| scene.date(due))
        .unwrap_or_default();
    let text = scene.sentence(term, &[("date", &date)]);
    let greeting = scene.sentence(Term::Greeting, &[("name", &scene.facts.buyer.contact)]);
    if scene.flag("greeting", 40) {
        format!("{greeting}\n{text}")
    } else {
        text
    }
}
