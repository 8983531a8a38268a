//! The pool's side: children started ahead, one file each.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::protocol::{
    Answer, Job, MAX_ANSWER_BYTES, MAX_FILE_BYTES, request_head, understand_answer,
};
use super::{SandboxConfig, SandboxError, WORKER_COMMAND};

/// Linux numbers of the signals that tell how a worker ended.
const SIGABRT: i32 = 6;
const SIGKILL: i32 = 9;
const SIGXCPU: i32 = 24;

#[derive(Debug)]
pub(super) struct Pool {
    config: SandboxConfig,
    /// One permit for each file that is read or waits.
    places: Semaphore,
    /// One permit for each file that is read.
    workers: Semaphore,
    idle: Mutex<Vec<Child>>,
}

impl Pool {
    pub(super) fn new(mut config: SandboxConfig) -> Self {
        // Children run in the root folder, where a relative path would lead elsewhere.
        if let Ok(program) = std::path::absolute(&config.program) {
            config.program = program;
        }
        config.workers = config.workers.max(1);
        Self {
            places: Semaphore::new(config.workers + config.max_waiting),
            workers: Semaphore::new(config.workers),
            idle: Mutex::new(Vec::new()),
            config,
        }
    }

    pub(super) fn config(&self) -> &SandboxConfig {
        &self.config
    }

    /// Starts children until as many wait as work at the same time.
    pub(super) fn fill(&self) -> Result<(), SandboxError> {
        loop {
            let waiting = self.idle().len();
            if waiting >= self.config.workers {
                return Ok(());
            }
            let child = self.start()?;
            self.idle().push(child);
        }
    }

    /// Gives a job to a worker and waits for the answer.
    pub(super) async fn run(
        self: &Arc<Self>,
        job: &Job,
        file: &[u8],
    ) -> Result<Answer, SandboxError> {
        if file.len() > MAX_FILE_BYTES {
            return Err(SandboxError::TooLarge { bytes: file.len() });
        }
        let _place = self.places.try_acquire().map_err(|_| SandboxError::Busy)?;
        let _turn = match timeout(self.config.wall_time, self.workers.acquire()).await {
            Ok(Ok(turn)) => turn,
            Ok(Err(_)) | Err(_) => return Err(SandboxError::Busy),
        };
        let child = self.take()?;
        if self.config.keeps_waiting {
            // The next file finds its worker started while this one is being read.
            let pool = Arc::clone(self);
            tokio::task::spawn_blocking(move || pool.fill());
        }
        converse(child, job, file, self.config.wall_time).await
    }

    /// A waiting child, or a new one; children that died waiting are passed over.
    fn take(&self) -> Result<Child, SandboxError> {
        loop {
            let Some(mut child) = self.idle().pop() else {
                return self.start();
            };
            if matches!(child.try_wait(), Ok(None)) {
                return Ok(child);
            }
        }
    }

    fn start(&self) -> Result<Child, SandboxError> {
        let limits = self.config.limits;
        Command::new(&self.config.program)
            .arg(WORKER_COMMAND)
            .arg(format!("--memory-bytes={}", limits.memory_bytes))
            .arg(format!("--cpu-seconds={}", limits.cpu_seconds))
            .env_clear()
            // A library other than the one the set-up installs may report its use to its maker.
            .env("ORT_DISABLE_TELEMETRY", "1")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|source| SandboxError::NotStarted { source })
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Child>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks a child and hears it out, for `wall_time` at most.
async fn converse(
    mut child: Child,
    job: &Job,
    file: &[u8],
    wall_time: Duration,
) -> Result<Answer, SandboxError> {
    let mut heard = Vec::new();
    let overdue = match timeout(wall_time, hear(&mut child, job, file, &mut heard)).await {
        Ok(outcome) => outcome.map(|()| false)?,
        Err(_) => true,
    };
    match understand_answer(&heard) {
        Some(Answer::Undrawn(mut parsed)) => {
            let broken = end(child, overdue).await;
            parsed.problems.push(broken.to_problem());
            Ok(Answer::Undrawn(parsed))
        }
        Some(answer) => Ok(answer),
        None => Err(end(child, overdue).await),
    }
}

async fn hear(
    child: &mut Child,
    job: &Job,
    file: &[u8],
    heard: &mut Vec<u8>,
) -> Result<(), SandboxError> {
    let started = |source| SandboxError::NotStarted { source };
    let mut to_child = child.stdin.take().ok_or_else(|| started(no_pipe()))?;
    let from_child = child.stdout.take().ok_or_else(|| started(no_pipe()))?;
    let head = request_head(job, file.len()).map_err(started)?;
    // A worker that dies while it listens breaks the pipe; how it ended says more.
    let said = async {
        to_child.write_all(&head).await?;
        to_child.write_all(file).await?;
        to_child.shutdown().await
    };
    let said: io::Result<()> = said.await;
    drop(to_child);
    if said.is_ok() {
        let mut from_child = from_child.take(MAX_ANSWER_BYTES as u64);
        // What cannot be heard to the end is not understood; what was heard until then may be.
        while from_child
            .read_buf(heard)
            .await
            .is_ok_and(|bytes| bytes > 0)
        {}
    }
    Ok(())
}

/// Ends a child that has not answered in full, and says why it has not.
async fn end(mut child: Child, overdue: bool) -> SandboxError {
    let _ = child.start_kill();
    match child.wait().await {
        _ if overdue => SandboxError::TimedOut,
        Ok(status) => how_it_ended(status),
        Err(_) => SandboxError::Crashed { how: "it was lost" },
    }
}

/// What the exit status of a worker without an answer means.
fn how_it_ended(status: ExitStatus) -> SandboxError {
    match (status.signal(), status.code()) {
        (Some(SIGXCPU), _) => SandboxError::TimedOut,
        // Rust aborts when an allocation is refused.
        (Some(SIGABRT), _) => SandboxError::OutOfMemory,
        (Some(SIGKILL), _) => SandboxError::Crashed {
            how: "it was killed",
        },
        (Some(_), _) => SandboxError::Crashed {
            how: "it was stopped by a signal",
        },
        (None, Some(0)) => SandboxError::Crashed {
            how: "it ended without an answer",
        },
        (None, _) => SandboxError::Crashed {
            how: "it ended with an error",
        },
    }
}

fn no_pipe() -> io::Error {
    io::Error::other("the worker has no pipe")
}
