//! Which claims a reviewer would have been shown first, and how many of the odd ones are among
//! them. Nothing is fitted to labels: they are only looked at to count.

mod baselines;
mod planted;
mod records;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::path::Path;
use std::time::Instant;

use scrutineer::cases::expense::{AlertPlan, Batch, Claim, ClaimReason, features, reasons};
use scrutineer::domain::Currency;
use scrutineer::history::Lines;
use scrutineer_datasets::sets::expenses;
use scrutineer_datasets::sets::spend::{self, SpendBody};

use crate::metrics::{self, Scored};
use crate::{EvalError, Evaluation};

/// How many claims are shown with their reasons.
const SHOWN: usize = 20;
/// Reasons shown of each.
const REASONS: usize = 3;

/// What was measured, and the claims that would have been shown first.
#[derive(Debug)]
pub struct ExpenseOutcome {
    /// Figures.
    pub evaluation: Evaluation,
    /// The oddest claims, first first.
    pub top: Vec<Shown>,
    /// What a budget of reviews would have shown.
    pub plan: Option<AlertPlan>,
}

/// A claim as a reviewer would see it.
#[derive(Debug)]
pub struct Shown {
    /// The claim.
    pub claim: Claim,
    /// Its score.
    pub total: f64,
    /// What the score is made of, most first.
    pub reasons: Vec<ClaimReason>,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let amount = self.claim.amount.unwrap_or(f64::NAN);
        writeln!(f, "{:8.1}  {}  {amount:.2}", self.total, self.claim.id)?;
        for reason in self.reasons.iter().take(REASONS) {
            writeln!(f, "{:12.1}  {}", reason.points, reason.text)?;
        }
        Ok(())
    }
}

/// How each claim is odd, by id; none for what is regular.
type Truth = HashMap<String, Option<String>>;

/// Scores the records of a folder, each against all others.
///
/// # Errors
/// [`EvalError`] when files are absent or wrong, or there is too little history.
pub fn on_records(
    folder: &Path,
    truth: Option<&Path>,
    per_week: u32,
) -> Result<ExpenseOutcome, EvalError> {
    let (lines, claims) = records::claims_of(folder)?;
    let truth = truth.map(records::truth_of).transpose()?;
    evaluate(
        &folder.display().to_string(),
        (lines, claims),
        truth.as_ref(),
        per_week,
    )
}

/// Scores the purchasing-card lines of the public set.
///
/// # Errors
/// [`EvalError`] when the set is absent or wrong.
pub fn on_pcard(data: &Path, per_week: u32) -> Result<ExpenseOutcome, EvalError> {
    let lines = expenses::pcard(data)?;
    let home = Currency::new("USD").map_err(|error| EvalError::Absent(error.to_string()))?;
    // What the file says beside is let go line by line.
    let read = lines.into_iter().map(|line| {
        let claim = Claim::of_claim(&line.used.as_line(), None, &home);
        let odd = (claim.id.clone(), records::oddity(&line.label));
        (claim, odd)
    });
    let (claims, truth): (Vec<Claim>, Truth) = read.unzip();
    evaluate("pcard", (Lines::Cards, claims), Some(&truth), per_week)
}

/// Scores what a public body paid, with lines changed so that it is known which are odd.
///
/// # Errors
/// [`EvalError`] when the set is absent or wrong.
pub fn on_spend(data: &Path, body: SpendBody, per_week: u32) -> Result<ExpenseOutcome, EvalError> {
    let mut claims = planted::claims(&spend::load(data, body)?);
    let planted = planted::plant(&mut claims);
    let how = |id: &str| {
        let found = planted.iter().find(|(_, ids)| ids.contains(id));
        found.map(|(kind, _)| (*kind).to_owned())
    };
    let ids = claims.iter().map(|claim| claim.id.clone());
    let truth: Truth = ids.map(|id| (id.clone(), how(&id))).collect();
    let set = format!("spend_{}", body.name());
    let mut outcome = evaluate(&set, (Lines::Invoices, claims), Some(&truth), per_week)?;
    outcome.evaluation.protocol = format!(
        "every line against all others, without labels; {} lines with a point slipped, {} on an account new to their supplier",
        planted["slipped_point"].len(),
        planted["other_account"].len(),
    );
    Ok(outcome)
}

fn evaluate(
    set: &str,
    (lines, claims): (Lines, Vec<Claim>),
    truth: Option<&Truth>,
    per_week: u32,
) -> Result<ExpenseOutcome, EvalError> {
    let start = Instant::now();
    let batch = Batch::of(&claims).map_err(|why| EvalError::insufficient(&why))?;
    let seconds = start.elapsed().as_secs_f64();
    let mut measured = figures(&claims, &batch.totals, truth);
    measured.insert("seconds".to_owned(), Some(seconds));
    measured.insert(
        "records_per_second".to_owned(),
        Some(claims.len() as f64 / seconds),
    );
    let mut baselines = BTreeMap::new();
    if truth.is_some() {
        for (name, scores) in baselines::all(&claims, &batch) {
            baselines.insert(name.to_owned(), figures(&claims, &scores, truth));
        }
    }
    let past: Vec<_> = claims
        .iter()
        .map(|claim| claim.day)
        .zip(batch.totals.iter().copied())
        .collect();
    Ok(ExpenseOutcome {
        plan: AlertPlan::of(&past, per_week, &[]),
        evaluation: Evaluation {
            case: "expense".to_owned(),
            set: set.to_owned(),
            protocol: "every claim against all others, without labels".to_owned(),
            n: claims.len(),
            metrics: measured,
            baselines,
            fields: BTreeMap::new(),
            lines: BTreeMap::new(),
            confusion: BTreeMap::new(),
        },
        top: top(lines, claims, &batch),
    })
}

