//! When would each invoice have been paid? Fitted before a cut, asked after it.
//!
//! Each invoice is scored once, on the day it was issued, from what was known that day.
//! Fitting sees the outcomes known before the cut; what was still open then counts as late
//! by so much at least.

mod baselines;
mod invoices;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use scrutineer::history::Facts;
use scrutineer::learn::distribution::{Curve, Distribution};
use scrutineer::learn::forecast::ForecastWeights;
use scrutineer_datasets::sets::receivables;
use scrutineer_fitting::collections as fitting;
use scrutineer_fitting::distribution::Example;
use scrutineer_fitting::forecast;
use scrutineer_fitting::notes::WhenMet;

pub use invoices::Invoice;

use crate::coverage::{Held, covered};
use crate::lift::{Lift, Listed};
use crate::metrics::{self, Scored, figures};
use crate::plotted::Plotted;
use crate::{EvalError, Evaluation};

/// What is asked.
#[derive(Debug, Clone)]
pub struct CollectionsOptions {
    /// Name of the set or folder.
    pub set: String,
    /// How the cut was chosen, in words.
    pub protocol: String,
    /// Invoices issued before it, and due before it, are fitted on; those issued from it on are asked.
    pub cut: NaiveDate,
    /// Invoices issued from this day on are left out.
    pub end: Option<NaiveDate>,
}

/// The figures, and what their plots are drawn from.
#[derive(Debug, Clone)]
pub struct CollectionsOutcome {
    /// The figures.
    pub evaluation: Evaluation,
    /// What is drawn of it.
    pub plotted: Plotted,
    /// What was fitted before the cut and asked after it.
    pub fitted: ForecastWeights,
    /// The cut.
    pub cut: NaiveDate,
}

/// Reads canonical records and measures.
///
/// # Errors
/// [`EvalError`] when records are absent or wrong, or there is too little to fit or ask.
pub fn on_records(
    folder: &std::path::Path,
    options: &CollectionsOptions,
) -> Result<CollectionsOutcome, EvalError> {
    let (facts, invoices) = invoices::of_records(folder)?;
    evaluate(&facts, &invoices, options)
}

/// Measures the HighRadius extract: by its protocol, or at another cut, as for choosing
/// parameters before the test period.
///
/// # Errors
/// [`EvalError`] when the set is absent or wrong.
pub fn on_highradius(
    data: &std::path::Path,
    cut: Option<NaiveDate>,
    end: Option<NaiveDate>,
) -> Result<CollectionsOutcome, EvalError> {
    let (facts, invoices) = invoices::of_highradius(data)?;
    let cut = cut.unwrap_or(receivables::TEST_FROM);
    let options = CollectionsOptions {
        set: "highradius".to_owned(),
        protocol: format!("asked at due date less the customer's usual term, fitted before {cut}"),
        cut,
        end,
    };
    evaluate(&facts, &invoices, &options)
}

fn evaluate(
    facts: &Arc<Facts>,
    invoices: &[Invoice],
    options: &CollectionsOptions,
) -> Result<CollectionsOutcome, EvalError> {
    let wrong = |message: String| EvalError::File {
        path: options.set.clone(),
        message,
    };
    let before =
        |invoice: &&Invoice| invoice.issued_on < options.cut && invoice.due_on < options.cut;
    let after = |invoice: &&Invoice| {
        invoice.issued_on >= options.cut && options.end.is_none_or(|end| invoice.issued_on < end)
    };
    let mut early: Vec<&Invoice> = invoices.iter().filter(before).collect();
    early.sort_by_key(|invoice| invoice.issued_on);
    let notes = WhenMet::default();
    let examples: Vec<Example> = early
        .iter()
        .map(|invoice| {
            Ok(Example {
                row: invoice.row(facts, &notes)?,
                outcome: fitting::outcome(invoice.due_on, invoice.cleared_on, options.cut),
                weight: 1.0,
                group: None,
            })
        })
        .collect::<Result<_, EvalError>>()?;
    let plan = fitting::plan().map_err(|error| wrong(error.to_string()))?;
    let fitted = forecast::fit(&plan, &examples).map_err(|error| wrong(error.to_string()))?;
    let model = &fitted.distribution;
    let asked: Vec<Asked> = invoices
        .iter()
        .filter(after)
        .map(|invoice| Ok(Asked::of(invoice, invoice.row(facts, &notes)?, model)))
        .collect::<Result<_, EvalError>>()?;
    if asked.is_empty() {
        return Err(wrong(format!(
            "no invoice was issued from {} on",
            options.cut
        )));
    }
    let late = scored(&asked, |asked| Some(asked.late));
    let mut metrics = figures(&late);
    metrics.insert(
        "mae_days".to_owned(),
        error_of(&asked, |asked| Some(asked.median)),
    );
    metrics.insert(
        "coverage80".to_owned(),
        metrics::mean(asked.iter().filter_map(Asked::held)),
    );
    metrics.insert(
        "interval_days".to_owned(),
        metrics::mean(asked.iter().map(|asked| asked.high - asked.low)),
    );
    metrics.insert(
        "late".to_owned(),
        metrics::mean(late.iter().map(|(_, y)| f64::from(u8::from(*y)))),
    );
    metrics.insert("fitted_on".to_owned(), Some(examples.len() as f64));
    let before = baselines::Before::of(&early, options.cut);
    let plotted = plotted(&asked, late, model, &before);
    let mut evaluation = Evaluation {
        case: "collections".to_owned(),
        set: options.set.clone(),
        protocol: options.protocol.clone(),
        n: asked.len(),
        metrics,
        baselines: before.figures(&asked),
        fields: BTreeMap::new(),
        lines: BTreeMap::new(),
        confusion: BTreeMap::new(),
    };
    plotted.tell(&mut evaluation);
    Ok(CollectionsOutcome {
        evaluation,
        plotted,
        fitted,
        cut: options.cut,
    })
}

