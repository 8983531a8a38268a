//! Arithmetic among printed amounts: which net and tax make which total.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

/// Distinct amounts looked at; invoices with more have theirs among the best supported.
const MOST: usize = 120;

/// An amount with what its labels say of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Labelled {
    /// Its value.
    pub value: Decimal,
    /// 0..=1 for net, tax and total.
    pub net: f32,
    /// See `net`.
    pub tax: f32,
    /// See `net`.
    pub total: f32,
}

/// How well an amount fits each role of a sum that holds, 0..=1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Roles {
    /// As the net of some sum.
    pub net: f32,
    /// As its tax.
    pub tax: f32,
    /// As its total.
    pub total: f32,
}

/// A sum that holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sum {
    /// Net.
    pub net: Decimal,
    /// Tax.
    pub tax: Decimal,
    /// Net and tax together.
    pub total: Decimal,
    /// 0..=1, how much labels and tax rates speak for it.
    pub weight: f32,
}

/// Every sum `net + tax = total` among the amounts with a thinkable tax rate.
/// `rates` are the percentages printed in the document.
#[must_use]
pub(super) fn sums(amounts: &[Labelled], rates: &[Decimal]) -> Vec<Sum> {
    let mut best: BTreeMap<Decimal, Labelled> = BTreeMap::new();
    for amount in amounts {
        let known = best.entry(amount.value.normalize()).or_insert(*amount);
        known.net = known.net.max(amount.net);
        known.tax = known.tax.max(amount.tax);
        known.total = known.total.max(amount.total);
    }
    let mut values: Vec<Labelled> = best
        .values()
        .copied()
        .filter(|a| !a.value.is_zero())
        .collect();
    let support = |a: &Labelled| a.net + a.tax + a.total;
    values.sort_by(|a, b| {
        support(b)
            .total_cmp(&support(a))
            .then(b.value.abs().cmp(&a.value.abs()))
    });
    values.truncate(MOST);
    let mut found = Vec::new();
    for net in &values {
        for tax in &values {
            if tax.value.is_sign_negative() != net.value.is_sign_negative() {
                continue;
            }
            let Some(rate) = (tax.value * Decimal::ONE_HUNDRED).checked_div(net.value) else {
                continue;
            };
            if rate < Decimal::ONE || rate > Decimal::from(30) {
                continue;
            }
            let Some(total) = best.get(&(net.value + tax.value).normalize()) else {
                continue;
            };
            let printed = rates
                .iter()
                .any(|r| !r.is_zero() && (rate - r).abs() < Decimal::new(6, 2));
            // Several rates together make one between them.
            let mixed = rates.iter().any(|r| *r < rate) && rates.iter().any(|r| *r > rate);
            let labels = (net.net + tax.tax + total.total) / 3.0;
            let weight = 0.5 * labels
                + if printed {
                    0.35
                } else if mixed {
                    0.3
                } else {
                    0.15
                };
            found.push(Sum {
                net: net.value,
                tax: tax.value,
                total: total.value,
                weight,
            });
        }
    }
    add_untaxed(&best, &mut found);
    let largest = found
        .iter()
        .map(|s| s.total.abs())
        .max()
        .unwrap_or_default();
    for sum in found.iter_mut().filter(|s| s.total.abs() == largest) {
        sum.weight += 0.15;
    }
    found.sort_by(|a, b| {
        b.weight
            .total_cmp(&a.weight)
            .then(b.total.abs().cmp(&a.total.abs()))
    });
    found
}

/// A printed tax of nothing, beside an amount that is called both net and total.
fn add_untaxed(best: &BTreeMap<Decimal, Labelled>, found: &mut Vec<Sum>) {
    let Some(nothing) = best.get(&Decimal::ZERO).filter(|a| a.tax > 0.3) else {
        return;
    };
    let both = best
        .values()
        .filter(|a| !a.value.is_zero() && a.net > 0.3 && a.total > 0.3);
    for amount in both {
        let weight = 0.5 * (amount.net + amount.total + nothing.tax) / 3.0 + 0.25;
        found.push(Sum {
            net: amount.value,
            tax: Decimal::ZERO,
            total: amount.value,
            weight,
        });
    }
}

/// The roles of one value among the sums.
#[must_use]
pub(super) fn roles(sums: &[Sum], value: Decimal) -> Roles {
    let mut roles = Roles::default();
    for sum in sums {
        if sum.net == value {
            roles.net = roles.net.max(sum.weight);
        }
        if sum.tax == value {
            roles.tax = roles.tax.max(sum.weight);
        }
        if sum.total == value {
            roles.total = roles.total.max(sum.weight);
        }
    }
    roles
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(cents: i64) -> Labelled {
        Labelled {
            value: Decimal::new(cents, 2),
            net: 0.0,
            tax: 0.0,
            total: 0.0,
        }
    }

    #[test]
    fn net_and_tax_make_the_total() {
        let amounts: Vec<Labelled> = [10_000, 1_900, 11_900, 500]
            .into_iter()
            .map(plain)
            .collect();
        let found = sums(&amounts, &[Decimal::from(19)]);
        assert_eq!(found[0].total, Decimal::new(11_900, 2));
        assert!(roles(&found, Decimal::new(1_900, 2)).tax > 0.4);
        assert_eq!(roles(&found, Decimal::new(500, 2)), Roles::default());
    }

    #[test]
    fn an_unthinkable_rate_proves_nothing() {
        let amounts: Vec<Labelled> = [10_000, 9_000, 19_000].into_iter().map(plain).collect();
        assert!(sums(&amounts, &[]).is_empty());
    }

    #[test]
    fn credits_add_up_too() {
        let amounts: Vec<Labelled> = [-10_000, -1_900, -11_900].into_iter().map(plain).collect();
        assert_eq!(sums(&amounts, &[]).len(), 1);
    }
}
