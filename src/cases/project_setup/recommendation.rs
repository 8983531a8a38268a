//! Level, what is missing and who sees to it, and the envelope.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::case::{MissingDependency, SetupInput};
use super::dependencies::WORTH_TELLING;
use super::facts::FactNames;
use crate::advice::{
    Case, Counterfactual, Effect, Evidence, InvalidRecommendation, Level, Recommendation,
};
use crate::cases::forecast::{Explained, Explaining, Wording, is_beyond, level_of};
use crate::cases::forecast_answer::{ForecastAnswer, record};
use crate::learn::forecast::Forecast;

/// Once the day is missed, what is asked is whether it is open for so much longer.
const LONGER_DAYS: f64 = 7.0;

/// What is suggested: the case's own part of the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetupAdvice {
    /// Its project.
    pub project_id: String,
    /// Day it should be active.
    pub target_on: NaiveDate,
    /// Active by then with 50 % probability.
    pub p50: Option<NaiveDate>,
    /// With 90 %.
    pub p90: Option<NaiveDate>,
    /// What is not done, the one that adds most first.
    pub missing: Vec<MissingDependency>,
    /// Dependencies in all.
    pub dependencies: usize,
}

/// The answer. The same arguments give the same answer, bit for bit.
pub(super) fn recommend(
    input: &SetupInput,
    row: &[f64],
    (forecast, names): (&Forecast, &FactNames),
    words: &[Wording],
    features_sha256: String,
    recommendation_id: Uuid,
) -> Result<Recommendation, InvalidRecommendation> {
    let (passed, due) = input.passed_and_due();
    let beyond = is_beyond(forecast, names.counted(row, passed));
    let told = input.enough_history && !beyond;
    // Not active now: it takes longer than it has.
    let curve = names
        .days_left(forecast.distribution(), row)
        .given_above(passed);
    let missed = passed > due;
    let (score_kind, threshold) = if missed {
        ("open_in_7_days", passed + LONGER_DAYS)
    } else {
        ("misses_target", due)
    };
    let score = curve.above(threshold);
    let explained = if told {
        Explaining {
            forecast,
            row,
            words,
            threshold: names.counted(row, threshold),
            probability: score,
            beyond: (
                "waited_until_now",
                format!("{passed:.0} days since the last step: an earlier day is ruled out, and the day planned lies between those that were fitted."),
            ),
        }
        .explain()?
    } else {
        Explained::nothing()
    };
    let level = match (told, missed || beyond) {
        (true, false) => level_of(score),
        (true, true) => level_of(score).max(Level::Medium),
        (false, true) => Level::Medium,
        (false, false) => Level::Low,
    };
    let on = |share: f64| -> Option<NaiveDate> {
        let days = TimeDelta::try_minutes((curve.quantile(share) * 1440.0) as i64)?;
        let at: DateTime<Utc> = input.last_step_at.checked_add_signed(days)?;
        told.then(|| at.date_naive())
    };
    let (low, high) = forecast.distribution().interval(row, &curve);
    let advice = SetupAdvice {
        project_id: input.project_id.clone(),
        target_on: input.target_on,
        p50: on(0.5),
        p90: on(0.9),
        missing: input.missing.clone(),
        dependencies: input.dependencies,
    };
    let effect = match (level, input.missing.is_empty()) {
        (Level::High, _) => Effect::RaisePriority,
        (_, false) => Effect::RequestInfo,
        (Level::Medium, true) => Effect::Suggest,
        (Level::Low, true) => Effect::None,
    };
    let answer = ForecastAnswer {
        case: Case::ProjectSetup,
        subject: ("project_setup", input.setup_id.clone()),
        as_of: input.as_of,
        enough_history: input.enough_history,
        score: told.then_some(score),
        score_kind,
        interval: (low, high, "days_after_last_step"),
        level,
        explained,
        evidence: evidence(input),
        counterfactuals: if told {
            counterfactuals(input)
        } else {
            Vec::new()
        },
        suggestion: advice,
        effect,
        far_above: beyond
            .then_some("days_since_last_step")
            .into_iter()
            .collect(),
        missing: if input.enough_history {
            Vec::new()
        } else {
            vec!["set_up_history".to_owned()]
        },
        forecast,
        features_sha256,
        recommendation_id,
    };
    Ok(answer.recommendation())
}

