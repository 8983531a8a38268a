//! What would change the answer, on things a collector can act on.
//!
//! Each is found by asking the same model about the same invoice with one thing changed, and
//! told only where the probability falls by [`LEAST_FALL`]. It says what the model would
//! say and not what would happen: customers who promise, or are called, differ from others
//! in more than that. Where the model has learned nothing about a thing, nothing is told of it.

use chrono::Days;

use super::features::NAMES;
use super::input::CollectionsInput;
use super::model::{Question, chance};
use super::notes::NoteTopic;
use super::recommendation::{level, suppressed};
use crate::advice::{Counterfactual, Level};
use crate::cases::numbers::days;
use crate::learn::forecast::{Forecast, from_json};

/// What the probability must fall by to be told.
pub(super) const LEAST_FALL: f64 = 0.05;
/// A promise is tried for so many days from today.
const PROMISED_IN: Days = Days::new(7);

/// One thing that could be otherwise.
struct Change {
    field: &'static str,
    from: String,
    to: String,
    /// In words, to go on with a comma.
    condition: String,
    /// Features that would be others.
    set: Vec<(&'static str, f64)>,
    /// Whether nothing would be contested any more.
    settles: bool,
}

/// What would lower the probability of `question`, most first.
pub(super) fn of(
    input: &CollectionsInput,
    row: &[f64],
    forecast: &Forecast,
    question: Question,
    probability: f64,
) -> Vec<Counterfactual> {
    let now = level(input, Some(probability), input.is_contested());
    let mut told: Vec<(f64, Counterfactual)> = Vec::new();
    for change in changes(input, row) {
        let known = change.set.iter().filter_map(|(name, value)| {
            let at = NAMES.iter().position(|known| known == name)?;
            forecast.uses(at).then_some((at, *value))
        });
        let mut changed = row.to_vec();
        let mut differs = false;
        for (at, value) in known {
            if let Some(place) = changed.get_mut(at) {
                differs |= place.to_bits() != value.to_bits();
                *place = value;
            }
        }
        if !differs {
            continue;
        }
        let (asked, then) = chance(forecast, input, input.due_on, &changed);
        if asked == question && probability - then >= LEAST_FALL {
            let contested = input.is_contested() && !change.settles;
            let level = (now, level(input, Some(then), contested));
            told.push((then, change.told(probability, then, level)));
        }
    }
    told.extend(with_agreed_term(
        input,
        forecast,
        question,
        probability,
        now,
    ));
    told.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.field.cmp(&b.1.field)));
    told.into_iter().map(|(_, one)| one).collect()
}

/// What could be otherwise. Who must not be spoken to now, or is a person, is not to be
/// urged by a figure.
fn changes(input: &CollectionsInput, row: &[f64]) -> Vec<Change> {
    let today = input.as_of.date_naive();
    let mut changes = Vec::new();
    let contacts = value(row, "contacts_30_days") + 1.0;
    let contact = [("contacts_30_days", contacts), ("days_since_contact", 0.0)];
    if input.is_contested() {
        changes.push(Change {
            field: "disputed",
            from: if input.contact.disputed {
                "yes"
            } else {
                "maybe"
            }
            .to_owned(),
            to: "no".to_owned(),
            condition: "Were it no longer contested".to_owned(),
            set: vec![("disputed", 0.0), ("days_since_note_contests", f64::NAN)],
            settles: true,
        });
    }
    if input.notes.stands(NoteTopic::LacksDocument) {
        let mut set = contact.to_vec();
        set.push(("days_since_note_lacks_document", f64::NAN));
        changes.push(Change {
            field: "missing_document",
            from: "asked for".to_owned(),
            to: "sent".to_owned(),
            condition: "Were what is missing sent today".to_owned(),
            set,
            settles: false,
        });
    }
    let may_be_spoken_to = suppressed(input, today).is_empty();
    if may_be_spoken_to {
        let last = input.contact.last_contact_on;
        changes.push(Change {
            field: "last_contact_on",
            from: last.map_or_else(String::new, |day| day.to_string()),
            to: today.to_string(),
            condition: "Were the customer spoken to today".to_owned(),
            set: contact.to_vec(),
            settles: false,
        });
    }
    // Nobody is sent for one more promise where the last was broken.
    if may_be_spoken_to && !input.contact.promise_broken {
        let promised = today + PROMISED_IN;
        changes.push(Change {
            field: "promised_on",
            from: String::new(),
            to: promised.to_string(),
            condition: format!("Were payment promised for {promised}"),
            set: vec![("promise_days", days(today, promised))],
            settles: false,
        });
    }
    changes
}

fn value(row: &[f64], feature: &str) -> f64 {
    let at = NAMES.iter().position(|known| *known == feature);
    at.and_then(|at| row.get(at)).copied().unwrap_or(f64::NAN)
}

/// The same invoice with the term that is agreed with its customer, where it has another.
fn with_agreed_term(
    input: &CollectionsInput,
    forecast: &Forecast,
    question: Question,
    probability: f64,
    now: Level,
) -> Option<(f64, Counterfactual)> {
    let agreed = input.agreed.as_ref()?;
    let (asked, then) = chance(forecast, input, agreed.due_on, &from_json(&agreed.features));
    // Late by one due date or the other are answers to one question; what comes after is not.
    let told = asked == question && question == Question::Late && probability - then >= LEAST_FALL;
    let condition = format!(
        "Were it due on {}, as agreed with the customer",
        agreed.due_on
    );
    let level = (now, level(input, Some(then), input.is_contested()));
    told.then(|| {
        let one = Counterfactual {
            field: "due_on".to_owned(),
            from: input.due_on.to_string(),
            to: agreed.due_on.to_string(),
            text: sentence(&condition, probability, then, level),
        };
        (then, one)
    })
}

