//! `scrutineer read`: documents to fields, type and findings, without a server.

mod text;

use std::io::{self, Write};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use chrono::Utc;
use clap::Args;
use serde::Serialize;

use super::exit;
use super::settings::{ModelsDirArgs, SettingsArgs};
use crate::cases::invoice::{Assessment, CaseError, Context, InvoiceCase};
use crate::config::Config;
use crate::documents::Parsed;
use crate::documents::parse::ParseOptions;
use crate::documents::sandbox::{MAX_FILE_BYTES, Sandbox, SandboxConfig, SandboxError};
use crate::error::BrokenOff;
use crate::registry::{self, Registry};
use crate::startup::{self, StartError};

/// Arguments of `read`.
#[derive(Debug, Args)]
pub(super) struct ReadArgs {
    /// One line of JSON for each file
    #[arg(long)]
    json: bool,
    /// Leave attached e-invoices aside and read the pages
    #[arg(long)]
    ignore_xml: bool,
    #[command(flatten)]
    settings: SettingsArgs,
    #[command(flatten)]
    models: ModelsDirArgs,
    /// PDF, CII, UBL or FatturaPA files, or pictures
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

#[derive(Serialize)]
struct Row<'a> {
    file: String,
    #[serde(flatten)]
    assessment: &'a Assessment,
}

/// Reads every file; exit code 1 if one could not be opened or handled.
pub(super) fn run(args: &ReadArgs) -> ExitCode {
    let config = match args.settings.load() {
        Ok(config) => args.models.applied_to(config),
        Err(code) => return code,
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return exit::environment(&error.to_string()),
    };
    runtime.block_on(read_all(args, config))
}

async fn read_all(args: &ReadArgs, config: Config) -> ExitCode {
    let sandbox = match startup::sandbox_config(&config) {
        Ok(settings) => Sandbox::new(SandboxConfig {
            workers: 1,
            keeps_waiting: args.files.len() > 1,
            ..settings
        }),
        Err(error) => return exit::environment(&error.to_string()),
    };
    // The first child starts while the models are loaded.
    if let Err(error) = sandbox.warm_up() {
        return exit::environment(&error.to_string());
    }
    let loaded = tokio::task::spawn_blocking(move || load(&config));
    let options = ParseOptions {
        ignore_xml: args.ignore_xml,
        ..sandbox.options()
    };
    let mut first = None;
    if let Some(path) = args.files.first() {
        first = Some(parse(&sandbox, path, &options).await);
    }
    let case = match loaded.await {
        // The process ends with this command; the system takes memory back at once.
        Ok(Ok(case)) => ManuallyDrop::new(case),
        Ok(Err(error)) => return exit::environment(&error.to_string()),
        Err(error) => return exit::environment(&BrokenOff::from(error).to_string()),
    };
    let mut code = ExitCode::SUCCESS;
    for path in &args.files {
        let parsed = match first.take() {
            Some(parsed) => parsed,
            None => parse(&sandbox, path, &options).await,
        };
        let parsed = match parsed {
            Ok(parsed) => parsed,
            Err(message) => {
                code = exit::input(&format!("{}: {message}", path.display()));
                continue;
            }
        };
        let context = Context {
            document_id: path.display().to_string(),
            as_of: Utc::now(),
            firm: None,
        };
        let assessment = match judge(&case, &parsed, &context) {
            Ok(assessment) => assessment,
            Err(error) => return exit::environment(&format!("{}: {error}", path.display())),
        };
        if let Err(error) = print(args.json, path, &assessment) {
            // A reader that has gone away (`| head`) is no failure.
            if error.kind() == io::ErrorKind::BrokenPipe {
                break;
            }
            return exit::environment(&error.to_string());
        }
    }
    code
}

fn load(config: &Config) -> Result<InvoiceCase, StartError> {
    let registry = Registry::open(&registry::locate(config.models_dir.as_deref())?)?;
    Ok(InvoiceCase::load(&registry)?)
}

/// Judges one file; an answer that breaks the contract is not given, as it is not by a store.
fn judge(case: &InvoiceCase, parsed: &Parsed, context: &Context) -> Result<Assessment, CaseError> {
    let assessment = case.assess(parsed, case.read(parsed), context)?.assessment;
    assessment.recommendation.validate()?;
    Ok(assessment)
}

/// Parses one file; what the file does to its reader is a problem in the answer,
/// an error only where there was nothing to read or nobody to read it.
async fn parse(sandbox: &Sandbox, path: &Path, options: &ParseOptions) -> Result<Parsed, String> {
    let size = std::fs::metadata(path)
        .map_err(|error| error.to_string())?
        .len();
    if size > MAX_FILE_BYTES as u64 {
        return Err(format!("{size} bytes; at most {MAX_FILE_BYTES} are read"));
    }
    let bytes: Arc<[u8]> = std::fs::read(path)
        .map_err(|error| error.to_string())?
        .into();
    match sandbox.parse(Arc::clone(&bytes), options.clone()).await {
        Ok(parsed) => Ok(parsed),
        Err(error @ (SandboxError::Busy | SandboxError::NotStarted { .. })) => {
            Err(error.to_string())
        }
        Err(error) => Ok(Parsed::unreadable(&bytes, error.to_problem())),
    }
}

fn print(json: bool, path: &Path, assessment: &Assessment) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if json {
        let row = Row {
            file: path.display().to_string(),
            assessment,
        };
        serde_json::to_writer(&mut out, &row)?;
        return writeln!(out);
    }
    text::write(&mut out, path, assessment)
}