fn top(lines: Lines, claims: Vec<Claim>, batch: &Batch) -> Vec<Shown> {
    let mut ranked: Vec<(f64, Claim)> = batch.totals.iter().copied().zip(claims).collect();
    ranked.sort_by(|one, other| other.0.total_cmp(&one.0));
    ranked.truncate(SHOWN);
    ranked
        .into_iter()
        .map(|(total, claim)| {
            let asked = batch.state.inside(&claim);
            let judged = batch.scale.judge(&features::row(&batch.state, &asked));
            Shown {
                claim,
                total,
                reasons: reasons(lines, &batch.state, &asked, &judged),
            }
        })
        .collect()
}

/// Figures of a ranking of the claims whose truth is known; ties in the order of the records. Where
/// the truth names odd ones alone, the others are regular.
fn figures(
    claims: &[Claim],
    scores: &[f64],
    truth: Option<&Truth>,
) -> BTreeMap<String, Option<f64>> {
    let Some(truth) = truth else {
        return BTreeMap::new();
    };
    let odd_alone = truth.values().all(Option::is_some);
    let known = claims.iter().zip(scores);
    let mut ranked: Vec<(f64, Option<&str>)> = known
        .filter_map(|(claim, score)| match truth.get(&claim.id) {
            Some(how) => Some((*score, how.as_deref())),
            None => odd_alone.then_some((*score, None)),
        })
        .collect();
    let scored: Vec<Scored> = ranked
        .iter()
        .map(|(score, how)| (*score, how.is_some()))
        .collect();
    let mut figures = BTreeMap::from([
        ("auc".to_owned(), metrics::auc(&scored)),
        ("ap".to_owned(), metrics::average_precision(&scored)),
    ]);
    ranked.sort_by(|one, other| other.0.total_cmp(&one.0));
    let recall = |most: usize, is_it: &dyn Fn(&str) -> bool| {
        let such = |(_, how): &&(f64, Option<&str>)| how.is_some_and(is_it);
        let odd = ranked.iter().filter(such).count();
        let found = ranked.iter().take(most).filter(such).count();
        (odd > 0).then(|| found as f64 / odd as f64)
    };
    for most in [100, 500, 1000] {
        figures.insert(format!("recall_at_{most}"), recall(most, &|_| true));
    }
    let kinds: BTreeSet<&str> = ranked.iter().filter_map(|(_, how)| *how).collect();
    for kind in kinds.iter().filter(|_| kinds.len() > 1) {
        let found = recall(1000, &|how| how == *kind);
        figures.insert(format!("recall_at_1000_{kind}"), found);
    }
    figures
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn a_folder_of_claims_is_ranked_and_counted_against_its_truth() {
        let folder = tempfile::tempdir().unwrap();
        let mut claims = "id,employee_id,incurred_on,amount,currency,merchant\n".to_owned();
        for number in 0..60 {
            let amount = if number == 41 {
                4_000
            } else {
                20 + number * 7 % 13
            };
            let day = 1 + number % 28;
            let employee = number % 5;
            writeln!(
                claims,
                "c{number},e{employee},2026-03-{day:02},{amount},EUR,Inn"
            )
            .unwrap();
        }
        claims.push_str("c60,e1,2026-03-09,900000,JPY,Inn\n");
        std::fs::write(folder.path().join("expense_claim.csv"), claims).unwrap();
        let truth = folder.path().join("truth.csv");
        std::fs::write(&truth, "id,label\nc41,odd\nc1,regular\nc2,0\nc60,0\n").unwrap();
        let outcome = on_records(folder.path(), Some(&truth), 1).unwrap();
        assert_eq!(outcome.evaluation.n, 61);
        assert_eq!(outcome.evaluation.metrics["auc"], Some(1.0));
        assert_eq!(outcome.evaluation.metrics["recall_at_100"], Some(1.0));
        assert_eq!(outcome.top[0].claim.id, "c41");
        assert!(outcome.top[0].to_string().contains("amount is"));
        assert!(outcome.plan.unwrap().expected_per_week <= 1.0);
        let unknown = on_records(folder.path(), None, 1).unwrap();
        assert!(unknown.evaluation.baselines.is_empty());
        assert!(
            !unknown.evaluation.metrics.contains_key("auc"),
            "nothing is known"
        );
    }

    #[test]
    fn too_few_claims_and_no_file_are_said() {
        let folder = tempfile::tempdir().unwrap();
        let absent = on_records(folder.path(), None, 1).unwrap_err();
        assert!(matches!(absent, EvalError::Absent(_)), "{absent}");
        let one = "id,transacted_on,amount,currency\nx,2026-03-01,5,EUR\n";
        std::fs::write(folder.path().join("card_transaction.csv"), one).unwrap();
        let few = on_records(folder.path(), None, 1).unwrap_err();
        assert!(matches!(few, EvalError::Insufficient(_)), "{few}");
    }
}
