//! Days that bills go out after the day planned, from the firm's own past.

use std::sync::Arc;

use chrono::{Days, NaiveDate};
use scrutineer::cases::billing::features;
use scrutineer::domain::records::Bill;
use scrutineer::history::{Facts, FactsAsOf, History as _, WorkAsOf};

use crate::boost::BoostParams;
use crate::collections::moment;
use crate::distribution::{DistributionPlan, Learners, OwnShare};

/// Days before the day planned at which bills of the past are looked at, so that a forecast
/// can be asked for at any of them. The nearer the day, the more of what is still missing
/// says that it will be missed: with 14, 7 and 3 alone, five and six days before were told too high.
pub const LEADS: [u64; 12] = [30, 21, 14, 10, 8, 7, 6, 5, 4, 3, 2, 1];
/// Days before the day planned at which a backtest asks.
pub const ASKED_BEFORE: u64 = 7;

/// How days of slip are fitted.
///
/// # Errors
/// Parameters out of range.
pub fn plan() -> anyhow::Result<DistributionPlan> {
    let boost = BoostParams {
        trees: 140,
        depth: 5,
        leaves: 8,
        learning_rate: 0.05,
        l2: 10.0,
        least_cover: 4.0,
        bins: 64,
        row_share: 0.7,
        column_share: 0.4,
        seed: 17,
    };
    Ok(DistributionPlan {
        features: features::NAMES.map(str::to_owned).to_vec(),
        whole: true,
        thresholds: 20,
        required: vec![0.0],
        coverage: 0.8,
        groups: (features::HISTORY, vec![1.0, 6.0]),
        boost: boost.check()?,
        learners: Learners::Either,
        own: Some(OwnShare::plain("project_slip_share")),
    })
}

/// What is known on the first moment of a day so many days before the day planned.
#[must_use]
pub fn known(facts: &Arc<Facts>, planned_on: NaiveDate, lead: u64) -> WorkAsOf {
    let day = planned_on - Days::new(lead);
    FactsAsOf::new(Arc::clone(facts), moment(day)).work()
}

/// The features of a bill at that moment; none where it is out already.
#[must_use]
pub fn row(subject: &Bill, work: &WorkAsOf) -> Option<Vec<f64>> {
    let out = work
        .bill(subject.id.as_str())
        .is_some_and(|bill| bill.issued_on.is_some())
        || subject.issued_on.is_some_and(|day| day < work.today());
    (!out).then(|| features::row(subject, work))
}
