//! What handlers share.

use std::sync::Arc;

use metrics_exporter_prometheus::PrometheusHandle;

use super::auth::Oidc;
use super::gate::Gate;
use super::jobs::Jobs;
use super::rate::Rate;
use crate::config::Config;
use crate::registry::Registry;
use crate::service::Service;
use crate::store::Store;

/// Batches that may be open for each turn: most of them wait for whoever reads their answers. Each
/// holds its body.
const BATCHES_A_TURN: usize = 4;

/// What handlers share; clones are cheap.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

/// What an application is made of.
pub struct Parts {
    /// The settings.
    pub config: Config,
    /// The store, the sandbox and the cases.
    pub service: Service,
    /// The models and which version of each answers.
    pub registry: Registry,
    /// Tokens of an identity provider, if one is set.
    pub oidc: Option<Oidc>,
    /// The process's metrics.
    pub metrics: PrometheusHandle,
}

struct Shared {
    parts: Parts,
    gate: Gate,
    batch_gate: Gate,
    score_gate: Gate,
    rate: Rate,
    jobs: Jobs,
}

impl AppState {
    /// Shares the parts and starts the workers of jobs. To be called within a tokio runtime.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let limits = &parts.config.limits;
        Self(Arc::new(Shared {
            gate: Gate::new(limits.concurrency, limits.queue),
            batch_gate: Gate::new(
                limits.concurrency.saturating_mul(BATCHES_A_TURN),
                limits.queue,
            ),
            score_gate: Gate::new(limits.score_concurrency, limits.queue),
            rate: Rate::new(limits),
            jobs: Jobs::start(parts.service.clone(), limits),
            parts,
        }))
    }

    /// The settings.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.parts.config
    }

    /// What is kept.
    #[must_use]
    pub fn store(&self) -> &Store {
        self.0.parts.service.store()
    }

    /// The store, the sandbox and the cases.
    #[must_use]
    pub fn service(&self) -> &Service {
        &self.0.parts.service
    }

    /// The models and which version of each answers.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.0.parts.registry
    }

    /// The process's metrics.
    #[must_use]
    pub fn metrics(&self) -> &PrometheusHandle {
        &self.0.parts.metrics
    }

    pub(super) fn oidc(&self) -> Option<&Oidc> {
        self.0.parts.oidc.as_ref()
    }

    pub(super) fn jobs(&self) -> &Jobs {
        &self.0.jobs
    }

    pub(super) fn gate(&self) -> &Gate {
        &self.0.gate
    }

    pub(super) fn batch_gate(&self) -> &Gate {
        &self.0.batch_gate
    }

    pub(super) fn score_gate(&self) -> &Gate {
        &self.0.score_gate
    }

    pub(super) fn rate(&self) -> &Rate {
        &self.0.rate
    }
}
