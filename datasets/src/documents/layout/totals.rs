//! The sums below the lines.

use rust_decimal::Decimal;
use scrutineer::documents::FieldName;

use super::scene::Scene;
use super::style::TotalsStyle;
use crate::documents::draw::{Align, Sheet, WHITE};
use crate::documents::terms::Term;

/// One sum with its label.
pub(super) struct Sum {
    pub(super) label: String,
    pub(super) value: Decimal,
    pub(super) field: Option<FieldName>,
    pub(super) strong: bool,
}

/// The sums this document shows.
pub(super) fn sums(scene: &Scene) -> Vec<Sum> {
    let totals = &scene.facts.totals;
    let mut sums = Vec::new();
    let mut add = |label: String, value, field, strong| {
        sums.push(Sum {
            label,
            value,
            field,
            strong,
        })
    };
    let adjusted = !totals.allowance.is_zero() || !totals.charge.is_zero();
    if adjusted {
        add(
            scene.term(Term::Subtotal),
            totals.lines,
            Some(FieldName::LinesTotal),
            false,
        );
    }
    if !totals.allowance.is_zero() {
        add(
            scene.term(Term::Allowance),
            -totals.allowance,
            Some(FieldName::AllowancesTotal),
            false,
        );
    }
    if !totals.charge.is_zero() {
        add(
            scene.term(Term::Charge),
            totals.charge,
            Some(FieldName::ChargesTotal),
            false,
        );
    }
    let untaxed = totals.tax.is_zero();
    if !untaxed || scene.flag("net_without_tax", 40) {
        add(
            scene.term(Term::Net),
            totals.net,
            Some(FieldName::Net),
            false,
        );
    }
    let several = totals.groups.len() > 1;
    if several {
        for group in &totals.groups {
            let label = tax_label(scene, group.rate);
            add(label, group.tax, None, false);
        }
        if scene.flag("tax_total", 40) {
            add(
                scene.plain_term(Term::TaxPlain),
                totals.tax,
                Some(FieldName::Tax),
                false,
            );
        }
    } else if !untaxed || scene.flag("zero_tax_row", 50) {
        let rate = totals
            .groups
            .first()
            .map(|group| group.rate)
            .unwrap_or_default();
        let label = if scene.flag("tax_with_rate", 80) {
            tax_label(scene, rate)
        } else {
            scene.term(Term::TaxPlain)
        };
        add(label, totals.tax, Some(FieldName::Tax), false);
    }
    let ends_here = totals.payable == totals.total;
    add(
        scene.term(Term::Total),
        totals.total,
        Some(FieldName::Total),
        ends_here,
    );
    if !totals.rounding.is_zero() {
        add(
            scene.term(Term::Rounding),
            totals.rounding,
            Some(FieldName::Rounding),
            false,
        );
    }
    if !totals.prepaid.is_zero() {
        add(
            scene.term(Term::Prepaid),
            -totals.prepaid,
            Some(FieldName::Prepaid),
            false,
        );
    }
    if let Some(previous) = scene.facts.previous_balance {
        add(
            scene.term(Term::PreviousBalance),
            previous,
            Some(FieldName::PreviousBalance),
            false,
        );
    }
    if !ends_here || scene.flag("payable_row", 25) {
        add(
            scene.term(Term::Payable),
            totals.payable,
            Some(FieldName::Payable),
            true,
        );
    }
    sums
}

fn tax_label(scene: &Scene, rate: Decimal) -> String {
    let rate = scene.number(rate);
    scene.term(Term::Tax).replace("{r}", &rate)
}

/// Draws the sums; returns the base line below them.
pub(super) fn draw(scene: &Scene, sheet: &mut Sheet, y: f32) -> f32 {
    let sums = sums(scene);
    let count = u16::try_from(sums.len()).unwrap_or(u16::MAX);
    let mut at = y + 6.0;
    if at + scene.leading() * f32::from(count) * 1.25 > scene.bottom(sheet) {
        sheet.next_page();
        at = 100.0;
    }
    for sum in &sums {
        if let Some(field) = sum.field {
            sheet.mark(field);
        }
    }
    sheet.mark(FieldName::Currency);
    if scene.style.totals == TotalsStyle::Across {
        return across(scene, sheet, &sums, at);
    }
    stacked(scene, sheet, &sums, at)
}

