//! Parsing in a child process with limits: whatever a file does, the caller goes on.
//!
//! A pool keeps a few children started and waiting on their standard input. Each
//! sets its own limits, reads one file, answers on its standard output and ends,
//! so that nothing of one document outlives it. The path of the child's program
//! is part of the settings; it must answer to [`WORKER_COMMAND`].

mod error;
mod limits;
mod pool;
mod protocol;
mod worker;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub use error::SandboxError;
pub use limits::Limits;
pub use protocol::MAX_FILE_BYTES;
pub use worker::{WorkerError, serve_one};

use self::pool::Pool;
use self::protocol::{Answer, Job};
use super::Parsed;
use super::parse::ParseOptions;
use super::pdf::MAX_PAGE_PIXELS;

/// The subcommand that makes the program a worker.
pub const WORKER_COMMAND: &str = "worker";

/// How files are read in child processes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SandboxConfig {
    /// The program to start as a worker.
    pub program: PathBuf,
    /// Files read at the same time, and children kept waiting.
    pub workers: usize,
    /// Whether a child that is given a file is followed by another, started to wait.
    pub keeps_waiting: bool,
    /// Files that may wait for a worker; more are turned away.
    pub max_waiting: usize,
    /// What each child may use.
    pub limits: Limits,
    /// Wall-clock time for one file, and as much again for its wait before.
    pub wall_time: Duration,
    /// What is read of a file, and how much.
    pub options: ParseOptions,
    /// Most pixels of a drawn page.
    pub page_pixels: u64,
}

impl SandboxConfig {
    /// The default settings, with this very program as the worker.
    ///
    /// # Errors
    /// When the path of the running program cannot be told.
    pub fn for_this_program() -> std::io::Result<Self> {
        Ok(Self::for_program(std::env::current_exe()?))
    }

    /// The default settings with another program as the worker.
    #[must_use]
    pub fn for_program(program: PathBuf) -> Self {
        let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self {
            program,
            workers,
            keeps_waiting: true,
            max_waiting: 64,
            limits: Limits::default(),
            wall_time: Duration::from_secs(9),
            options: ParseOptions::default(),
            page_pixels: MAX_PAGE_PIXELS,
        }
    }
}

/// Reads files in child processes. Cheap to clone; clones share one pool.
#[derive(Debug, Clone)]
pub struct Sandbox {
    pool: Arc<Pool>,
}

impl Sandbox {
    /// Makes the pool. Children are started by [`Self::warm_up`] or on first use.
    #[must_use]
    pub fn new(config: SandboxConfig) -> Self {
        Self {
            pool: Arc::new(Pool::new(config)),
        }
    }

    /// Starts the waiting children, and says whether the program can be started at all.
    /// To be called within a tokio runtime.
    ///
    /// # Errors
    /// [`SandboxError::NotStarted`] when it cannot.
    pub fn warm_up(&self) -> Result<(), SandboxError> {
        self.pool.fill()
    }

    /// What is read of a file, and how much, as this sandbox was set up.
    #[must_use]
    pub fn options(&self) -> ParseOptions {
        self.pool.config().options.clone()
    }

    /// How many files are read at the same time.
    #[must_use]
    pub fn workers(&self) -> usize {
        self.pool.config().workers
    }

    /// Reads a file as [`super::parse::parse`] does. Of a file whose pages break
    /// what draws them, what was known before is given: the e-invoice attached to it is worth having alone.
    ///
    /// # Errors
    /// When the file exhausts a limit or breaks the reader, when too many files
    /// wait already, or when no child can be started.
    pub async fn parse(
        &self,
        bytes: Arc<[u8]>,
        options: ParseOptions,
    ) -> Result<Parsed, SandboxError> {
        match self.pool.run(&Job::Parse(options), &bytes).await? {
            Answer::Parsed(parsed) | Answer::Undrawn(parsed) => Ok(*parsed),
            Answer::Picture(_) => Err(SandboxError::Crashed { how: OTHER_ANSWER }),
            Answer::Refused(problem) => Err(SandboxError::Refused(problem)),
        }
    }

    /// Draws a page as [`super::render`] does.
    ///
    /// # Errors
    /// As [`Self::parse`], and [`SandboxError::Refused`] with the reason when the
    /// page cannot be drawn.
    pub async fn render(
        &self,
        bytes: Arc<[u8]>,
        page: u32,
        width_px: u32,
    ) -> Result<Vec<u8>, SandboxError> {
        let job = Job::Render {
            page,
            width_px,
            most_pixels: self.pool.config().page_pixels,
        };
        match self.pool.run(&job, &bytes).await? {
            Answer::Picture(png) => Ok(png),
            Answer::Parsed(_) | Answer::Undrawn(_) => {
                Err(SandboxError::Crashed { how: OTHER_ANSWER })
            }
            Answer::Refused(problem) => Err(SandboxError::Refused(problem)),
        }
    }
}

const OTHER_ANSWER: &str = "it answered another question";
