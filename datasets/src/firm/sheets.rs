//! Time sheets: one a person and week, when each was handed in and approved.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use rust_decimal::Decimal;
use scrutineer::domain::RecordKind;
use serde_json::{Value, json};

use super::calendar::{
    self, WEEKS, days_at_work, earlier, is_holiday, is_workday, later, month_end, open_day, text,
    today, week,
};
use super::chance::{drift, happens, logistic, normal, skewed};
use super::mechanism::{Mechanism, Redraw};
use super::people::{Person, Staff, TEAMS};
use super::work::Portfolio;
use super::{FirmError, Ledger};
use crate::documents::Dice;

/// Of a hundred sheets on time of people who are there on the Friday, so many are in by then.
const ON_FRIDAY: u32 = 60;

/// What became of one sheet, for whoever waits for it.
#[derive(Debug, Clone)]
pub(super) struct Sheet {
    pub(super) monday: NaiveDate,
    /// Hours by project, in the order worked.
    pub(super) hours: BTreeMap<usize, Decimal>,
    pub(super) due: DateTime<Utc>,
    pub(super) submitted: DateTime<Utc>,
    pub(super) approved: DateTime<Utc>,
    /// Who approves: place among the people.
    approver: usize,
    person: usize,
    /// Probability that it comes late, before anything is seen of it.
    pub(super) chance: f64,
    /// Probability that it is in on the Friday if it comes on time.
    early: f64,
}

/// A team's discipline and load, week by week.
struct Team {
    /// Logarithm of the odds of a late sheet in ordinary circumstances.
    usual: f64,
    /// How that drifts.
    mood: Vec<f64>,
    size: usize,
    managers: Vec<usize>,
}

/// Everybody who works for customers writes a sheet a week.
pub(super) fn write(
    dice: &mut Dice,
    staff: &Staff,
    portfolio: &Portfolio,
    mechanism: &mut Mechanism,
    records: &mut Ledger,
) -> Result<Vec<Sheet>, FirmError> {
    let mut sheets = Vec::new();
    for name in TEAMS {
        let team = Team::of(dice, name, staff);
        let mut staffing: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for monday in calendar::mondays(today()) {
            let active: Vec<usize> = portfolio.active(monday, Some(name)).collect();
            let first = sheets.len();
            for (at, person) in staff.people.iter().enumerate() {
                if person.team != name || person.joined > monday {
                    continue;
                }
                let assigned = staffing.entry(at).or_default();
                assigned.retain(|project| active.contains(project));
                staff_up(dice, assigned, &active);
                let (sheet, lines) = team.sheet(dice, staff, (at, person), assigned, monday);
                sheet.record(staff, portfolio, &lines, records)?;
                sheets.push(sheet);
            }
            mechanism.sheets(&sheets[first..], later(monday, 6));
        }
    }
    Ok(sheets)
}

/// Now and then somebody joins one more project, at most three.
fn staff_up(dice: &mut Dice, assigned: &mut Vec<usize>, active: &[usize]) {
    let wanted = assigned.is_empty() || (assigned.len() < 3 && dice.percent(8));
    let count = u32::try_from(active.len()).unwrap_or(0);
    if let Some(project) = active.get(dice.below(count) as usize).filter(|_| wanted)
        && !assigned.contains(project)
    {
        assigned.push(*project);
    }
    if assigned.len() > 1 && dice.percent(6) {
        assigned.remove(0);
    }
}

/// Hours of one day, or leave.
struct Line {
    day: NaiveDate,
    project: Option<usize>,
    hours: Decimal,
    leave: bool,
}

impl Team {
    fn of(dice: &mut Dice, name: &'static str, staff: &Staff) -> Self {
        let members = || {
            staff
                .people
                .iter()
                .enumerate()
                .filter(|(_, one)| one.team == name)
        };
        Self {
            usual: -3.3 + 0.5 * normal(dice),
            mood: drift(dice, WEEKS, 0.93, 0.8),
            size: members().count(),
            managers: members()
                .filter(|(_, one)| one.role == "manager")
                .map(|(at, _)| at)
                .collect(),
        }
    }

