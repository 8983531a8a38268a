//! Openings of projects: what each waits for, in whose queue, and for how long.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use scrutineer::domain::RecordKind;
use serde_json::{Value, json};

use super::calendar::{self, days_at_work, earlier, later, open_day, text, today, workdays_after};
use super::chance::{happens, skewed};
use super::customers::Customer;
use super::mechanism::Mechanism;
use super::people::Staff;
use super::{FirmError, Ledger};
use crate::documents::Dice;

/// Something an opening may wait for.
struct Need {
    name: &'static str,
    role: &'static str,
    /// Whether the customer does it, and the role only waits for it.
    by_customer: bool,
    /// Working days it takes when nothing else waits.
    days: f64,
    /// Places of what must be done first.
    after: &'static [usize],
}

const fn ours(name: &'static str, role: &'static str, days: f64, after: &'static [usize]) -> Need {
    Need {
        name,
        role,
        by_customer: false,
        days,
        after,
    }
}

const fn theirs(name: &'static str, role: &'static str, after: &'static [usize]) -> Need {
    Need {
        name,
        role,
        by_customer: true,
        days: 0.0,
        after,
    }
}

const CONTRACT: usize = 3;
const ORDER: usize = 5;
const NEEDS: [Need; 9] = [
    ours("conflict check", "office_manager", 0.8, &[]),
    ours("legal entity set up", "controller", 1.0, &[0]),
    ours("tax registration", "finance_manager", 3.0, &[1]),
    theirs("contract signed", "partner", &[0]),
    ours("rate card agreed", "controller", 0.8, &[1]),
    theirs("client purchase order received", "manager", &[3]),
    ours("budget approved", "finance_manager", 0.9, &[4]),
    ours("staffing confirmed", "resource_manager", 1.2, &[6]),
    ours("project codes opened", "controller", 0.4, &[3, 6]),
];

/// The opening of one project.
pub(super) struct Request {
    pub(super) project: String,
    pub(super) customer: usize,
    pub(super) team: &'static str,
    pub(super) requester: String,
    pub(super) requested: NaiveDate,
    /// Whether the customer has a frame contract already.
    pub(super) called_off: bool,
    /// Working days the seller allowed for beyond what is usual.
    pub(super) slack: u32,
}

/// When a need was begun and done.
#[derive(Debug, Clone, Copy)]
struct Span {
    started: NaiveDate,
    done: NaiveDate,
}

struct Office<'a> {
    customers: &'a [Customer],
    /// Days on which nobody of a role is at work.
    away: BTreeMap<&'static str, BTreeSet<NaiveDate>>,
    /// What each role has had in its queue, with the opening it was for.
    queues: BTreeMap<&'static str, Vec<(usize, Span)>>,
}

/// Opens every project; gives the day each became active, if by today.
pub(super) fn open(
    dice: &mut Dice,
    staff: &Staff,
    customers: &[Customer],
    requests: &[Request],
    mechanism: &mut Mechanism,
    records: &mut Ledger,
) -> Result<Vec<Option<NaiveDate>>, FirmError> {
    let mut office = Office {
        customers,
        away: NEEDS
            .iter()
            .map(|need| (need.role, staff.away(need.role)))
            .collect(),
        queues: BTreeMap::new(),
    };
    let spans = office.work(dice, requests);
    let mut active = Vec::new();
    for (at, (request, spans)) in requests.iter().zip(&spans).enumerate() {
        let planned = request.planned(customers);
        let cancelled = happens(dice, 0.04).then(|| {
            let asked = spans
                .values()
                .next()
                .map_or(request.requested, |span| span.done);
            workdays_after(asked, dice.between(2, 15))
        });
        let activated = activation(dice, request, spans);
        // Given up only while it was not active.
        let cancelled = cancelled.filter(|day| *day < activated);
        let chance = office.chance_of_missing(dice, at, request, planned);
        if cancelled.is_none() && planned < today() {
            mechanism.setup(request.requested, chance, activated > planned);
        }
        let end = cancelled.unwrap_or(activated);
        record(request, spans, planned, end, cancelled.is_some(), records)?;
        active.push((cancelled.is_none() && activated <= today()).then_some(activated));
    }
    Ok(active)
}

impl Request {
    fn needs(&self, customers: &[Customer]) -> Vec<usize> {
        let customer = &customers[self.customer];
        (0..NEEDS.len())
            .filter(|need| match *need {
                2 => customer.abroad,
                CONTRACT => !self.called_off,
                ORDER => customer.orders,
                _ => true,
            })
            .collect()
    }

