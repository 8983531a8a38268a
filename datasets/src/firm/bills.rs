//! Bills of projects and the chain each waits for: sheets or a milestone, approval, review
//! of the work in progress, a purchase order, and the clerk who sends it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rust_decimal::Decimal;

use super::calendar::{
    self, days_at_work, later, month_end, months_of_work, open_day, today, workdays_after,
};
use super::chance::{happens, skewed};
use super::mechanism::{Mechanism, Redraw};
use super::people::Staff;
use super::sheets::Sheet;
use super::work::{Portfolio, Project};
use crate::documents::{Dice, cents};

/// Days before the planned day at which a forecast is asked for.
const ASKED_BEFORE: i64 = 7;

/// A bill that should go out.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) project: usize,
    pub(super) start: NaiveDate,
    pub(super) end: NaiveDate,
    pub(super) planned: NaiveDate,
    pub(super) estimate: Decimal,
    pub(super) amount: Decimal,
    pub(super) milestone: bool,
    /// Sheets it waits for.
    sheets: Vec<usize>,
    /// What else there is to do about then.
    queues: Queues,
}

/// What else there is to do when a bill should go out.
#[derive(Debug, Clone, Copy, Default)]
struct Queues {
    /// Projects that the team runs, for each of its people.
    running: f64,
    /// Bills that the same manager reviews.
    reviews: f64,
    /// Bills that should go out within two days.
    bills: f64,
}

/// How a bill went.
#[derive(Debug, Clone)]
pub(super) struct Course {
    /// When the last sheet was approved.
    pub(super) sheets: Option<DateTime<Utc>>,
    /// When the work of a milestone was delivered, and accepted.
    pub(super) delivered: Option<DateTime<Utc>>,
    pub(super) accepted: Option<DateTime<Utc>>,
    /// When it came to its reviewer.
    pub(super) drafted: DateTime<Utc>,
    pub(super) reviewed: DateTime<Utc>,
    pub(super) revisions: u32,
    /// When it was last drawn up anew; when it was reviewed, if it was not.
    redrawn: DateTime<Utc>,
    /// Until when it waited for a purchase order.
    pub(super) ordered: Option<DateTime<Utc>>,
    pub(super) issued: DateTime<Utc>,
}

/// A bill and how it went.
pub(super) struct Bill {
    pub(super) plan: Plan,
    pub(super) course: Course,
}

/// Everything that bills depend on.
struct Office<'a> {
    staff: &'a Staff,
    portfolio: &'a Portfolio,
    sheets: &'a [Sheet],
    /// Days on which nobody can send bills.
    away: BTreeSet<NaiveDate>,
}

/// Plans and sends the bills of all projects.
pub(super) fn send(
    dice: &mut Dice,
    staff: &Staff,
    portfolio: &Portfolio,
    sheets: &[Sheet],
    mechanism: &mut Mechanism,
) -> Vec<Bill> {
    let mut by_project: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, sheet) in sheets.iter().enumerate() {
        for project in sheet.hours.keys() {
            by_project.entry(*project).or_default().push(at);
        }
    }
    let mut plans = Vec::new();
    for (at, project) in portfolio.projects.iter().enumerate() {
        let of_project = by_project.get(&at).map_or(&[][..], Vec::as_slice);
        if matches!(project.contract, "milestone" | "fixed_fee") {
            plans.extend(milestones(dice, portfolio, project, at));
        } else {
            plans.extend(monthly(dice, portfolio, project, at, sheets, of_project));
        }
    }
    let queues: Vec<Queues> = plans
        .iter()
        .map(|plan| queues(plan, &plans, portfolio, staff))
        .collect();
    for (plan, queues) in plans.iter_mut().zip(queues) {
        plan.queues = queues;
    }
    let office = Office {
        staff,
        portfolio,
        sheets,
        away: staff.away("billing_clerk"),
    };
    let mut bills = Vec::new();
    for plan in plans {
        let course = office.course(dice, &plan, None);
        let asked_on = plan.planned - TimeDelta::days(ASKED_BEFORE);
        let asked = calendar::at(asked_on, 0, 0);
        // Asked about is what is planned and not yet out; what comes of it must be known.
        if plan.planned < today() && course.issued > asked && asked_on > plan.start {
            office.pass(dice, &plan, &course, asked);
            let chance = office.chance_of_slip(&mut mechanism.dice, &plan, &course, asked);
            mechanism.bill(asked_on, chance, course.issued.date_naive() > plan.planned);
        }
        bills.push(Bill { plan, course });
    }
    bills
}

