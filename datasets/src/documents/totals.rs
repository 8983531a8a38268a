//! Sums that prove: lines to net, net to tax, tax to total.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};

use super::facts::Item;

/// Tax of one rate.
#[derive(Debug, Clone, Default)]
pub(crate) struct TaxGroup {
    /// Percent.
    pub(crate) rate: Decimal,
    pub(crate) base: Decimal,
    pub(crate) tax: Decimal,
}

/// The money part of a document.
#[derive(Debug, Clone, Default)]
pub(crate) struct Totals {
    pub(crate) lines: Decimal,
    /// Discount on the whole document, positive.
    pub(crate) allowance: Decimal,
    /// Freight and the like, positive.
    pub(crate) charge: Decimal,
    pub(crate) net: Decimal,
    pub(crate) groups: Vec<TaxGroup>,
    pub(crate) tax: Decimal,
    pub(crate) total: Decimal,
    pub(crate) prepaid: Decimal,
    pub(crate) rounding: Decimal,
    pub(crate) payable: Decimal,
}

/// What is added to the lines before tax and taken off after it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Adjustments {
    pub(crate) allowance: Decimal,
    pub(crate) charge: Decimal,
    pub(crate) prepaid: Decimal,
    /// Round the payable amount to five hundredths, as cash is in Switzerland.
    pub(crate) round_to_five: bool,
    /// Line amounts hold the tax already, as on a till receipt.
    pub(crate) tax_included: bool,
}

/// Two digits, halves away from zero.
pub(crate) fn cents(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

impl Totals {
    /// Adds up `items`; allowance and charge bear the rate of the first line.
    pub(crate) fn of(items: &[Item], adjustments: Adjustments) -> Self {
        let hundred = Decimal::ONE_HUNDRED;
        let mut bases: BTreeMap<Decimal, Decimal> = BTreeMap::new();
        for item in items {
            *bases.entry(item.rate).or_default() += item.net;
        }
        let lines: Decimal = items.iter().map(|item| item.net).sum();
        if let Some(first) = items.first() {
            *bases.entry(first.rate).or_default() += adjustments.charge - adjustments.allowance;
        }
        let groups: Vec<TaxGroup> = bases
            .into_iter()
            .rev()
            .map(|(rate, amount)| {
                if adjustments.tax_included {
                    let tax = cents(amount * rate / (hundred + rate));
                    TaxGroup {
                        rate,
                        base: amount - tax,
                        tax,
                    }
                } else {
                    TaxGroup {
                        rate,
                        base: amount,
                        tax: cents(amount * rate / hundred),
                    }
                }
            })
            .collect();
        let net: Decimal = groups.iter().map(|group| group.base).sum();
        let tax: Decimal = groups.iter().map(|group| group.tax).sum();
        let total = net + tax;
        let due = total - adjustments.prepaid;
        let rounding = if adjustments.round_to_five {
            let twenty = Decimal::from(20);
            cents(
                (due * twenty).round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)
                    / twenty,
            ) - due
        } else {
            Decimal::ZERO
        };
        Self {
            lines,
            allowance: adjustments.allowance,
            charge: adjustments.charge,
            net,
            groups,
            tax,
            total,
            prepaid: adjustments.prepaid,
            rounding,
            payable: due + rounding,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Adjustments, Totals};
    use crate::documents::facts::Item;
    use rust_decimal::Decimal;

    fn item(net: i64, rate: i64) -> Item {
        Item {
            net: Decimal::new(net, 2),
            rate: Decimal::from(rate),
            ..Item::default()
        }
    }

    #[test]
    fn two_rates_a_discount_and_rounding_prove() {
        let totals = Totals::of(
            &[item(10_003, 8), item(5_000, 3)],
            Adjustments {
                allowance: Decimal::new(100, 2),
                round_to_five: true,
                ..Adjustments::default()
            },
        );
        assert_eq!(totals.net, Decimal::new(14_903, 2));
        assert_eq!(totals.tax, Decimal::new(792 + 150, 2));
        assert_eq!(totals.payable, Decimal::new(15_845, 2));
        assert_eq!(totals.payable, totals.total + totals.rounding);
    }

    #[test]
    fn tax_within_the_price_is_taken_out() {
        let totals = Totals::of(
            &[item(1_190, 19)],
            Adjustments {
                tax_included: true,
                ..Adjustments::default()
            },
        );
        assert_eq!(
            (totals.net, totals.tax),
            (Decimal::new(1_000, 2), Decimal::new(190, 2))
        );
    }
}
