//! Typed settings, checked once, secrets redacted.
//!
//! A setting comes from the built-in value, then the TOML file, then the
//! environment: `limits.body_bytes` in the file is `SCRUTINEER_LIMITS_BODY_BYTES`
//! in the environment. No setting holds a secret; a key that could is a path to a
//! file instead.

mod check;
mod collections;
mod limits;
mod network;
mod timesheet;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};

pub use collections::Collections;
pub use limits::Limits;
pub use network::{InvalidNetwork, Network};
pub use timesheet::Timesheet;

use crate::cases::detectors::Thresholds;
use crate::cases::expense::ReviewPlan;

/// Everything that can be set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address to listen on; port 0 lets the system choose.
    pub listen: SocketAddr,
    /// Proxies before the service whose `X-Forwarded-For` is believed; none are if not set.
    pub trusted_proxies: Vec<Network>,
    /// Folder of the store and the documents; made if absent.
    pub data_dir: PathBuf,
    /// Folder of the models; looked for in the usual places if not set.
    pub models_dir: Option<PathBuf>,
    /// Program started to read documents; this one if not set.
    pub worker_program: Option<PathBuf>,
    /// Shared library of ONNX Runtime, with which words of pictures are read; looked for beside the
    /// networks in the folder of models if not set.
    pub onnx_runtime: Option<PathBuf>,
    /// What is logged, and how.
    pub log: Log,
    /// Bounds on what one caller, request or document may use.
    pub limits: Limits,
    /// What the firm sets for collections.
    pub collections: Collections,
    /// What the firm sets for timesheets.
    pub timesheet: Timesheet,
    /// What the firm sets for expenses.
    pub expense: ReviewPlan,
    /// What the firm sets for detectors.
    pub detectors: Thresholds,
    /// Tokens of an identity provider, beside the keys of the store.
    pub oidc: Oidc,
}

/// What is logged, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// One line a message for people, or one JSON object for machines.
    pub format: LogFormat,
    /// A `tracing` filter, such as `info` or `info,scrutineer::http=debug`.
    pub filter: String,
}

/// How a log line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Which OpenID Connect tokens are accepted; none unless all three are set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oidc {
    /// Value the `iss` claim must have.
    pub issuer: Option<String>,
    /// Value the `aud` claim must hold.
    pub audience: Option<String>,
    /// File with the provider's JWKS; read again when it changes.
    pub jwks_file: Option<PathBuf>,
    /// Claim that names the tenant.
    pub tenant_claim: String,
}

/// Why settings cannot be used. Every variant names the setting or the file.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file named on the command line is not there.
    #[error("settings file {path}: not found")]
    NotFound {
        /// The file.
        path: PathBuf,
    },
    /// A file or a variable does not parse, or names no setting.
    #[error("setting `{key}` ({origin}): {message}")]
    Value {
        /// Dotted path of the setting.
        key: String,
        /// The file or the environment.
        origin: String,
        /// What is wrong.
        message: String,
    },
    /// A value parses but cannot be used.
    #[error("setting `{key}`: {message}")]
    Invalid {
        /// Dotted path of the setting.
        key: &'static str,
        /// What is wrong.
        message: String,
    },
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            trusted_proxies: Vec::new(),
            data_dir: PathBuf::from("data"),
            models_dir: None,
            worker_program: None,
            onnx_runtime: None,
            log: Log {
                format: LogFormat::Text,
                filter: "info".to_owned(),
            },
            limits: Limits::default(),
            collections: Collections::default(),
            timesheet: Timesheet::default(),
            expense: ReviewPlan::default(),
            detectors: Thresholds::default(),
            oidc: Oidc {
                tenant_claim: "tenant".to_owned(),
                ..Oidc::default()
            },
        }
    }
}

impl Config {
    /// Reads the file, if one is named, and the environment, and checks all values.
    ///
    /// # Errors
    /// [`ConfigError`] with the name of the setting that is wrong.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(path) = file {
            if !path.is_file() {
                return Err(ConfigError::NotFound {
                    path: path.to_owned(),
                });
            }
            figment = figment.merge(Toml::file_exact(path));
        }
        let config: Self = figment
            .merge(environment())
            .extract()
            .map_err(|error| describe(&error))?;
        config.check()?;
        Ok(config)
    }

    /// Variables that start with `SCRUTINEER_` but name no setting: most likely misspelt.
    #[must_use]
    pub fn unknown_variables() -> Vec<String> {
        unknown_among(std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()))
    }
}

const PREFIX: &str = "SCRUTINEER_";
/// Names the settings file itself, as `--config` does.
const FILE: &str = "SCRUTINEER_CONFIG";

fn unknown_among(names: impl Iterator<Item = String>) -> Vec<String> {
    let known = keys();
    let mut unknown: Vec<String> = names
        .filter(|name| name.starts_with(PREFIX) && name != FILE)
        .filter(|name| !known.iter().any(|key| variable(key) == *name))
        .collect();
    unknown.sort();
    unknown
}

/// The dotted paths of all settings.
fn keys() -> Vec<String> {
    fn walk(prefix: &str, value: &serde_json::Value, keys: &mut Vec<String>) {
        if let serde_json::Value::Object(members) = value {
            for (name, member) in members {
                let path = if prefix.is_empty() {
                    name.clone()
                } else {
                    format!("{prefix}.{name}")
                };
                walk(&path, member, keys);
            }
        } else {
            keys.push(prefix.to_owned());
        }
    }
    let mut found = Vec::new();
    // Settings are plain values; were one not, it would be missing here and the
    // test that sets every variable would fail.
    if let Ok(defaults) = serde_json::to_value(Config::default()) {
        walk("", &defaults, &mut found);
    }
    found
}

/// Name of the variable that sets `key`.
fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "_").to_uppercase())
}

fn environment() -> Env {
    let known = keys();
    Env::prefixed(PREFIX).filter_map(move |name| {
        let name = format!("{PREFIX}{}", name.as_str().to_uppercase());
        known
            .iter()
            .find(|key| variable(key) == name)
            .map(|key| key.clone().into())
    })
}

fn describe(error: &figment::Error) -> ConfigError {
    let key = error.path.join(".");
    let origin = error.metadata.as_ref().map_or_else(
        || "built in".to_owned(),
        |metadata| match &metadata.source {
            Some(figment::Source::File(path)) => path.display().to_string(),
            _ if metadata.name.contains("environment") => variable(&key),
            _ => metadata.name.to_string(),
        },
    );
    ConfigError::Value {
        key,
        origin,
        message: error.kind.to_string(),
    }
}

#[cfg(test)]
mod tests;