/// One bill a month of work; by the hour, or the same each month.
fn monthly(
    dice: &mut Dice,
    portfolio: &Portfolio,
    project: &Project,
    at: usize,
    sheets: &[Sheet],
    of_project: &[usize],
) -> Vec<Plan> {
    let mut plans = Vec::new();
    for start in months_of_work() {
        let end = month_end(start);
        if project.active_from > end || start > project.ends_on {
            continue;
        }
        let within: Vec<usize> = of_project
            .iter()
            .copied()
            .filter(|sheet| sheets[*sheet].monday <= end && sheets[*sheet].sunday() >= start)
            .collect();
        let hours: Decimal = within
            .iter()
            .filter_map(|sheet| sheets[*sheet].hours.get(&at))
            .sum();
        let by_the_hour = project.contract == "time_and_materials";
        if by_the_hour && hours.is_zero() {
            continue;
        }
        let private = portfolio.customers[project.customer].private;
        let amount = match (by_the_hour, private) {
            (true, _) => project.hourly * hours,
            (false, true) => project.hourly * Decimal::from(5),
            (false, false) => project.hourly * Decimal::from(80),
        };
        let guess = Decimal::new(i64::from(dice.between(85, 115)), 2);
        plans.push(Plan {
            project: at,
            start,
            end,
            planned: workdays_after(later(end, 1), 6),
            estimate: if by_the_hour {
                cents(amount * guess)
            } else {
                amount
            },
            amount: cents(amount),
            milestone: false,
            sheets: if by_the_hour { within } else { Vec::new() },
            queues: Queues::default(),
        });
    }
    plans
}

/// A bill after each milestone, every six to eleven weeks.
fn milestones(dice: &mut Dice, portfolio: &Portfolio, project: &Project, at: usize) -> Vec<Plan> {
    let mut plans = Vec::new();
    let mut start = project.active_from;
    while start < project.ends_on && start <= today() {
        let end = open_day(later(start, dice.between(42, 77)));
        let private = portfolio.customers[project.customer].private;
        let hours = if private {
            dice.between(6, 18)
        } else {
            dice.between(110, 240)
        };
        let amount = cents(project.hourly * Decimal::from(hours));
        plans.push(Plan {
            project: at,
            start,
            end,
            planned: workdays_after(later(end, 1), 9),
            estimate: amount,
            amount,
            milestone: true,
            sheets: Vec::new(),
            queues: Queues::default(),
        });
        start = later(end, 1);
    }
    // What began before the records did is in the books of before.
    plans.retain(|plan| plan.end >= calendar::first_day());
    plans
}

fn queues(plan: &Plan, plans: &[Plan], portfolio: &Portfolio, staff: &Staff) -> Queues {
    let project = &portfolio.projects[plan.project];
    let within = |other: &Plan, days: i64| (other.planned - plan.planned).num_days().abs() <= days;
    let reviewed = |other: &&Plan| {
        within(other, 5) && portfolio.projects[other.project].manager == project.manager
    };
    let people = staff.of_team(project.team).len().max(1);
    Queues {
        running: portfolio.active(plan.end, Some(project.team)).count() as f64 / people as f64,
        reviews: plans.iter().filter(reviewed).count() as f64,
        bills: plans.iter().filter(|other| within(other, 2)).count() as f64,
    }
}

/// A course as far as it was known at a moment.
#[derive(Clone, Copy)]
struct Known<'a> {
    course: &'a Course,
    asked: DateTime<Utc>,
    redraw: Redraw,
}

/// What was over by the moment stays; what was not is drawn again, and not before it.
fn stage(
    known: Option<Known<'_>>,
    of: impl Fn(&Course) -> Option<DateTime<Utc>>,
    mut draw: impl FnMut() -> DateTime<Utc>,
) -> DateTime<Utc> {
    let Some(Known { course, asked, .. }) = known else {
        return draw();
    };
    if let Some(over) = of(course).filter(|over| *over <= asked) {
        return over;
    }
    (0..40)
        .map(|_| draw())
        .find(|at| *at > asked)
        .unwrap_or(asked)
}

