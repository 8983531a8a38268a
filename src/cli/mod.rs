//! The command line: one file a subcommand.
//!
//! Exit codes: 0 done, 1 some input could not be handled, 2 wrong usage or
//! settings, 3 the environment failed (disk, port, models).

mod exit;
mod health;
mod models;
mod serve;
mod worker;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Advisory layer of a professional-services back office.
#[derive(Debug, Parser)]
#[command(name = "scrutineer", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Ask a running service whether it is ready
    Health(health::HealthArgs),
    /// Models: list, verify, promote, roll back
    Models(models::ModelsArgs),
    /// Answer over HTTP until asked to stop
    Serve(serve::ServeArgs),
    /// Read one document for the server
    #[command(hide = true)]
    Worker(worker::WorkerArgs),
}

/// Runs the command line and says how it ended.
#[must_use]
pub fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Health(args) => health::run(&args),
        Command::Models(args) => models::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Worker(args) => worker::run(&args),
    }
}
