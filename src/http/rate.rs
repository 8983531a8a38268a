//! How many requests one key may send.
//!
//! Headers follow draft-ietf-httpapi-ratelimit-headers-10: `RateLimit-Policy` says
//! what is allowed, `RateLimit` what is left.

use std::num::NonZeroU32;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use governor::clock::{Clock, QuantaClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use super::auth::Caller;
use crate::config::Limits;

/// Callers remembered before idle ones are forgotten.
const REMEMBERED: usize = 10_000;

type Limiter =
    RateLimiter<String, DashMapStateStore<String>, QuantaClock, StateInformationMiddleware>;

/// One bucket a caller (generic cell rate algorithm).
pub(super) struct Rate {
    limiter: Limiter,
    clock: QuantaClock,
    burst: u32,
    per_request: Duration,
}

/// Where a caller stands after a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    /// Requests that may follow at once; `None` if this one was one too many.
    remaining: Option<u32>,
    /// Until one more request is allowed (when refused), or all are again.
    pub(super) wait_seconds: u64,
    burst: u32,
    window_seconds: u64,
}

impl Rate {
    /// Buckets of the size that is set.
    #[must_use]
    pub(super) fn new(limits: &Limits) -> Self {
        let burst = NonZeroU32::new(limits.request_burst).unwrap_or(NonZeroU32::MIN);
        let per_minute = NonZeroU32::new(limits.requests_per_minute).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_minute(per_minute).allow_burst(burst);
        let clock = QuantaClock::default();
        Self {
            limiter: RateLimiter::dashmap_with_clock(quota, clock.clone())
                .with_middleware::<StateInformationMiddleware>(),
            clock,
            burst: burst.get(),
            per_request: quota.replenish_interval(),
        }
    }

    pub(super) fn check(&self, caller: &Caller) -> Standing {
        if self.limiter.len() > REMEMBERED {
            self.limiter.retain_recent();
        }
        let window_seconds = whole_seconds(self.per_request * self.burst);
        let outcome = self
            .limiter
            .check_key(&format!("{}/{}", caller.tenant, caller.actor));
        let (remaining, wait) = match outcome {
            Ok(snapshot) => {
                let left = snapshot.remaining_burst_capacity();
                let used = self.burst.saturating_sub(left);
                (Some(left), self.per_request * used)
            }
            Err(refused) => (None, refused.wait_time_from(self.clock.now())),
        };
        Standing {
            remaining,
            wait_seconds: whole_seconds(wait),
            burst: self.burst,
            window_seconds,
        }
    }
}

impl Standing {
    pub(super) const fn refused(&self) -> bool {
        self.remaining.is_none()
    }

    pub(super) fn write(&self, headers: &mut HeaderMap) {
        let policy = format!("\"key\";q={};w={}", self.burst, self.window_seconds);
        let left = format!(
            "\"key\";r={};t={}",
            self.remaining.unwrap_or_default(),
            self.wait_seconds
        );
        for (name, value) in [("ratelimit-policy", policy), ("ratelimit", left)] {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}

fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}
