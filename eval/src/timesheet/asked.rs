//! What is asked about: teams' periods, or single sheets that are not in, at the moments of a period's
//! course, with what became of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use scrutineer::cases::timesheet::features::{self, Known, Subject};
use scrutineer::cases::timesheet::{
    Foretold, KnownSheets, SheetSubject, TeamPeriod, periods, sheet_row,
};
use scrutineer::history::{Facts, FactsAsOf, History as _, WorkAsOf};
use scrutineer::learn::distribution::Distribution;
use scrutineer::learn::forecast::ForecastWeights;
use scrutineer_fitting::collections::moment;
use scrutineer_fitting::distribution::{Example, Outcome, Passing, Possible, on_calendar};
use scrutineer_fitting::timesheet::{self as fitting, Moment, moments};

use crate::records::END;
use crate::told_until::last_moment;

/// Days early and late beyond which no sheet is told from another: who waits longer waits for one that
/// may never come.
const EARLIEST: f64 = -7.0;
const LATEST: f64 = 30.0;

/// A team's period, or one sheet of it, at one moment, and what came of it.
pub(super) struct Asked {
    pub(super) team: String,
    /// Its period's place among those of the same side of the cut, in order of time.
    pub(super) period: usize,
    /// Where in the course of the period.
    pub(super) moment: Moment,
    pub(super) on: DateTime<Utc>,
    pub(super) row: Vec<f64>,
    /// Late sheets of a hundred; or days late of the one, as known at the cut of what is asked about before
    /// it, else when the records end.
    pub(super) outcome: Outcome,
    passing: Passing,
    pub(super) hours: Option<f64>,
    /// Sheets of the period known of when it was asked about.
    sheets: usize,
    /// What was known of them then; nothing of one sheet, which was not in.
    known: Option<KnownSheets>,
    /// Whether the service would have answered: it knew of the sheet, or of a team's of the period.
    pub(super) is_answered: bool,
}

impl Asked {
    /// Whether it is asked about when a backtest asks: so is every period once, and every sheet that was
    /// not in by then.
    pub(super) fn is_usual(&self) -> bool {
        self.moment == Moment::Asked
    }

    /// What is fitted on. What is asked of one period belongs together: much the same is known of it at
    /// all moments, and one thing came of it.
    pub(super) fn example(&self) -> Example {
        Example {
            group: Some(self.period),
            possible: self.possible(),
            passing: Some(self.passing),
            ..Example::new(self.row.clone(), self.outcome, on_calendar(self.on))
        }
    }

    /// What sheets that were in left possible.
    fn possible(&self) -> Possible {
        let known = self.known.map(|known| known.possible(self.sheets));
        known.map_or(Possible::All, |(above, most)| Possible::Within(above, most))
    }

    /// What the service would have said.
    pub(super) fn foretold(&self, model: &Distribution) -> Foretold {
        Foretold::of(model.curve(&self.row), self.sheets, self.known)
    }

    /// Whether its sheets are due no later than those of any case that was fitted on: the service says
    /// nothing further ahead.
    pub(super) fn is_near(&self, fitted: &ForecastWeights) -> bool {
        // The features of a team are the last ones of a sheet.
        let own = self.row.len() - features::NAMES.len();
        let at = own + features::DAYS_TO_DUE;
        let highest = fitted.highest.get(at).copied().flatten();
        let days = self.row.get(at).zip(highest);
        days.is_none_or(|(days, highest)| *days <= highest)
    }
}

/// Every team's period of enough people that was due while records were kept, or its sheets, at the moments of its
/// course: those that a backtest asks about before the cut, as they were known at it, and those from it on, as they
/// ended. In order of the periods, the moments of one together.
pub(super) fn asked(
    facts: &Arc<Facts>,
    cut: DateTime<Utc>,
    per_sheet: bool,
) -> (Vec<Asked>, Vec<Asked>) {
    let (mut early, mut rest) = (of_teams(facts, cut), of_teams(facts, moment(END)));
    let sheets = rest.iter().flat_map(|(_, period)| &period.sheets);
    let submitted = sheets.filter_map(|sheet| sheet.submitted_at);
    let Some(until) = last_moment(submitted, Utc::now()) else {
        return (Vec::new(), Vec::new());
    };
    early.retain(|(_, period)| period.asked_at() < cut);
    rest.retain(|(_, period)| period.asked_at() >= cut);
    (
        looked_at(facts, early, cut.min(until), per_sheet),
        looked_at(facts, rest, until, per_sheet),
    )
}

/// Every team's periods, as known at a moment.
fn of_teams(facts: &Arc<Facts>, by: DateTime<Utc>) -> Vec<(String, TeamPeriod)> {
    let work = FactsAsOf::new(Arc::clone(facts), by).work();
    let mut found = Vec::new();
    for team in work.teams() {
        let of_team = periods(&team, &work, NaiveDate::MIN, END).into_iter();
        found.extend(of_team.map(|period| (team.clone(), period)));
    }
    found
}