/// What each missing dependency adds, were it done now: somebody can act on those. While nothing
/// is known of one that activation waits for, nothing can be said of the others either.
fn counterfactuals(input: &SetupInput) -> Vec<Counterfactual> {
    let missing = input.missing.iter();
    let adds = missing.filter_map(|one| Some((one, one.adds_days?)));
    adds.filter(|(_, adds)| *adds >= WORTH_TELLING)
        .map(|(one, adds)| Counterfactual {
            field: one.name.clone(),
            from: one.state.clone(),
            to: "done".to_owned(),
            text: format!(
                "Were `{}` done now, activation would be expected {} earlier.",
                one.name,
                in_days(adds)
            ),
        })
        .collect()
}

fn in_days(days: f64) -> String {
    let whole = days.round().max(1.0);
    let unit = if whole > 1.0 { "days" } else { "day" };
    format!("{whole} {unit}")
}

/// The set-up, and what it waits for.
fn evidence(input: &SetupInput) -> Vec<Evidence> {
    let setup = record(
        format!("project_setup/{}", input.setup_id),
        format!("asked for on {}", input.requested_at.date_naive()),
    );
    let waiting = input.missing.iter().map(|one| {
        let owner = one.owner_role.as_deref().unwrap_or("nobody named");
        record(
            format!("project_setup/{}/{}", input.setup_id, one.name),
            format!("{} with {owner} for {:.0} days", one.state, one.waited_days),
        )
    });
    std::iter::once(setup).chain(waiting).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::runs::Runs;
    use super::*;
    use crate::advice::{ModelRef, Status};
    use crate::learn::calibration::Platt;
    use crate::learn::distribution::{Distribution, Level as Threshold, Range, Tails};
    use crate::learn::forecast::ForecastWeights;
    use crate::learn::learner::Learner;
    use crate::learn::trees::Trees;

    /// Ends on Fridays at noon, or at any hour; fitted on seven of what is counted at most.
    fn model(in_runs: bool) -> (Forecast, FactNames) {
        let ends = (0..60).map(|at| (f64::from(at), 4.5));
        let names = FactNames {
            runs: Runs::of(&ends.collect::<Vec<_>>()),
            in_runs,
            ..FactNames::default()
        };
        assert!(!names.runs.is_empty());
        let features = names.features();
        let count = features.len();
        let level = Threshold {
            threshold: 1.0,
            learner: Learner::Trees(Trees::new(0.0, count, Vec::new()).unwrap()),
            calibration: Platt::identity().into(),
        };
        let range = Range {
            lowest: 0.0,
            highest: 7.0,
            whole: in_runs,
        };
        let tails = Tails {
            coverage: 0.8,
            feature: 0,
            bounds: Vec::new(),
            left_out: vec![0.1],
        };
        let weights = ForecastWeights {
            distribution: Distribution::new(features.clone(), range, vec![level], tails).unwrap(),
            usual: vec![None; count],
            highest: vec![None; count],
        };
        let reference = ModelRef {
            name: "project_setup".to_owned(),
            version: "1".to_owned(),
            sha256: String::new(),
            trained_until: NaiveDate::MIN,
        };
        let features: Vec<&str> = features.iter().map(String::as_str).collect();
        (Forecast::new(weights, reference, &features).unwrap(), names)
    }

    fn status(in_runs: bool, days_since: i64) -> Status {
        let (forecast, names) = model(in_runs);
        let mut row = vec![f64::NAN; forecast.distribution().features().len()];
        // The last step was on a Monday morning.
        row[super::super::features::TIME_OF_WEEK] = 0.4;
        let last: DateTime<Utc> = "2026-03-02T09:36:00Z".parse().unwrap();
        let input = SetupInput {
            setup_id: "s".to_owned(),
            project_id: "p".to_owned(),
            as_of: last + TimeDelta::days(days_since),
            requested_at: last,
            target_on: last.date_naive(),
            last_step_at: last,
            missing: Vec::new(),
            dependencies: 1,
            enough_history: true,
        };
        let answer = recommend(
            &input,
            &row,
            (&forecast, &names),
            &[],
            String::new(),
            Uuid::nil(),
        );
        answer.unwrap().status
    }

    #[test]
    fn nothing_is_foretold_beyond_all_that_was_seen_in_days_or_in_runs() {
        let told = [3, 6, 8, 20].map(|days| status(false, days));
        let (scored, abstained) = (Status::Scored, Status::Abstained);
        assert_eq!(told, [scored, scored, abstained, abstained]);
        // Seven runs are seven weeks.
        let told = [8, 20, 45, 60].map(|days| status(true, days));
        assert_eq!(told, [scored, scored, scored, abstained]);
    }
}
