//! The same facts as an e-invoice: CII (as in ZUGFeRD and Factur-X) and UBL 2.1.

mod cii;
mod ubl;

use rust_decimal::Decimal;

use super::facts::{Exemption, Facts};

/// The vocabulary of an e-invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// UN/CEFACT Cross Industry Invoice.
    Cii,
    /// OASIS UBL 2.1.
    Ubl,
}

/// The facts as XML.
pub(crate) fn write(facts: &Facts, syntax: Syntax) -> Vec<u8> {
    match syntax {
        Syntax::Cii => cii::write(facts),
        Syntax::Ubl => ubl::write(facts),
    }
    .into_bytes()
}

/// An XML document under way: elements opened, closed and indented in order.
struct Writer {
    text: String,
    open: Vec<&'static str>,
}

impl Writer {
    fn new() -> Self {
        Self {
            text: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(),
            open: Vec::new(),
        }
    }

    fn indent(&mut self) {
        for _ in 0..self.open.len() {
            self.text.push_str("  ");
        }
    }

    /// Opens `name` with `attributes` (written as they are), runs `inside`, closes it.
    fn element(&mut self, name: &'static str, attributes: &str, inside: impl FnOnce(&mut Self)) {
        self.indent();
        let gap = if attributes.is_empty() { "" } else { " " };
        self.text.push_str(&format!("<{name}{gap}{attributes}>\n"));
        self.open.push(name);
        inside(self);
        self.open.pop();
        self.indent();
        self.text.push_str(&format!("</{name}>\n"));
    }

    fn leaf(&mut self, name: &str, value: &str) {
        self.leaf_with(name, "", value);
    }

    fn leaf_with(&mut self, name: &str, attributes: &str, value: &str) {
        self.indent();
        let gap = if attributes.is_empty() { "" } else { " " };
        let value = escaped(value);
        self.text
            .push_str(&format!("<{name}{gap}{attributes}>{value}</{name}>\n"));
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn amount(value: Decimal) -> String {
    format!("{value:.2}")
}

/// UNTDID 5305 category of a rate.
fn category(facts: &Facts, rate: Decimal) -> &'static str {
    match (facts.exemption, rate.is_zero()) {
        (Exemption::ReverseCharge, _) => "AE",
        (Exemption::Exempt, _) => "E",
        (Exemption::None, true) => "Z",
        (Exemption::None, false) => "S",
    }
}

/// Why no tax is charged, where that must be said.
fn exemption_reason(facts: &Facts) -> Option<&'static str> {
    match facts.exemption {
        Exemption::ReverseCharge => Some("Reverse charge"),
        Exemption::Exempt => Some("Exempt from tax"),
        Exemption::None => None,
    }
}
