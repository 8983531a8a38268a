//! Two parts of a model made at once.

use std::panic::resume_unwind;
use std::thread;

/// Does both, the first on a thread of its own; what they give does not depend on which ends first.
pub(crate) fn together<A: Send, B>(
    first: impl FnOnce() -> A + Send,
    second: impl FnOnce() -> B,
) -> (A, B) {
    thread::scope(|scope| {
        let first = scope.spawn(first);
        let second = second();
        let first = first.join();
        (
            first.unwrap_or_else(|panicked| resume_unwind(panicked)),
            second,
        )
    })
}
