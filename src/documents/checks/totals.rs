//! Arithmetic proof: lines to net, net to tax, both to total, total to payable.
//!
//! The rules are the calculation rules of EN 16931-1, section 6.4.2. Amounts are
//! rounded to the smallest unit of their currency; senders round at different places,
//! so each rule has a tolerance that grows with the number of rounded parts. All
//! arithmetic is checked: an amount too large to compute with fails its rule.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::documents::field_name::{FieldKind, FieldName};
use crate::documents::model::{Line, Reading, TaxSubtotal};
use crate::domain::Currency;

/// A rule of calculation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Quantity times price less allowance is the line's net (Peppol R120).
    LineNet,
    /// Lines add up to the sum of lines (BR-CO-10).
    LinesTotal,
    /// Document allowances add up (BR-CO-11).
    AllowancesTotal,
    /// Document charges add up (BR-CO-12).
    ChargesTotal,
    /// Sum of lines less allowances plus charges is the net (BR-CO-13).
    Net,
    /// Bases by rate add up to the net.
    TaxBases,
    /// Base times rate is the tax of each rate (BR-CO-17).
    TaxByRate,
    /// Tax by rate adds up to the tax (BR-CO-14).
    Tax,
    /// Net and tax make the total (BR-CO-15).
    Total,
    /// Total less prepaid and withheld plus rounding is payable (BR-CO-16).
    Payable,
}

impl Rule {
    /// Stable code in snake case.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::LineNet => "line_net",
            Self::LinesTotal => "lines_total",
            Self::AllowancesTotal => "allowances_total",
            Self::ChargesTotal => "charges_total",
            Self::Net => "net",
            Self::TaxBases => "tax_bases",
            Self::TaxByRate => "tax_by_rate",
            Self::Tax => "tax",
            Self::Total => "total",
            Self::Payable => "payable",
        }
    }
}

/// One application of a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The rule.
    pub rule: Rule,
    /// The field whose stated value is checked; `None` for a line or a rate.
    pub field: Option<FieldName>,
    /// Index of the line or tax subtotal, from 0, where the rule is about one.
    pub index: Option<usize>,
    /// What the document states.
    pub stated: Decimal,
    /// What its parts make; `None` when they are too large to compute with.
    pub computed: Option<Decimal>,
    /// Largest difference that rounding explains.
    pub tolerance: Decimal,
}

impl Step {
    /// Whether stated and computed agree within the tolerance.
    #[must_use]
    pub fn holds(&self) -> bool {
        let difference = self
            .computed
            .and_then(|computed| computed.checked_sub(self.stated));
        difference.is_some_and(|difference| difference.abs() <= self.tolerance)
    }
}

/// Every rule that the reading states enough for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Proof {
    /// In the order of the calculation.
    pub steps: Vec<Step>,
    /// The one amount of net, tax and total that is not stated but follows from
    /// the others, when nothing contradicts them and a tax rate of the document
    /// confirms them.
    pub derived: Option<(FieldName, Decimal)>,
}

impl Proof {
    /// Rules that fail.
    pub fn failures(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| !step.holds())
    }

    /// Whether at least one rule about the field was applied and all such hold.
    #[must_use]
    pub fn confirms(&self, field: FieldName) -> bool {
        let mut about = self
            .steps
            .iter()
            .filter(|step| step.field == Some(field))
            .peekable();
        about.peek().is_some() && about.all(Step::holds)
    }
}

/// Applies every rule that the reading states enough for.
#[must_use]
pub fn prove_totals(reading: &Reading) -> Proof {
    let amounts = Amounts::of(reading);
    let mut steps = Vec::new();
    line_steps(&reading.lines, amounts.unit, &mut steps);
    sum_steps(reading, &amounts, &mut steps);
    tax_steps(reading, &amounts, &mut steps);
    total_steps(&amounts, &mut steps);
    let derived = derive(reading, &amounts, &steps);
    Proof { steps, derived }
}

/// The amounts that the reading states.
struct Amounts<'r> {
    reading: &'r Reading,
    unit: Unit,
}

impl<'r> Amounts<'r> {
    fn of(reading: &'r Reading) -> Self {
        Self {
            reading,
            unit: Unit::of(reading),
        }
    }

    fn get(&self, name: FieldName) -> Option<Decimal> {
        self.reading.fields.get(&name)?.value.parse().ok()
    }

    fn or_zero(&self, name: FieldName) -> Decimal {
        self.get(name).unwrap_or_default()
    }
}

/// The smallest amount of the document's currency, a hundredth where that is not known.
#[derive(Debug, Clone, Copy)]
struct Unit {
    decimals: u32,
}

