//! The service opened on a store, for commands that judge what is in it.

use std::process::ExitCode;

use clap::Args;

use super::exit;
use super::settings::ModelsDirArgs;
use super::store_args::StoreArgs;
use crate::config::Config;
use crate::registry::{self, Registry};
use crate::service::Service;
use crate::startup::{self, StartError};

/// Where the store, the settings and the models are.
#[derive(Debug, Args)]
pub(super) struct ServiceArgs {
    #[command(flatten)]
    pub(super) store: StoreArgs,
    #[command(flatten)]
    models: ModelsDirArgs,
}

/// Opens the service by these settings, runs the work with it and closes the store.
pub(super) fn with_service<F>(args: &ServiceArgs, config: Config, work: F) -> ExitCode
where
    F: AsyncFnOnce(&Service) -> ExitCode,
{
    let config = args.models.applied_to(config);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return exit::environment(&error.to_string()),
    };
    runtime.block_on(async {
        let service = match open(&config).await {
            Ok(service) => service,
            Err(error) => return exit::environment(&error.to_string()),
        };
        let code = work(&service).await;
        service.store().close().await;
        code
    })
}

async fn open(config: &Config) -> Result<Service, StartError> {
    let registry = Registry::open(&registry::locate(config.models_dir.as_deref())?)?;
    startup::service(config, &registry).await
}
