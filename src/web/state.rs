//! What the pages' handlers share.

use std::sync::Arc;

use crate::config::{Config, Network};
use crate::service::Service;
use crate::store::Store;

use super::attempts::Attempts;
use super::session::{SessionError, Sessions};

/// What the pages' handlers share; clones are cheap.
#[derive(Clone)]
pub struct Pages(Arc<Shared>);

struct Shared {
    service: Service,
    sessions: Sessions,
    attempts: Attempts,
    listens_on_loopback: bool,
    body_bytes: usize,
    page_width_px: u32,
    contacts_a_day: usize,
    trusted_proxies: Vec<Network>,
}

impl Pages {
    /// Opens the session secret of the data folder.
    ///
    /// # Errors
    /// [`SessionError`] if it cannot be read or made.
    pub fn open(service: Service, config: &Config) -> Result<Self, SessionError> {
        Ok(Self(Arc::new(Shared {
            sessions: Sessions::open(&config.data_dir)?,
            service,
            attempts: Attempts::new(),
            listens_on_loopback: config.listen.ip().is_loopback(),
            body_bytes: config.limits.body_bytes,
            page_width_px: config.limits.page_width_px,
            contacts_a_day: config.collections.contacts_a_day as usize,
            trusted_proxies: config.trusted_proxies.clone(),
        })))
    }

    pub(super) fn service(&self) -> &Service {
        &self.0.service
    }

    pub(super) fn store(&self) -> &Store {
        self.0.service.store()
    }

    pub(super) fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    pub(super) fn attempts(&self) -> &Attempts {
        &self.0.attempts
    }

    pub(super) fn body_bytes(&self) -> usize {
        self.0.body_bytes
    }

    pub(super) fn page_width_px(&self) -> u32 {
        self.0.page_width_px
    }

    pub(super) fn contacts_a_day(&self) -> usize {
        self.0.contacts_a_day
    }

    pub(super) fn trusted_proxies(&self) -> &[Network] {
        &self.0.trusted_proxies
    }

    pub(super) fn listens_on_loopback(&self) -> bool {
        self.0.listens_on_loopback
    }
}
