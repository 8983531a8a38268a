//! When would each invoice have been paid? Fitted before a cut, asked after it.
//!
//! Each invoice is scored once, on the day it was issued, from what was known that day, and
//! again on some days before it is due and while it is overdue. Fitting sees what was known at the cut; what
//! was still open then counts as late by so much at least. So it is with what is asked about: an
//! invoice unpaid past its due day when the records end is late, one not due by then is censored.
//! One that was withdrawn, or paid nobody says when, is neither fitted on nor asked about.

mod asked;
mod baselines;
mod invoices;
mod overdue;
mod rows;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use scrutineer::domain::Currency;
use scrutineer::learn::distribution::Distribution;
use scrutineer::learn::forecast::ForecastWeights;
use scrutineer_datasets::sets::receivables;
use scrutineer_fitting::collections::{self as fitting, VERY_LATE_DAYS, moment, passing};
use scrutineer_fitting::distribution::{Example, first_held_back, on_calendar};
use scrutineer_fitting::notes::WhenMet;

pub use invoices::Invoice;

use asked::{Asked, error_of, scored_after, unfinished};
use invoices::Records;
use rows::Rows;

use crate::coverage::{Held, covered, share_within};
use crate::lift::{Lift, Listed};
use crate::metrics::{self, Scored, figures};
use crate::plotted::Plotted;
use crate::records::home_of;
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
    let (records, until) = invoices::of_records(folder, options.cut)?;
    let options = CollectionsOptions {
        protocol: format!("{}, known until {until}", options.protocol),
        ..options.clone()
    };
    evaluate(&records, &options)
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
    let cut = cut.unwrap_or(receivables::TEST_FROM);
    let records = invoices::of_highradius(data, cut)?;
    let options = CollectionsOptions {
        set: "highradius".to_owned(),
        protocol: format!("asked at due date less the customer's usual term, fitted before {cut}"),
        cut,
        end,
    };
    evaluate(&records, &options)
}