impl Office<'_> {
    fn course(&self, dice: &mut Dice, plan: &Plan, known: Option<Known<'_>>) -> Course {
        let project = &self.portfolio.projects[plan.project];
        let customer = &self.portfolio.customers[project.customer];
        let sheets = self.sheets_approved(dice, plan, known);
        let (mut delivered, mut accepted) = (None, None);
        if plan.milestone {
            let over = stage(
                known,
                |course| course.delivered,
                || Self::delivery(dice, plan),
            );
            delivered = Some(over);
            accepted = Some(stage(
                known,
                |course| course.accepted,
                || {
                    let days = customer.answers_in(dice, over.date_naive()) / 2;
                    calendar::at(workdays_after(over.date_naive(), days), 16, 0).max(over)
                },
            ));
        }
        let complete = sheets.or(accepted).map_or(plan.start, |at| at.date_naive());
        let ready = if plan.milestone {
            complete
        } else {
            complete.max(later(plan.end, 1))
        };
        let drafted = calendar::at(open_day(ready), 17, 0);
        let reviewed = stage(
            known,
            |course| Some(course.reviewed),
            || self.review(dice, plan, project, drafted),
        );
        // What a review found is known once it is over.
        let told = known.filter(|known| known.redraw == Redraw::Tell);
        let found = told.filter(|known| known.course.reviewed <= known.asked);
        let revisions = match found {
            Some(known) => known.course.revisions,
            None if happens(dice, 0.14) => dice.between(1, 3),
            None => 0,
        };
        let redrawn = stage(
            told,
            |course| Some(course.redrawn),
            || {
                let day = (0..revisions).fold(reviewed.date_naive(), |day, _| {
                    workdays_after(day, dice.between(1, 4))
                });
                calendar::at(day, 10, 0).max(reviewed)
            },
        );
        let waits = match found {
            Some(known) => known.course.ordered.is_some(),
            None => customer.orders && happens(dice, 0.12),
        };
        let ordered = waits.then(|| {
            stage(
                told,
                |course| course.ordered,
                || {
                    let day = redrawn.date_naive();
                    let days = customer.answers_in(dice, day);
                    calendar::at(workdays_after(day, days), 11, 0).max(reviewed)
                },
            )
        });
        let ready = ordered.map_or(redrawn, |at| at.max(redrawn)).date_naive();
        let issued = stage(
            known,
            |course| Some(course.issued),
            || {
                let days = skewed(dice, 0.3 + plan.queues.bills / 60.0, 0.6).floor() as u32;
                calendar::at(days_at_work(ready, days, &self.away), 18, 0)
            },
        );
        Course {
            sheets,
            delivered,
            accepted,
            drafted,
            reviewed,
            revisions,
            redrawn,
            ordered,
            issued,
        }
    }

    fn sheets_approved(
        &self,
        dice: &mut Dice,
        plan: &Plan,
        known: Option<Known<'_>>,
    ) -> Option<DateTime<Utc>> {
        let approved = plan.sheets.iter().map(|at| {
            let sheet = &self.sheets[*at];
            known.map_or(sheet.approved, |Known { asked, redraw, .. }| {
                sheet.approved_in_another_course(dice, self.staff, asked, redraw)
            })
        });
        approved.max()
    }

    /// When the work of a milestone is done: later where the team has much to do.
    fn delivery(dice: &mut Dice, plan: &Plan) -> DateTime<Utc> {
        let late = skewed(dice, 2.0 + 4.0 * plan.queues.running, 0.9).round() as u32;
        // Where all goes well it is done a few days early.
        let day = later(plan.end - TimeDelta::days(4), late);
        calendar::at(open_day(day.max(plan.start)), 11, 0)
    }

    /// When the project's manager has gone over it: by what else there is to review, and not
    /// on leave.
    fn review(
        &self,
        dice: &mut Dice,
        plan: &Plan,
        project: &Project,
        drafted: DateTime<Utc>,
    ) -> DateTime<Utc> {
        let days = skewed(dice, 0.3 + 0.15 * plan.queues.reviews, 0.7).floor() as u32;
        let away = &self.staff.people[project.manager].away;
        let day = days_at_work(later(drafted.date_naive(), 1), days, away);
        calendar::at(day, 12, 0)
    }

    /// Probability of going out late: the share of many courses from the moment on.
    fn chance_of_slip(
        &self,
        dice: &mut Dice,
        plan: &Plan,
        course: &Course,
        asked: DateTime<Utc>,
    ) -> f64 {
        const COURSES: u32 = 300;
        let redraw = Redraw::Tell;
        let known = Known {
            course,
            asked,
            redraw,
        };
        let slipped = (0..COURSES).filter(|_| {
            let other = self.course(dice, plan, Some(known));
            other.issued.date_naive() > plan.planned
        });
        slipped.count() as f64 / f64::from(COURSES)
    }

    /// See [`Redraw::Pass`].
    fn pass(&self, dice: &mut Dice, plan: &Plan, course: &Course, asked: DateTime<Utc>) {
        const COURSES: u32 = 150;
        let redraw = Redraw::Pass;
        let known = Known {
            course,
            asked,
            redraw,
        };
        for _ in 0..COURSES {
            self.course(dice, plan, Some(known));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::firm::tests::WORK;

    #[test]
    fn what_a_review_found_stays_when_the_course_is_drawn_again() {
        let work = &*WORK;
        let mut dice = Dice::new(1, 7);
        let mut mechanism = Mechanism::new(1);
        let (staff, portfolio, sheets) = (&work.staff, &work.portfolio, &work.sheets);
        let bills = send(&mut dice, staff, portfolio, sheets, &mut mechanism);
        let office = Office {
            staff,
            portfolio,
            sheets,
            away: staff.away("billing_clerk"),
        };
        let mut found = 0;
        for Bill { plan, course } in &bills {
            // The last midnight before it went out.
            let asked = calendar::at(course.issued.date_naive(), 0, 0);
            if course.reviewed > asked {
                continue;
            }
            let redraw = Redraw::Tell;
            let known = Known {
                course,
                asked,
                redraw,
            };
            let other = office.course(&mut dice, plan, Some(known));
            assert_eq!(other.reviewed, course.reviewed);
            assert_eq!(other.revisions, course.revisions);
            assert_eq!(other.ordered.is_some(), course.ordered.is_some());
            if course.redrawn <= asked {
                assert_eq!(other.redrawn, course.redrawn);
            }
            if course.ordered.is_some_and(|ordered| ordered <= asked) {
                assert_eq!(other.ordered, course.ordered);
            }
            assert!(other.issued >= asked);
            found += usize::from(course.revisions > 0 || course.ordered.is_some());
        }
        assert!(found > 50, "{found}");
    }
}
