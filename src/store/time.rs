//! Moments as text whose order is time order.

use chrono::{DateTime, SecondsFormat, Utc};

use super::error::{Result, StoreError};

/// RFC 3339 in UTC with six fractional digits and `Z`.
pub(crate) fn text(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Reads what [`text`] wrote.
pub(crate) fn parse(stored: &str) -> Result<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(stored)
        .map(|moment| moment.with_timezone(&Utc))
        .map_err(|_| StoreError::Damaged(format!("`{stored}` is not a time")))
}

/// The present, to the microsecond that is stored.
pub(crate) fn now() -> DateTime<Utc> {
    let now = Utc::now();
    DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
}
