//! Settings of the commands: the server's, from the same places.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::exit;
use crate::config::Config;

/// Where settings come from.
#[derive(Debug, Args)]
pub(super) struct SettingsArgs {
    /// Settings file (TOML); every setting is also a variable `SCRUTINEER_*`
    #[arg(long, env = "SCRUTINEER_CONFIG")]
    config: Option<PathBuf>,
}

/// Where the models are.
#[derive(Debug, Args)]
pub(super) struct ModelsDirArgs {
    /// Folder of the models
    #[arg(long, env = "SCRUTINEER_MODELS_DIR")]
    models_dir: Option<PathBuf>,
}

impl SettingsArgs {
    /// Reads and checks them; wrong settings are wrong usage.
    pub(super) fn load(&self) -> Result<Config, ExitCode> {
        Config::load(self.config.as_deref()).map_err(|error| exit::usage(&error.to_string()))
    }
}

impl ModelsDirArgs {
    /// The settings with the folder that is named here.
    pub(super) fn applied_to(&self, mut config: Config) -> Config {
        if let Some(folder) = &self.models_dir {
            config.models_dir = Some(folder.clone());
        }
        config
    }
}
