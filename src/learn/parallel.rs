//! The same work for many things, on as many threads as there are processors.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Parts that each thread takes, about: one that drew the hard ones leaves the rest to others.
const PARTS_OF_A_THREAD: usize = 8;

/// A value of each item, in the order of the items. Each is its own affair, so the values are the
/// same whatever the number of threads.
///
/// # Panics
/// Where `of` does.
pub fn map<T: Sync, V: Send>(items: &[T], of: impl Fn(&T) -> V + Sync) -> Vec<V> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let part = items.len().div_ceil(threads * PARTS_OF_A_THREAD).max(1);
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done: Vec<(usize, Vec<V>)> = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(items) = items.chunks(part).nth(at) else {
                return done;
            };
            done.push((at, items.iter().map(&of).collect()));
        }
    };
    let mut done = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(take)).collect();
        let mut done = take();
        for other in others {
            done.extend(
                other
                    .join()
                    .unwrap_or_else(|panicked| resume_unwind(panicked)),
            );
        }
        done
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    let mut values = Vec::with_capacity(items.len());
    for (_, mut part) in done {
        values.append(&mut part);
    }
    values
}

#[cfg(test)]
mod tests {
    use super::map;

    #[test]
    fn values_are_in_the_order_of_the_items() {
        let items: Vec<u32> = (0..1_000).collect();
        let doubled: Vec<u32> = items.iter().map(|item| item * 2).collect();
        assert_eq!(map(&items, |item| item * 2), doubled);
        assert!(map(&[], |item: &u32| *item).is_empty());
    }

    #[test]
    #[should_panic(expected = "lost")]
    fn a_panic_is_not_swallowed() {
        map(&[1, 2, 3], |item| assert_ne!(*item, 2, "lost"));
    }
}
