//! The `scrutineer` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    scrutineer::cli::main()
}
