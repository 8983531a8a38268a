//! Progress of long work: on a terminal only, and never where a machine reads.

use std::io::{self, IsTerminal as _};

use indicatif::{ProgressBar, ProgressStyle};

/// A bar of `length` bytes or items as `template` says, or a spinner where the length is not
/// known; hidden with `json` and where standard error is no terminal.
pub(super) fn bar(length: Option<u64>, template: &str, json: bool) -> ProgressBar {
    if json || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    match length {
        Some(length) => ProgressBar::new(length).with_style(
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
        ),
        None => ProgressBar::new_spinner(),
    }
}
