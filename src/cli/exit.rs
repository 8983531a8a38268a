//! How a command ends, and what it says on standard error.

use std::io::Write;
use std::process::ExitCode;

/// Some input could not be handled.
pub(super) fn input(message: &str) -> ExitCode {
    fail(1, message)
}

/// The settings or the call are wrong.
pub(super) fn usage(message: &str) -> ExitCode {
    fail(2, message)
}

/// The environment failed: disk, port, models.
pub(super) fn environment(message: &str) -> ExitCode {
    fail(3, message)
}

/// Something to know that is no failure.
pub(super) fn note(message: &str) {
    // Nobody is left to tell if standard error is closed; the code still says how it ended.
    let _ = writeln!(std::io::stderr().lock(), "scrutineer: {message}");
}

fn fail(code: u8, message: &str) -> ExitCode {
    note(message);
    ExitCode::from(code)
}
