//! The `scrutineer` command.

use std::process::ExitCode;

use tikv_jemallocator::Jemalloc;

/// What one thread allocates another frees, at every commit: the system's allocator makes
/// them wait for one another.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    scrutineer::cli::main()
}
