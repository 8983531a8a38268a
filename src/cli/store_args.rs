//! Arguments and set-up shared by the commands that work on the store directly.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::exit;
use crate::config::Config;
use crate::domain::TenantId;
use crate::store::{Result, Store, StoreError};

/// Where the store is and whose rows.
#[derive(Debug, Args)]
pub(super) struct StoreArgs {
    /// Folder of the store; `data` if nothing is set.
    #[arg(long, env = "SCRUTINEER_DATA_DIR")]
    pub(super) data_dir: Option<PathBuf>,
    /// Whose rows.
    #[arg(long, default_value_t)]
    pub(super) tenant: TenantId,
    /// One JSON object a line.
    #[arg(long)]
    pub(super) json: bool,
}

impl StoreArgs {
    fn folder(&self) -> PathBuf {
        let built_in = || Config::default().data_dir;
        self.data_dir.clone().unwrap_or_else(built_in)
    }
}

/// For commands that look at what is kept: a mistyped folder is named and not made.
pub(super) fn must_exist(args: &StoreArgs) -> Result<(), ExitCode> {
    let folder = args.folder();
    if folder.join("scrutineer.db").is_file() {
        return Ok(());
    }
    let folder = folder.display();
    Err(exit::environment(&format!("there is no store in {folder}")))
}

/// Opens the store, runs the work on it and closes it.
pub(super) fn with_store<T, F>(args: &StoreArgs, work: F) -> Result<T, ExitCode>
where
    F: AsyncFnOnce(&Store) -> Result<T>,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| exit::environment(&error.to_string()))?;
    runtime.block_on(async {
        let store = Store::open(&args.folder())
            .await
            .map_err(|error| exit::environment(&error.to_string()))?;
        let result = work(&store).await;
        store.close().await;
        result.map_err(|error| match error {
            StoreError::Invalid(_) | StoreError::Missing(_) => exit::usage(&error.to_string()),
            _ => exit::environment(&error.to_string()),
        })
    })
}
