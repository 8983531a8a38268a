//! Level, what to do, and the envelope.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::explanation::WORDS;
use super::features::{self, DAYS_TO_DUE};
use super::foretold::Foretold;
use super::input::{BillHeldUp, TimesheetInput};
use crate::advice::{Case, Effect, Evidence, InvalidRecommendation, Level, Recommendation};
use crate::cases::forecast::{Explained, Explaining, level_of};
use crate::cases::forecast_answer::{ForecastAnswer, record};
use crate::learn::forecast::Forecast;

/// What the score is the probability of.
pub(super) const SCORE_KIND: &str = "period_late";

/// What is suggested: the case's own part of the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimesheetAdvice {
    /// First and last day of the period.
    pub period: [chrono::NaiveDate; 2],
    /// Sheets known of, and of those handed in.
    pub sheets: usize,
    /// See `sheets`.
    pub submitted: usize,
    /// Probability that any sheet is late.
    pub any_late: Option<f64>,
    /// Expected share of sheets late, 0..1.
    pub late_share: Option<f64>,
    /// Hours expected to be missing when the sheets are due.
    pub missing_hours: Option<f64>,
    /// Bills that wait for the sheets.
    pub holds_up: Vec<BillHeldUp>,
    /// `remind_submitters` or `wait`.
    pub action: String,
}

/// The answer. The same arguments give the same answer, bit for bit.
pub(super) fn recommend(
    input: &TimesheetInput,
    row: &[f64],
    forecast: &Forecast,
    features_sha256: String,
    recommendation_id: Uuid,
) -> Result<Recommendation, InvalidRecommendation> {
    let curve = forecast.distribution().curve(row);
    let Foretold {
        curve,
        late_share,
        missing_share,
    } = Foretold::of(curve, input.sheets, input.known);
    let far_above = too_soon(input, row, forecast);
    let told = input.enough_history && far_above.is_empty();
    let score = curve.above(input.tolerated_percent);
    let explained = if told {
        Explaining {
            forecast,
            row,
            words: &WORDS,
            threshold: input.tolerated_percent,
            probability: score,
            beyond: (
                "sheets_known",
                format!(
                    "{} of {} sheets are in: what they rule out, and the probabilities of other shares.",
                    input.submitted, input.sheets
                ),
            ),
        }
        .explain()?
    } else {
        Explained::nothing()
    };
    let level = if told { level_of(score) } else { Level::Low };
    let (low, high) = forecast.distribution().interval(row, &curve);
    let remind = told && level > Level::Low && input.submitted < input.sheets;
    let advice = TimesheetAdvice {
        period: [input.period_start, input.period_end],
        sheets: input.sheets,
        submitted: input.submitted,
        any_late: told.then(|| curve.above(0.0)),
        late_share: told.then_some(late_share),
        missing_hours: input
            .expected_hours
            .filter(|_| told)
            .map(|hours| hours * missing_share),
        holds_up: input.holds_up.clone(),
        action: (if remind { "remind_submitters" } else { "wait" }).to_owned(),
    };
    let effect = match (remind, level) {
        (false, _) => Effect::None,
        (true, Level::High) => Effect::RaisePriority,
        (true, _) => Effect::Suggest,
    };
    let answer = ForecastAnswer {
        case: Case::Timesheet,
        subject: (
            "team_period",
            format!("{} {}", input.team, input.period_end),
        ),
        as_of: input.as_of,
        enough_history: input.enough_history,
        score: told.then_some(score),
        score_kind: SCORE_KIND,
        interval: (low.round() + 0.0, high.round(), "percent_of_sheets_late"),
        level,
        explained,
        evidence: evidence(input),
        counterfactuals: Vec::new(),
        suggestion: advice,
        effect,
        far_above,
        missing: if input.enough_history {
            Vec::new()
        } else {
            vec!["earlier_periods".to_owned()]
        },
        forecast,
        features_sha256,
        recommendation_id,
    };
    Ok(answer.recommendation())
}

/// How long before the sheets are due is asked, where no period was looked at so soon when the model was fitted:
/// before its first day none was, nor was one that is due later than any from its first day on.
fn too_soon(input: &TimesheetInput, row: &[f64], forecast: &Forecast) -> Vec<&'static str> {
    let days = row.get(DAYS_TO_DUE).zip(forecast.highest(DAYS_TO_DUE));
    let is_longer = days.is_some_and(|(days, highest)| *days > highest);
    let has_begun = input.period_start <= input.as_of.date_naive();
    let too_soon = !has_begun || is_longer && forecast.uses(DAYS_TO_DUE);
    let name = features::NAMES.get(DAYS_TO_DUE).copied();
    name.filter(|_| too_soon).into_iter().collect()
}

/// The bills that wait, and the team's sheets as a whole: no sheet of a person is named.
fn evidence(input: &TimesheetInput) -> Vec<Evidence> {
    let sheets = record(
        format!("timesheet/{}/{}", input.team, input.period_end),
        format!("{} of {} sheets handed in", input.submitted, input.sheets),
    );
    let bills = input.holds_up.iter().map(|bill| {
        record(
            format!("bill/{}", bill.bill_id),
            format!("planned for {}", bill.planned_on),
        )
    });
    std::iter::once(sheets).chain(bills).collect()
}