impl Change {
    fn told(&self, before: f64, after: f64, level: (Level, Level)) -> Counterfactual {
        Counterfactual {
            field: self.field.to_owned(),
            from: self.from.clone(),
            to: self.to.clone(),
            text: sentence(&self.condition, before, after, level),
        }
    }
}

fn sentence(condition: &str, before: f64, after: f64, (now, then): (Level, Level)) -> String {
    let level = if now == then {
        format!("the level would stay {}", now.as_str())
    } else {
        format!(
            "the level would be {} instead of {}",
            then.as_str(),
            now.as_str()
        )
    };
    format!(
        "{condition}, the model would say {:.0} % instead of {:.0} %; {level}.",
        after * 100.0,
        before * 100.0
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::super::contact::Contact;
    use super::super::input::Agreed;
    use super::*;
    use crate::advice::ModelRef;
    use crate::learn::forecast::to_json;

    /// Says that an invoice is late with a high probability where a feature is above one half.
    fn forecast(feature: &str) -> Forecast {
        let at = NAMES.iter().position(|name| *name == feature).unwrap();
        let weights = json!({
            "distribution": {
                "features": NAMES.to_vec(),
                "range": {"lowest": -30.0, "highest": 60.0, "whole": true},
                "levels": [{"threshold": 0.0, "calibration": [1.0, 0.0], "trees": {"base": 0.0,
                    "features": NAMES.len(), "trees": [[[at, 0.5, 1, 2, 1, 9.0], [-4.0, 5.0], [2.0, 4.0]]]}}],
                "tails": {"coverage": 0.8, "feature": 0, "bounds": [], "left_out": [0.1]},
            },
            "usual": vec![None::<f64>; NAMES.len()],
            "highest": vec![None::<f64>; NAMES.len()],
        });
        let reference = ModelRef {
            name: "collections".to_owned(),
            version: "1".to_owned(),
            sha256: String::new(),
            trained_until: "2026-01-01".parse().unwrap(),
        };
        Forecast::new(serde_json::from_value(weights).unwrap(), reference, &NAMES).unwrap()
    }

    fn input() -> CollectionsInput {
        let input = json!({"customer_invoice_id": "i1", "customer_id": "c1", "as_of": "2026-06-01T08:00:00Z",
            "issued_on": "2026-05-20", "due_on": "2026-06-05", "open_amount": "10.00", "currency": "EUR",
            "contact": Contact::default(), "natural_person": false, "enough_history": true,
            "policy": {"very_late_days": 30, "contact_pause_days": 3}});
        serde_json::from_value(input).unwrap()
    }

    /// What is told where `feature` is 1 and the model looks at `asked`.
    fn told(input: &CollectionsInput, feature: &str, asked: &str) -> Vec<Counterfactual> {
        let forecast = forecast(asked);
        let row: Vec<f64> = NAMES
            .iter()
            .map(|name| if *name == feature { 1.0 } else { f64::NAN })
            .collect();
        let (question, probability) = chance(&forecast, input, input.due_on, &row);
        of(input, &row, &forecast, question, probability)
    }

    #[test]
    fn what_the_model_has_learned_is_told_and_nothing_else() {
        let mut contested = input();
        contested.contact.disputed = true;
        let found = told(&contested, "disputed", "disputed");
        let fields: Vec<&str> = found.iter().map(|one| one.field.as_str()).collect();
        assert_eq!(fields, ["disputed"]);
        assert!(
            found[0]
                .text
                .starts_with("Were it no longer contested, the model would say")
        );
        assert!(
            found[0]
                .text
                .ends_with("the level would be low instead of high."),
            "{found:?}"
        );
        assert!(told(&contested, "disputed", "amount").is_empty());
        // Where nothing is contested, there is nothing to settle.
        assert!(told(&input(), "disputed", "disputed").is_empty());
    }

    #[test]
    fn who_must_not_be_spoken_to_is_not_urged_by_a_figure() {
        let free = told(&input(), "days_since_contact", "days_since_contact");
        assert_eq!(free.len(), 1, "{free:?}");
        assert_eq!(
            (free[0].field.as_str(), free[0].to.as_str()),
            ("last_contact_on", "2026-06-01")
        );
        let mut person = input();
        person.natural_person = true;
        assert!(told(&person, "days_since_contact", "days_since_contact").is_empty());
    }

    #[test]
    fn one_more_promise_is_not_proposed_where_the_last_was_broken() {
        let changed = |input: &CollectionsInput| -> Vec<&'static str> {
            let row = vec![f64::NAN; NAMES.len()];
            changes(input, &row).iter().map(|one| one.field).collect()
        };
        let mut asked = input();
        assert_eq!(changed(&asked), ["last_contact_on", "promised_on"]);
        asked.contact.promise_broken = true;
        assert_eq!(changed(&asked), ["last_contact_on"]);
    }

    #[test]
    fn a_term_other_than_the_agreed_one_is_tried_with_features_of_its_own() {
        let mut short = input();
        let mut features = vec![f64::NAN; NAMES.len()];
        features[2] = 0.0;
        short.agreed = Some(Agreed {
            due_on: "2026-06-19".parse().unwrap(),
            features: to_json(&features),
        });
        let found = told(&short, "term_days", "term_days");
        assert_eq!(
            (found[0].field.as_str(), found[0].to.as_str()),
            ("due_on", "2026-06-19")
        );
        assert!(told(&input(), "term_days", "term_days").is_empty());
    }
}
