//! The delays board: teams, set-ups and bills as bars, chains and timelines.

use chrono::NaiveDate;

use super::bars::{self, ReasonBar};
use super::collections::level;
use super::words;
use crate::advice::{Recommendation, Status};
use crate::cases::billing::{BillingAdvice, ChainStep, FirstFix};
use crate::cases::project_setup::dependencies::WORTH_TELLING;
use crate::cases::project_setup::{MissingDependency, SetupAdvice};
use crate::cases::timesheet::TimesheetAdvice;
use crate::service::DelaysRun;

/// Days from today that timelines go over.
const AHEAD_DAYS: f64 = 45.0;
/// Width of a timeline in its own units.
const WIDE: f64 = 200.0;

/// The page's content.
pub(in crate::web) struct DelaysView {
    pub(in crate::web) as_of: String,
    pub(in crate::web) teams: Vec<Team>,
    pub(in crate::web) setups: Vec<Setup>,
    pub(in crate::web) bills: Vec<Bill>,
    /// Of a level above low, whether likely late or unlike all that was fitted on.
    pub(in crate::web) watched_setups: usize,
    pub(in crate::web) watched_teams: usize,
    pub(in crate::web) watched_bills: usize,
    pub(in crate::web) bills_left_out: usize,
    pub(in crate::web) setups_left_out: usize,
}

/// What every answer shows.
pub(in crate::web) struct Answer {
    pub(in crate::web) level: (&'static str, &'static str),
    /// Probability in percent, and the width of its bar.
    pub(in crate::web) percent: Option<String>,
    pub(in crate::web) said: String,
    pub(in crate::web) bars: Vec<ReasonBar>,
    pub(in crate::web) model: String,
}

/// One team and period.
pub(in crate::web) struct Team {
    pub(in crate::web) answer: Answer,
    pub(in crate::web) name: String,
    pub(in crate::web) period: String,
    pub(in crate::web) submitted: String,
    pub(in crate::web) share: String,
    pub(in crate::web) missing_hours: String,
    pub(in crate::web) holds_up: Vec<String>,
    pub(in crate::web) action: String,
}

/// One set-up.
pub(in crate::web) struct Setup {
    pub(in crate::web) answer: Answer,
    pub(in crate::web) id: String,
    pub(in crate::web) project: String,
    pub(in crate::web) target: String,
    pub(in crate::web) done: String,
    pub(in crate::web) line: Option<Timeline>,
    pub(in crate::web) missing: Vec<Dependency>,
}

/// A dependency that is not done; its bar goes from p50 to p90 in a drawing 200 wide.
pub(in crate::web) struct Dependency {
    pub(in crate::web) name: String,
    pub(in crate::web) owner: String,
    pub(in crate::web) words: String,
    pub(in crate::web) critical: bool,
    pub(in crate::web) bar: Option<(String, String)>,
}

/// One bill.
pub(in crate::web) struct Bill {
    pub(in crate::web) answer: Answer,
    pub(in crate::web) id: String,
    pub(in crate::web) project: String,
    pub(in crate::web) planned: String,
    pub(in crate::web) amount: String,
    pub(in crate::web) at_risk: String,
    pub(in crate::web) currency: String,
    pub(in crate::web) line: Option<Timeline>,
    pub(in crate::web) steps: Vec<Step>,
    pub(in crate::web) fix: String,
}

/// From today on: p50 to p90, and the day planned.
pub(in crate::web) struct Timeline {
    pub(in crate::web) from: String,
    pub(in crate::web) width: String,
    pub(in crate::web) target: String,
    pub(in crate::web) words: String,
}

/// One step of a chain, at its place in a drawing 100 apart; its label stands below in a column as wide.
pub(in crate::web) struct Step {
    pub(in crate::web) x: usize,
    pub(in crate::web) class: String,
    pub(in crate::web) label: String,
    pub(in crate::web) title: String,
}

impl DelaysView {
    /// From a run.
    pub(in crate::web) fn new(run: &DelaysRun) -> Self {
        let today = run.as_of.date_naive();
        let pressing = |answers: &[Recommendation]| {
            let low = crate::advice::Level::Low;
            answers.iter().filter(|answer| answer.level > low).count()
        };
        Self {
            as_of: words::minute(run.as_of),
            teams: run.timesheet.iter().filter_map(team).collect(),
            setups: run
                .project_setup
                .iter()
                .filter_map(|answer| setup(answer, today))
                .collect(),
            watched_setups: pressing(&run.project_setup),
            bills: run
                .billing
                .iter()
                .filter_map(|answer| bill(answer, today))
                .collect(),
            watched_teams: pressing(&run.timesheet),
            watched_bills: pressing(&run.billing),
            bills_left_out: run.bills_left_out,
            setups_left_out: run.setups_left_out,
        }
    }
}

