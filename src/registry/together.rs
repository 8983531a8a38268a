//! Two parts of a model made at once.

use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Builder};

/// Does both, the first on a thread of its own; what they give does not depend on which ends first.
/// Where no thread can be had, as in a process that may start none, the second is done before the first.
pub(crate) fn together<A: Send, B>(
    first: impl FnOnce() -> A + Send,
    second: impl FnOnce() -> B,
) -> (A, B) {
    // Whoever gets to it takes it out: the thread, or this one where there is none.
    let first = Mutex::new(Some(first));
    let do_first = || {
        let taken = first.lock().unwrap_or_else(PoisonError::into_inner).take();
        taken.map(|first| first())
    };
    thread::scope(|scope| {
        let started = Builder::new().spawn_scoped(scope, do_first);
        let second = second();
        let done = match started {
            Ok(started) => started
                .join()
                .unwrap_or_else(|panicked| resume_unwind(panicked)),
            Err(_) => do_first(),
        };
        match done {
            Some(first) => (first, second),
            None => unreachable!("it is taken out once, by the thread or where there is none"),
        }
    })
}
