//! `scrutineer models`: list, verify, promote, roll back.

mod loading;
#[cfg(test)]
mod tests;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::Utc;
use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::exit;
use crate::registry::{Change, ChangeRequest, LoadedManifest, Registry, RegistryError, locate};

/// Arguments of `scrutineer models`.
#[derive(Debug, Args)]
pub(super) struct ModelsArgs {
    /// Folder of models; else SCRUTINEER_MODELS_DIR, `./models`, or one above the program.
    #[arg(long, global = true)]
    models_dir: Option<PathBuf>,
    /// One JSON object a line.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Every version of every model, and which one answers.
    List,
    /// Check the digest of every file of every version.
    Verify,
    /// Make a version answer, once it was loaded as the service does.
    Promote {
        /// The model.
        name: String,
        /// The version.
        version: u32,
        /// Who does it.
        #[arg(long, env = "USER")]
        by: String,
        /// Why it is to answer although it is no better than a simple baseline; kept beside the change.
        #[arg(long, value_name = "WHY", value_parser = NonEmptyStringValueParser::new())]
        although: Option<String>,
    },
    /// Make the version answer that answered before.
    Rollback {
        /// The model.
        name: String,
        /// Who does it.
        #[arg(long, env = "USER")]
        by: String,
    },
}

/// Runs `scrutineer models`; ends with 1 if some model is damaged.
pub(super) fn run(args: &ModelsArgs) -> ExitCode {
    match act(args, &mut io::stdout().lock()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => exit::environment(&error.to_string()),
    }
}

fn act(args: &ModelsArgs, out: &mut impl Write) -> anyhow::Result<bool> {
    let mut registry = Registry::open(&locate(args.models_dir.as_deref())?)?;
    match &args.action {
        Action::List => {
            for (model, current) in registry.all() {
                write_listed(out, args.json, model, current)?;
            }
            Ok(true)
        }
        Action::Verify => {
            let mut all_good = true;
            for (model, _) in registry.all() {
                let result = model.verify_digests();
                all_good &= result.is_ok();
                write_verified(out, args.json, model, result)?;
            }
            Ok(all_good)
        }
        Action::Promote {
            name,
            version,
            by,
            although,
        } => {
            let asked = Asked {
                name,
                by,
                although: although.as_deref(),
            };
            let change = asked.of(|request| registry.promote(name, *version, request));
            let change = change.map_err(refused)?;
            write_changed(out, args.json, name, &change)?;
            Ok(true)
        }
        Action::Rollback { name, by } => {
            let asked = Asked {
                name,
                by,
                although: None,
            };
            let change = asked.of(|request| registry.rollback(name, request))?;
            write_changed(out, args.json, name, &change)?;
            Ok(true)
        }
    }
}

/// What a person asks for.
struct Asked<'a> {
    name: &'a str,
    by: &'a str,
    although: Option<&'a str>,
}

impl Asked<'_> {
    /// Asks for it now, once what asks the model was loaded as the service does.
    fn of<T>(&self, change: impl FnOnce(&ChangeRequest<'_>) -> T) -> T {
        let Self { name, by, although } = *self;
        change(&ChangeRequest {
            by,
            at: Utc::now(),
            although,
            load: &|answering: &Registry| loading::load(answering, name),
        })
    }
}

/// Why a version is not promoted, with the argument that says why it is to be all the same.
fn refused(error: RegistryError) -> anyhow::Error {
    if !matches!(error, RegistryError::NoBetter { .. }) {
        return error.into();
    }
    let told = format!("{error} (--although)");
    anyhow::Error::from(error).context(told)
}

fn write_listed(
    out: &mut impl Write,
    as_json: bool,
    model: &LoadedManifest,
    current: bool,
) -> io::Result<()> {
    let manifest = &model.manifest;
    if as_json {
        let mut row = identity(model);
        row["current"] = json!(current);
        row["sha256"] = json!(model.sha256);
        row["format_version"] = json!(manifest.format_version);
        row["trained_until"] = json!(manifest.trained_until);
        row["licence"] = json!(manifest.licence);
        row["metrics"] = json!(manifest.metrics);
        row["baseline"] = json!(manifest.baseline);
        row["no_better"] = json!(manifest.no_better().is_some());
        return writeln!(out, "{row}");
    }
    let no_better = manifest.no_better();
    let no_better = no_better.map(|baseline| format!("; no better than {baseline}"));
    writeln!(
        out,
        "{} {:<18} {:>3}  trained until {}  {}{}",
        if current { '*' } else { ' ' },
        manifest.name,
        manifest.version,
        manifest.trained_until,
        manifest.description,
        no_better.unwrap_or_default()
    )
}

fn write_verified(
    out: &mut impl Write,
    as_json: bool,
    model: &LoadedManifest,
    result: Result<(), RegistryError>,
) -> io::Result<()> {
    let problem = result.err().map(|error| error.to_string());
    if as_json {
        let mut row = identity(model);
        row["ok"] = json!(problem.is_none());
        row["problem"] = json!(problem);
        return writeln!(out, "{row}");
    }
    let manifest = &model.manifest;
    let verdict = problem.as_deref().unwrap_or("ok");
    writeln!(out, "{} {}: {verdict}", manifest.name, manifest.version)
}

fn write_changed(
    out: &mut impl Write,
    as_json: bool,
    name: &str,
    change: &Change,
) -> io::Result<()> {
    if as_json {
        return writeln!(out, "{}", json!({"name": name, "change": change}));
    }
    let Change { from, to, by, .. } = change;
    let although = change.although.as_ref();
    let although = although.map(|why| format!(", although no better than a baseline: {why}"));
    writeln!(
        out,
        "{name}: version {to} answers now instead of {from}, by {by}{}",
        although.unwrap_or_default()
    )
}

fn identity(model: &LoadedManifest) -> Value {
    json!({"name": model.manifest.name, "version": model.manifest.version})
}
