//! The table of lines, over as many pages as it takes.

use rust_decimal::Decimal;
use scrutineer::cases::invoice::DocumentType;

use super::scene::Scene;
use super::style::TableStyle;
use crate::documents::draw::{Align, Ink, Sheet, WHITE};
use crate::documents::facts::Item;
use crate::documents::terms::Term;

/// A column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::documents) enum Column {
    Position,
    Code,
    Date,
    Person,
    Description,
    Quantity,
    Unit,
    UnitPrice,
    Discount,
    TaxRate,
    Amount,
}

impl Column {
    fn term(self, kind: DocumentType) -> Term {
        let services = kind == DocumentType::ServicesInvoice;
        match self {
            Self::Position => Term::Pos,
            Self::Code => Term::ItemCode,
            Self::Date => Term::WorkDate,
            Self::Person => Term::Person,
            Self::Description => Term::Description,
            Self::Quantity if services => Term::Hours,
            Self::Quantity => Term::Quantity,
            Self::Unit => Term::Unit,
            Self::UnitPrice if services => Term::Rate,
            Self::UnitPrice => Term::UnitPrice,
            Self::Discount => Term::Discount,
            Self::TaxRate => Term::TaxRate,
            Self::Amount => Term::Amount,
        }
    }

    fn is_numeric(self) -> bool {
        matches!(
            self,
            Self::Quantity | Self::UnitPrice | Self::Discount | Self::TaxRate | Self::Amount
        )
    }

    fn cell(self, scene: &Scene, index: usize, item: &Item) -> String {
        match self {
            Self::Position => (index + 1).to_string(),
            Self::Code => item.code.clone(),
            Self::Date => item.date.map(|date| scene.date(date)).unwrap_or_default(),
            Self::Person => item.person.clone(),
            Self::Description => item.description.clone(),
            Self::Quantity if scene.flag("quantity_places", 30) && item.quantity.scale() <= 2 => {
                scene.money(item.quantity)
            }
            Self::Quantity
                if scene.facts.kind == DocumentType::ServicesInvoice
                    || !unit_with_quantity(scene) =>
            {
                scene.number(item.quantity)
            }
            Self::Quantity => format!("{} {}", scene.number(item.quantity), item.unit),
            Self::Unit => item.unit.clone(),
            Self::UnitPrice if item.unit_price.scale() > 2 => {
                scene.style.numbers.write(item.unit_price, 4)
            }
            Self::UnitPrice => scene.money(item.unit_price),
            Self::Discount if item.discount.is_zero() => String::new(),
            Self::Discount => format!("{} %", scene.number(item.discount)),
            Self::TaxRate => format!("{}%", scene.number(item.rate)),
            Self::Amount if scene.flag("currency_in_lines", 30) => scene.amount(item.net),
            Self::Amount => scene.money(item.net),
        }
    }
}

fn unit_with_quantity(scene: &Scene) -> bool {
    scene.flag("unit_with_quantity", 20)
}

/// The columns this document shows.
pub(in crate::documents) fn columns(scene: &Scene) -> Vec<Column> {
    let items = &scene.facts.items;
    let services = scene.facts.kind == DocumentType::ServicesInvoice;
    let mut columns = Vec::new();
    if scene.flag("position", 55) {
        columns.push(Column::Position);
    }
    if services && scene.flag("date_column", 60) && items.iter().any(|item| item.date.is_some()) {
        columns.push(Column::Date);
    }
    if services && scene.flag("person_column", 70) {
        columns.push(Column::Person);
    }
    let quantity_first = !services && scene.flag("quantity_first", 20);
    if quantity_first {
        columns.push(Column::Quantity);
    }
    if items.iter().any(|item| !item.code.is_empty()) && scene.flag("codes", 80) {
        columns.push(Column::Code);
    }
    columns.push(Column::Description);
    if !quantity_first && !scene.flag("no_quantity", 6) {
        columns.push(Column::Quantity);
    }
    if !unit_with_quantity(scene) && scene.flag("unit_column", 55) {
        columns.push(Column::Unit);
    }
    if !scene.flag("no_unit_price", 6) {
        columns.push(Column::UnitPrice);
    }
    if items.iter().any(|item| !item.discount.is_zero()) {
        columns.push(Column::Discount);
    }
    let rates = scene.facts.totals.groups.len();
    if scene.flag("tax_column", if rates > 1 { 90 } else { 35 }) {
        columns.push(Column::TaxRate);
    }
    columns.push(Column::Amount);
    columns
}

