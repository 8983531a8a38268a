//! The firm's projects: for whom, by whom, and since when they are worked on.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use scrutineer::domain::RecordKind;
use serde_json::json;

use super::calendar::{self, earlier, first_day, later, text, today, workday};
use super::customers::{self, Customer};
use super::mechanism::Mechanism;
use super::people::{Staff, TEAMS};
use super::setups::{self, Request};
use super::{FirmError, Ledger};
use crate::documents::Dice;

/// Work for a customer.
pub(super) struct Project {
    pub(super) id: String,
    pub(super) customer: usize,
    pub(super) team: &'static str,
    pub(super) contract: &'static str,
    /// Place of who leads it among the people.
    pub(super) manager: usize,
    /// When it became active; after today where it is not.
    pub(super) active_from: NaiveDate,
    pub(super) ends_on: NaiveDate,
    pub(super) hourly: Decimal,
}

/// All customers and projects.
pub(super) struct Portfolio {
    pub(super) customers: Vec<Customer>,
    pub(super) projects: Vec<Project>,
}

impl Portfolio {
    /// A project that is active at `date`.
    pub(super) fn any_at(&self, dice: &mut Dice, date: NaiveDate) -> Option<String> {
        let active: Vec<usize> = self.active(date, None).collect();
        let count = u32::try_from(active.len()).ok()?;
        let at = active.get(dice.below(count) as usize)?;
        Some(self.projects[*at].id.clone())
    }

    /// Places of the projects active at `date`, of `team` where one is given.
    pub(super) fn active<'a>(
        &'a self,
        date: NaiveDate,
        team: Option<&'a str>,
    ) -> impl Iterator<Item = usize> + 'a {
        self.projects
            .iter()
            .enumerate()
            .filter(move |(_, project)| {
                project.active_from <= date
                    && date <= project.ends_on
                    && team.is_none_or(|team| project.team == team)
            })
            .map(|(at, _)| at)
    }
}

const PROJECTS: usize = 330;
const SUBJECTS: [&str; 8] = [
    "Finance transformation",
    "ERP readiness review",
    "Data platform",
    "VAT compliance",
    "Operating model",
    "Internal audit support",
    "Market entry study",
    "Payroll migration",
];

/// Wins customers and projects and opens the projects.
pub(super) fn sell(
    dice: &mut Dice,
    staff: &Staff,
    mechanism: &mut Mechanism,
    records: &mut Ledger,
) -> Result<Portfolio, FirmError> {
    let customers = customers::win(dice, staff, records)?;
    // Some projects run already when the records begin.
    let mut days: Vec<NaiveDate> = Vec::new();
    while days.len() < PROJECTS {
        let day = workday(later(earlier(first_day(), 120), dice.below(1_206)));
        if setups::is_asked_on(dice, day) && day < today() {
            days.push(day);
        }
    }
    days.sort_unstable();
    let requests: Vec<Request> = days
        .into_iter()
        .enumerate()
        .map(|(index, day)| request(dice, index, day, &customers, staff))
        .collect();
    let active = setups::open(dice, staff, &customers, &requests, mechanism, records)?;
    let mut projects = Vec::new();
    for (request, active) in requests.iter().zip(active) {
        projects.push(project(dice, request, active, &customers, staff, records)?);
    }
    Ok(Portfolio {
        customers,
        projects,
    })
}

fn request(
    dice: &mut Dice,
    index: usize,
    day: NaiveDate,
    customers: &[Customer],
    staff: &Staff,
) -> Request {
    let customer = dice.below(u32::try_from(customers.len()).unwrap_or(1)) as usize;
    let team = dice.pick(&TEAMS);
    let managers: Vec<String> = staff
        .of_team(team)
        .iter()
        .filter(|person| person.role == "manager")
        .map(|person| person.id.clone())
        .collect();
    Request {
        project: format!("P-{}", 4001 + index),
        customer,
        team,
        requester: dice.pick(&managers),
        requested: day,
        called_off: dice.percent(25),
        slack: dice.below(9),
    }
}

fn project(
    dice: &mut Dice,
    request: &Request,
    active: Option<NaiveDate>,
    customers: &[Customer],
    staff: &Staff,
    records: &mut Ledger,
) -> Result<Project, FirmError> {
    let customer = &customers[request.customer];
    let private = customer.private;
    let length = if private {
        dice.between(40, 120)
    } else {
        dice.between(60, 420)
    };
    let contract = if private {
        dice.pick(&["fixed_fee", "retainer"])
    } else {
        dice.pick(&[
            "time_and_materials",
            "time_and_materials",
            "fixed_fee",
            "retainer",
            "milestone",
        ])
    };
    let hourly = Decimal::from(dice.between(9, 24) * 10);
    let starts_on = workday(later(request.requested, dice.between(18, 26)));
    let ends_on = later(starts_on, length);
    let hours = length * if private { 1 } else { 4 };
    let cycle = match contract {
        "milestone" | "fixed_fee" => "milestone",
        _ => "monthly",
    };
    records.put(
        RecordKind::Project,
        json!({
            "id": request.project,
            "name": format!("{} {}", dice.pick(&SUBJECTS), request.requested.year()),
            "customer_id": customer.id,
            "manager_id": request.requester,
            "team": request.team,
            "contract_type": contract,
            "billing_cycle": cycle,
            "currency": "EUR",
            "budget": (hourly * Decimal::from(hours)).to_string(),
            "budget_hours": hours.to_string(),
            "starts_on": starts_on.to_string(),
            "ends_on": ends_on.to_string(),
            "known_at": text(calendar::at(request.requested, 9, 0)),
        }),
    )?;
    let manager = staff
        .people
        .iter()
        .position(|person| person.id == request.requester);
    Ok(Project {
        id: request.project.clone(),
        customer: request.customer,
        team: request.team,
        contract,
        manager: manager.unwrap_or(0),
        active_from: active.unwrap_or(later(today(), 1)),
        ends_on,
        hourly,
    })
}