pub(super) fn answer(given: &Recommendation, asked: &str) -> Answer {
    Answer {
        level: level(given.level),
        percent: given.score.map(|score| format!("{:.0}", score * 100.0)),
        said: match given.status {
            Status::Scored => asked.to_owned(),
            status => words::unscored(status).to_owned(),
        },
        bars: bars::bars(&given.reasons, &given.counter_reasons),
        model: given.model.as_ref().map_or_else(String::new, |model| {
            format!("{} {}", model.name, model.version)
        }),
    }
}

fn team(given: &Recommendation) -> Option<Team> {
    let advice: TimesheetAdvice = serde_json::from_value(given.suggestion.clone()?).ok()?;
    let [start, end] = advice.period;
    let suffix = format!(" {end}");
    let bills = advice.holds_up.iter().map(|bill| {
        let amount = bill.amount.as_deref().map(words::amount);
        let currency = bill.currency.map(|currency| format!(" {currency}"));
        format!(
            "{} planned for {}{}{}",
            bill.bill_id,
            bill.planned_on,
            amount.map_or_else(String::new, |amount| format!(", {amount}")),
            currency.unwrap_or_default()
        )
    });
    Some(Team {
        answer: answer(given, "to be late"),
        name: given
            .subject
            .id
            .strip_suffix(&suffix)
            .unwrap_or(&given.subject.id)
            .to_owned(),
        period: format!("{start} to {end}"),
        submitted: format!("{} of {}", advice.submitted, advice.sheets),
        share: format!(
            "{:.0}",
            advice.submitted as f64 * 100.0 / advice.sheets.max(1) as f64
        ),
        missing_hours: advice
            .missing_hours
            .map_or_else(String::new, |hours| format!("{hours:.0} h")),
        holds_up: bills.collect(),
        action: words::sentence(&advice.action),
    })
}

fn setup(given: &Recommendation, today: NaiveDate) -> Option<Setup> {
    let advice: SetupAdvice = serde_json::from_value(given.suggestion.clone()?).ok()?;
    let asked = if given.score_kind == "misses_target" {
        "to miss its day"
    } else {
        "to be open in 7 days"
    };
    let done = advice.dependencies.saturating_sub(advice.missing.len());
    Some(Setup {
        answer: answer(given, asked),
        id: given.subject.id.clone(),
        project: advice.project_id.clone(),
        target: advice.target_on.to_string(),
        done: format!("{done} of {}", advice.dependencies),
        line: timeline(today, advice.target_on, advice.p50, advice.p90),
        missing: advice.missing.iter().map(dependency).collect(),
    })
}

fn dependency(missing: &MissingDependency) -> Dependency {
    let place = |days: f64| (days / AHEAD_DAYS).clamp(0.0, 1.0) * WIDE;
    let left = missing.left_p50.zip(missing.left_p90);
    let adds = missing.adds_days.filter(|days| *days >= WORTH_TELLING);
    let adds = adds.map_or_else(String::new, |days| format!(", adds {}", words::days(days)));
    Dependency {
        name: words::sentence(&missing.name),
        owner: missing
            .owner_role
            .as_ref()
            .map_or_else(String::new, |role| role.replace('_', " ")),
        words: match left {
            Some((p50, p90)) => format!("{} more, up to {p90:.0}{adds}", words::days(p50)),
            None => format!(
                "{}, waited {}{adds}",
                missing.state.replace('_', " "),
                words::days(missing.waited_days)
            ),
        },
        critical: missing.critical,
        bar: left.map(|(p50, p90)| {
            let (from, to) = (place(p50), place(p90));
            (format!("{from:.1}"), format!("{:.1}", (to - from).max(2.0)))
        }),
    }
}

fn bill(given: &Recommendation, today: NaiveDate) -> Option<Bill> {
    let advice: BillingAdvice = serde_json::from_value(given.suggestion.clone()?).ok()?;
    let asked = if given.score_kind == "bill_slips" {
        "to slip"
    } else {
        "to be out in 7 days at the earliest"
    };
    let money = |text: &Option<String>| text.as_deref().map_or_else(String::new, words::amount);
    Some(Bill {
        answer: answer(given, asked),
        id: given.subject.id.clone(),
        project: advice.project_id.clone(),
        planned: advice.planned_on.to_string(),
        amount: money(&advice.amount),
        at_risk: money(&advice.amount_at_risk),
        currency: advice.currency.to_string(),
        line: timeline(today, advice.planned_on, advice.p50, advice.p90),
        steps: advice.chain.iter().enumerate().map(step).collect(),
        fix: match &advice.fix {
            Some(fix) => first(fix, today),
            None => nothing_to_do(&advice.chain).to_owned(),
        },
    })
}