    fn sheet(
        &self,
        dice: &mut Dice,
        staff: &Staff,
        (at, person): (usize, &Person),
        assigned: &[usize],
        monday: NaiveDate,
    ) -> (Sheet, Vec<Line>) {
        let lines = self.lines(dice, person, assigned, monday);
        let mut hours: BTreeMap<usize, Decimal> = BTreeMap::new();
        for line in &lines {
            if let Some(project) = line.project {
                *hours.entry(project).or_default() += line.hours;
            }
        }
        let due_day = open_day(later(monday, 7));
        let due = calendar::at(due_day, 10, 0);
        let worked: f64 = lines
            .iter()
            .map(|line| f64::try_from(line.hours).unwrap_or(0.0))
            .sum();
        let chance = self.chance(person, worked, assigned.len(), monday, due_day);
        let submitted = if happens(dice, chance) {
            late_day(dice, due_day, &person.away)
        } else {
            day_on_time(dice, later(monday, 4), due_day, &person.away)
        };
        let early = if person.away.contains(&later(monday, 4)) {
            0.0
        } else {
            f64::from(ON_FRIDAY) / 100.0
        };
        let others: Vec<usize> = self
            .managers
            .iter()
            .copied()
            .filter(|one| *one != at)
            .collect();
        let place = at % others.len().max(1);
        let approver = others.get(place).copied().unwrap_or(0);
        let mut sheet = Sheet {
            monday,
            hours,
            due,
            submitted,
            approved: submitted,
            approver,
            person: at,
            chance,
            early,
        };
        sheet.approved = sheet.approval(dice, staff, self.size, submitted);
        (sheet, lines)
    }

    /// Probability of a late sheet: the team's discipline, the person's, hours, projects, and
    /// who is away when it falls due.
    fn chance(
        &self,
        person: &Person,
        worked: f64,
        projects: usize,
        monday: NaiveDate,
        due: NaiveDate,
    ) -> f64 {
        let mood = self.mood.get(week(monday)).copied().unwrap_or(0.0);
        let friday = later(monday, 4);
        let when = |yes: bool, odds: f64| if yes { odds } else { 0.0 };
        let quarter_end = monday.month().is_multiple_of(3) && month_end(monday) <= later(monday, 9);
        logistic(
            self.usual
                + mood
                + person.tardiness
                + 0.07 * (worked - 36.0)
                + 0.3 * (projects as f64 - 1.0)
                + when(person.away.contains(&due), 2.2)
                + when(person.away.contains(&friday), 0.8)
                + when(is_holiday(later(monday, 7)), 0.5)
                + when(quarter_end, 0.5)
                + when(matches!(monday.month(), 12), 0.5),
        )
    }

    fn lines(
        &self,
        dice: &mut Dice,
        person: &Person,
        assigned: &[usize],
        monday: NaiveDate,
    ) -> Vec<Line> {
        // Longer days where there is much to do for few, and before a quarter ends.
        let busy = (calendar::season(monday) / 25 * assigned.len() as u32).min(8);
        (0..5)
            .map(|offset| later(monday, offset))
            .map(|day| {
                if person.away.contains(&day) || !is_workday(day) {
                    return Line {
                        day,
                        project: None,
                        hours: Decimal::ZERO,
                        leave: true,
                    };
                }
                let quarters = dice.between(26 + busy / 2, 32 + busy);
                let count = u32::try_from(assigned.len()).unwrap_or(0);
                let project = assigned.get(dice.below(count) as usize).copied();
                Line {
                    day,
                    project: project.filter(|_| dice.percent(85)),
                    hours: Decimal::new(i64::from(quarters) * 25, 2),
                    leave: false,
                }
            })
            .collect()
    }
}

/// The moment at which a late sheet comes in.
fn late_day(dice: &mut Dice, due: NaiveDate, away: &BTreeSet<NaiveDate>) -> DateTime<Utc> {
    let days = skewed(dice, 1.6, 0.8).floor() as u32;
    let day = days_at_work(due, days.min(20), away);
    let hour = dice.between(11, 17);
    calendar::at(day, hour, dice.below(60))
}

