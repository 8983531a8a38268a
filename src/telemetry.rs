//! Logs, metric names and the recorder.
//!
//! A log line is a message plus fields, the unit in the field's name. It never holds
//! a name, bank data, a token or a body.

use std::io::{IsTerminal as _, stderr};
use std::panic::set_hook;
use std::sync::OnceLock;

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::TryInitError;

use crate::config::{Log, LogFormat};

/// Metric names: `scrutineer_<name>_<unit>`, counters ending in `_total`.
pub mod metric {
    /// Counter of answers, by `method`, `route` and `status`.
    pub const HTTP_REQUESTS_TOTAL: &str = "scrutineer_http_requests_total";
    /// Histogram of the time to answer, by `method` and `route`.
    pub const HTTP_REQUEST_SECONDS: &str = "scrutineer_http_request_duration_seconds";
    /// Gauge of requests that wait for their turn.
    pub const HTTP_QUEUE_REQUESTS: &str = "scrutineer_http_queue_requests";
    /// Counter of requests turned away, by `reason`.
    pub const HTTP_SHED_TOTAL: &str = "scrutineer_http_shed_total";
    /// Counter of documents judged, by the `status` of the answer.
    pub const DOCUMENTS_TOTAL: &str = "scrutineer_documents_analysed_total";
    /// Histogram of the time to read, judge and keep one document, by `media`.
    pub const DOCUMENT_SECONDS: &str = "scrutineer_document_analysis_duration_seconds";
}

const BUCKETS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// Why logs or metrics could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter does not parse.
    #[error("log filter: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// Logs were set up before.
    #[error("logs: {0}")]
    Logs(#[from] TryInitError),
    /// The recorder could not be made.
    #[error("metrics: {0}")]
    Metrics(#[from] BuildError),
}

/// Sends logs to standard error in the form that is set, with colours for people alone: those that a terminal
/// shows, unless `NO_COLOR` is set.
///
/// # Errors
/// [`TelemetryError`] if the filter does not parse or logs were set up before.
pub fn init_logs(log: &Log) -> Result<(), TelemetryError> {
    use tracing_subscriber::util::SubscriberInitExt as _;
    let filter = EnvFilter::try_new(&log.filter)?;
    let mut builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr);
    if !stderr().is_terminal() {
        // Switched off and never on, which would overrule `NO_COLOR`.
        builder = builder.with_ansi(false);
    }
    match log.format {
        LogFormat::Text => builder.finish().try_init()?,
        LogFormat::Json => builder
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .finish()
            .try_init()?,
    }
    Ok(())
}

/// Has every panic of the process, on whichever thread, logged by its place in the source alone: what it
/// says may hold an id or a value of a record, and the standard library's own line would print it.
pub fn log_panics_by_place() {
    set_hook(Box::new(|info| {
        let location = info
            .location()
            .map_or_else(String::new, ToString::to_string);
        tracing::error!(location, "panicked");
    }));
}

/// The process's metrics, made on the first call and shared after it.
///
/// # Errors
/// [`TelemetryError::Metrics`] if another recorder is installed.
pub fn metrics() -> Result<PrometheusHandle, TelemetryError> {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    static MAKING: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _one_at_a_time = MAKING
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)?
        .install_recorder()?;
    Ok(HANDLE.get_or_init(|| handle).clone())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io;
    use std::panic::{catch_unwind, take_hook};
    use std::sync::{Arc, Mutex};

    use super::*;

    /// What was logged.
    #[derive(Debug, Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn of_a_panic_its_place_is_logged_and_nothing_that_it_says() {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(move || writer.clone())
            .finish();
        let secret = "Zweigelt";
        // Other tests of this process say why they fail.
        let before = take_hook();
        log_panics_by_place();
        let caught: Result<(), _> = tracing::subscriber::with_default(subscriber, || {
            catch_unwind(|| panic!("of {secret}"))
        });
        set_hook(before);
        assert!(caught.is_err());
        let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert!(log.contains("panicked"), "{log}");
        assert!(log.contains(file!()), "{log}");
        assert!(!log.contains(secret), "{log}");
    }
}
