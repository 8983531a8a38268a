//! `scrutineer-eval`: backtests, gates and the page of results.

use std::process::ExitCode;

mod cli;

fn main() -> ExitCode {
    cli::main()
}
