//! Fills a [`Reading`] from tables of paths and notes what cannot be read.

use roxmltree::{Document, Node};
use rust_decimal::Decimal;

use super::{path, value};
use crate::documents::field_name::{FieldKind, FieldName};
use crate::documents::fields::recognise::account::ibans_in;
use crate::documents::model::{
    AllowanceCharge, Field, Line, Problem, Reading, Source, TaxSubtotal,
};

/// Most problems told for one document; the rest would only repeat them.
const MAX_PROBLEMS: usize = 50;

/// Longest value kept, in characters: as in canonical records. What is longer is no
/// value of an invoice, and a copy of it would go into every answer.
const MAX_VALUE_CHARACTERS: usize = 10_000;

/// Where a field stands, relative to a section.
pub(super) type FieldPath = (FieldName, &'static str);

/// Where the parts of a line stand, relative to it. A path may end in
/// `/@attribute`; an empty path states nothing.
pub(super) struct LinePaths {
    pub(super) id: &'static str,
    /// In order of preference.
    pub(super) description: &'static [&'static str],
    pub(super) item_code: &'static str,
    pub(super) buyer_item_code: &'static str,
    pub(super) quantity: &'static str,
    pub(super) unit: &'static str,
    pub(super) unit_price: &'static str,
    pub(super) price_base_quantity: &'static str,
    pub(super) net: &'static str,
    pub(super) tax_rate: &'static str,
    pub(super) tax_category: &'static str,
    pub(super) period_start: &'static str,
    pub(super) period_end: &'static str,
    pub(super) order_line: &'static str,
    pub(super) allowance: AllowancePaths,
}

/// What an `xs:boolean` says for true.
pub(super) const TRUE: &[&str] = &["true", "1"];

/// Where the parts of an allowance or charge stand.
pub(super) struct AllowancePaths {
    pub(super) element: &'static str,
    pub(super) indicator: &'static str,
    /// The indicator's texts that make it a charge.
    pub(super) charge: &'static [&'static str],
    pub(super) amount: &'static str,
    pub(super) reason: &'static str,
}

/// Where the parts of a tax subtotal stand.
pub(super) struct TaxPaths {
    pub(super) category: &'static str,
    pub(super) rate: &'static str,
    pub(super) base: &'static str,
    pub(super) tax: &'static str,
    pub(super) exemption_reason: &'static str,
}

/// A reading in the making.
pub(super) struct Collector<'d, 'i> {
    document: &'d Document<'i>,
    lines_before_markup: u32,
    /// What was read so far.
    pub(super) reading: Reading,
    problems: Vec<Problem>,
}

