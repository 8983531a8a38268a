//! The service opened on a store, for commands that read documents into it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use super::exit;
use super::store_args::StoreArgs;
use crate::cases::invoice::InvoiceCase;
use crate::documents::sandbox::{Sandbox, SandboxConfig};
use crate::registry::{Registry, locate};
use crate::service::Service;
use crate::store::Store;

/// Where the store and the models are.
#[derive(Debug, Args)]
pub(super) struct ServiceArgs {
    #[command(flatten)]
    pub(super) store: StoreArgs,
    /// Folder of the models
    #[arg(long, env = "SCRUTINEER_MODELS_DIR")]
    models_dir: Option<PathBuf>,
}

/// Opens the service, runs the work with it and closes the store.
pub(super) fn with_service<F>(args: &ServiceArgs, work: F) -> ExitCode
where
    F: AsyncFnOnce(&Service) -> ExitCode,
{
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return exit::environment(&error.to_string()),
    };
    runtime.block_on(async {
        let service = match open(args).await {
            Ok(service) => service,
            Err(message) => return exit::environment(&message),
        };
        let code = work(&service).await;
        service.store().close().await;
        code
    })
}

/// Loads the models that judge documents.
pub(super) fn load_invoice_case(models_dir: Option<&Path>) -> Result<InvoiceCase, String> {
    let folder = locate(models_dir).map_err(|error| error.to_string())?;
    let registry = Registry::open(&folder).map_err(|error| error.to_string())?;
    InvoiceCase::load(&registry).map_err(|error| error.to_string())
}

async fn open(args: &ServiceArgs) -> Result<Service, String> {
    let invoice = load_invoice_case(args.models_dir.as_deref())?;
    let config = SandboxConfig::for_this_program().map_err(|error| error.to_string())?;
    let sandbox = Sandbox::new(config);
    sandbox.warm_up().map_err(|error| error.to_string())?;
    let store = Store::open(&args.store.data_dir)
        .await
        .map_err(|error| error.to_string())?;
    Ok(Service::new(store, sandbox, Arc::new(invoice)))
}
