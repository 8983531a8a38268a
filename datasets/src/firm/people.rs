//! The firm's people: teams, roles and salted hashes, never a name.

use scrutineer::domain::{RecordKind, sha256_hex};
use serde_json::json;

use super::calendar::{self, earlier, today};
use super::{FirmError, Ledger};
use crate::documents::{Country, Dice, iban};

/// Teams that work for customers.
pub(super) const TEAMS: [&str; 5] = [
    "strategy",
    "technology",
    "finance_advisory",
    "tax",
    "operations",
];
const PER_TEAM: usize = 11;

/// Somebody of the firm.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) id: String,
    pub(super) team: &'static str,
    pub(super) role: &'static str,
    pub(super) cost_centre: String,
    /// How many of 100 sheets come late.
    pub(super) late_percent: u32,
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
    for (index, team) in TEAMS.iter().enumerate() {
        for place in 0..PER_TEAM {
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
        "finance_manager",
        "office_manager",
        "procurement",
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
    Person {
        id: format!("E-{}", 1001 + index),
        team,
        role,
        cost_centre: format!("CC{centre}"),
        late_percent: if team == "technology" {
            dice.between(20, 55)
        } else {
            dice.between(3, 30)
        },
    }
}

fn record(
    dice: &mut Dice,
    staff: &Staff,
    person: &Person,
    records: &mut Ledger,
) -> Result<(), FirmError> {
    let country = Country::by_code("IE");
    let lead = staff.lead_of(person.team);
    let joined = earlier(today(), dice.between(760, 4_000));
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
        "joined_on": joined.to_string(),
        "bank_account_hash": hash(&account),
        "address_hash": hash(&address),
        "phone_hash": hash(&dice.fill("+353 8# ### ####")),
        "tax_id_hash": hash(&dice.fill("#######@@")),
        "known_at": calendar::text(calendar::at(joined, 9, 0)),
    });
    records.put(RecordKind::Employee, row)
}

/// A hash for matching; a firm would use a secret salt of its own.
fn hash(value: &str) -> String {
    sha256_hex(format!("demo-firm|{value}").as_bytes())
}
