//! `scrutineer worker`: reads one document within limits, for the server.

use std::process::ExitCode;

use clap::Args;

use super::exit;
use crate::documents::sandbox::{Limits, serve_one};

/// What the worker may use.
#[derive(Debug, Args)]
pub(super) struct WorkerArgs {
    /// Address space in bytes
    #[arg(long, default_value_t = Limits::default().memory_bytes)]
    memory_bytes: u64,
    /// Processor time in seconds
    #[arg(long, default_value_t = Limits::default().cpu_seconds)]
    cpu_seconds: u64,
}

/// Answers one request on standard output.
pub(super) fn run(args: &WorkerArgs) -> ExitCode {
    let limits = Limits {
        memory_bytes: args.memory_bytes,
        cpu_seconds: args.cpu_seconds,
    };
    match serve_one(limits, std::io::stdin().lock(), std::io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => exit::environment(&error.to_string()),
    }
}
