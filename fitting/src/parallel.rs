//! The same work for many things, on as many threads as there are processors.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, anyhow};

/// Results in the order of the things.
///
/// # Errors
/// The first that the work returns.
pub(crate) fn each<T: Sync, R: Send>(
    things: &[T],
    work: impl Fn(&T) -> anyhow::Result<R> + Sync,
) -> anyhow::Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<Option<anyhow::Result<R>>>> =
        Mutex::new(things.iter().map(|_| None).collect());
    let take = || {
        while let Some((at, thing)) = {
            let at = next.fetch_add(1, Ordering::Relaxed);
            things.get(at).map(|thing| (at, thing))
        } {
            let result = work(thing);
            if let Ok(mut done) = done.lock() {
                done[at] = Some(result);
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(take);
        }
    });
    let done = done.into_inner().map_err(|_| anyhow!("a fit was lost"))?;
    done.into_iter()
        .map(|result| result.context("a threshold was not fitted")?)
        .collect()
}