impl<'d, 'i> Collector<'d, 'i> {
    pub(super) fn new(document: &'d Document<'i>, lines_before_markup: u32) -> Self {
        Self {
            document,
            lines_before_markup,
            reading: Reading::default(),
            problems: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> (Reading, Vec<Problem>) {
        (self.reading, self.problems)
    }

    /// Reads every row of a table; the first row that yields a field wins.
    pub(super) fn table(&mut self, section: Node<'_, '_>, rows: &[FieldPath]) {
        for (name, path) in rows {
            self.field(*name, section, path);
        }
    }

    /// Reads one field unless it is there already.
    pub(super) fn field(&mut self, name: FieldName, section: Node<'_, '_>, path: &str) {
        if self.reading.fields.contains_key(&name) {
            return;
        }
        for node in path::all(section, path) {
            let raw = path::text(node);
            if raw.is_empty() {
                continue;
            }
            if let Some(value) = value::normalise(name, &raw) {
                return self.put(name, node, value, raw);
            }
            self.problem_with(node, &raw, kind_in_words(name.kind()));
        }
    }

    /// Adds a field read from structure whose value the caller has made.
    pub(super) fn put(&mut self, name: FieldName, node: Node<'_, '_>, value: String, raw: String) {
        self.insert(name, node, value, raw, Source::Xml);
    }

    /// Adds a field computed from what the document states, told as derived.
    pub(super) fn put_derived(&mut self, name: FieldName, node: Node<'_, '_>, value: String) {
        self.insert(name, node, value, String::new(), Source::Derived);
    }

    fn insert(
        &mut self,
        name: FieldName,
        node: Node<'_, '_>,
        value: String,
        raw: String,
        source: Source,
    ) {
        if !self.is_short(node, &raw) {
            return;
        }
        let field = self.field_at(node, value, raw, source);
        self.reading.fields.entry(name).or_insert(field);
    }

    fn field_at(&self, node: Node<'_, '_>, value: String, raw: String, source: Source) -> Field {
        Field {
            value,
            raw,
            confidence: 1.0,
            source,
            page: None,
            bbox: None,
            path: Some(path::describe(self.document, node)),
        }
    }

    /// Adds the accounts to pay to besides the first: of each element of `holders`, what the
    /// first of `ids` that has text states, since one account may have several names.
    pub(super) fn accounts(&mut self, section: Node<'_, '_>, holders: &str, ids: &[&str]) {
        for holder in path::all(section, holders) {
            let Some(node) = ids.iter().find_map(|id| path::first(holder, id)) else {
                continue;
            };
            let raw = path::text(node);
            let value = value::normalise(FieldName::Iban, &raw);
            if let Some(value) = value.filter(|_| self.is_short(node, &raw)) {
                let account = self.field_at(node, value, raw, Source::Xml);
                self.reading.add_account(account);
            }
        }
    }

    /// Adds the accounts that notes name: a person may pay by what they read there.
    pub(super) fn accounts_in_notes(&mut self, section: Node<'_, '_>, path: &str) {
        for node in path::all(section, path) {
            for iban in ibans_in(&path::text(node)) {
                let account = self.field_at(node, iban.clone(), iban, Source::Xml);
                self.reading.add_account(account);
            }
        }
    }

    /// Text of an element or, for a path that ends in `/@name`, of an attribute; one that
    /// is too long is absent and noted.
    pub(super) fn text(&mut self, section: Node<'_, '_>, path: &str) -> Option<String> {
        if path.is_empty() {
            return None;
        }
        let (node, text) = if let Some((element, attribute)) = path.rsplit_once("/@") {
            let node = path::section(section, element)?;
            (node, node.attribute(attribute)?.trim().to_owned())
        } else {
            let node = path::first(section, path)?;
            (node, path::text(node))
        };
        self.is_short(node, &text).then_some(text)
    }

    fn is_short(&mut self, node: Node<'_, '_>, text: &str) -> bool {
        let characters = text.chars().count();
        if characters > MAX_VALUE_CHARACTERS {
            let what = format!("{characters} characters; at most {MAX_VALUE_CHARACTERS} are read");
            self.problem("xml_value_too_long", node, &what);
        }
        characters <= MAX_VALUE_CHARACTERS
    }

    /// A decimal; one that cannot be read is absent and noted.
    pub(super) fn decimal(&mut self, section: Node<'_, '_>, path: &str) -> Option<Decimal> {
        let node = path::first(section, path).filter(|_| !path.is_empty())?;
        let raw = path::text(node);
        let read = value::decimal(&raw);
        if read.is_none() {
            self.problem_with(node, &raw, kind_in_words(FieldKind::Amount));
        }
        read
    }

    /// An ISO date; one that cannot be read is absent and noted.
    pub(super) fn date(&mut self, section: Node<'_, '_>, path: &str) -> Option<String> {
        let node = path::first(section, path).filter(|_| !path.is_empty())?;
        let raw = path::text(node);
        let read = value::date(&raw);
        if read.is_none() {
            self.problem_with(node, &raw, kind_in_words(FieldKind::Date));
        }
        read
    }

    pub(super) fn line(&mut self, node: Node<'_, '_>, paths: &LinePaths) {
        let line = Line {
            id: self.text(node, paths.id),
            description: paths
                .description
                .iter()
                .find_map(|path| self.text(node, path)),
            item_code: self.text(node, paths.item_code),
            buyer_item_code: self.text(node, paths.buyer_item_code),
            quantity: self.decimal(node, paths.quantity),
            unit: self.text(node, paths.unit),
            unit_price: self.decimal(node, paths.unit_price),
            price_base_quantity: self.decimal(node, paths.price_base_quantity),
            allowance: self.line_allowance(node, &paths.allowance),
            net: self.decimal(node, paths.net),
            tax_rate: self.decimal(node, paths.tax_rate),
            tax_category: self.text(node, paths.tax_category),
            period_start: self.date(node, paths.period_start),
            period_end: self.date(node, paths.period_end),
            order_line: self.text(node, paths.order_line),
            page: None,
            bbox: None,
        };
        self.reading.lines.push(line);
    }

    /// Allowances less charges of a line; absent when there are none.
    fn line_allowance(&mut self, line: Node<'_, '_>, paths: &AllowancePaths) -> Option<Decimal> {
        let mut sum: Option<Decimal> = None;
        for node in path::all(line, paths.element) {
            let Some(item) = self.allowance(node, paths) else {
                continue;
            };
            let Some(amount) = item.amount else { continue };
            let signed = if item.is_charge { -amount } else { amount };
            sum = sum.unwrap_or_default().checked_add(signed);
        }
        sum
    }

    pub(super) fn allowances(&mut self, section: Node<'_, '_>, paths: &AllowancePaths) {
        for node in path::all(section, paths.element) {
            let item = self.allowance(node, paths);
            self.reading.allowances.extend(item);
        }
    }

    /// Elements that are charges whatever else they say.
    pub(super) fn charges(&mut self, section: Node<'_, '_>, paths: &AllowancePaths) {
        for node in path::all(section, paths.element) {
            let item = self.allowance(node, paths);
            self.reading
                .allowances
                .extend(item.map(|item| AllowanceCharge {
                    is_charge: true,
                    ..item
                }));
        }
    }

    /// Reads a code that the reading holds, when it is fit for use in a path.
    pub(super) fn code(&self, name: FieldName) -> Option<String> {
        let field = self.reading.fields.get(&name)?;
        let fit = field.value.bytes().all(|byte| byte.is_ascii_uppercase());
        fit.then(|| field.value.clone())
    }

    /// The tax may be stated once more in the accounting currency (BT-111): the
    /// currency of each amount tells which is which.
    pub(super) fn tax_totals(&mut self, section: Node<'_, '_>, path: &str) {
        let currencies = (
            self.code(FieldName::Currency),
            self.code(FieldName::TaxCurrency),
        );
        if let (Some(currency), _) = &currencies {
            self.field(
                FieldName::Tax,
                section,
                &format!("{path}[@currencyID={currency}]"),
            );
        }
        if let (Some(currency), Some(other)) = currencies
            && currency != other
        {
            let path = format!("{path}[@currencyID={other}]");
            self.field(FieldName::TaxInTaxCurrency, section, &path);
        }
        self.field(FieldName::Tax, section, path);
    }

    fn allowance(&mut self, node: Node<'_, '_>, paths: &AllowancePaths) -> Option<AllowanceCharge> {
        Some(AllowanceCharge {
            is_charge: self
                .text(node, paths.indicator)
                .is_some_and(|text| paths.charge.contains(&text.as_str())),
            amount: Some(self.decimal(node, paths.amount)?),
            reason: self.text(node, paths.reason),
        })
    }

    pub(super) fn tax(&mut self, node: Node<'_, '_>, paths: &TaxPaths) {
        let subtotal = TaxSubtotal {
            category: self.text(node, paths.category),
            rate: self.decimal(node, paths.rate),
            base: self.decimal(node, paths.base),
            tax: self.decimal(node, paths.tax),
            exemption_reason: self.text(node, paths.exemption_reason),
        };
        self.reading.taxes.push(subtotal);
    }

    /// Notes something at an element, with its line.
    pub(super) fn problem(&mut self, code: &str, node: Node<'_, '_>, what: &str) {
        if self.problems.len() >= MAX_PROBLEMS {
            return;
        }
        let position = self.document.text_pos_at(node.range().start);
        let line = position.row.saturating_add(self.lines_before_markup);
        let place = path::describe(self.document, node);
        let text = format!("line {line}, column {}, {place}: {what}", position.col);
        self.problems.push(Problem {
            code: code.to_owned(),
            text,
        });
    }

    fn problem_with(&mut self, node: Node<'_, '_>, raw: &str, wanted: &str) {
        let shown: String = raw.chars().take(40).collect();
        self.problem(
            "xml_value_invalid",
            node,
            &format!("{shown:?} is not {wanted}"),
        );
    }
}

fn kind_in_words(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Amount => "a decimal number",
        FieldKind::Date => "a calendar date",
        FieldKind::Code => "a code",
        FieldKind::Text => "text",
    }
}