impl Unit {
    fn of(reading: &Reading) -> Self {
        let stated = reading.fields.get(&FieldName::Currency);
        let currency = stated.and_then(|field| Currency::new(&field.value).ok());
        let decimals = currency.map_or(2, Currency::minor_units);
        let amounts = reading.fields.iter();
        let finest = amounts
            .filter(|(name, _)| name.kind() == FieldKind::Amount)
            .filter_map(|(_, field)| field.value.parse::<Decimal>().ok())
            .map(|amount| amount.scale())
            .max();
        // The norm allows two decimals whatever the currency: more count where they are used.
        let used = finest.unwrap_or(0).max(2);
        Self {
            decimals: decimals.min(used),
        }
    }

    fn one(self) -> Decimal {
        Decimal::new(1, self.decimals)
    }

    /// Half a unit for each rounded part, and never less than one.
    fn tolerance(self, parts: usize) -> Decimal {
        let halves = i64::try_from(parts)
            .unwrap_or(i64::MAX / 5)
            .saturating_mul(5);
        Decimal::new(halves, self.decimals + 1).max(self.one())
    }
}

fn checked_sum(mut parts: impl Iterator<Item = Decimal>) -> Option<Decimal> {
    parts.try_fold(Decimal::ZERO, Decimal::checked_add)
}

fn line_steps(lines: &[Line], unit: Unit, steps: &mut Vec<Step>) {
    for (index, line) in lines.iter().enumerate() {
        let (Some(quantity), Some(price), Some(stated)) =
            (line.quantity, line.unit_price, line.net)
        else {
            continue;
        };
        let base = line
            .price_base_quantity
            .filter(|base| !base.is_zero())
            .unwrap_or(Decimal::ONE);
        let computed = quantity
            .checked_mul(price)
            .and_then(|amount| amount.checked_div(base))
            .and_then(|amount| amount.checked_sub(line.allowance.unwrap_or_default()));
        // A price with decimals may be rounded: half of its last one, each piece.
        let last = price.scale().max(unit.decimals) + 1;
        let half_a_unit = Decimal::try_new(5, last).unwrap_or_default();
        let by_price = quantity
            .abs()
            .checked_mul(half_a_unit)
            .and_then(|amount| amount.checked_div(base.abs()));
        let tolerance = by_price
            .unwrap_or_default()
            .max(unit.one())
            .checked_add(unit.one())
            .unwrap_or_else(|| unit.one());
        steps.push(Step {
            rule: Rule::LineNet,
            field: None,
            index: Some(index),
            stated,
            computed,
            tolerance,
        });
    }
}

/// The step that compares a field with what it is computed to from so many parts, where the
/// field is stated.
fn about_field(
    amounts: &Amounts<'_>,
    rule: Rule,
    field: FieldName,
    computed: Option<Decimal>,
    parts: usize,
) -> Option<Step> {
    Some(Step {
        rule,
        field: Some(field),
        index: None,
        stated: amounts.get(field)?,
        computed,
        tolerance: amounts.unit.tolerance(parts),
    })
}

fn sum_steps(reading: &Reading, amounts: &Amounts<'_>, steps: &mut Vec<Step>) {
    let mut about = |rule, field, computed, parts| {
        steps.extend(about_field(amounts, rule, field, computed, parts));
    };
    let nets: Option<Vec<Decimal>> = reading.lines.iter().map(|line| line.net).collect();
    if let Some(nets) = nets.filter(|nets| !nets.is_empty()) {
        about(
            Rule::LinesTotal,
            FieldName::LinesTotal,
            checked_sum(nets.iter().copied()),
            nets.len(),
        );
    }
    for (is_charge, rule, field) in [
        (false, Rule::AllowancesTotal, FieldName::AllowancesTotal),
        (true, Rule::ChargesTotal, FieldName::ChargesTotal),
    ] {
        let parts: Vec<Decimal> = reading
            .allowances
            .iter()
            .filter(|item| item.is_charge == is_charge)
            .filter_map(|item| item.amount)
            .collect();
        if !parts.is_empty() {
            about(rule, field, checked_sum(parts.iter().copied()), parts.len());
        }
    }
    if let Some(lines_total) = amounts.get(FieldName::LinesTotal) {
        let computed = lines_total
            .checked_sub(amounts.or_zero(FieldName::AllowancesTotal))
            .and_then(|amount| amount.checked_add(amounts.or_zero(FieldName::ChargesTotal)));
        about(Rule::Net, FieldName::Net, computed, 1);
    }
}

