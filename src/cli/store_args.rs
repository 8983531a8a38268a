//! Arguments and set-up shared by the commands that work on the store directly.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::exit;
use super::settings::SettingsArgs;
use crate::config::Config;
use crate::domain::TenantId;
use crate::store::{Result, Store, StoreError};

/// Where the store is.
#[derive(Debug, Args)]
pub(super) struct PlaceArgs {
    #[command(flatten)]
    settings: SettingsArgs,
    /// Folder of the store; the one of the settings, else `data`, if not said.
    #[arg(long, env = "SCRUTINEER_DATA_DIR")]
    data_dir: Option<PathBuf>,
}

/// Where the store is and whose rows.
#[derive(Debug, Args)]
pub(super) struct StoreArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Whose rows.
    #[arg(long, default_value_t)]
    pub(super) tenant: TenantId,
    /// One JSON object a line.
    #[arg(long)]
    pub(super) json: bool,
}

impl AsRef<PlaceArgs> for PlaceArgs {
    fn as_ref(&self) -> &PlaceArgs {
        self
    }
}

impl AsRef<PlaceArgs> for StoreArgs {
    fn as_ref(&self) -> &PlaceArgs {
        &self.place
    }
}

impl StoreArgs {
    /// See [`PlaceArgs::load`].
    pub(super) fn load(&self) -> Result<Config, ExitCode> {
        self.place.load()
    }
}

impl PlaceArgs {
    /// The settings, with the folder of the store that is named here.
    pub(super) fn load(&self) -> Result<Config, ExitCode> {
        let mut config = self.settings.load()?;
        if let Some(folder) = &self.data_dir {
            config.data_dir.clone_from(folder);
        }
        Ok(config)
    }
}

/// The settings, for commands that look at what is kept: a mistyped folder is named and not made.
pub(super) fn must_exist(args: &impl AsRef<PlaceArgs>) -> Result<Config, ExitCode> {
    let config = args.as_ref().load()?;
    if config.data_dir.join("scrutineer.db").is_file() {
        return Ok(config);
    }
    let folder = config.data_dir.display();
    Err(exit::environment(&format!("there is no store in {folder}")))
}

/// Opens the store, making it where it is absent, runs the work on it and closes it.
pub(super) fn with_store<T, F>(args: &impl AsRef<PlaceArgs>, work: F) -> Result<T, ExitCode>
where
    F: AsyncFnOnce(&Store) -> Result<T>,
{
    with_store_of(&args.as_ref().load()?, work)
}

/// The same with settings that were read, as by [`must_exist`].
pub(super) fn with_store_of<T, F>(config: &Config, work: F) -> Result<T, ExitCode>
where
    F: AsyncFnOnce(&Store) -> Result<T>,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| exit::environment(&error.to_string()))?;
    runtime.block_on(async {
        let store = Store::open(&config.data_dir)
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
