//! Number, dates and references, in one of several arrangements.

use scrutineer::cases::invoice::DocumentType;
use scrutineer::documents::FieldName;

use super::scene::Scene;
use super::style::MetaStyle;
use crate::documents::draw::{Align, Sheet};
use crate::documents::terms::Term;

/// A labelled value and the fields it states.
pub(super) struct Entry {
    pub(super) term: Term,
    pub(super) value: String,
    pub(super) fields: &'static [FieldName],
}

/// Draws the data; returns the base line below them.
pub(super) fn draw(scene: &Scene, sheet: &mut Sheet, y: f32) -> f32 {
    let entries = entries(scene);
    match scene.style.meta {
        MetaStyle::BlockRight => block_right(scene, sheet, &entries, y),
        MetaStyle::List => list(scene, sheet, &entries, y),
        MetaStyle::Row => row(scene, sheet, &entries, y),
        MetaStyle::Grid => grid(scene, sheet, &entries, y),
        MetaStyle::Inline => inline(scene, sheet, &entries, y),
    }
}

fn number_term(kind: DocumentType) -> Term {
    match kind {
        DocumentType::CreditNote => Term::CreditNumber,
        DocumentType::Statement | DocumentType::Reminder | DocumentType::Other => {
            Term::DocumentNumber
        }
        _ => Term::Number,
    }
}

fn date_term(kind: DocumentType) -> Term {
    match kind {
        DocumentType::CreditNote
        | DocumentType::Statement
        | DocumentType::Reminder
        | DocumentType::Other => Term::DocumentDate,
        _ => Term::Date,
    }
}

/// What this document states about itself, in the order of its layout.
pub(super) fn entries(scene: &Scene) -> Vec<Entry> {
    let facts = scene.facts;
    let mut entries = Vec::new();
    let mut add = |term, value: String, fields| {
        entries.push(Entry {
            term,
            value,
            fields,
        })
    };
    add(
        number_term(facts.kind),
        facts.number.clone(),
        &[FieldName::Number][..],
    );
    add(
        date_term(facts.kind),
        scene.date(facts.issue_date),
        &[FieldName::IssueDate][..],
    );
    if let Some(customer) = &facts.customer_number {
        add(
            Term::CustomerNo,
            customer.clone(),
            &[FieldName::CustomerNumber][..],
        );
    }
    if let Some(order) = &facts.order_number {
        add(Term::Order, order.clone(), &[FieldName::OrderNumber][..]);
    }
    if let Some(order) = &facts.sales_order {
        add(
            Term::SalesOrder,
            order.clone(),
            &[FieldName::SalesOrderNumber][..],
        );
    }
    if let Some(note) = &facts.delivery_note {
        add(
            Term::DeliveryNote,
            note.clone(),
            &[FieldName::DeliveryNote][..],
        );
    }
    if let Some(contract) = &facts.contract {
        add(
            Term::Contract,
            contract.clone(),
            &[FieldName::ContractNumber][..],
        );
    }
    if let Some(project) = &facts.project {
        add(
            Term::Project,
            project.clone(),
            &[FieldName::ProjectReference][..],
        );
    }
    if let Some(preceding) = &facts.preceding {
        add(
            Term::Preceding,
            preceding.clone(),
            &[FieldName::PrecedingInvoice][..],
        );
    }
    if let Some((start, end)) = facts.period {
        let sign = if scene.flag("period_dash", 60) {
            "–"
        } else {
            "-"
        };
        let value = format!("{} {sign} {}", scene.date(start), scene.date(end));
        add(
            Term::Period,
            value,
            &[FieldName::ServiceStart, FieldName::ServiceEnd][..],
        );
    }
    if let Some(date) = facts.delivery_date {
        add(
            Term::DeliveryDate,
            scene.date(date),
            &[FieldName::DeliveryDate][..],
        );
    }
    if let Some(due) = facts.due_date {
        if !due_below(scene) {
            add(Term::Due, scene.date(due), &[FieldName::DueDate][..]);
        }
    } else if scene.flag("empty_due", 4) && facts.kind.type_code().is_some() {
        add(Term::Due, String::new(), &[][..]);
    }
    if scene.flag("contact_entry", 25) {
        add(
            Term::Contact,
            facts.seller.contact.clone(),
            &[FieldName::SellerContact][..],
        );
    }
    if scene.flag("shuffle_entries", 30) && entries.len() > 3 {
        let at = 1 + scene.choice("shuffle_at", entries.len() - 1);
        entries[1..].rotate_left(at % 3);
    }
    if scene.flag("date_first", 30) {
        entries.swap(0, 1);
    }
    entries
}

/// Whether the due date stands in the payment sentence at the end instead.
pub(super) fn due_below(scene: &Scene) -> bool {
    scene.facts.kind.type_code().is_some() && scene.flag("due_below", 25)
}

fn mark(sheet: &mut Sheet, entry: &Entry) {
    for field in entry.fields {
        sheet.mark(*field);
    }
}

