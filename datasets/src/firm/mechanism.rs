//! What the firm's own mechanism knows of each outcome at the moment a forecast would be
//! asked for, and how well anybody could tell them apart with that.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::sheets::Sheet;

/// A team-period counts as late when more than this share of its sheets is.
const TOLERATED: f64 = 0.1;
/// Of smaller teams nothing is reported.
const LEAST_TEAM: usize = 5;

/// A question whose answer the mechanism knows in probability.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Asked {
    on: NaiveDate,
    chance: f64,
    came: bool,
}

/// Probabilities and outcomes by forecast.
#[derive(Debug, Default)]
pub struct Mechanism {
    asked: BTreeMap<&'static str, Vec<Asked>>,
    /// Invoices whose outcome is to come.
    pending: BTreeMap<String, (NaiveDate, f64)>,
}

/// What is asked, when, and what the probabilities rest on.
const QUESTIONS: [(&str, &str); 5] = [
    (
        "collections",
        "paid after its due date; asked on the day of issue, knowing the customer's rule, its cash that day and the bill's revisions",
    ),
    (
        "timesheet",
        "more than a tenth of a team's sheets of a week come after they were due; asked on the Sunday, knowing each person's probability",
    ),
    (
        "timesheet_sheet",
        "one sheet comes after it was due; asked on the Sunday, knowing that person's probability",
    ),
    (
        "project_setup",
        "not active on the planned day; asked on the day of request, knowing each queue as it turned out, but not how long own work takes",
    ),
    (
        "billing",
        "sent after the planned day; asked seven days before it, knowing each queue, each leave and what was done by then",
    ),
];

impl Mechanism {
    fn ask(&mut self, case: &'static str, on: NaiveDate, chance: f64, came: bool) {
        let asked = Asked { on, chance, came };
        self.asked.entry(case).or_default().push(asked);
    }

    /// An invoice of ours, on its day of issue.
    pub(super) fn invoice(&mut self, id: &str, issued: NaiveDate, chance: f64) {
        self.pending.insert(id.to_owned(), (issued, chance));
    }

    /// What came of an invoice.
    pub(super) fn outcome(&mut self, id: &str, late: bool) {
        if let Some((issued, chance)) = self.pending.remove(id) {
            self.ask("collections", issued, chance, late);
        }
    }

    /// An opening, on the day of its request.
    pub(super) fn setup(&mut self, requested: NaiveDate, chance: f64, missed: bool) {
        self.ask("project_setup", requested, chance, missed);
    }

    /// A bill, some days before it should go out.
    pub(super) fn bill(&mut self, on: NaiveDate, chance: f64, slipped: bool) {
        self.ask("billing", on, chance, slipped);
    }

    /// The sheets of one team and week.
    pub(super) fn sheets(&mut self, sheets: &[Sheet], sunday: NaiveDate) {
        let over = |sheet: &&Sheet| sheet.due.date_naive() < super::calendar::today();
        if sheets.len() < LEAST_TEAM || !sheets.iter().all(|sheet| over(&sheet)) {
            return;
        }
        // How probable each number of late sheets is, one sheet after another.
        let mut late = vec![1.0];
        for sheet in sheets {
            let mut next = vec![0.0; late.len() + 1];
            for (count, share) in late.iter().enumerate() {
                next[count] += share * (1.0 - sheet.chance);
                next[count + 1] += share * sheet.chance;
            }
            late = next;
        }
        let many = |count: usize| count as f64 > TOLERATED * sheets.len() as f64;
        let counted = late.iter().enumerate().filter(|(count, _)| many(*count));
        let chance = counted.map(|(_, share)| share).sum();
        let came = sheets.iter().filter(|sheet| sheet.is_late()).count();
        self.ask("timesheet", sunday, chance, many(came));
        for sheet in sheets {
            self.ask("timesheet_sheet", sunday, sheet.chance, sheet.is_late());
        }
    }

    /// The best area under the ROC curve that could be reached, by forecast: over all that
    /// was asked, and over what was asked from `since` on.
    #[must_use]
    pub fn figures(&self, since: NaiveDate) -> Value {
        let cases: BTreeMap<&str, Value> = QUESTIONS
            .iter()
            .map(|(case, question)| {
                let asked = self.asked.get(case).map_or(&[][..], Vec::as_slice);
                let later: Vec<Asked> = asked
                    .iter()
                    .filter(|asked| asked.on >= since)
                    .copied()
                    .collect();
                let figures = json!({
                    "question": question,
                    "all": figures(asked),
                    format!("from_{since}"): figures(&later),
                });
                (*case, figures)
            })
            .collect();
        json!({
            "note": "A demo firm made by a program. These figures say how well its own mechanism tells outcomes apart: no forecast of them can do better but by chance, and none of them is evidence about real firms.",
            "cases": cases,
        })
    }
}

fn figures(asked: &[Asked]) -> Value {
    let came = asked.iter().filter(|asked| asked.came).count();
    let share = came as f64 / asked.len().max(1) as f64;
    json!({"asked": asked.len(), "came_true": round(share), "best_auc": area(asked).map(round)})
}

fn round(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

/// Area under the ROC curve: how often what came true had the higher probability, ties
/// counting half; none of one class. The crate of backtests has the same for its scores,
/// and depends on this one.
fn area(asked: &[Asked]) -> Option<f64> {
    let mut ranked = asked.to_vec();
    ranked.sort_by(|a, b| a.chance.total_cmp(&b.chance));
    let (mut below, mut won, mut came) = (0.0, 0.0, 0.0);
    for ties in ranked.chunk_by(|a, b| a.chance == b.chance) {
        let positive = ties.iter().filter(|asked| asked.came).count() as f64;
        let negative = ties.len() as f64 - positive;
        won += positive * (below + negative / 2.0);
        below += negative;
        came += positive;
    }
    (came > 0.0 && below > 0.0).then(|| won / (came * below))
}

#[cfg(test)]
mod tests {
    use super::{Asked, area};

    #[test]
    fn area_of_a_small_case_worked_by_hand() {
        let asked = |chance, came| Asked {
            on: chrono::NaiveDate::default(),
            chance,
            came,
        };
        let mut all = vec![asked(0.9, true), asked(0.5, false), asked(0.5, true)];
        assert_eq!(area(&all), Some(0.75));
        all.retain(|asked| asked.came);
        assert_eq!(area(&all), None);
    }
}
