//! Configuration to application: the composition root.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use chrono::{DateTime, NaiveTime, Utc};
use tokio::net::TcpListener;

use crate::cases::collections::Setting;
use crate::cases::collections::notes::{NoteError, NoteReader};
use crate::cases::invoice::{CaseError, InvoiceCase};
use crate::config::Config;
use crate::documents::ocr::OcrFiles;
use crate::documents::sandbox::{Sandbox, SandboxConfig, SandboxError};
use crate::http::{self, AppState, Oidc, OidcError, Parts};
use crate::learn::forecast::ForecastError;
use crate::registry::{self, Registry, RegistryError};
use crate::service::{CaseSettings, RecordCases, Service};
use crate::store::{Store, StoreError};
use crate::telemetry::{self, TelemetryError};
use crate::web::{self, Pages, SessionError};

/// The service, ready to be asked.
pub struct App {
    state: AppState,
    pages: Pages,
}

/// Why the service could not start or had to stop.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Metrics could not be set up.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The folder of the models cannot be read.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// A model is absent or not what its manifest says.
    #[error(transparent)]
    Models(#[from] CaseError),
    /// The same of a forecast.
    #[error(transparent)]
    Forecast(#[from] ForecastError),
    /// The same of the reader of notes.
    #[error(transparent)]
    Notes(#[from] NoteError),
    /// The program that reads documents cannot be started.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// The path of the running program cannot be told.
    #[error("the running program cannot be found: {0}")]
    Program(std::io::Error),
    /// The library that reads pictures is not where the settings say.
    #[error("onnx_runtime: there is no file {}", .0.display())]
    NoLibrary(PathBuf),
    /// The identity provider's keys cannot be read.
    #[error(transparent)]
    Oidc(#[from] OidcError),
    /// The secret of sign-ins cannot be had.
    #[error(transparent)]
    Pages(#[from] SessionError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The server stopped by itself.
    #[error("the server stopped: {0}")]
    Serve(std::io::Error),
}

impl App {
    /// Puts everything together from settings that were checked.
    ///
    /// # Errors
    /// [`StartError`] naming the part that cannot be had.
    pub async fn build(config: Config) -> Result<Self, StartError> {
        let metrics = telemetry::metrics()?;
        let oidc = Oidc::open(&config.oidc)?;
        let models_dir = registry::locate(config.models_dir.as_deref())?;
        let registry = Registry::open(&models_dir)?;
        let service = service(&config, &registry).await?;
        let pages = Pages::open(service.clone(), &config)?;
        let state = AppState::new(Parts {
            config,
            service,
            registry,
            oidc,
            metrics,
        });
        Ok(Self { state, pages })
    }

    /// What handlers share.
    #[must_use]
    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// All routes behind all layers.
    pub fn router(&self) -> Router {
        http::router(self.state.clone(), web::router(self.pages.clone()))
    }

    /// Takes the address that is set.
    ///
    /// # Errors
    /// [`StartError::Listen`] if it is taken or not ours.
    pub async fn listen(&self) -> Result<TcpListener, StartError> {
        let address = self.state.config().listen;
        TcpListener::bind(address)
            .await
            .map_err(|source| StartError::Listen { address, source })
    }

    /// Answers until `stop` completes, then lets running requests finish for as long as is set.
    ///
    /// # Errors
    /// [`StartError::Serve`] if the listener fails.
    pub async fn serve(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), StartError> {
        let grace = self.state.config().limits.shutdown_time();
        let service = self.state.service().clone();
        // Nobody waits for it: whoever asks before it is done waits as if it were not there. What is
        // found over all records is found again at the end of a day.
        let warming = tokio::spawn(async move {
            loop {
                if let Err(error) = service.store().remove_bytes_left().await {
                    tracing::warn!(%error, "bytes of erased documents may be left");
                }
                if let Err(error) = service.warm_up().await {
                    tracing::warn!(%error, "records were not read ahead");
                }
                tokio::time::sleep(until_tomorrow(Utc::now())).await;
            }
        });
        let (stopping, mut stopped) = tokio::sync::watch::channel(false);
        // Sign-in attempts are counted by address.
        let service = self
            .router()
            .into_make_service_with_connect_info::<SocketAddr>();
        let server = axum::serve(listener, service).with_graceful_shutdown(async move {
            stop.await;
            tracing::info!("stopping");
            stopping.send_replace(true);
        });
        let overdue = async move {
            // An error means that the server ended before it was asked to.
            if stopped.wait_for(|asked| *asked).await.is_err() {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(grace).await;
        };
        let ended = tokio::select! {
            ended = server => ended.map_err(StartError::Serve),
            () = overdue => {
                tracing::warn!(grace_s = grace.as_secs(), "requests were still running");
                Ok(())
            }
        };
        warming.abort();
        ended
    }
}

/// Until the next day (UTC) has begun.
fn until_tomorrow(now: DateTime<Utc>) -> Duration {
    let begins = now
        .date_naive()
        .succ_opt()
        .map(|day| day.and_time(NaiveTime::MIN));
    let left = begins.map(|begins| (begins.and_utc() - now).to_std().unwrap_or_default());
    left.unwrap_or(Duration::from_secs(24 * 60 * 60)) + Duration::from_secs(1)
}

/// The store, the sandbox with its first children started, and the cases: what the server
/// and the commands that take documents in work with.
pub(crate) async fn service(config: &Config, registry: &Registry) -> Result<Service, StartError> {
    let store = Store::open(&config.data_dir).await?;
    let invoice = Arc::new(InvoiceCase::load(registry)?);
    let sandbox = Sandbox::new(sandbox_config(config)?);
    sandbox.warm_up()?;
    let notes = NoteReader::load(registry, Arc::clone(invoice.encoder()))?;
    let collections = Setting {
        policy: config.collections.policy(),
        notes: Arc::new(notes),
    };
    let settings = CaseSettings {
        collections,
        timesheet: config.timesheet,
        expense: config.expense,
        detectors: config.detectors.clone(),
    };
    let records = RecordCases::load(registry, settings)?;
    Ok(Service::new(store, sandbox, invoice, records))
}

/// How documents are read, for whoever reads them: the server and the commands.
pub(crate) fn sandbox_config(config: &Config) -> Result<SandboxConfig, StartError> {
    let mut settings = match &config.worker_program {
        Some(program) => SandboxConfig::for_program(program.clone()),
        None => SandboxConfig::for_this_program().map_err(StartError::Program)?,
    };
    let limits = &config.limits;
    settings.workers = limits.parse_processes;
    settings.max_waiting = limits.concurrency + limits.queue;
    settings.wall_time = limits.parse_time();
    settings.limits.memory_bytes = limits.parse_memory_bytes;
    settings.limits.cpu_seconds = limits.parse_cpu_seconds;
    settings.options.max_pages = limits.parse_pages;
    settings.options.max_words_per_page = limits.parse_page_words;
    // Pages read so far are worth more than a document that ran out of time.
    settings.options.time_budget_ms = limits.parse_seconds.saturating_mul(500);
    let models_dir = registry::locate(config.models_dir.as_deref())?;
    settings.options.ocr = OcrFiles::installed(&models_dir, config.onnx_runtime.as_deref());
    if let (None, Some(library)) = (&settings.options.ocr, &config.onnx_runtime) {
        return Err(StartError::NoLibrary(library.clone()));
    }
    settings.page_pixels = limits.page_pixels;
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_a_second_after_midnight() {
        let seconds = |now: &str| until_tomorrow(now.parse().unwrap()).as_secs();
        assert_eq!(seconds("2028-02-29T23:59:59Z"), 2);
        assert_eq!(seconds("2028-02-29T00:00:00Z"), 24 * 60 * 60 + 1);
        assert_eq!(seconds("2026-12-31T23:00:00Z"), 60 * 60 + 1);
    }
}
