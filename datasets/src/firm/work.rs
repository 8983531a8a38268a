//! Customers and projects: their opening, and the hours worked on them.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use scrutineer::domain::RecordKind;
use serde_json::{Value, json};

use super::calendar::{self, FIRST_MONTH, earlier, known, later, text, today, workday};
use super::people::{Person, Staff, TEAMS};
use super::{FirmError, Ledger};
use crate::documents::{Country, Dice, Party};

/// Somebody the firm works for.
pub(super) struct Customer {
    pub(super) id: String,
    pub(super) terms_days: u32,
    /// How many days after the due date it usually pays; may be negative.
    pub(super) habit_days: i64,
    pub(super) manager: String,
}

/// Work for a customer.
pub(super) struct Project {
    pub(super) id: String,
    pub(super) customer: usize,
    pub(super) team: &'static str,
    pub(super) contract: &'static str,
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

const CUSTOMERS: usize = 34;
const PROJECTS: usize = 84;
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

/// Wins customers and projects, opens the projects and works on them.
pub(super) fn sell(
    dice: &mut Dice,
    staff: &Staff,
    records: &mut Ledger,
) -> Result<Portfolio, FirmError> {
    let mut portfolio = Portfolio {
        customers: Vec::new(),
        projects: Vec::new(),
    };
    for index in 0..CUSTOMERS {
        let customer = customer(dice, index, staff, records)?;
        portfolio.customers.push(customer);
    }
    for index in 0..PROJECTS {
        let project = project(dice, index, staff, records)?;
        portfolio.projects.push(project);
    }
    for person in staff
        .people
        .iter()
        .filter(|person| TEAMS.contains(&person.team))
    {
        timesheets(dice, person, staff, &portfolio, records)?;
    }
    Ok(portfolio)
}

fn customer(
    dice: &mut Dice,
    index: usize,
    staff: &Staff,
    records: &mut Ledger,
) -> Result<Customer, FirmError> {
    let code = dice.pick(&["IE", "IE", "IE", "GB", "DE", "NL", "FR"]);
    let country = Country::by_code(code);
    let language = country.language(dice);
    let party = Party::firm(dice, country, language, "");
    let terms_days = dice.pick(&[14, 30, 30, 30, 45, 60]);
    let habit_days = [-4, -1, 0, 2, 5, 9, 16, 28][dice.weighted(&[2, 3, 4, 4, 3, 2, 2, 1])];
    let manager = staff.in_role(dice, "partner").id.clone();
    let since = earlier(today(), dice.between(800, 3_000));
    let id = format!("C-{}", 3001 + index);
    records.put(
        RecordKind::Customer,
        json!({
            "id": id,
            "name": party.name,
            "vat_id": party.vat,
            "country": party.country,
            "segment": dice.pick(&["public", "industry", "finance", "health", "technology"]),
            "email": party.email("invoices"),
            "phone": party.phone,
            "currency": "EUR",
            "payment_terms_days": terms_days,
            "credit_limit": (dice.between(5, 40) * 10_000).to_string(),
            "account_manager_id": manager,
            "since": since.to_string(),
            "known_at": text(calendar::at(since, 11, 0)),
        }),
    )?;
    Ok(Customer {
        id,
        terms_days,
        habit_days,
        manager,
    })
}

fn project(
    dice: &mut Dice,
    index: usize,
    staff: &Staff,
    records: &mut Ledger,
) -> Result<Project, FirmError> {
    let at = dice.below(u32::try_from(CUSTOMERS).unwrap_or(1)) as usize;
    let team = dice.pick(&TEAMS);
    let requested = workday(earlier(
        later(FIRST_MONTH.unwrap_or_default(), dice.below(715)),
        20,
    ));
    let length = dice.between(60, 420);
    let contract = dice.pick(&[
        "time_and_materials",
        "time_and_materials",
        "fixed_fee",
        "retainer",
        "milestone",
    ]);
    let managers: Vec<String> = staff
        .of_team(team)
        .iter()
        .filter(|person| person.role == "manager")
        .map(|person| person.id.clone())
        .collect();
    let manager = dice.pick(&managers);
    let hourly = Decimal::from(dice.between(9, 24) * 10);
    let id = format!("P-{}", 4001 + index);
    let planned = workday(later(requested, dice.between(10, 25)));
    let activated = set_up(dice, &id, team, [requested, planned], &manager, records)?;
    let active_from = activated.unwrap_or(later(today(), 1));
    let ends_on = later(planned, length);
    let hours = length * 4;
    records.put(
        RecordKind::Project,
        json!({
            "id": id,
            "name": format!("{} {}", dice.pick(&SUBJECTS), requested.year()),
            "customer_id": format!("C-{}", 3001 + at),
            "manager_id": manager,
            "team": team,
            "contract_type": contract,
            "billing_cycle": if contract == "milestone" { "milestone" } else { "monthly" },
            "currency": "EUR",
            "budget": (hourly * Decimal::from(hours)).to_string(),
            "budget_hours": hours.to_string(),
            "starts_on": planned.to_string(),
            "ends_on": ends_on.to_string(),
            "closed_on": known(later(ends_on, 20)).map(|date| date.to_string()),
            "known_at": text(calendar::at(requested, 9, 0)),
        }),
    )?;
    Ok(Project {
        id,
        customer: at,
        team,
        contract,
        active_from,
        ends_on,
        hourly,
    })
}

/// What an opening waits for, who sees to it, and how many days it usually takes.
const DEPENDENCIES: [(&str, &str, [u32; 2]); 6] = [
    ("contract signed", "partner", [2, 20]),
    ("conflict check", "office_manager", [1, 6]),
    ("budget approved", "finance_manager", [1, 10]),
    ("client purchase order received", "manager", [3, 26]),
    ("staffing confirmed", "manager", [1, 9]),
    ("rate card agreed", "controller", [1, 8]),
];

/// Records the opening and its events; returns the day of activation, if by today.
fn set_up(
    dice: &mut Dice,
    project: &str,
    team: &str,
    dates: [NaiveDate; 2],
    requester: &str,
    records: &mut Ledger,
) -> Result<Option<NaiveDate>, FirmError> {
    let [requested, planned] = dates;
    let id = format!("PS-{project}");
    let slow = if team == "technology" { 6 } else { 0 };
    let mut last = requested;
    let mut dependencies: Vec<Value> = Vec::new();
    event(records, &id, "request project", requester, requested)?;
    for (name, role, days) in DEPENDENCIES {
        if dice.percent(12) {
            continue;
        }
        let done = workday(later(requested, dice.between(days[0], days[1] + slow)));
        let started = earlier(done, dice.between(0, 2)).max(requested);
        last = last.max(done);
        let state = match (known(done), known(started)) {
            (Some(_), _) => "done",
            (None, Some(_)) => "in_progress",
            (None, None) => "open",
        };
        dependencies.push(json!({
            "name": name,
            "owner_role": role,
            "required": true,
            "state": state,
            "due_on": earlier(planned, 2).max(requested).to_string(),
            "started_at": known(started).map(|date| text(calendar::at(date, 9, 0))),
            "done_at": known(done).map(|date| text(calendar::at(date, 15, 0))),
        }));
        if known(done).is_some() {
            event(records, &id, name, role, done)?;
        }
    }
    let activated = known(workday(later(last, 1)));
    if let Some(date) = activated {
        event(records, &id, "activate project", "controller", date)?;
    }
    records.put(
        RecordKind::ProjectSetup,
        json!({
            "id": id,
            "project_id": project,
            "requested_at": text(calendar::at(requested, 9, 0)),
            "requester_id": requester,
            "team": team,
            "template": "client engagement",
            "planned_activation_on": planned.to_string(),
            "activated_at": activated.map(|date| text(calendar::at(date, 17, 0))),
            "dependencies": dependencies,
            "known_at": text(calendar::at(activated.unwrap_or_else(today), 17, 0)),
        }),
    )?;
    Ok(activated)
}

fn event(
    records: &mut Ledger,
    id: &str,
    activity: &str,
    resource: &str,
    date: NaiveDate,
) -> Result<(), FirmError> {
    let time = text(calendar::at(date, 15, 0));
    records.put(
        RecordKind::Event,
        json!({
            "id": format!("EV-{id}-{}", activity.replace(' ', "-")),
            "case_id": id,
            "process": "project_setup",
            "activity": activity,
            "time": time,
            "lifecycle": "complete",
            "resource": resource,
            "subject_kind": "project_setup",
            "subject_id": id,
            "known_at": time,
        }),
    )
}

/// A sheet a week, due the Monday after it.
fn timesheets(
    dice: &mut Dice,
    person: &Person,
    staff: &Staff,
    portfolio: &Portfolio,
    records: &mut Ledger,
) -> Result<(), FirmError> {
    let approver = staff.lead_of(person.team).id.clone();
    let first = workday(later(FIRST_MONTH.unwrap_or_default(), 0));
    let mut monday = earlier(first, first.weekday().num_days_from_monday());
    while later(monday, 6) < today() {
        let sunday = later(monday, 6);
        let active: Vec<usize> = portfolio.active(monday, Some(person.team)).collect();
        let mut lines: Vec<Value> = Vec::new();
        let (mut hours, mut billable) = (Decimal::ZERO, Decimal::ZERO);
        for day in 0..5 {
            if dice.percent(if matches!(monday.month(), 8 | 12) {
                22
            } else {
                7
            }) {
                continue;
            }
            let worked = Decimal::new(i64::from(dice.between(24, 38)) * 25, 2);
            let project = active.get(dice.below(u32::try_from(active.len()).unwrap_or(0)) as usize);
            let project = project
                .filter(|_| dice.percent(82))
                .map(|at| &portfolio.projects[*at]);
            hours += worked;
            if project.is_some() {
                billable += worked;
            }
            lines.push(json!({
                "day": later(monday, day).to_string(),
                "project_id": project.map(|project| project.id.clone()),
                "task": if project.is_some() { "client work" } else { "internal" },
                "hours": worked.to_string(),
                "planned_hours": "7.5",
                "billable": project.is_some(),
            }));
        }
        let due = later(sunday, 1);
        let late = dice.percent(person.late_percent + if monday.month() == 12 { 15 } else { 0 });
        let handed_in = if late {
            later(due, dice.between(1, 9))
        } else {
            sunday
        };
        let approved = known(workday(later(handed_in, dice.between(1, 3))));
        records.put(
            RecordKind::Timesheet,
            json!({
                "id": format!("TS-{}-{monday}", person.id),
                "employee_id": person.id,
                "team": person.team,
                "period_start": monday.to_string(),
                "period_end": sunday.to_string(),
                "due_at": text(calendar::at(due, 10, 0)),
                "submitted_at": known(handed_in).map(|date| text(calendar::at(date, 9, 20))),
                "approved_at": approved.map(|date| text(calendar::at(date, 12, 0))),
                "approver_id": (approver != person.id).then(|| approver.clone()),
                "hours": hours.to_string(),
                "billable_hours": billable.to_string(),
                "lines": lines,
                "known_at": text(calendar::at(approved.or(known(handed_in)).unwrap_or_else(today), 12, 0)),
            }),
        )?;
        monday = later(monday, 7);
    }
    Ok(())
}
