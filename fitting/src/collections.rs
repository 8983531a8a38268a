//! Days late of customer invoices, from the firm's own past.

use std::sync::Arc;

use anyhow::ensure;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use scrutineer::cases::collections::features::{self, Known, Subject};
use scrutineer::cases::collections::notes::{NoteError, Notes, ReadsNotes};
use scrutineer::cases::collections::{Contact, Promises};
use scrutineer::domain::records::CustomerInvoiceStatus;
use scrutineer::history::{Facts, FactsAsOf, History as _};
use scrutineer::learn::forecast::ForecastWeights;

use crate::boost::BoostParams;
use crate::distribution::{
    DistributionPlan, Example, LEAST_EXAMPLES, Learners, Outcome, OwnShare, Passing, on_calendar,
};
use crate::forecast;

/// Paid invoices, late ones and ones on time each, below which there is nothing to tell apart: as
/// many as the service asks for before it says anything.
const LEAST_OF_EACH: usize = 5;
/// Days late beyond which an invoice is very late, where the firm does not say.
pub const VERY_LATE_DAYS: f64 = 30.0;

/// Days after the due day on which invoices are asked about again, before it negative, so that what is said
/// of them then is calibrated: a week and a day before, when reminders are due, and while they are overdue.
pub const ASKED_AGAIN: [i64; 8] = [-7, -1, 1, 4, 8, 15, 31, 61];

/// Days late that are ruled out on a day so many days after the due day, where an invoice is still open: it is
/// paid on that day at the earliest.
#[must_use]
pub fn days_passed(after_due: i64) -> f64 {
    after_due as f64 - 1.0
}

/// How days late are fitted.
///
/// # Errors
/// Parameters out of range.
pub fn plan() -> anyhow::Result<DistributionPlan> {
    let boost = BoostParams {
        trees: 160,
        depth: 8,
        leaves: 15,
        learning_rate: 0.08,
        l2: 10.0,
        least_cover: 6.0,
        bins: 128,
        row_share: 0.7,
        column_share: 0.4,
        seed: 11,
    };
    Ok(DistributionPlan {
        features: features::NAMES.map(str::to_owned).to_vec(),
        whole: true,
        thresholds: 32,
        // Many pay on the very day: a straight line over the days before would have them paid on those.
        required: vec![-1.0, 0.0, VERY_LATE_DAYS],
        coverage: 0.8,
        groups: (features::HISTORY, vec![1.0, 10.0]),
        boost: boost.check()?,
        learners: Learners::Either,
        own: Some(OwnShare::drawn("late_share_drawn")),
    })
}

/// Fits on examples in order of time, if there is history enough to tell late from on time.
///
/// # Errors
/// Too little history, or what [`DistributionPlan::fit`] refuses.
pub fn fit(examples: &[Example]) -> anyhow::Result<ForecastWeights> {
    let paid: Vec<f64> = examples
        .iter()
        .filter_map(|e| e.outcome.quantity())
        .collect();
    let late = paid.iter().filter(|days| **days > 0.0).count();
    for (count, which) in [(late, "late"), (paid.len() - late, "on time")] {
        ensure!(
            // Too few altogether is told by the fit, which names the number needed.
            count >= LEAST_OF_EACH || paid.len() < LEAST_EXAMPLES,
            "{count} invoices paid {which} before the cut are too few; {LEAST_OF_EACH} are needed"
        );
    }
    forecast::fit(&plan()?, examples)
}

/// The features of an invoice on a day, as the service would find them on its first moment.
///
/// # Errors
/// [`NoteError`] if a note could not be read.
pub fn row_on(
    day: NaiveDate,
    facts: &Arc<Facts>,
    customer: &str,
    subject: &Subject<'_>,
    notes: &dyn ReadsNotes,
) -> Result<Vec<f64>, NoteError> {
    let history = FactsAsOf::new(Arc::clone(facts), moment(day));
    let ledger = history.receivables(customer);
    let said = history.interactions_with(customer);
    let master = history.customer(customer);
    let levels = history.paid_levels();
    let promises = Promises::of(&said, &ledger);
    let contact = Contact::of(subject.id, &said, &promises, &ledger);
    let status = ledger.get(subject.id).and_then(|invoice| invoice.status);
    let disputed = status == Some(CustomerInvoiceStatus::Disputed);
    let known = Known {
        ledger: &ledger,
        levels: &levels,
        customer: master.as_deref(),
        contact: &Contact {
            disputed: contact.disputed || disputed,
            ..contact
        },
        notes: &Notes::of(subject.id, &said, ledger.today(), notes)?,
    };
    Ok(features::row(subject, &known))
}

