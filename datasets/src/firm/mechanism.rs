//! What the firm's own mechanism knows of each outcome at the moment a forecast would be
//! asked for, and how well anybody could tell them apart with that.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::calendar;
use super::sheets::Sheet;
use crate::documents::Dice;

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

/// What a course is drawn again for, from a moment on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Redraw {
    /// To tell how probable an outcome is by all that is settled at the moment.
    Tell,
    /// To take as many draws as chances took when they were told with the dice of the records:
    /// the records of a seed stay what they are. Nothing is made of it.
    Pass,
}

/// Probabilities and outcomes by forecast.
#[derive(Debug)]
pub struct Mechanism {
    /// What chances are told with; records are drawn with others.
    pub(super) dice: Dice,
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
        "more than a tenth of a team's sheets of a week come after they were due; asked on the Sunday, knowing which are in and each person's probability",
    ),
    (
        "timesheet_sheet",
        "one sheet that is not in on the Sunday comes after it was due; asked then, knowing that person's probability and how many of those on time are in",
    ),
    (
        "project_setup",
        "not active on the planned day; asked on the day of request, knowing each queue as it turned out, but not how long own work takes",
    ),
    (
        "billing",
        "sent after the planned day; asked seven days before it, knowing each queue, each leave, which sheets are in, and what was done and found in review by then",
    ),
];

impl Mechanism {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            dice: Dice::new(seed, 9),
            asked: BTreeMap::new(),
            pending: BTreeMap::new(),
        }
    }

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
        let over = |sheet: &Sheet| sheet.due.date_naive() < calendar::today();
        if sheets.len() < LEAST_TEAM || !sheets.iter().all(over) {
            return;
        }
        let asked = calendar::at(sunday, 0, 0);
        let chances: Vec<f64> = sheets.iter().map(|sheet| sheet.chance_at(asked)).collect();
        let came = sheets.iter().filter(|sheet| sheet.is_late()).count();
        let many = is_many(came, sheets.len());
        self.ask("timesheet", sunday, chance_of_many(&chances), many);
        // Of one that is in there is nothing left to ask.
        let each = sheets.iter().zip(chances);
        for (sheet, chance) in each.filter(|(sheet, _)| sheet.submitted > asked) {
            self.ask("timesheet_sheet", sunday, chance, sheet.is_late());
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
            "note": "A demo firm made by a program. These figures say how well its own mechanism tells outcomes apart by all that is settled at the moment asked: no forecast of them can do better but by chance and by the little that simulated futures err, and none of them is evidence about real firms.",
            "cases": cases,
        })
    }
}

/// Whether so many late sheets are more than is tolerated of so many.
fn is_many(late: usize, sheets: usize) -> bool {
    late as f64 > TOLERATED * sheets as f64
}

/// How probable it is that many sheets are late, from the probability of each.
fn chance_of_many(chances: &[f64]) -> f64 {
    // How probable each number of late sheets is, one sheet after another.
    let mut late: Vec<f64> = vec![1.0];
    for chance in chances {
        let on_time = late.iter().map(|share| share * (1.0 - chance));
        let one_more = late.iter().map(|share| share * chance);
        late = on_time
            .chain([0.0])
            .zip([0.0].into_iter().chain(one_more))
            .map(|(on_time, one_more)| on_time + one_more)
            .collect();
    }
    let counted = late.iter().enumerate();
    let counted = counted.filter(|(count, _)| is_many(*count, chances.len()));
    counted.map(|(_, share)| share).sum()
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
    use super::*;
    use crate::firm::tests::WORK;

    fn asked(chance: f64, came: bool) -> Asked {
        Asked {
            on: NaiveDate::default(),
            chance,
            came,
        }
    }

    #[test]
    fn area_of_a_small_case_worked_by_hand() {
        let mut all = vec![asked(0.9, true), asked(0.5, false), asked(0.5, true)];
        assert_eq!(area(&all), Some(0.75));
        all.retain(|asked| asked.came);
        assert_eq!(area(&all), None);
    }

    #[test]
    fn the_chance_of_many_late_sheets_worked_by_hand() {
        // Of five, one is more than a tenth.
        let none = 0.9 * 0.8 * 0.5;
        assert!((chance_of_many(&[0.1, 0.2, 0.5, 0.0, 0.0]) - (1.0 - none)).abs() < 1e-12);
        assert_eq!(chance_of_many(&[0.0; 5]), 0.0);
        // Of ten, one is not, two are.
        let two = [1.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        assert!((chance_of_many(&two) - 0.5).abs() < 1e-12);
    }

    /// As of the Sunday, before which one may be in.
    fn on_sunday(sheet: &Sheet) -> f64 {
        sheet.chance_at(calendar::at(sheet.sunday(), 0, 0))
    }

    #[test]
    fn who_sees_which_sheets_are_in_tells_more_of_each_and_of_a_team() {
        let before = |sheet: &Sheet| sheet.chance;
        let of_each = |chance: fn(&Sheet) -> f64| {
            let each = WORK.sheets.iter();
            let all: Vec<Asked> = each
                .map(|sheet| asked(chance(sheet), sheet.is_late()))
                .collect();
            area(&all).unwrap()
        };
        let (less, more) = (of_each(before), of_each(on_sunday));
        assert!(more > less + 0.03, "{less} {more}");
        // They are in order of team and week.
        let weeks = || WORK.sheets.chunk_by(|a, b| a.monday == b.monday);
        let of_teams = |chance: fn(&Sheet) -> f64| {
            let all: Vec<Asked> = weeks()
                .map(|week| {
                    let chances: Vec<f64> = week.iter().map(chance).collect();
                    let late = week.iter().filter(|sheet| sheet.is_late()).count();
                    asked(chance_of_many(&chances), is_many(late, week.len()))
                })
                .collect();
            area(&all).unwrap()
        };
        let (less, more) = (of_teams(before), of_teams(on_sunday));
        assert!(more > less, "{less} {more}");
    }

    #[test]
    fn of_sheets_that_are_missing_on_the_sunday_as_many_come_late_as_is_said() {
        let missing = || WORK.sheets.iter().filter(|sheet| on_sunday(sheet) > 0.0);
        let late = missing().filter(|sheet| sheet.is_late()).count() as f64;
        let said = |chance: fn(&Sheet) -> f64| missing().map(chance).sum::<f64>();
        let variance: f64 = missing()
            .map(|sheet| on_sunday(sheet) * (1.0 - on_sunday(sheet)))
            .sum();
        let doubt = 4.0 * variance.sqrt();
        let (less, now) = (said(|sheet| sheet.chance), said(on_sunday));
        assert!((late - now).abs() < doubt, "{late} {now} {doubt}");
        assert!(late - less > doubt, "{late} {less} {doubt}");
    }
}
