//! How firms number their papers.

use chrono::{Datelike, NaiveDate};
use scrutineer::cases::invoice::DocumentType;

use super::dice::Dice;

/// A document number as its issuer would form it.
pub(crate) fn document(dice: &mut Dice, kind: DocumentType, date: NaiveDate) -> String {
    let year = date.year();
    let short = year.rem_euclid(100);
    let month = date.month();
    let pattern = match kind {
        DocumentType::CreditNote => match dice.below(5) {
            0 => format!("GS-{year}-###"),
            1 => "CN######".to_owned(),
            2 => format!("CR{short:02}/#####"),
            3 => format!("AV-{year}{month:02}-##"),
            _ => "9#######".to_owned(),
        },
        DocumentType::ProForma => match dice.below(3) {
            0 => format!("PF-{year}-###"),
            1 => "PRO-#####".to_owned(),
            _ => format!("{short:02}####"),
        },
        DocumentType::UtilityBill => match dice.below(3) {
            0 => "VR ### ### ### ###".to_owned(),
            1 => "1## ### ####".to_owned(),
            _ => format!("{year}/0#######"),
        },
        DocumentType::Receipt => match dice.below(4) {
            0 => "####".to_owned(),
            1 => "0###-####".to_owned(),
            2 => "#####/##".to_owned(),
            _ => "Tx ######".to_owned(),
        },
        _ => match dice.below(18) {
            0 => format!("{year}-####"),
            1 => format!("RE{year}####"),
            2 => "INV-#####".to_owned(),
            3 => format!("{year}{month:02}-0##"),
            4 => "#######".to_owned(),
            5 => format!("F{short:02}/####"),
            6 => "SI-######".to_owned(),
            7 => format!("{short:02}-#####"),
            8 => "####".to_owned(),
            9 => "0000####".to_owned(),
            10 => "@@###/####".to_owned(),
            11 => format!("FA{short:02}{month:02}-####"),
            12 => format!("###/{year}"),
            13 => "90########".to_owned(),
            14 => "R/####/@@".to_owned(),
            15 => format!("AR-{year}.####"),
            16 => "@#####".to_owned(),
            _ => "#####".to_owned(),
        },
    };
    dice.fill(&pattern)
}

/// A purchase order number of a buyer.
pub(crate) fn order(dice: &mut Dice, date: NaiveDate) -> String {
    let year = date.year();
    let pattern = match dice.below(8) {
        0 => "45########".to_owned(),
        1 => format!("PO-{year}-####"),
        2 => "PO#####".to_owned(),
        3 => "B#######".to_owned(),
        4 => format!("{year}/#####"),
        5 => "@@-#####".to_owned(),
        6 => "######".to_owned(),
        _ => "4500######".to_owned(),
    };
    dice.fill(&pattern)
}

/// A number the seller gave the order.
pub(crate) fn sales_order(dice: &mut Dice) -> String {
    let pattern = dice.pick(&["AB-#####", "SO######", "1######", "A##-####"]);
    dice.fill(pattern)
}

/// A customer number.
pub(crate) fn customer(dice: &mut Dice) -> String {
    let pattern = dice.pick(&["1####", "K-####", "D10###", "######", "C-##-####", "70###"]);
    dice.fill(pattern)
}

/// A delivery note number.
pub(crate) fn delivery_note(dice: &mut Dice) -> String {
    let pattern = dice.pick(&["LS-#####", "8########", "DN####", "#####/L"]);
    dice.fill(pattern)
}

/// A contract number.
pub(crate) fn contract(dice: &mut Dice) -> String {
    let pattern = dice.pick(&["V-######", "2### #### ####", "CT/####-##", "#########"]);
    dice.fill(pattern)
}

/// A project or matter number.
pub(crate) fn project(dice: &mut Dice, date: NaiveDate) -> String {
    let short = date.year().rem_euclid(100);
    match dice.below(3) {
        0 => dice.fill(&format!("P{short:02}-###")),
        1 => dice.fill("PRJ-####"),
        _ => dice.fill("#####/##"),
    }
}
