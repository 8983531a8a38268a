//! What a value must be beyond its type.

use super::{Collections, Config, ConfigError};
use crate::cases::detectors::{CLAIM, INVOICE};

impl Config {
    /// Checks every value that its type does not.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`] for the first setting that cannot be used.
    pub fn check(&self) -> Result<(), ConfigError> {
        let limits = &self.limits;
        let at_least_one = [
            ("limits.body_bytes", limits.body_bytes as u64),
            ("limits.page_width_px", u64::from(limits.page_width_px)),
            ("limits.batch_items", limits.batch_items as u64),
            ("limits.batch_rows", limits.batch_rows as u64),
            ("limits.concurrency", limits.concurrency as u64),
            ("limits.score_concurrency", limits.score_concurrency as u64),
            ("limits.jobs", limits.jobs as u64),
            ("limits.request_seconds", limits.request_seconds),
            ("limits.parse_seconds", limits.parse_seconds),
            ("limits.parse_cpu_seconds", limits.parse_cpu_seconds),
            ("limits.parse_processes", limits.parse_processes as u64),
            ("limits.parse_pages", u64::from(limits.parse_pages)),
            ("limits.parse_page_words", limits.parse_page_words as u64),
            ("limits.page_pixels", limits.page_pixels),
            (
                "limits.requests_per_minute",
                u64::from(limits.requests_per_minute),
            ),
            ("limits.request_burst", u64::from(limits.request_burst)),
            (
                "collections.very_late_days",
                u64::from(self.collections.very_late_days),
            ),
            (
                "collections.contacts_a_day",
                u64::from(self.collections.contacts_a_day),
            ),
        ];
        for (key, value) in at_least_one {
            require(value >= 1, key, || "must be at least 1".to_owned())?;
        }
        let collections = &self.collections;
        for (key, days) in [
            ("collections.very_late_days", collections.very_late_days),
            (
                "collections.contact_pause_days",
                collections.contact_pause_days,
            ),
        ] {
            require(days <= 3650, key, || "must be at most 3650".to_owned())?;
        }
        require(
            collections.contacts_a_day <= Collections::MOST_CONTACTS,
            "collections.contacts_a_day",
            || format!("must be at most {}", Collections::MOST_CONTACTS),
        )?;
        require(
            limits.body_bytes <= 1024 * 1024 * 1024,
            "limits.body_bytes",
            || "must be at most 1073741824 (1 GiB)".to_owned(),
        )?;
        require(
            limits.parse_memory_bytes >= 64 * 1024 * 1024,
            "limits.parse_memory_bytes",
            || "must be at least 67108864 (64 MiB), or no document can be read".to_owned(),
        )?;
        require(
            limits.parse_seconds < limits.request_seconds,
            "limits.parse_seconds",
            || {
                format!(
                    "must be below limits.request_seconds ({})",
                    limits.request_seconds
                )
            },
        )?;
        require(
            tracing_subscriber::EnvFilter::try_new(&self.log.filter).is_ok(),
            "log.filter",
            || format!("`{}` is not a tracing filter", self.log.filter),
        )?;
        let salt = self.detectors.salt_file.as_ref();
        require(
            salt.is_none_or(|path| path.is_file()),
            "detectors.salt_file",
            || "is no file".to_owned(),
        )?;
        let names = CLAIM.iter().map(|detector| detector.name);
        let names: Vec<&str> = names
            .chain(INVOICE.iter().map(|detector| detector.name))
            .collect();
        let unknown = self
            .detectors
            .off
            .iter()
            .find(|off| !names.contains(&off.as_str()));
        require(unknown.is_none(), "detectors.off", || {
            let unknown = unknown.map_or("", String::as_str);
            format!(
                "there is no detector `{unknown}`; there are: {}",
                names.join(", ")
            )
        })?;
        self.check_oidc()
    }

    fn check_oidc(&self) -> Result<(), ConfigError> {
        let oidc = &self.oidc;
        let parts = [
            ("oidc.issuer", oidc.issuer.is_some()),
            ("oidc.audience", oidc.audience.is_some()),
            ("oidc.jwks_file", oidc.jwks_file.is_some()),
        ];
        if parts.iter().any(|(_, set)| *set) {
            for (key, set) in parts {
                require(set, key, || {
                    "must be set, as another setting of oidc is".to_owned()
                })?;
            }
        }
        require(!oidc.tenant_claim.is_empty(), "oidc.tenant_claim", || {
            "must name a claim".to_owned()
        })
    }
}

fn require(
    holds: bool,
    key: &'static str,
    message: impl FnOnce() -> String,
) -> Result<(), ConfigError> {
    if holds {
        Ok(())
    } else {
        Err(ConfigError::Invalid {
            key,
            message: message(),
        })
    }
}