fn evaluate(
    records: &Records,
    options: &CollectionsOptions,
) -> Result<CollectionsOutcome, EvalError> {
    let facts = &records.facts;
    let before =
        |invoice: &&Invoice| invoice.issued_on < options.cut && invoice.due_on < options.cut;
    let after = |invoice: &&Invoice| {
        invoice.issued_on >= options.cut && options.end.is_none_or(|end| invoice.issued_on < end)
    };
    let is_told = |invoice: &&Invoice| invoice.is_told;
    let early = records.early.iter().filter(before);
    let (mut early, not_fitted): (Vec<&Invoice>, Vec<&Invoice>) = early.partition(is_told);
    // Of one day in order of customer and id, whatever the order of the file.
    early.sort_by_key(|invoice| invoice.issued_on);
    let notes = WhenMet::default();
    let again_from = first_held_back(early.len());
    let rows = rows::rows(&early, again_from, facts, &notes)?;
    let examples: Vec<Example> = early
        .iter()
        .zip(rows)
        .map(|(invoice, Rows { on_issue, again })| {
            let asked = on_calendar(moment(invoice.issued_on));
            Example {
                again,
                passing: Some(passing(invoice.due_on)),
                ..Example::new(on_issue, invoice.outcome, asked)
            }
        })
        .collect();
    let fitted = fitting::fit(&examples).map_err(|error| EvalError::insufficient(&error))?;
    let model = &fitted.distribution;
    let late = records.ended.iter().filter(after);
    let (late, not_asked): (Vec<&Invoice>, Vec<&Invoice>) = late.partition(is_told);
    if late.is_empty() {
        let none = format!(
            "no invoice was issued from {} on, beside {} withdrawn or paid nobody says when",
            options.cut,
            not_asked.len()
        );
        return Err(EvalError::insufficient(&none));
    }
    let asked: Vec<Asked> = late
        .iter()
        .map(|invoice| Ok(Asked::of(invoice, invoice.row(facts, &notes)?, model)))
        .collect::<Result<_, EvalError>>()?;
    let before = baselines::Before::of(&examples);
    let (overdue, overdue_plain) = overdue::figures(facts, &late, options.end, model, &examples)?;
    let scored = scored_after(&asked, 0.0, |asked| asked.late);
    let mut metrics = figures_of(&asked, &scored);
    metrics.insert("fitted_on".to_owned(), Some(examples.len() as f64));
    for (name, those) in [("left_out", not_asked), ("fit_left_out", not_fitted)] {
        metrics.insert(name.to_owned(), Some(those.len() as f64));
    }
    metrics.extend(overdue);
    let mut baselines = before.figures(&asked);
    let plain = baselines.entry(baselines::FIRM.to_owned()).or_default();
    plain.extend(overdue_plain);
    let home = home_of(records.ended.iter().map(|invoice| invoice.currency));
    let is_left_out = |asked: &&Asked| asked.is_known() && !asked.adds_up_in(home);
    let left_out = asked.iter().filter(is_left_out).count();
    metrics.insert("money_days_left_out".to_owned(), Some(left_out as f64));
    let plotted = plotted(&asked, scored, model, &before, home);
    let mut evaluation = Evaluation {
        case: "collections".to_owned(),
        set: options.set.clone(),
        protocol: options.protocol.clone(),
        n: asked.len(),
        metrics,
        baselines,
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

/// What was said on the day of issue against what came.
fn figures_of(asked: &[Asked], late: &[Scored]) -> BTreeMap<String, Option<f64>> {
    let count = |holds: fn(&Asked) -> bool| {
        let those = asked.iter().filter(|asked| holds(asked));
        Some(those.count() as f64)
    };
    let share = |scored: &[Scored]| {
        metrics::mean(scored.iter().map(|(_, came)| f64::from(u8::from(*came))))
    };
    let very_late = scored_after(asked, VERY_LATE_DAYS, |asked| asked.very_late);
    let mut found = figures(late);
    found.extend(
        [
            ("late", share(late)),
            ("very_late", share(&very_late)),
            ("very_late_brier", metrics::brier(&very_late)),
            ("censored", count(|asked| !asked.is_known())),
            ("unpaid", count(Asked::is_unpaid)),
            ("mae_days", error_of(asked, |asked| asked.median)),
            (
                "mae_days_if_paid",
                error_of(asked, |asked| asked.median_if_paid),
            ),
            (
                "coverage80",
                share_within(asked.iter().map(|one| (one.outcome, (one.low, one.high)))),
            ),
            ("unfinished", unfinished(asked)),
            (
                "interval_days",
                metrics::mean(asked.iter().map(|asked| asked.high - asked.low)),
            ),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    found
}

fn plotted(
    asked: &[Asked],
    scored: Vec<Scored>,
    model: &Distribution,
    before: &baselines::Before,
    home: Option<Currency>,
) -> Plotted {
    let listed = |which: &dyn Fn(&Asked) -> bool,
                  list: fn(&Asked, f64) -> Listed,
                  baseline: &dyn Fn(&Asked) -> f64| {
        let those = asked.iter().filter(|asked| which(asked));
        those
            .map(|asked| list(asked, baseline(asked)))
            .collect::<Vec<Listed>>()
    };
    let late = listed(
        &Asked::is_known,
        |asked, baseline| Listed {
            ours: asked.late,
            baseline,
            worth: f64::from(u8::from(asked.came_after(0.0) == Some(true))),
        },
        &|asked| before.share_of(asked),
    );
    // Amounts of several currencies make no sum.
    let money_days = listed(
        &|asked| asked.adds_up_in(home),
        |asked, baseline| Listed {
            ours: asked.amount * asked.expected_late,
            baseline,
            worth: asked.amount * asked.days_without_money(),
        },
        &|asked| asked.amount,
    );
    let held: Vec<Held<'_>> = asked.iter().map(Asked::as_held).collect();
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