fn block_right(scene: &Scene, sheet: &mut Sheet, entries: &[Entry], y: f32) -> f32 {
    let right = scene.right(sheet);
    let widest = entries
        .iter()
        .map(|entry| scene.ink().width(&scene.label(entry.term)))
        .fold(60.0_f32, f32::max);
    let value_width = entries
        .iter()
        .map(|entry| scene.ink().width(&entry.value))
        .fold(40.0_f32, f32::max);
    let x = (right - widest - value_width - 14.0).max(scene.left());
    let to_right = scene.flag("values_right", 40);
    let mut at = y;
    for entry in entries {
        sheet.text(x, at, Align::Left, scene.ink(), &scene.label(entry.term));
        if to_right {
            sheet.text(right, at, Align::Right, scene.ink(), &entry.value);
        } else {
            sheet.text(
                x + widest + 10.0,
                at,
                Align::Left,
                scene.ink(),
                &entry.value,
            );
        }
        mark(sheet, entry);
        at += scene.leading();
    }
    at + 12.0
}

fn list(scene: &Scene, sheet: &mut Sheet, entries: &[Entry], y: f32) -> f32 {
    let x = scene.left();
    let widest = entries
        .iter()
        .map(|entry| scene.bold(1.0).width(&scene.label(entry.term)))
        .fold(70.0_f32, f32::max);
    let label_ink = if scene.flag("bold_labels", 50) {
        scene.bold(1.0)
    } else {
        scene.ink()
    };
    let mut at = y;
    for entry in entries {
        sheet.text(x, at, Align::Left, label_ink, &scene.label(entry.term));
        sheet.text(
            x + widest + 12.0,
            at,
            Align::Left,
            scene.ink(),
            &entry.value,
        );
        mark(sheet, entry);
        at += scene.leading();
    }
    at + 12.0
}

/// Labels above values; as many rows as the width asks for.
fn row(scene: &Scene, sheet: &mut Sheet, entries: &[Entry], y: f32) -> f32 {
    let (left, right) = (scene.left(), scene.right(sheet));
    let (mut x, mut at) = (left, y);
    for entry in entries {
        let label = scene.term(entry.term);
        let width = scene
            .small()
            .width(&label)
            .max(scene.ink().width(&entry.value))
            + 16.0;
        if x + width > right && x > left {
            x = left;
            at += scene.leading() * 2.5;
        }
        sheet.text(x, at, Align::Left, scene.small(), &label);
        sheet.text(
            x,
            at + scene.leading(),
            Align::Left,
            scene.ink(),
            &entry.value,
        );
        mark(sheet, entry);
        x += width.max(86.0);
    }
    at + scene.leading() * 2.0 + 14.0
}

fn grid(scene: &Scene, sheet: &mut Sheet, entries: &[Entry], y: f32) -> f32 {
    let (left, right) = (scene.left(), scene.right(sheet));
    let widest = entries
        .iter()
        .map(|entry| {
            scene
                .small()
                .width(&scene.term(entry.term))
                .max(scene.ink().width(&entry.value))
        })
        .fold(60.0_f32, f32::max);
    let columns = [4.0_f32, 3.0, 2.0]
        .into_iter()
        .find(|count| (right - left) / count > widest + 10.0)
        .unwrap_or(1.0);
    let (width, height) = ((right - left) / columns, scene.leading() * 2.5);
    let (mut x, mut top) = (left, y - scene.leading());
    for (index, entry) in entries.iter().enumerate() {
        if index > 0 && x + width > right + 1.0 {
            x = left;
            top += height;
        }
        sheet.rect([x, top, width, height], scene.style.accent, false);
        let label_y = top + scene.small().size + 3.0;
        sheet.text(
            x + 4.0,
            label_y,
            Align::Left,
            scene.small(),
            &scene.term(entry.term),
        );
        sheet.text(
            x + 4.0,
            top + height - 5.0,
            Align::Left,
            scene.ink(),
            &entry.value,
        );
        mark(sheet, entry);
        x += width;
    }
    top + height + 22.0
}

/// A sentence holds number, date and order; the rest follows as a list.
fn inline(scene: &Scene, sheet: &mut Sheet, entries: &[Entry], y: f32) -> f32 {
    let date = scene.date(scene.facts.issue_date);
    let mut sentence = scene.sentence(
        Term::InlineIntro,
        &[("number", &scene.facts.number), ("date", &date)],
    );
    if scene.facts.kind != DocumentType::PoInvoice && scene.facts.kind != DocumentType::NonPoInvoice
    {
        return list(scene, sheet, entries, y);
    }
    if let Some(order) = &scene.facts.order_number {
        sentence = format!(
            "{sentence} {}",
            scene.sentence(Term::InlineOrder, &[("order", order)])
        );
    }
    let x = scene.left();
    let width = scene.right(sheet) - x;
    let mut at = y + 10.0;
    for line in Sheet::wrap(scene.bold(1.1), &sentence, width) {
        sheet.text(x, at, Align::Left, scene.bold(1.1), &line);
        at += scene.leading() * 1.1;
    }
    let (said, rest): (Vec<&Entry>, Vec<&Entry>) = entries.iter().partition(|entry| {
        entry.fields.iter().any(|field| {
            matches!(
                field,
                FieldName::Number | FieldName::IssueDate | FieldName::OrderNumber
            )
        })
    });
    for entry in said {
        mark(sheet, entry);
    }
    at += 6.0;
    for entry in rest {
        let line = format!("{} {}", scene.label(entry.term), entry.value);
        sheet.text(x, at, Align::Left, scene.ink(), &line);
        mark(sheet, entry);
        at += scene.leading();
    }
    at + 10.0
}