fn plotted(
    asked: &[Asked],
    scored: Vec<Scored>,
    model: &Distribution,
    before: &baselines::Before,
) -> Plotted {
    let listed = |list: fn(&Asked, f64) -> Listed, baseline: &dyn Fn(&Asked) -> f64| {
        let paid = asked.iter().filter(|asked| asked.came.is_some());
        paid.map(|asked| list(asked, baseline(asked)))
            .collect::<Vec<Listed>>()
    };
    let late = listed(
        |asked, baseline| Listed {
            ours: asked.late,
            baseline,
            worth: f64::from(u8::from(asked.came.is_some_and(|came| came > 0.0))),
        },
        &|asked| before.share_of(asked),
    );
    let money_days = listed(
        |asked, baseline| Listed {
            ours: asked.amount * asked.expected_late,
            baseline,
            worth: asked.amount * asked.came.unwrap_or_default().max(0.0),
        },
        &|asked| asked.amount,
    );
    let held: Vec<Held<'_>> = asked.iter().filter_map(Asked::as_held).collect();
    Plotted {
        scored,
        lifts: [
            Lift::of("late", "late invoices", baselines::CUSTOMER, &late),
            Lift::of(
                "money_days",
                "late money times days",
                baselines::AMOUNT,
                &money_days,
            ),
        ]
        .into_iter()
        .flatten()
        .collect(),
        coverage: covered(model, &held),
    }
}

/// An invoice of the test, what was foretold, and what came of it.
struct Asked {
    row: Vec<f64>,
    curve: Curve,
    late: f64,
    median: f64,
    low: f64,
    high: f64,
    expected_late: f64,
    amount: f64,
    /// Days late, once paid.
    came: Option<f64>,
}

impl Asked {
    fn of(invoice: &Invoice, row: Vec<f64>, model: &Distribution) -> Self {
        let curve = model.curve(&row);
        let (low, high) = model.interval(&row, &curve);
        Self {
            late: curve.above(0.0),
            median: curve.quantile(0.5),
            low,
            high,
            expected_late: curve.mean_above(0.0),
            amount: invoice.amount,
            came: invoice
                .cleared_on
                .map(|day| (day - invoice.due_on).num_days() as f64),
            curve,
            row,
        }
    }

    fn held(&self) -> Option<f64> {
        let came = self.came?;
        Some(f64::from(u8::from((self.low..=self.high).contains(&came))))
    }

    fn as_held(&self) -> Option<Held<'_>> {
        Some(Held {
            row: &self.row,
            curve: &self.curve,
            came: self.came?,
        })
    }

    fn feature(&self, name: &str) -> Option<f64> {
        let names = &scrutineer::cases::collections::features::NAMES;
        let at = names.iter().position(|known| *known == name)?;
        self.row.get(at).copied().filter(|value| !value.is_nan())
    }
}

fn scored(asked: &[Asked], score: impl Fn(&Asked) -> Option<f64>) -> Vec<Scored> {
    asked
        .iter()
        .filter_map(|asked| Some((score(asked)?, asked.came? > 0.0)))
        .collect()
}

fn error_of(asked: &[Asked], foretold: impl Fn(&Asked) -> Option<f64>) -> Option<f64> {
    metrics::mean(
        asked
            .iter()
            .filter_map(|asked| Some((foretold(asked)? - asked.came?).abs())),
    )
}