/// Those due by a moment, with what became of them by it. Where the service would not have answered, the moment of
/// a backtest alone is kept, which counts such cases.
fn looked_at(
    facts: &Arc<Facts>,
    mut periods: Vec<(String, TeamPeriod)>,
    until: DateTime<Utc>,
    per_sheet: bool,
) -> Vec<Asked> {
    periods.retain(|(_, period)| period.is_of_team() && period.due_at() < until);
    periods.sort_by_cached_key(|(team, period)| {
        (period.asked_at(), team.clone(), period.end, period.start)
    });
    let mut asked: Vec<Asked> = Vec::new();
    for (place, (team, period)) in periods.iter().enumerate() {
        // No reminder is written before a backtest asks.
        let looked = moments(period).into_iter();
        let looked = looked.filter(|(_, on)| !per_sheet || *on >= period.asked_at());
        for (moment, on) in looked {
            let look = Look::at(facts, (place, team, period), moment, on);
            let of_look = if per_sheet {
                look.of_sheets(until)
            } else {
                look.of_team(until).into_iter().collect()
            };
            let is_kept = |one: &Asked| one.is_answered || one.is_usual();
            asked.extend(of_look.into_iter().filter(is_kept));
        }
    }
    asked
}

/// A look at a team's period.
struct Look<'a> {
    place: usize,
    team: &'a str,
    /// As it became known later.
    period: &'a TeamPeriod,
    moment: Moment,
    on: DateTime<Utc>,
    /// What was known at the moment.
    work: WorkAsOf,
    /// What the service knew of the same period then; nothing of fewer people, or while no sheet was known.
    then: Option<TeamPeriod>,
}

impl<'a> Look<'a> {
    fn at(
        facts: &Arc<Facts>,
        (place, team, period): (usize, &'a str, &'a TeamPeriod),
        moment: Moment,
        on: DateTime<Utc>,
    ) -> Self {
        let work = fitting::known(facts, on);
        let mut known = periods(team, &work, period.end, period.end).into_iter();
        let then = known.find(|then| then.start == period.start && then.is_of_team());
        Self {
            place,
            team,
            period,
            moment,
            on,
            work,
            then,
        }
    }

    fn subject(&self) -> Subject<'a> {
        Subject {
            team: self.team,
            start: self.period.start,
            end: self.period.end,
        }
    }

    /// The period, with what became of it by another moment.
    fn of_team(&self, until: DateTime<Utc>) -> Option<Asked> {
        let subject = self.subject();
        let known = Known::of(&subject, &self.work);
        let then = self.then.as_ref();
        Some(Asked {
            team: self.team.to_owned(),
            period: self.place,
            moment: self.moment,
            on: self.on,
            row: known.row(&subject),
            outcome: Outcome::known(self.period.late_percent(until)?),
            passing: Passing::At(on_calendar(self.period.due_at())),
            hours: known.expected_hours(),
            sheets: then.map_or(0, |then| then.sheets.len()),
            known: then.map(|then| KnownSheets::of(then, self.on)),
            is_answered: then.is_some(),
        })
    }

    /// The sheets that were not in, with what was seen of them by another moment: the others need no reminder.
    fn of_sheets(&self, seen: DateTime<Utc>) -> Vec<Asked> {
        let of_team = features::row(&self.subject(), &self.work);
        let then = self.then.iter().flat_map(|then| &then.sheets);
        let known: BTreeSet<&str> = then.map(|sheet| sheet.id.as_str()).collect();
        let missing = self
            .period
            .sheets
            .iter()
            .filter(|sheet| sheet.submitted_at.is_none_or(|came| came > self.on));
        let sheets = missing.map(|sheet| {
            let asked = SheetSubject {
                id: &sheet.id,
                employee: &sheet.employee,
                start: self.period.start,
                end: self.period.end,
            };
            Asked {
                team: self.team.to_owned(),
                period: self.place,
                moment: self.moment,
                on: self.on,
                row: sheet_row(&asked, &of_team, &self.work),
                outcome: days_late(sheet.due_at, sheet.submitted_at, seen),
                passing: Passing::Since(on_calendar(sheet.due_at)),
                hours: None,
                sheets: 1,
                known: None,
                is_answered: known.contains(sheet.id.as_str()),
            }
        });
        sheets.collect()
    }
}

/// Whole days late of a sheet, rounded up, as seen by a moment: so many days it was watched in full.
pub(super) fn days_late(
    due_at: DateTime<Utc>,
    submitted_at: Option<DateTime<Utc>>,
    seen: DateTime<Utc>,
) -> Outcome {
    let days = |at: DateTime<Utc>| (at - due_at).num_seconds() as f64 / 86_400.0;
    let came = submitted_at.filter(|at| *at <= seen);
    let late = came.map(|at| days(at).max(EARLIEST).ceil());
    // What came later than it is watched for is late by so much at least.
    Outcome::watched(
        late.filter(|days| *days <= LATEST),
        days(seen).floor().min(LATEST),
    )
}