/// The currency must be on the page somewhere: with the last sum if nowhere else.
fn shown(scene: &Scene, sum: &Sum) -> String {
    let everywhere = scene.flag("currency_in_sums", 70);
    if !everywhere && !sum.strong {
        return scene.money(sum.value);
    }
    let text = scene.amount(sum.value);
    if sum.strong && text == scene.money(sum.value) {
        return format!("{} {text}", scene.facts.currency);
    }
    text
}

fn stacked(scene: &Scene, sheet: &mut Sheet, sums: &[Sum], y: f32) -> f32 {
    let (left, right) = (scene.left(), scene.right(sheet));
    let widest = sums
        .iter()
        .map(|sum| scene.bold(1.1).width(&scene_label(scene, sum)))
        .fold(90.0_f32, f32::max);
    let (label_x, value_x) = if scene.style.totals == TotalsStyle::Left {
        (left, left + widest + 110.0)
    } else {
        ((right - widest - 100.0).max(left), right - 3.0)
    };
    let mut at = y;
    for sum in sums {
        let mut ink = if sum.strong {
            scene.bold(1.1)
        } else {
            scene.ink()
        };
        if sum.strong && scene.style.totals == TotalsStyle::Bar {
            let top = at - scene.leading();
            sheet.rect(
                [
                    label_x - 6.0,
                    top,
                    value_x - label_x + 12.0,
                    scene.leading() * 1.5,
                ],
                scene.style.accent,
                true,
            );
            ink = Scene::coloured(ink, WHITE);
        } else if sum.strong && scene.flag("total_rule", 60) {
            let rule = at - scene.leading() * 0.95;
            sheet.rule([label_x, rule], [value_x, rule], 0.7, scene.style.accent);
        }
        sheet.text(label_x, at, Align::Left, ink, &scene_label(scene, sum));
        sheet.text(value_x, at, Align::Right, ink, &shown(scene, sum));
        at += scene.leading() * 1.25;
    }
    if scene.style.totals == TotalsStyle::RightBoxed {
        let top = y - scene.leading() * 1.1;
        sheet.rect(
            [label_x - 6.0, top, value_x - label_x + 12.0, at - y + 2.0],
            scene.style.accent,
            false,
        );
    }
    at + 10.0
}

fn scene_label(scene: &Scene, sum: &Sum) -> String {
    if scene.flag("colon_in_sums", 30) {
        format!("{}:", sum.label)
    } else {
        sum.label.clone()
    }
}

/// Labels above values, side by side, in rows of four.
fn across(scene: &Scene, sheet: &mut Sheet, sums: &[Sum], y: f32) -> f32 {
    let (left, right) = (scene.left(), scene.right(sheet));
    let columns: u16 = 4;
    let width = (right - left) / f32::from(columns);
    let mut at = y;
    for chunk in sums.chunks(usize::from(columns)) {
        let mut x = left;
        for sum in chunk {
            sheet.rect(
                [x, at - scene.leading(), width, scene.leading() * 2.5],
                scene.style.accent,
                false,
            );
            let ink = if sum.strong {
                scene.bold(1.1)
            } else {
                scene.ink()
            };
            let label = Sheet::wrap(scene.small(), &sum.label, width - 6.0);
            sheet.text(
                x + 3.0,
                at - 1.0,
                Align::Left,
                scene.small(),
                label.first().map_or("", String::as_str),
            );
            sheet.text(
                x + width - 4.0,
                at + scene.leading() * 1.2,
                Align::Right,
                ink,
                &shown(scene, sum),
            );
            x += width;
        }
        at += scene.leading() * 2.5;
    }
    at + 16.0
}