/// The moment at which a sheet on time comes in: on the Friday, or just before it is due.
fn day_on_time(
    dice: &mut Dice,
    friday: NaiveDate,
    due: NaiveDate,
    away: &BTreeSet<NaiveDate>,
) -> DateTime<Utc> {
    if !away.contains(&friday) && dice.percent(ON_FRIDAY) {
        calendar::at(friday, dice.between(14, 18), dice.below(60))
    } else {
        calendar::at(due, dice.between(7, 9), dice.below(60))
    }
}

impl Sheet {
    /// When the approver signs it, once handed in: by how much there is to sign, and not on leave.
    fn approval(
        &self,
        dice: &mut Dice,
        staff: &Staff,
        team: usize,
        submitted: DateTime<Utc>,
    ) -> DateTime<Utc> {
        let away = &staff.people[self.approver].away;
        let days = skewed(dice, 0.5 + 0.05 * team as f64, 0.7).floor() as u32;
        let day = days_at_work(submitted.date_naive(), days, away);
        let at = calendar::at(day, dice.between(15, 18), dice.below(60));
        at.max(submitted + chrono::TimeDelta::minutes(30))
    }

    /// Probability that it comes late, for whoever sees at a moment whether it is in. One that is
    /// missing after the Friday is late the more probably: of those on time most are in by then.
    pub(super) fn chance_at(&self, asked: DateTime<Utc>) -> f64 {
        if self.submitted <= asked || self.due <= asked {
            return f64::from(u8::from(self.is_late()));
        }
        let friday_is_over = asked >= calendar::at(later(self.monday, 5), 0, 0);
        let in_by_then = if friday_is_over { self.early } else { 0.0 };
        self.chance / (self.chance + (1.0 - self.chance) * (1.0 - in_by_then))
    }

    /// When it would have been approved in another course from `asked` on, for whoever must
    /// foretell it then.
    pub(super) fn approved_in_another_course(
        &self,
        dice: &mut Dice,
        staff: &Staff,
        asked: DateTime<Utc>,
        redraw: Redraw,
    ) -> DateTime<Utc> {
        if self.approved <= asked {
            return self.approved;
        }
        let person = &staff.people[self.person];
        let mut submitted = self.submitted;
        if submitted > asked {
            let (friday, due) = (later(self.monday, 4), self.due.date_naive());
            let late = match redraw {
                Redraw::Tell => happens(dice, self.chance_at(asked)),
                Redraw::Pass => self.due <= asked || happens(dice, self.chance),
            };
            let draw = |dice: &mut Dice| match (late, redraw) {
                (true, _) => late_day(dice, due, &person.away),
                (false, Redraw::Tell) => day_on_time(dice, friday, due, &person.away),
                (false, Redraw::Pass) => self.due,
            };
            submitted = (0..30)
                .map(|_| draw(dice))
                .find(|moment| *moment > asked)
                .unwrap_or(asked);
        }
        let team = staff.of_team(person.team).len();
        (0..30)
            .map(|_| self.approval(dice, staff, team, submitted))
            .find(|moment| *moment > asked)
            .unwrap_or(asked)
    }

    /// Whether it came after it was due.
    pub(super) fn is_late(&self) -> bool {
        self.submitted > self.due
    }

    /// Last day of its week.
    pub(super) fn sunday(&self) -> NaiveDate {
        later(self.monday, 6)
    }