    /// The day promised: what is usual for its needs, whoever the customer is.
    fn planned(&self, customers: &[Customer]) -> NaiveDate {
        let customer = &customers[self.customer];
        let usual = 8
            + if self.called_off { 0 } else { 5 }
            + if customer.orders { 4 } else { 0 }
            + if customer.abroad { 2 } else { 0 };
        workdays_after(self.requested, usual + self.slack)
    }
}

fn activation(dice: &mut Dice, request: &Request, spans: &BTreeMap<usize, Span>) -> NaiveDate {
    let last = spans.values().map(|span| span.done).max();
    workdays_after(last.unwrap_or(request.requested), dice.below(2))
}

impl Office<'_> {
    /// Works off all needs of all openings in the order in which they come up.
    fn work(&mut self, dice: &mut Dice, requests: &[Request]) -> Vec<BTreeMap<usize, Span>> {
        let mut spans: Vec<BTreeMap<usize, Span>> = vec![BTreeMap::new(); requests.len()];
        let mut waiting: BTreeSet<(NaiveDate, usize, usize)> = requests
            .iter()
            .enumerate()
            .map(|(at, request)| (open_day(request.requested), at, 0))
            .collect();
        while let Some((ready, at, need)) = waiting.pop_first() {
            let request = &requests[at];
            let span = self.span(dice, at, request, need, ready);
            spans[at].insert(need, span);
            self.queues
                .entry(NEEDS[need].role)
                .or_default()
                .push((at, span));
            let needs = request.needs(self.customers);
            for next in needs
                .iter()
                .copied()
                .filter(|next| !spans[at].contains_key(next))
            {
                if let Some(ready) = ready_day(next, &needs, &spans[at], request) {
                    waiting.insert((ready, at, next));
                }
            }
        }
        spans
    }

    /// How long a need takes that comes up on `ready`: by the queue of its role, the month's
    /// closing and leave, or by the customer's own pace.
    fn span(
        &self,
        dice: &mut Dice,
        at: usize,
        request: &Request,
        need: usize,
        ready: NaiveDate,
    ) -> Span {
        let Need {
            role,
            by_customer,
            days,
            ..
        } = NEEDS[need];
        if by_customer {
            let days = self.customers[request.customer].answers_in(dice, ready);
            return Span {
                started: ready,
                done: workdays_after(ready, days),
            };
        }
        let queue = self.queues.get(role).map_or(0, |queue| {
            // What came to the role before it did; of the same day, what was asked for earlier.
            let before = |other: usize, span: &Span| (span.started, other) < (ready, at);
            queue
                .iter()
                .filter(|(other, span)| *other != at && before(*other, span) && ready < span.done)
                .count()
        });
        let closing = matches!(role, "controller" | "finance_manager") && ready.day() <= 7;
        let days = days * (1.0 + 0.5 * queue as f64) + if closing { 2.0 } else { 0.0 };
        let days = skewed(dice, days, 0.5).round() as u32;
        let none = BTreeSet::new();
        Span {
            started: ready,
            done: days_at_work(ready, days, self.away.get(role).unwrap_or(&none)),
        }
    }

    /// Probability of not being active on the planned day: the share of many courses that this
    /// opening could take, while the queues of the others stay as they were.
    fn chance_of_missing(
        &self,
        dice: &mut Dice,
        at: usize,
        request: &Request,
        planned: NaiveDate,
    ) -> f64 {
        const COURSES: u32 = 200;
        let needs = request.needs(self.customers);
        let missed = (0..COURSES).filter(|_| {
            let mut spans = BTreeMap::new();
            for need in &needs {
                let ready = ready_day(*need, &needs, &spans, request);
                let ready = ready.unwrap_or(request.requested);
                spans.insert(*need, self.span(dice, at, request, *need, ready));
            }
            activation(dice, request, &spans) > planned
        });
        missed.count() as f64 / f64::from(COURSES)
    }
}

/// The day on which all that must be done first is done; none while something is not.
fn ready_day(
    need: usize,
    needs: &[usize],
    spans: &BTreeMap<usize, Span>,
    request: &Request,
) -> Option<NaiveDate> {
    NEEDS[need]
        .after
        .iter()
        .filter(|before| needs.contains(before))
        .try_fold(open_day(request.requested), |day, before| {
            Some(day.max(spans.get(before)?.done))
        })
}

