//! Why a file could not be read in a child process.

use thiserror::Error;

use crate::documents::Problem;

/// Why a file could not be read in a child process.
#[derive(Debug, Error)]
pub enum SandboxError {
    /// As many files wait as may; try again later.
    #[error("too many files are waiting to be read; try again in a few seconds")]
    Busy,
    /// Reading took too long.
    #[error("the file was not read within its time limit")]
    TimedOut,
    /// Reading took too much memory.
    #[error("the file needs more memory than one document may use")]
    OutOfMemory,
    /// The reader broke.
    #[error("the file broke its reader: {how}")]
    Crashed {
        /// What was seen of it.
        how: &'static str,
    },
    /// The file is larger than any worker takes.
    #[error(
        "the file has {bytes} bytes; at most {} are read",
        super::MAX_FILE_BYTES
    )]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// The worker read the file and says why it cannot do what was asked.
    #[error("{}", .0.text)]
    Refused(Problem),
    /// No worker can be started: the environment is at fault, not the file.
    #[error("no document worker can be started")]
    NotStarted {
        /// What the operating system says.
        #[source]
        source: std::io::Error,
    },
}

impl SandboxError {
    /// The stable code of this error, in snake case.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Busy => "busy",
            Self::TimedOut => "parse_timed_out",
            Self::OutOfMemory => "parse_out_of_memory",
            Self::Crashed { .. } => "parser_failed",
            Self::TooLarge { .. } => "file_too_large",
            Self::Refused(problem) => &problem.code,
            Self::NotStarted { .. } => "worker_not_started",
        }
    }

    /// Whether the file is at fault, so that trying again will not help.
    #[must_use]
    pub fn is_about_the_file(&self) -> bool {
        !matches!(self, Self::Busy | Self::NotStarted { .. })
    }

    /// The error as a problem of the document.
    #[must_use]
    pub fn to_problem(&self) -> Problem {
        let sentence = self.to_string();
        let mut letters = sentence.chars();
        let first: String = letters
            .next()
            .into_iter()
            .flat_map(char::to_uppercase)
            .collect();
        let full_stop = if sentence.ends_with('.') { "" } else { "." };
        Problem {
            code: self.code().to_owned(),
            text: format!("{first}{}{full_stop}", letters.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SandboxError;

    #[test]
    fn an_error_reads_as_a_sentence() {
        let problem = SandboxError::TimedOut.to_problem();
        assert_eq!(problem.code, "parse_timed_out");
        assert_eq!(problem.text, "The file was not read within its time limit.");
    }
}
