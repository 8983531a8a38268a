//! What one worker process may use.

use std::io;

use rlimit::Resource;

/// Stack of a worker; nested forms and fonts are interpreted recursively.
const STACK_BYTES: u64 = 64 * 1024 * 1024;

/// What one worker process may use. Applied by the worker to itself before it
/// reads a byte of the file; they cannot be raised again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Address space in bytes.
    pub memory_bytes: u64,
    /// Processor time in seconds.
    pub cpu_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_bytes: 1024 * 1024 * 1024,
            cpu_seconds: 6,
        }
    }
}

impl Limits {
    /// Limits this process: address space, processor time, no files written, no
    /// core dumps, no further processes.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn apply(self) -> io::Result<()> {
        let (_, most_stack) = Resource::STACK.get()?;
        Resource::STACK.set(STACK_BYTES.min(most_stack), most_stack)?;
        Resource::AS.set(self.memory_bytes, self.memory_bytes)?;
        // The second in between lets the process end by the signal that says why.
        Resource::CPU.set(self.cpu_seconds, self.cpu_seconds + 1)?;
        Resource::FSIZE.set(0, 0)?;
        Resource::CORE.set(0, 0)?;
        Resource::NPROC.set(0, 0)
    }
}
