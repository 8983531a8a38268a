//! Progress of long work, on terminals only.

use indicatif::{ProgressBar, ProgressStyle};

/// Makes progress bars, or invisible ones.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progress {
    /// Whether anything is shown; even then only on a terminal.
    pub shown: bool,
}

impl Progress {
    /// A bar of `length` steps; drawn on standard error, and only if that is a terminal.
    #[must_use]
    pub fn bar(self, what: &'static str, length: usize) -> ProgressBar {
        if !self.shown {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new(length as u64).with_message(what);
        match ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} {eta}") {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        }
    }
}
