//! Statements of account and reminders: a list of bookings instead of lines.

use rust_decimal::Decimal;
use scrutineer::cases::invoice::DocumentType;
use scrutineer::documents::FieldName;

use super::scene::Scene;
use super::{address, closing, footer, letterhead, meta, title};
use crate::documents::draw::{Align, Sheet};
use crate::documents::facts::Booking;
use crate::documents::terms::Term;

/// Draws a statement or a reminder.
pub(super) fn draw(scene: &Scene) -> Sheet {
    let mut sheet = scene.sheet();
    let below_head = letterhead::draw(scene, &mut sheet);
    let below_parties = address::draw(scene, &mut sheet, below_head);
    let below_meta = meta::draw(scene, &mut sheet, below_parties);
    let below_title = title::draw(scene, &mut sheet, below_meta);
    let below_table = bookings(scene, &mut sheet, below_title);
    let below_sum = sum(scene, &mut sheet, below_table);
    let x = scene.left();
    let closing = [
        scene.plain_term(Term::ClosingLine),
        scene.facts.seller.contact.clone(),
    ];
    let below = scene.lines(&mut sheet, x, below_sum + 16.0, Align::Left, &closing);
    if scene.flag("bank_on_account", 70) {
        closing::bank_block(scene, &mut sheet, x, below + 10.0, scene.ink(), 300.0);
    }
    footer::draw(scene, &mut sheet);
    sheet
}

/// What stands in each column of one booking.
fn cells(scene: &Scene, booking: &Booking, balance: Decimal) -> Vec<String> {
    let mut cells = vec![scene.date(booking.date), booking.number.clone()];
    if scene.facts.kind == DocumentType::Reminder {
        let days = (scene.facts.issue_date - booking.due).num_days().max(1);
        cells.push(scene.date(booking.due));
        cells.push(days.to_string());
        cells.push(scene.amount(booking.amount));
        return cells;
    }
    let (debit, credit) = if booking.amount.is_sign_negative() {
        (String::new(), scene.money(-booking.amount))
    } else {
        (scene.money(booking.amount), String::new())
    };
    cells.extend([scene.date(booking.due), debit, credit, scene.money(balance)]);
    cells
}

fn heads(scene: &Scene) -> Vec<Term> {
    if scene.facts.kind == DocumentType::Reminder {
        vec![
            Term::Date,
            Term::Number,
            Term::Due,
            Term::DaysOverdue,
            Term::OpenAmount,
        ]
    } else {
        vec![
            Term::DocumentDate,
            Term::DocumentNumber,
            Term::Due,
            Term::Debit,
            Term::Credit,
            Term::Balance,
        ]
    }
}

fn bookings(scene: &Scene, sheet: &mut Sheet, y: f32) -> f32 {
    let (left, right) = (scene.left(), scene.right(sheet));
    let heads = heads(scene);
    let count = u16::try_from(heads.len()).unwrap_or(1);
    let width = (right - left) / f32::from(count);
    let write = |sheet: &mut Sheet, y: f32, texts: &[String], head: bool| {
        let mut x = left;
        for (index, text) in texts.iter().enumerate() {
            let ink = if head { scene.bold(0.92) } else { scene.ink() };
            let line = Sheet::wrap(ink, text, width + 12.0)
                .into_iter()
                .next()
                .unwrap_or_default();
            if index >= 3 {
                sheet.text(x + width - 3.0, y, Align::Right, ink, &line);
            } else {
                sheet.text(x, y, Align::Left, ink, &line);
            }
            x += width;
        }
    };
    let head: Vec<String> = heads.iter().map(|term| scene.plain_term(*term)).collect();
    write(sheet, y, &head, true);
    sheet.rule([left, y + 4.0], [right, y + 4.0], 0.6, scene.style.accent);
    let mut at = y + scene.leading() * 1.5;
    let mut balance = Decimal::ZERO;
    for booking in &scene.facts.bookings {
        if at > scene.bottom(sheet) - 40.0 {
            sheet.next_page();
            write(sheet, 92.0, &head, true);
            at = 92.0 + scene.leading() * 1.5;
        }
        balance += booking.amount;
        write(sheet, at, &cells(scene, booking, balance), false);
        at += scene.leading() * 1.2;
    }
    at + 6.0
}

/// The sum of what is open, with fees on a reminder.
fn sum(scene: &Scene, sheet: &mut Sheet, y: f32) -> f32 {
    let totals = &scene.facts.totals;
    let right = scene.right(sheet);
    let mut at = y;
    let mut rows = Vec::new();
    if scene.facts.kind == DocumentType::Reminder && !totals.charge.is_zero() {
        rows.push((Term::OpenAmount, totals.lines));
        rows.push((Term::ReminderFee, totals.charge));
    }
    for (term, value) in rows {
        sheet.text(
            right - 190.0,
            at,
            Align::Left,
            scene.ink(),
            &scene.label(term),
        );
        sheet.text(
            right - 3.0,
            at,
            Align::Right,
            scene.ink(),
            &scene.amount(value),
        );
        at += scene.leading() * 1.2;
    }
    let term = if scene.facts.kind == DocumentType::Reminder {
        Term::Payable
    } else {
        Term::Closing
    };
    let amount = super::super::locale::CurrencyPlace::CodeBefore
        .write(&scene.money(totals.payable), scene.facts.currency);
    sheet.text(
        right - 190.0,
        at,
        Align::Left,
        scene.bold(1.1),
        &scene.label(term),
    );
    sheet.text(right - 3.0, at, Align::Right, scene.bold(1.1), &amount);
    sheet.mark(FieldName::Payable);
    sheet.mark(FieldName::Currency);
    at + scene.leading() * 1.6
}
