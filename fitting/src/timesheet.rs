//! Late sheets of a team and period, and of one sheet, from the firm's own past.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use scrutineer::cases::timesheet::features;
use scrutineer::cases::timesheet::{SHEET_NAMES, TOLERATED_PERCENT};
use scrutineer::history::{Facts, FactsAsOf, History as _, WorkAsOf};

use crate::boost::BoostParams;
use crate::distribution::{DistributionPlan, Learners};

/// How the share of late sheets is fitted, in sheets of a hundred.
///
/// # Errors
/// Parameters out of range.
pub fn plan() -> anyhow::Result<DistributionPlan> {
    let boost = BoostParams {
        trees: 140,
        depth: 4,
        leaves: 7,
        learning_rate: 0.05,
        l2: 10.0,
        least_cover: 4.0,
        bins: 64,
        row_share: 0.7,
        column_share: 0.4,
        seed: 13,
    };
    Ok(DistributionPlan {
        features: features::NAMES.map(str::to_owned).to_vec(),
        whole: true,
        thresholds: 12,
        required: vec![0.0, TOLERATED_PERCENT],
        coverage: 0.8,
        groups: (features::HISTORY, vec![12.0, 52.0]),
        boost: boost.check()?,
        learners: Learners::Either,
    })
}

/// How days late of one sheet are fitted; zero and less is in time.
///
/// # Errors
/// Parameters out of range.
pub fn sheet_plan() -> anyhow::Result<DistributionPlan> {
    Ok(DistributionPlan {
        features: SHEET_NAMES.map(str::to_owned).to_vec(),
        required: vec![0.0],
        thresholds: 6,
        groups: (0, vec![12.0]),
        ..plan()?
    })
}

/// What is known at a moment.
#[must_use]
pub fn known(facts: &Arc<Facts>, at: DateTime<Utc>) -> WorkAsOf {
    FactsAsOf::new(Arc::clone(facts), at).work()
}