struct Placed {
    column: Column,
    left: f32,
    right: f32,
}

/// Room that the description needs at least.
const DESCRIPTION: f32 = 96.0;

/// Width of a column from its widest cell; the head breaks over lines beyond `head`.
fn natural(scene: &Scene, column: Column, head: f32) -> f32 {
    if column == Column::Description {
        return 0.0;
    }
    let title = scene.term(column.term(scene.facts.kind));
    let cells = scene
        .facts
        .items
        .iter()
        .enumerate()
        .map(|(index, item)| scene.ink().width(&column.cell(scene, index, item)))
        .fold(0.0_f32, f32::max);
    scene.bold(0.95).width(&title).min(head).max(cells) + 9.0
}

/// Places the columns; where they are too many, heads break earlier and columns that
/// state nothing of the truth are left out.
fn place(scene: &Scene, sheet: &Sheet, columns: &[Column]) -> Vec<Placed> {
    const SPARE: [Column; 5] = [
        Column::Unit,
        Column::Position,
        Column::Code,
        Column::Date,
        Column::Discount,
    ];
    let (left, right) = (scene.left(), scene.right(sheet));
    let mut columns = columns.to_vec();
    let mut head = 78.0;
    let mut spare = SPARE.iter();
    let taken = loop {
        let taken: f32 = columns
            .iter()
            .map(|column| natural(scene, *column, head))
            .sum();
        if right - left - taken >= DESCRIPTION {
            break taken;
        }
        if head > 50.0 {
            head = 46.0;
        } else if let Some(column) = spare.next() {
            columns.retain(|kept| kept != column);
        } else {
            break taken;
        }
    };
    let rest = (right - left - taken).max(60.0);
    let mut x = left;
    columns
        .into_iter()
        .map(|column| {
            let own = natural(scene, column, head);
            let width = if column == Column::Description {
                rest
            } else {
                own
            };
            let placed = Placed {
                column,
                left: x,
                right: x + width,
            };
            x += width;
            placed
        })
        .collect()
}

/// Draws the lines; returns the base line below them.
pub(super) fn draw(scene: &Scene, sheet: &mut Sheet, y: f32) -> f32 {
    if scene.facts.items.is_empty() {
        return y;
    }
    let placed = place(scene, sheet, &columns(scene));
    let mut at = header(scene, sheet, &placed, y);
    let mut top = y - scene.leading();
    let mut carried = Decimal::ZERO;
    let items = &scene.facts.items;
    for (index, item) in items.iter().enumerate() {
        let height = row_height(scene, &placed, item);
        if at + height > scene.bottom(sheet) {
            frame(scene, sheet, &placed, top, at);
            if scene.flag("carry", 60) {
                carry(scene, sheet, Term::Carry, carried, at + 4.0);
            }
            sheet.next_page();
            let page_top = 92.0;
            top = page_top - scene.leading();
            at = header(scene, sheet, &placed, page_top);
            if scene.flag("carry", 60) {
                carry(scene, sheet, Term::Brought, carried, at);
                at += scene.leading() * 1.3;
            }
        }
        at = row(scene, sheet, &placed, index, item, at);
        carried += item.net;
    }
    frame(scene, sheet, &placed, top, at);
    at + 14.0
}

fn carry(scene: &Scene, sheet: &mut Sheet, term: Term, amount: Decimal, y: f32) {
    let right = scene.right(sheet);
    sheet.text(
        right - 90.0,
        y,
        Align::Right,
        scene.ink(),
        &scene.term(term),
    );
    sheet.text(
        right - 3.0,
        y,
        Align::Right,
        scene.ink(),
        &scene.money(amount),
    );
}

