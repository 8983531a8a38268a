//! Days late of customer invoices, from the firm's own past.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use scrutineer::cases::collections::Contact;
use scrutineer::cases::collections::features::{self, Known, Subject};
use scrutineer::cases::collections::notes::{NoteError, Notes, ReadsNotes};
use scrutineer::history::{Facts, FactsAsOf, History as _};

use crate::boost::BoostParams;
use crate::distribution::{DistributionPlan, Learners, Outcome};

/// Days late from which an invoice is very late, where the firm does not say.
pub const VERY_LATE_DAYS: f64 = 30.0;

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
        required: vec![0.0, VERY_LATE_DAYS],
        coverage: 0.8,
        groups: (features::HISTORY, vec![1.0, 10.0]),
        boost: boost.check()?,
        learners: Learners::Either,
    })
}

/// The features of an invoice on the day it is issued.
///
/// # Errors
/// [`NoteError`] if a note could not be read.
pub fn row(
    facts: &Arc<Facts>,
    customer: &str,
    subject: &Subject<'_>,
    notes: &dyn ReadsNotes,
) -> Result<Vec<f64>, NoteError> {
    let history = FactsAsOf::new(Arc::clone(facts), moment(subject.issued_on));
    let ledger = history.receivables(customer);
    let said = history.interactions_with(customer);
    let master = history.customer(customer);
    let known = Known {
        ledger: &ledger,
        customer: master.as_deref(),
        contact: &Contact::of(subject.id, &said, &ledger),
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
