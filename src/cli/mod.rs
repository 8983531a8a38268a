//! The command line: one file a subcommand.
//!
//! Exit codes: 0 done, 1 some input could not be handled, 2 wrong usage or
//! settings, 3 the environment failed (disk, port, models).

mod audit;
mod detectors;
mod erase;
mod exit;
mod health;
mod import;
mod ingest;
mod input;
mod keys;
mod link;
mod models;
mod progress;
mod read;
mod score;
mod serve;
mod settings;
mod store_args;
mod with_service;
mod worker;
mod worklist;

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
    /// The record of decisions: verify it
    Audit(audit::AuditArgs),
    /// What each detector would have flagged in the records there are
    Detectors(detectors::DetectorsArgs),
    /// Content of a document, a record or a person: gone for good
    Erase(erase::EraseArgs),
    /// Canonical records from CSV or NDJSON into the store
    Import(import::ImportArgs),
    /// Documents into the store: each read, judged, its answer chained
    Ingest(ingest::IngestArgs),
    /// Keys of callers: create, list, revoke
    Keys(keys::KeysArgs),
    /// Rows of two tables, or of one, that are one thing, with the weight of each column
    Link(link::LinkArgs),
    /// Models: list, verify, promote, roll back
    Models(models::ModelsArgs),
    /// Read documents: fields, type, findings, without a server
    Read(read::ReadArgs),
    /// Score many items of a case, as the endpoint does
    Score(score::ScoreArgs),
    /// Answer over HTTP until asked to stop
    Serve(serve::ServeArgs),
    /// Read one document for the server
    #[command(hide = true)]
    Worker(worker::WorkerArgs),
    /// What people should look at, most pressing first
    Worklist(worklist::WorklistArgs),
}

/// Runs the command line and says how it ended.
#[must_use]
pub fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Audit(args) => audit::run(&args),
        Command::Detectors(args) => detectors::run(&args),
        Command::Erase(args) => erase::run(&args),
        Command::Health(args) => health::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Ingest(args) => ingest::run(&args),
        Command::Keys(args) => keys::run(&args),
        Command::Link(args) => link::run(&args),
        Command::Models(args) => models::run(&args),
        Command::Read(args) => read::run(&args),
        Command::Score(args) => score::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Worker(args) => worker::run(&args),
        Command::Worklist(args) => worklist::run(&args),
    }
}
