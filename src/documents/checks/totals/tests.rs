#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{Rule, prove_totals};
use crate::documents::{
    AllowanceCharge, Field, FieldName as F, Line, Reading, Source, TaxSubtotal,
};

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn field(value: &str) -> Field {
    Field {
        value: value.into(),
        raw: value.into(),
        confidence: 1.0,
        source: Source::Xml,
        page: None,
        bbox: None,
        path: None,
    }
}

fn line(quantity: &str, price: &str, net: &str) -> Line {
    Line {
        quantity: Some(dec(quantity)),
        unit_price: Some(dec(price)),
        net: Some(dec(net)),
        ..Line::default()
    }
}

fn tax(base: &str, rate: &str, tax: &str) -> TaxSubtotal {
    TaxSubtotal {
        base: Some(dec(base)),
        rate: Some(dec(rate)),
        tax: Some(dec(tax)),
        ..TaxSubtotal::default()
    }
}

/// Two lines at 19 %, an allowance of 10 and 5 paid before.
fn sound() -> Reading {
    Reading {
        fields: [
            (F::LinesTotal, "110.00"),
            (F::AllowancesTotal, "10.00"),
            (F::Net, "100.00"),
            (F::Tax, "19.00"),
            (F::Total, "119.00"),
            (F::Prepaid, "5.00"),
            (F::Payable, "114.00"),
        ]
        .map(|(name, value)| (name, field(value)))
        .into(),
        lines: vec![line("2", "30.00", "60.00"), line("1", "50.00", "50.00")],
        taxes: vec![tax("100.00", "19", "19.00")],
        allowances: vec![AllowanceCharge {
            is_charge: false,
            amount: Some(dec("10")),
            reason: None,
        }],
        ..Reading::default()
    }
}

fn failing(reading: &Reading) -> Vec<Rule> {
    prove_totals(reading)
        .failures()
        .map(|step| step.rule)
        .collect()
}

#[test]
fn a_sound_document_proves_every_rule() {
    let proof = prove_totals(&sound());
    assert_eq!(proof.failures().count(), 0);
    assert_eq!(
        proof.steps.len(),
        10,
        "two lines, four sums, three of tax, total and payable less none"
    );
    assert!(proof.confirms(F::Total) && proof.confirms(F::Payable));
    assert_eq!(proof.derived, None);
}

#[test]
fn each_rule_fails_just_past_its_tolerance() {
    for (name, holds, fails, rules) in [
        (
            F::Total,
            "119.01",
            "119.02",
            vec![Rule::Total, Rule::Payable],
        ),
        (F::Payable, "114.01", "114.02", vec![Rule::Payable]),
        (F::Tax, "19.01", "19.02", vec![Rule::Tax, Rule::Total]),
        (
            F::LinesTotal,
            "110.01",
            "110.02",
            vec![Rule::LinesTotal, Rule::Net],
        ),
    ] {
        let mut reading = sound();
        reading.fields.insert(name, field(holds));
        assert_eq!(failing(&reading), [], "{name} {holds}");
        reading.fields.insert(name, field(fails));
        assert_eq!(failing(&reading), rules, "{name} {fails}");
    }
}

#[test]
fn a_line_may_differ_by_the_rounding_of_its_price() {
    let mut reading = sound();
    reading.lines[0] = line("1000", "0.06", "60.00");
    assert_eq!(failing(&reading), []);
    // 1000 pieces at a price between 0.055 and 0.065.
    reading.lines[0].net = Some(dec("65.02"));
    assert!(failing(&reading).contains(&Rule::LineNet));
}

#[test]
fn tax_by_rate_is_checked_for_each_rate() {
    let mut reading = sound();
    reading.taxes[0] = tax("100.00", "19", "19.01");
    assert!(!failing(&reading).contains(&Rule::TaxByRate));
    reading.taxes[0] = tax("100.00", "19", "19.02");
    assert!(failing(&reading).contains(&Rule::TaxByRate));
}

/// Net, tax and total of one rate.
fn taxed(currency: &str, net: &str, tax_amount: &str, total: &str, rate: &str) -> Reading {
    Reading {
        fields: [
            (F::Currency, currency),
            (F::Net, net),
            (F::Tax, tax_amount),
            (F::Total, total),
        ]
        .map(|(name, value)| (name, field(value)))
        .into(),
        taxes: vec![tax(net, rate, tax_amount)],
        ..Reading::default()
    }
}