/// The first moment of a day.
#[must_use]
pub fn moment(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// What is known of an invoice's lateness on a day: days late where it was paid before,
/// else that it is at least so late.
#[must_use]
pub fn outcome(due_on: NaiveDate, cleared_on: Option<NaiveDate>, known_on: NaiveDate) -> Outcome {
    let late = |day: NaiveDate| (day - due_on).num_days() as f64;
    let before = cleared_on.filter(|day| *day < known_on);
    // Not paid before that day: paid on it at the earliest.
    Outcome::watched(before.map(late), late(known_on) - 1.0)
}

/// How days after a due day become known: so many as [`outcome`] says on each day.
#[must_use]
pub fn passing(due_on: NaiveDate) -> Passing {
    Passing::Since(on_calendar(moment(due_on)) + 1.0)
}

#[cfg(test)]
mod tests {
    use chrono::{Days, TimeDelta};
    use scrutineer::cases::collections::{CollectionsCase, CollectionsInput, Policy, Setting};
    use scrutineer::cases::forecast_case::Question as _;
    use scrutineer::cases::record_case::{RecordCase as _, RecordItem};
    use scrutineer::domain::{CanonicalJson, Currency, RecordKind, sha256_hex};
    use scrutineer::learn::forecast::to_json;
    use scrutineer::registry::Registry;
    use serde_json::{Value, json};

    use super::*;
    use crate::notes::WhenMet;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// Two customers whose weekly invoices are paid after their own manner, spoken to now and then;
    /// one invoice is disputed by its own record.
    fn facts() -> Facts {
        let mut facts = Facts::default();
        let mut add = |kind: RecordKind, on: NaiveDate, version: u64, body: Value| {
            facts.insert(kind, moment(on), version, body).unwrap();
        };
        let first = day("2025-01-06");
        for (customer, late) in [("C1", 0_u64), ("C2", 9)] {
            let master = json!({"id": customer, "name": "A customer", "payment_terms_days": 21,
                "credit_limit": "5000", "currency": "EUR", "country": "DE", "segment": customer});
            add(RecordKind::Customer, first, 1, master);
            for week in 0..30_u64 {
                let id = format!("{customer}-{week}");
                let issued = first + Days::new(7 * week);
                let due = issued + Days::new(14);
                let mut body = json!({"id": id, "customer_id": customer, "issued_on": issued,
                    "due_on": due, "currency": "EUR", "total": format!("{}.35", 80 + 13 * week),
                    "business_unit": (if week % 2 == 0 { "North" } else { "South" }), "payment_terms": "14 days"});
                if id == "C2-29" {
                    body["status"] = json!("disputed");
                }
                add(RecordKind::CustomerInvoice, issued, 1, body.clone());
                let cleared = due + Days::new(late + week % 3);
                body["cleared_on"] = json!(cleared);
                add(RecordKind::CustomerInvoice, cleared + Days::new(1), 2, body);
                if week % 4 == 3 {
                    let said = json!({"id": format!("said-{id}"), "customer_id": customer,
                        "kind": "reminder", "customer_invoice_id": id, "time": moment(due)});
                    add(RecordKind::Interaction, due, 1, said);
                }
            }
        }
        facts
    }

    #[test]
    fn what_is_fitted_on_is_bit_for_bit_what_the_service_judges_by() {
        let facts = Arc::new(facts());
        let setting = || Setting {
            policy: Policy {
                very_late_days: 30,
                contact_pause_days: 5,
            },
            notes: Arc::new(WhenMet::default()),
        };
        let models = concat!(env!("CARGO_MANIFEST_DIR"), "/../models");
        let registry = Registry::open(models.as_ref()).unwrap();
        let case = CollectionsCase::load(&registry, setting()).unwrap();
        let issued = day("2025-01-06") + Days::new(7 * 29);
        let due_on = issued + Days::new(14);
        // On the day of issue, as is fitted, and while it is overdue, as is measured.
        for (id, on) in [
            ("C1-29", issued),
            ("C2-29", issued),
            ("C2-29", due_on + Days::new(3)),
        ] {
            let customer = &id[..2];
            let history = FactsAsOf::new(Arc::clone(&facts), moment(on));
            let subject = Subject {
                id,
                issued_on: issued,
                due_on,
                amount: 457.35,
                currency: Currency::new("EUR").unwrap(),
                sort: history.receivables(customer).get(id).unwrap().sort,
            };
            let fitted = row_on(on, &facts, customer, &subject, &WhenMet::default()).unwrap();
            let item = RecordItem {
                id: id.to_owned(),
                as_of: None,
                period_end: None,
            };
            let (_, served) = CollectionsInput::read(&item, &setting(), &history).unwrap();
            let bits = |row: &[f64]| {
                row.iter()
                    .map(|value| value.to_bits())
                    .collect::<Vec<u64>>()
            };
            assert_eq!(bits(&fitted), bits(&served), "{id} on {on}");
            assert!(fitted.iter().filter(|value| value.is_finite()).count() > 40);
            // And so it is kept, and named by its digest in the recommendation.
            let judged = case.judge(&item, &history).unwrap();
            let kept = CanonicalJson::of(&to_json(&fitted)).unwrap();
            assert_eq!(judged.features.as_str(), kept.as_str());
            let digest = sha256_hex(kept.as_str());
            assert_eq!(judged.recommendation.features_sha256, digest);
        }
    }

    #[test]
    fn what_is_ruled_out_on_a_day_is_what_is_known_of_an_open_invoice_then() {
        let due_on = day("2026-03-20");
        assert!(ASKED_AGAIN.is_sorted_by(|one, next| one < next));
        for days in ASKED_AGAIN {
            let on = due_on + TimeDelta::days(days);
            let open = outcome(due_on, Some(due_on + Days::new(99)), on);
            assert_eq!(open, Outcome::watched(None, days_passed(days)));
            assert_eq!(open.above(days_passed(days)), Some(true));
            // Paid on the day before, it would have been known.
            let paid = outcome(due_on, Some(on - Days::new(1)), on);
            assert_eq!(paid.above(days_passed(days)), Some(false));
        }
    }

    #[test]
    fn who_pays_on_the_very_day_is_not_taken_to_have_paid_before_it() {
        // Three of ten pay early, four on the day and three late; nothing tells which.
        let examples = (0..300_usize).map(|at| {
            let days = match at * 7 % 10 {
                0..3 => -10.0 - (at % 3) as f64,
                3..7 => 0.0,
                _ => 12.0 + (at % 4) as f64,
            };
            let row = vec![(at % 11) as f64; features::NAMES.len()];
            Example::new(row, Outcome::known(days), 100.0 * at as f64)
        });
        let weights = fit(&examples.collect::<Vec<Example>>()).unwrap();
        let curve = weights.distribution.curve(&[5.0; features::NAMES.len()]);
        let late = curve.given_above(days_passed(0)).above(0.0);
        assert!((0.3..0.6).contains(&late), "three of seven, not {late}");
    }

    #[test]
    fn one_class_and_a_short_history_are_refused_by_what_they_lack() {
        let of = |late: usize, on_time: usize| {
            let days = [(3.0, late), (-2.0, on_time)];
            let examples = days.into_iter().flat_map(|(days, count)| {
                (0..count).map(move |at| {
                    let outcome = Outcome::known(days - (at % 2) as f64);
                    Example::new(vec![at as f64; features::NAMES.len()], outcome, 0.0)
                })
            });
            let examples: Vec<Example> = examples.collect();
            fit(&examples).map_err(|error| error.to_string())
        };
        assert!(of(60, 4).unwrap_err().contains("4 invoices paid on time"));
        assert!(of(0, 60).unwrap_err().contains("0 invoices paid late"));
        assert!(of(4, 4).unwrap_err().contains("50 are needed"));
        assert!(of(55, 5).is_ok());
    }
}