/// Records the opening as it stood after each change, and the events.
fn record(
    request: &Request,
    spans: &BTreeMap<usize, Span>,
    planned: NaiveDate,
    end: NaiveDate,
    cancelled: bool,
    records: &mut Ledger,
) -> Result<(), FirmError> {
    let id = format!("PS-{}", request.project);
    let asked = calendar::at(request.requested, 9, 0);
    let started = |span: &Span| calendar::at(span.started, 10, 0);
    let done = |span: &Span| calendar::at(span.done, 15, 0);
    let ended = calendar::at(end, 17, 0);
    let mut changes: BTreeSet<DateTime<Utc>> = [asked, ended].into();
    changes.extend(spans.values().flat_map(|span| [started(span), done(span)]));
    let now = calendar::at(today(), 18, 0);
    let seen = |moment: DateTime<Utc>, at: DateTime<Utc>| (moment <= at).then(|| text(moment));
    for moment in changes
        .into_iter()
        .filter(|moment| *moment <= ended.min(now))
    {
        let dependencies: Vec<Value> = spans
            .iter()
            .map(|(need, span)| {
                let (begun, over) = (seen(started(span), moment), seen(done(span), moment));
                let state = match (&begun, &over) {
                    (_, Some(_)) => "done",
                    (Some(_), None) => "in_progress",
                    (None, None) => "open",
                };
                json!({
                    "name": NEEDS[*need].name,
                    "owner_role": NEEDS[*need].role,
                    "required": true,
                    "state": state,
                    "due_on": earlier(planned, 2).max(request.requested).to_string(),
                    "started_at": begun,
                    "done_at": over,
                })
            })
            .collect();
        let over = seen(ended, moment);
        records.put(
            RecordKind::ProjectSetup,
            json!({
                "id": id,
                "project_id": request.project,
                "requested_at": text(asked),
                "requester_id": request.requester,
                "team": request.team,
                "template": if request.called_off { "framework call-off" } else { "client engagement" },
                "planned_activation_on": planned.to_string(),
                "activated_at": over.clone().filter(|_| !cancelled),
                "cancelled_at": over.filter(|_| cancelled),
                "dependencies": dependencies,
                "known_at": text(moment),
            }),
        )?;
    }
    let mut happened = vec![(
        asked,
        "request project",
        request.requester.as_str(),
        "complete",
    )];
    for (need, span) in spans {
        let Need { name, role, .. } = NEEDS[*need];
        happened.push((started(span), name, role, "start"));
        happened.push((done(span), name, role, "complete"));
    }
    let last = if cancelled {
        "cancel project"
    } else {
        "activate project"
    };
    happened.push((ended, last, "controller", "complete"));
    happened.sort_by_key(|(moment, ..)| *moment);
    for (moment, activity, resource, lifecycle) in happened {
        if moment <= ended.min(now) {
            event(records, &id, activity, resource, lifecycle, moment)?;
        }
    }
    Ok(())
}

fn event(
    records: &mut Ledger,
    id: &str,
    activity: &str,
    resource: &str,
    lifecycle: &str,
    moment: DateTime<Utc>,
) -> Result<(), FirmError> {
    let time = text(moment);
    records.put(
        RecordKind::Event,
        json!({
            "id": format!("EV-{id}-{}-{lifecycle}", activity.replace(' ', "-")),
            "case_id": id,
            "process": "project_setup",
            "activity": activity,
            "time": time,
            "lifecycle": lifecycle,
            "resource": resource,
            "subject_kind": "project_setup",
            "subject_id": id,
            "known_at": time,
        }),
    )
}

/// Whether a day of request is likely: sales close before the quarter ends and rest in summer.
pub(super) fn is_asked_on(dice: &mut Dice, day: NaiveDate) -> bool {
    let share = calendar::season(day)
        + if later(day, 10).month() == day.month() {
            0
        } else {
            15
        };
    dice.below(130) < share
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_opening_waits_for_what_came_before_it_and_not_for_what_came_after() {
        let ready = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        let others = Span {
            started: ready,
            done: later(ready, 30),
        };
        // Others of the same day, asked for as the twentieth to the thirty-ninth.
        let office = Office {
            customers: &[],
            away: BTreeMap::new(),
            queues: [("office_manager", (20..40).map(|at| (at, others)).collect())].into(),
        };
        let request = Request {
            project: "P-1".to_owned(),
            customer: 0,
            team: "tax",
            requester: "E-1".to_owned(),
            requested: ready,
            called_off: true,
            slack: 0,
        };
        let done = |at, on| {
            let span = office.span(&mut Dice::new(1, 1), at, &request, 0, on);
            (span.done - span.started).num_days()
        };
        let tomorrow = later(ready, 1);
        assert!(done(10, ready) < 5, "{}", done(10, ready));
        assert!(done(50, ready) > done(10, ready));
        assert!(done(10, tomorrow) > done(10, ready));
    }
}