#[test]
fn amounts_are_rounded_to_the_unit_of_their_currency() {
    let by_rate = Rule::TaxByRate;
    for (currency, net, tax, total, rate, rules) in [
        // 123.4 and 159.92, the latter rounded down.
        ("JPY", "1234", "123", "1357", "10", vec![]),
        ("JPY", "1999", "159", "2158", "8", vec![]),
        ("JPY", "1234", "125", "1359", "10", vec![by_rate]),
        ("JPY", "1234", "123", "1359", "10", vec![Rule::Total]),
        ("KWD", "100.125", "5.006", "105.131", "5", vec![]),
        ("KWD", "100.125", "5.006", "105.139", "5", vec![Rule::Total]),
        ("KWD", "100.125", "5.008", "105.133", "5", vec![by_rate]),
        // As the norm rounds, whatever the currency.
        ("KWD", "100.12", "5.01", "105.13", "5", vec![]),
        ("EUR", "100.12", "5.01", "105.13", "5", vec![]),
        ("???", "100.12", "5.01", "105.15", "5", vec![Rule::Total]),
    ] {
        let reading = taxed(currency, net, tax, total, rate);
        assert_eq!(failing(&reading), rules, "{currency} {net} {tax} {total}");
    }
}

#[test]
fn what_is_withheld_is_not_payable_and_a_duty_may_be_charged() {
    let mut reading = sound();
    reading.fields.insert(F::Withheld, field("20.00"));
    assert_eq!(failing(&reading), [Rule::Payable]);
    reading.fields.insert(F::Payable, field("94.00"));
    assert_eq!(failing(&reading), []);
    reading.fields.insert(F::StampDuty, field("2.00"));
    assert_eq!(failing(&reading), [], "paid by the seller");
    reading.fields.insert(F::Total, field("121.00"));
    reading.fields.insert(F::Payable, field("96.00"));
    assert_eq!(failing(&reading), []);
    reading.fields.insert(F::Total, field("121.02"));
    assert_eq!(failing(&reading), [Rule::Total, Rule::Payable]);
    reading.fields.remove(&F::Total);
    assert_eq!(prove_totals(&reading).derived, None);
}

#[test]
fn a_missing_total_is_derived_only_where_a_rate_confirms_it() {
    let mut reading = sound();
    reading.fields.remove(&F::Total);
    reading.fields.remove(&F::Payable);
    assert_eq!(
        prove_totals(&reading).derived,
        Some((F::Total, dec("119.00")))
    );
    // Net and tax without any rate: nothing says that they belong together.
    reading.taxes.clear();
    assert_eq!(prove_totals(&reading).derived, None);
    // A rate that disagrees.
    reading.lines[0].tax_rate = Some(dec("7"));
    assert_eq!(prove_totals(&reading).derived, None);
    reading.lines[0].tax_rate = Some(dec("19"));
    assert_eq!(
        prove_totals(&reading).derived,
        Some((F::Total, dec("119.00")))
    );
    // Anything that fails forbids it.
    reading.lines[0].net = Some(dec("61"));
    assert_eq!(prove_totals(&reading).derived, None);
}

#[test]
fn lines_alone_never_make_a_total() {
    let reading = Reading {
        lines: sound().lines,
        ..Reading::default()
    };
    assert_eq!(prove_totals(&reading).derived, None);
}

#[test]
fn an_amount_too_large_to_compute_with_fails() {
    let mut reading = sound();
    let huge = Decimal::MAX.to_string();
    for name in [F::Net, F::Tax, F::Total] {
        reading.fields.insert(name, field(&huge));
    }
    let proof = prove_totals(&reading);
    let step = proof
        .steps
        .iter()
        .find(|step| step.rule == Rule::Total)
        .unwrap();
    assert_eq!((step.computed, step.holds()), (None, false));
}

fn any_decimal() -> impl Strategy<Value = Decimal> {
    prop_oneof![
        (any::<i128>(), 0u32..=28).prop_map(|(mantissa, scale)| Decimal::try_from_i128_with_scale(
            mantissa >> 32,
            scale
        )
        .unwrap()),
        (any::<i64>(), 0u32..=6).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale)),
        Just(Decimal::MAX),
        Just(Decimal::MIN),
        Just(Decimal::ZERO),
    ]
}

proptest! {
    #[test]
    fn no_amounts_panic(
        amounts in proptest::collection::vec((0usize..F::ALL.len(), any_decimal()), 0..20),
        lines in proptest::collection::vec((any_decimal(), any_decimal(), any_decimal(), any_decimal()), 0..5),
    ) {
        let mut reading = Reading::default();
        for (name, amount) in &amounts {
            reading.fields.insert(F::ALL[*name], field(&amount.to_string()));
        }
        for (a, b, c, d) in lines {
            reading.lines.push(Line { quantity: Some(a), unit_price: Some(b), net: Some(c), price_base_quantity: Some(d), ..Line::default() });
            reading.taxes.push(TaxSubtotal { base: Some(a), rate: Some(b), tax: Some(c), ..TaxSubtotal::default() });
            reading.allowances.push(AllowanceCharge { is_charge: a > b, amount: Some(d), reason: None });
        }
        let proof = prove_totals(&reading);
        let _ = proof.failures().count();
    }
}