fn header(scene: &Scene, sheet: &mut Sheet, placed: &[Placed], y: f32) -> f32 {
    let (left, right) = (scene.left(), scene.right(sheet));
    let style = scene.style.table;
    let filled = matches!(style, TableStyle::FilledHeader | TableStyle::Zebra);
    let mut ink = scene.bold(0.95);
    if filled {
        let top = y - scene.leading() * 1.05;
        sheet.rect(
            [left, top, right - left, scene.leading() * 1.5],
            scene.style.accent,
            true,
        );
        ink = Scene::coloured(ink, WHITE);
    }
    let mut below = y;
    for cell in placed {
        let term = scene.term(cell.column.term(scene.facts.kind));
        let mut at = y;
        for line in Sheet::wrap(ink, &term, (cell.right - cell.left - 4.0).max(40.0))
            .iter()
            .take(3)
        {
            write_cell(sheet, cell, ink, at, line);
            at += scene.leading() * 0.9;
        }
        below = below.max(at - scene.leading() * 0.9);
    }
    if matches!(
        style,
        TableStyle::HeaderRule | TableStyle::Ruled | TableStyle::Boxed
    ) {
        let rule = below + 4.0;
        sheet.rule([left, rule], [right, rule], 0.7, scene.style.accent);
    }
    below + scene.leading() * 1.5
}

fn write_cell(sheet: &mut Sheet, cell: &Placed, ink: Ink, y: f32, text: &str) {
    if cell.column.is_numeric() {
        sheet.text(cell.right - 3.0, y, Align::Right, ink, text);
    } else {
        sheet.text(cell.left + 3.0, y, Align::Left, ink, text);
    }
}

fn description_lines(scene: &Scene, placed: &[Placed], item: &Item) -> Vec<String> {
    placed
        .iter()
        .find(|cell| cell.column == Column::Description)
        .map(|cell| Sheet::wrap(scene.ink(), &item.description, cell.right - cell.left - 6.0))
        .unwrap_or_default()
}

fn row_height(scene: &Scene, placed: &[Placed], item: &Item) -> f32 {
    let lines = u16::try_from(description_lines(scene, placed, item).len()).unwrap_or(1);
    scene.leading() * (f32::from(lines) + 0.35)
}

fn row(
    scene: &Scene,
    sheet: &mut Sheet,
    placed: &[Placed],
    index: usize,
    item: &Item,
    y: f32,
) -> f32 {
    let (left, right) = (scene.left(), scene.right(sheet));
    let height = row_height(scene, placed, item);
    if scene.style.table == TableStyle::Zebra && index % 2 == 1 {
        sheet.rect(
            [left, y - scene.leading() * 0.95, right - left, height],
            [0.93, 0.94, 0.95],
            true,
        );
    }
    for cell in placed {
        if cell.column == Column::Description {
            let mut at = y;
            for line in description_lines(scene, placed, item) {
                write_cell(sheet, cell, scene.ink(), at, &line);
                at += scene.leading();
            }
        } else {
            write_cell(
                sheet,
                cell,
                scene.ink(),
                y,
                &cell.column.cell(scene, index, item),
            );
        }
    }
    let below = y + height;
    if matches!(scene.style.table, TableStyle::Ruled | TableStyle::Boxed) {
        let rule = below - scene.leading() * 0.95;
        sheet.rule([left, rule], [right, rule], 0.3, [0.6, 0.6, 0.6]);
    }
    below
}

/// The outline of a boxed table on this page.
fn frame(scene: &Scene, sheet: &mut Sheet, placed: &[Placed], top: f32, below: f32) {
    if scene.style.table != TableStyle::Boxed {
        return;
    }
    let (left, right) = (scene.left(), scene.right(sheet));
    let bottom = below - scene.leading() * 0.95;
    sheet.rect(
        [left, top, right - left, bottom - top],
        scene.style.accent,
        false,
    );
    for cell in placed.iter().skip(1) {
        sheet.rule(
            [cell.left, top],
            [cell.left, bottom],
            0.3,
            scene.style.accent,
        );
    }
}