fn tax_steps(reading: &Reading, amounts: &Amounts<'_>, steps: &mut Vec<Step>) {
    let taxes = &reading.taxes;
    if taxes.is_empty() {
        return;
    }
    for (index, subtotal) in taxes.iter().enumerate() {
        let (Some(stated), Some(_), Some(_)) = (subtotal.tax, subtotal.base, subtotal.rate) else {
            continue;
        };
        let computed = tax_of(subtotal, amounts.unit);
        // Tax may have been rounded line by line.
        let tolerance = amounts.unit.tolerance(reading.lines.len());
        steps.push(Step {
            rule: Rule::TaxByRate,
            field: None,
            index: Some(index),
            stated,
            computed,
            tolerance,
        });
    }
    let mut about = |rule, field, parts: Option<Vec<Decimal>>| {
        if let Some(parts) = parts {
            let computed = checked_sum(parts.iter().copied());
            steps.extend(about_field(amounts, rule, field, computed, parts.len()));
        }
    };
    about(
        Rule::TaxBases,
        FieldName::Net,
        taxes.iter().map(|tax| tax.base).collect(),
    );
    about(
        Rule::Tax,
        FieldName::Tax,
        taxes.iter().map(|tax| tax.tax).collect(),
    );
}

fn tax_of(subtotal: &TaxSubtotal, unit: Unit) -> Option<Decimal> {
    let tax = subtotal
        .base?
        .checked_mul(subtotal.rate?)?
        .checked_div(Decimal::ONE_HUNDRED)?;
    Some(tax.round_dp_with_strategy(unit.decimals, RoundingStrategy::MidpointAwayFromZero))
}

fn total_steps(amounts: &Amounts<'_>, steps: &mut Vec<Step>) {
    let tolerance = amounts.unit.tolerance(2);
    let mut about = |rule, field, stated, computed: Option<Decimal>| {
        let step = |computed| Step {
            rule,
            field: Some(field),
            index: None,
            stated,
            computed,
            tolerance,
        };
        // Who pays the stamp duty may charge it on, besides the lines or among them.
        let duty = amounts.or_zero(FieldName::StampDuty);
        let charged = step(computed.and_then(|sum| sum.checked_add(duty)));
        let is_charged = !duty.is_zero() && charged.holds();
        steps.push(if is_charged { charged } else { step(computed) });
    };
    let total = amounts.get(FieldName::Total);
    if let (Some(net), Some(tax), Some(total)) = (
        amounts.get(FieldName::Net),
        amounts.get(FieldName::Tax),
        total,
    ) {
        about(Rule::Total, FieldName::Total, total, net.checked_add(tax));
    }
    if let (Some(total), Some(payable)) = (total, amounts.get(FieldName::Payable)) {
        let computed = total
            .checked_sub(amounts.or_zero(FieldName::Prepaid))
            .and_then(|amount| amount.checked_sub(amounts.or_zero(FieldName::Withheld)))
            .and_then(|amount| amount.checked_add(amounts.or_zero(FieldName::Rounding)));
        about(Rule::Payable, FieldName::Payable, payable, computed);
    }
}

/// The one of net, tax and total that is missing. Two amounts alone always give
/// a third, whatever they are, so a tax rate that the document states must agree
/// with the three, and no rule may fail. With a stamp duty they need not add up.
fn derive(
    reading: &Reading,
    amounts: &Amounts<'_>,
    steps: &[Step],
) -> Option<(FieldName, Decimal)> {
    use FieldName::{Net, StampDuty, Tax, Total};
    if steps.iter().any(|step| !step.holds()) || !amounts.or_zero(StampDuty).is_zero() {
        return None;
    }
    let (name, net, tax, value) = match (amounts.get(Net), amounts.get(Tax), amounts.get(Total)) {
        (Some(net), Some(tax), None) => (Total, net, tax, net.checked_add(tax)?),
        (Some(net), None, Some(total)) => {
            let tax = total.checked_sub(net)?;
            (Tax, net, tax, tax)
        }
        (None, Some(tax), Some(total)) => {
            let net = total.checked_sub(tax)?;
            (Net, net, tax, net)
        }
        _ => return None,
    };
    let parts = amounts.unit.tolerance(reading.lines.len());
    let subtotals: Option<Vec<Decimal>> =
        reading.taxes.iter().map(|subtotal| subtotal.tax).collect();
    let by_breakdown = subtotals
        .filter(|parts| !parts.is_empty())
        .and_then(|parts| checked_sum(parts.into_iter()))
        .is_some_and(|sum| sum == tax);
    let rates = reading
        .taxes
        .iter()
        .map(|subtotal| subtotal.rate)
        .chain(reading.lines.iter().map(|line| line.tax_rate));
    let mut rates: Vec<Decimal> = rates.flatten().collect();
    rates.sort_unstable();
    rates.dedup();
    // Several rates share the net between them; only a breakdown can confirm those.
    let by_rate = match rates.as_slice() {
        [rate] => {
            let subtotal = TaxSubtotal {
                base: Some(net),
                rate: Some(*rate),
                ..TaxSubtotal::default()
            };
            tax_of(&subtotal, amounts.unit)
                .and_then(|computed| computed.checked_sub(tax))
                .is_some_and(|d| d.abs() <= parts)
        }
        _ => false,
    };
    (by_breakdown || by_rate).then_some((name, value))
}

#[cfg(test)]
mod tests;