    /// The plan of the week, the sheet handed in, the sheet approved: each when it was known.
    fn record(
        &self,
        staff: &Staff,
        portfolio: &Portfolio,
        lines: &[Line],
        records: &mut Ledger,
    ) -> Result<(), FirmError> {
        let person = &staff.people[self.person];
        let plan =
            calendar::at(earlier(self.monday, 4), 12, 0).max(calendar::at(person.joined, 9, 0));
        let now = calendar::at(today(), 18, 0);
        let total: Decimal = lines.iter().map(|line| line.hours).sum();
        let billable: Decimal = self.hours.values().sum();
        for known_at in [plan, self.submitted, self.approved] {
            if known_at > now {
                continue;
            }
            let filled = known_at >= self.submitted;
            let lines: Vec<Value> = lines
                .iter()
                .map(|line| line.json(portfolio, filled))
                .collect();
            records.put(
                RecordKind::Timesheet,
                json!({
                    "id": format!("TS-{}-{}", person.id, self.monday),
                    "employee_id": person.id,
                    "team": person.team,
                    "period_start": self.monday.to_string(),
                    "period_end": self.sunday().to_string(),
                    "due_at": text(self.due),
                    "submitted_at": filled.then(|| text(self.submitted)),
                    "approved_at": (known_at >= self.approved).then(|| text(self.approved)),
                    "approver_id": staff.people[self.approver].id,
                    "hours": filled.then(|| total.to_string()),
                    "billable_hours": filled.then(|| billable.to_string()),
                    "lines": lines,
                    "known_at": text(known_at),
                }),
            )?;
        }
        Ok(())
    }
}

impl Line {
    fn json(&self, portfolio: &Portfolio, filled: bool) -> Value {
        let project = self.project.map(|at| portfolio.projects[at].id.as_str());
        let task = match (self.leave, project) {
            (true, _) => "leave",
            (false, Some(_)) => "client work",
            (false, None) => "internal",
        };
        let hours = if filled { self.hours } else { Decimal::ZERO };
        json!({
            "day": self.day.to_string(),
            "project_id": project,
            "task": task,
            "hours": hours.to_string(),
            "planned_hours": if self.leave { "0" } else { "7.5" },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::firm::tests::WORK;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, day).unwrap()
    }

    /// A sheet of the week from Monday 2 March 2026, due a week later at ten.
    fn sheet(chance: f64, early: f64, submitted: DateTime<Utc>) -> Sheet {
        Sheet {
            monday: day(2),
            hours: BTreeMap::new(),
            due: calendar::at(day(9), 10, 0),
            submitted,
            approved: calendar::at(day(30), 17, 0),
            approver: 0,
            person: 0,
            chance,
            early,
        }
    }

    #[test]
    fn a_sheet_that_is_missing_after_the_friday_is_late_the_more_probably() {
        let at = |sheet: &Sheet, date| sheet.chance_at(calendar::at(day(date), 0, 0));
        let missing = sheet(0.2, 0.6, calendar::at(day(11), 12, 0));
        // By then nobody's is in; on Sunday, of those on time, six of ten are.
        assert_eq!(at(&missing, 6), 0.2);
        assert!((at(&missing, 8) - 0.2 / (0.2 + 0.8 * 0.4)).abs() < 1e-12);
        assert_eq!(at(&missing, 10), 1.0);
        // Who is away on the Friday hands in on the last day, or late.
        let away = sheet(0.2, 0.0, calendar::at(day(9), 8, 0));
        assert!((at(&away, 8) - 0.2).abs() < 1e-12);
        let handed_in = sheet(0.2, 0.6, calendar::at(day(6), 15, 0));
        assert_eq!(at(&handed_in, 6), 0.2);
        assert_eq!(at(&handed_in, 8), 0.0);
    }

    #[test]
    fn in_another_course_too_most_sheets_on_time_are_in_on_the_friday() {
        let mut people = WORK.staff.people.iter();
        let there = people.position(|one| !one.away.contains(&day(6)));
        let one = Sheet {
            approver: there.unwrap(),
            person: there.unwrap(),
            ..sheet(0.0, 0.6, calendar::at(day(9), 8, 0))
        };
        let mut dice = Dice::new(1, 1);
        let mut approved_before = |asked: u32, before: u32| {
            let asked = calendar::at(day(asked), 0, 0);
            let moments = (0..400).map(|_| {
                one.approved_in_another_course(&mut dice, &WORK.staff, asked, Redraw::Tell)
            });
            let before = calendar::at(day(before), 0, 0);
            moments.filter(|moment| *moment < before).count()
        };
        assert!(approved_before(5, 7) > 20);
        // Once it is missing on the Sunday, it was not.
        assert_eq!(approved_before(8, 9), 0);
    }
}
