//! What handlers share.

use std::sync::Arc;

use metrics_exporter_prometheus::PrometheusHandle;

use super::gate::Gate;
use crate::config::Config;

/// What handlers share; clones are cheap.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

struct Shared {
    config: Config,
    gate: Gate,
    metrics: PrometheusHandle,
}

impl AppState {
    /// Shares what the application is made of.
    #[must_use]
    pub fn new(config: Config, metrics: PrometheusHandle) -> Self {
        let gate = Gate::new(config.limits.concurrency, config.limits.queue);
        Self(Arc::new(Shared {
            config,
            gate,
            metrics,
        }))
    }

    /// The settings.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The queue before heavy work.
    #[must_use]
    pub fn gate(&self) -> &Gate {
        &self.0.gate
    }

    /// The process's metrics.
    #[must_use]
    pub fn metrics(&self) -> &PrometheusHandle {
        &self.0.metrics
    }
}
