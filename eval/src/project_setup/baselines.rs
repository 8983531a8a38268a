//! What a spreadsheet would have said, and what more than the service has would say.

use std::collections::BTreeMap;

use scrutineer::cases::project_setup::{AskedRow, FactNames, Request};

use super::Answer;
use super::protocol::{Asked, quantile};
use crate::metrics::{self, Scored};

/// The same last step before.
pub(super) const LAST_STEP: &str = "the same last step before";
/// The mean of what the service says and what a classifier of lateness alone says.
const WITH_CLASSIFIER: &str = "mean with a classifier of lateness, not in the service";

type Figures = BTreeMap<String, Option<f64>>;

/// Weight of the overall share against one request, where few are known.
const DRAWN: f64 = 2.0;

/// The median of days left after the same last step, with the share late after it; the
/// share late by each fact; and what a further classifier would add.
pub(super) fn of(
    answers: &[Answer],
    early: &[AskedRow],
    asked: &Asked,
    names: &FactNames,
) -> BTreeMap<String, Figures> {
    let known = known(early, asked);
    let mut found = BTreeMap::from([(LAST_STEP.to_owned(), by_last_step(answers, &known, asked))]);
    for fact in &names.categories {
        let by_fact = |row: &AskedRow, request: &Request| {
            let stated = request.stated(row.event, fact);
            stated.map(ToString::to_string).unwrap_or_default()
        };
        let told = share_late(answers, &known, asked, by_fact);
        let name = format!("share late by {fact}");
        found.insert(name, late_figures(&told));
    }
    let means = answers.iter().filter_map(|answer| {
        let foretold = answer.foretold;
        let mean = f64::midpoint(foretold.late?, foretold.late_by_itself?);
        Some((answer.open, (mean, answer.late?)))
    });
    let means: Vec<(bool, Scored)> = means.collect();
    if !means.is_empty() {
        let of_those = |open_only: bool| {
            let those = means.iter().filter(|(open, _)| *open || !open_only);
            those.map(|(_, scored)| *scored).collect()
        };
        let figures = late_figures(&[of_those(false), of_those(true)]);
        found.insert(WITH_CLASSIFIER.to_owned(), figures);
    }
    found
}

fn by_last_step(answers: &[Answer], known: &[(&AskedRow, &Request)], asked: &Asked) -> Figures {
    let mut left: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for (row, request) in known {
        let ended = request.ended.filter(|ended| *ended < asked.cut);
        if let Some(ended) = ended {
            left.entry(last_step(row, request))
                .or_default()
                .push(ended - row.at);
        }
    }
    let all: Vec<f64> = left.values().flatten().copied().collect();
    let all = quantile(&all, 0.5);
    let medians: BTreeMap<String, f64> = left
        .into_iter()
        .map(|(step, days)| (step, quantile(&days, 0.5)))
        .collect();
    let errors = answers.iter().filter_map(|answer| {
        let request = asked.requests.get(answer.row.request)?;
        let step = last_step(&answer.row, request);
        let median = medians.get(&step).copied().unwrap_or(all);
        Some((median - answer.left.quantity()?).abs())
    });
    let mut found = late_figures(&share_late(answers, known, asked, last_step));
    found.insert("mae_remaining_days".to_owned(), metrics::mean(errors));
    found
}

fn last_step(row: &AskedRow, request: &Request) -> String {
    let event = request.trace.events.get(row.event);
    event
        .map(|event| event.activity.to_string())
        .unwrap_or_default()
}

fn known<'a>(early: &'a [AskedRow], asked: &'a Asked) -> Vec<(&'a AskedRow, &'a Request)> {
    early
        .iter()
        .filter(|row| row.at < asked.cut)
        .filter_map(|row| Some((row, asked.requests.get(row.request)?)))
        .collect()
}

/// Share late before the cut after the same last step, one an answer.
pub(super) fn shares_after_step(answers: &[Answer], early: &[AskedRow], asked: &Asked) -> Vec<f64> {
    shares(answers, &known(early, asked), asked, last_step)
}

/// Shares late before the cut, among rows sorted alike; all rows and those still open.
fn share_late(
    answers: &[Answer],
    known: &[(&AskedRow, &Request)],
    asked: &Asked,
    sorted_by: impl Fn(&AskedRow, &Request) -> String,
) -> [Vec<Scored>; 2] {
    let shares = shares(answers, known, asked, sorted_by);
    let of_those = |open_only: bool| {
        let both = answers.iter().zip(&shares);
        both.filter(|(one, _)| one.open || !open_only)
            .filter_map(|(answer, share)| Some((*share, answer.late?)))
            .collect()
    };
    [of_those(false), of_those(true)]
}

/// Share late before the cut among rows sorted alike, one an answer.
fn shares(
    answers: &[Answer],
    known: &[(&AskedRow, &Request)],
    asked: &Asked,
    sorted_by: impl Fn(&AskedRow, &Request) -> String,
) -> Vec<f64> {
    let mut counts: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    let mut all = (0.0, 0.0);
    for (row, request) in known {
        let late = request.late_at(row.event);
        let Some((late, _)) = late.filter(|(_, at)| *at < asked.cut) else {
            continue;
        };
        let late = f64::from(u8::from(late));
        let count = counts.entry(sorted_by(row, request)).or_default();
        for count in [count, &mut all] {
            count.0 += late;
            count.1 += 1.0;
        }
    }
    let overall = if all.1 > 0.0 { all.0 / all.1 } else { 0.5 };
    answers
        .iter()
        .map(|answer| {
            let request = asked.requests.get(answer.row.request);
            let sort = request.map(|request| sorted_by(&answer.row, request));
            let (late, count) = sort
                .and_then(|sort| counts.get(&sort).copied())
                .unwrap_or_default();
            (late + DRAWN * overall) / (count + DRAWN)
        })
        .collect()
}

fn late_figures([all, open]: &[Vec<Scored>; 2]) -> Figures {
    [
        ("auc", metrics::auc(all)),
        ("ap", metrics::average_precision(all)),
        ("brier", metrics::brier(all)),
        ("auc_open", metrics::auc(open)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}
