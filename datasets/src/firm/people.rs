//! The firm's people: teams, roles and salted hashes, never a name.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use scrutineer::domain::{RecordKind, sha256_hex};
use serde_json::json;

use super::calendar::{self, earlier, later, today};
use super::chance::normal;
use super::{FirmError, Ledger};
use crate::documents::{Country, Dice, iban};

/// Teams that work for customers, and how many are in each. Of the smallest nothing may be
/// reported.
const SIZES: [(&str, usize); 9] = [
    ("strategy", 15),
    ("technology", 18),
    ("data", 14),
    ("finance_advisory", 15),
    ("tax", 13),
    ("operations", 12),
    ("risk", 11),
    ("change", 9),
    ("actuarial", 4),
];
/// Their names.
pub(super) const TEAMS: [&str; 9] = {
    let mut names = [""; 9];
    let mut at = 0;
    while at < names.len() {
        names[at] = SIZES[at].0;
        at += 1;
    }
    names
};

/// Somebody of the firm.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) id: String,
    pub(super) team: &'static str,
    pub(super) role: &'static str,
    pub(super) cost_centre: String,
    pub(super) joined: NaiveDate,
    /// Days of leave, planned long before.
    pub(super) away: BTreeSet<NaiveDate>,
    /// How much more likely than others to hand a sheet in late, in logarithm of odds.
    pub(super) tardiness: f64,
}

/// Everybody.
pub(super) struct Staff {
    pub(super) people: Vec<Person>,
}

impl Staff {
    /// Those who work for customers in `team`.
    pub(super) fn of_team(&self, team: &str) -> Vec<&Person> {
        self.people
            .iter()
            .filter(|person| person.team == team)
            .collect()
    }

    /// Somebody in `role`, anybody if there is none.
    pub(super) fn in_role(&self, dice: &mut Dice, role: &str) -> &Person {
        let fitting: Vec<usize> = (0..self.people.len())
            .filter(|index| self.people[*index].role == role)
            .collect();
        &self.people[dice.pick(&fitting)]
    }

    /// Days on which nobody in `role` is at work.
    pub(super) fn away(&self, role: &str) -> BTreeSet<NaiveDate> {
        let mut people = self.people.iter().filter(|person| person.role == role);
        let first = people.next().map(|person| person.away.clone());
        people.fold(first.unwrap_or_default(), |away, person| {
            away.intersection(&person.away).copied().collect()
        })
    }

    /// Somebody of `team` who leads.
    pub(super) fn lead_of(&self, team: &str) -> &Person {
        self.people
            .iter()
            .find(|person| person.team == team && person.role == "partner")
            .unwrap_or(&self.people[0])
    }
}

/// Hires everybody and records them.
pub(super) fn hire(dice: &mut Dice, records: &mut Ledger) -> Result<Staff, FirmError> {
    let mut people = Vec::new();
    for (index, (team, size)) in SIZES.iter().enumerate() {
        for place in 0..*size {
            let role = match place {
                0 => "partner",
                1 | 2 => "manager",
                3..=5 => "senior_consultant",
                6..=8 => "consultant",
                _ => "analyst",
            };
            people.push(person(dice, people.len(), team, role, 100 + index * 10));
        }
    }
    for role in [
        "ap_clerk",
        "ap_clerk",
        "controller",
        "collections",
        "collections",
        "billing_clerk",
        "finance_manager",
        "office_manager",
        "procurement",
        "resource_manager",
    ] {
        people.push(person(dice, people.len(), "back_office", role, 900));
    }
    let staff = Staff { people };
    for person in &staff.people {
        record(dice, &staff, person, records)?;
    }
    Ok(staff)
}

fn person(
    dice: &mut Dice,
    index: usize,
    team: &'static str,
    role: &'static str,
    centre: usize,
) -> Person {
    // Those who lead were there before the records begin.
    let since = match role {
        "partner" | "manager" => 1_200,
        _ if team == "back_office" => 1_200,
        _ => 120,
    };
    let joined = earlier(today(), dice.between(since, 4_000));
    Person {
        id: format!("E-{}", 1001 + index),
        team,
        role,
        cost_centre: format!("CC{centre}"),
        joined,
        away: leave(dice),
        tardiness: 0.7 * normal(dice),
    }
}

/// Two weeks in summer, some days at Christmas, a week in spring and single days.
fn leave(dice: &mut Dice) -> BTreeSet<NaiveDate> {
    let mut away = BTreeSet::new();
    let mut off = |start: Option<NaiveDate>, days: u32| {
        away.extend((0..days).filter_map(|day| start.map(|start| later(start, day))));
    };
    for year in calendar::first_day().year()..=today().year() {
        let date = |month, day| NaiveDate::from_ymd_opt(year, month, day);
        let monday = |day: NaiveDate| earlier(day, day.weekday().num_days_from_monday());
        let week = dice.below(9);
        off(date(7, 3).map(|day| monday(later(day, 7 * week))), 14);
        let (first, days) = (dice.between(19, 27), dice.between(4, 12));
        off(date(12, first), days);
        let week = dice.below(10);
        off(date(3, 10).map(|day| monday(later(day, 7 * week))), 7);
        for _ in 0..5 {
            let day = dice.below(330);
            off(date(1, 10).map(|first| later(first, day)), 1);
        }
    }
    away
}

fn record(
    dice: &mut Dice,
    staff: &Staff,
    person: &Person,
    records: &mut Ledger,
) -> Result<(), FirmError> {
    let country = Country::by_code("IE");
    let lead = staff.lead_of(person.team);
    let account = iban(dice, country.code).unwrap_or_default();
    let address = dice.fill("## @@@@@@ Road, D0# @#@#");
    let row = json!({
        "id": person.id,
        "team": person.team,
        "role": person.role,
        "grade": format!("G{}", dice.between(1, 6)),
        "manager_id": (lead.id != person.id).then(|| lead.id.clone()),
        "cost_centre": person.cost_centre,
        "country": country.code,
        "joined_on": person.joined.to_string(),
        "bank_account_hash": hash(&account),
        "address_hash": hash(&address),
        "phone_hash": hash(&dice.fill("+353 8# ### ####")),
        "tax_id_hash": hash(&dice.fill("#######@@")),
        "known_at": calendar::text(calendar::at(person.joined, 9, 0)),
    });
    records.put(RecordKind::Employee, row)
}

/// A hash for matching; a firm would use a secret salt of its own.
fn hash(value: &str) -> String {
    sha256_hex(format!("demo-firm|{value}").as_bytes())
}