/// What is said of a chain without a step that somebody has to do first: what no record tells of is
/// not done by that.
fn nothing_to_do(chain: &[ChainStep]) -> &'static str {
    let of = |state: &str| chain.iter().any(|step| step.state == state);
    match (of("not_seen"), of("done")) {
        (true, true) => "nothing that is recorded is left but to send it.",
        (true, false) => "not known, for none of its steps is recorded.",
        (false, _) => "nothing is left but to send it.",
    }
}

/// What to do first; the day by which it was to be done may have passed.
fn first(fix: &FirstFix, today: NaiveDate) -> String {
    let until = if fix.by < today {
        ", was due by"
    } else {
        " until"
    };
    let step = match (fix.step.as_str(), &fix.reason) {
        ("hold", Some(reason)) => format!("release it from hold ({reason})"),
        ("hold", None) => "release it from hold".to_owned(),
        (step, _) => step.replace('_', " "),
    };
    format!("{step} by the {}{until} {}", fix.role, fix.by)
}

/// Where days stand in a timeline; beyond its end they stand there.
pub(super) fn timeline(
    today: NaiveDate,
    target: NaiveDate,
    p50: Option<NaiveDate>,
    p90: Option<NaiveDate>,
) -> Option<Timeline> {
    let (p50, p90) = (p50?, p90?);
    let place = |day: NaiveDate| {
        let ahead = (day - today).num_days() as f64;
        (ahead / AHEAD_DAYS).clamp(0.0, 1.0) * WIDE
    };
    let (from, to) = (place(p50), place(p90));
    Some(Timeline {
        from: format!("{from:.1}"),
        width: format!("{:.1}", (to - from).max(2.0)),
        target: format!("{:.1}", place(target)),
        words: format!("expected {p50}, by {p90} with 90 %"),
    })
}

fn step((at, step): (usize, &ChainStep)) -> Step {
    let since = step
        .since
        .map(|since| format!(" since {}", since.date_naive()));
    let waits = if step.outstanding > 0 {
        format!(", {} outstanding", step.outstanding)
    } else {
        String::new()
    };
    Step {
        x: 50 + at * 100,
        class: step.state.clone(),
        label: words::sentence(&step.step),
        title: format!(
            "{}: {}{}{waits}",
            words::sentence(&step.step),
            step.state.replace('_', " "),
            since.unwrap_or_default()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_has_passed_is_not_told_as_one_to_come() {
        let fix = |by: &str| FirstFix {
            step: "approval".to_owned(),
            role: "project manager".to_owned(),
            by: by.parse().unwrap(),
            reason: None,
        };
        let today = "2026-03-02".parse().unwrap();
        for (by, said) in [
            (
                "2026-02-20",
                "approval by the project manager, was due by 2026-02-20",
            ),
            (
                "2026-03-02",
                "approval by the project manager until 2026-03-02",
            ),
        ] {
            assert_eq!(first(&fix(by), today), said);
        }
        let held = FirstFix {
            step: "hold".to_owned(),
            reason: Some("amount contested".to_owned()),
            ..fix("2026-03-02")
        };
        let said =
            "release it from hold (amount contested) by the project manager until 2026-03-02";
        assert_eq!(first(&held, today), said);
    }

    #[test]
    fn what_no_record_tells_of_is_not_told_as_done() {
        let chain = |states: &[&str]| -> Vec<ChainStep> {
            let step = |state: &&str| ChainStep {
                step: "approval".to_owned(),
                role: String::new(),
                state: (*state).to_owned(),
                since: None,
                outstanding: 0,
                overdue: 0,
                usual_days: None,
            };
            states.iter().map(step).collect()
        };
        let said = |states: &[&str]| nothing_to_do(&chain(states));
        assert!(said(&["not_seen", "not_needed", "to_come"]).starts_with("not known"));
        assert!(said(&["not_seen", "done", "to_come"]).starts_with("nothing that is recorded"));
        assert!(said(&["done", "not_needed", "to_come"]).starts_with("nothing is left"));
    }
}
