//! A bounded queue before heavy work: past it, requests are turned away at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::problem::ApiError;
use super::state::AppState;
use crate::error::ErrorCode;
use crate::telemetry::metric;

/// Lets `concurrency` requests work and `queue` more wait.
#[derive(Debug)]
pub(super) struct Gate {
    turns: Arc<Semaphore>,
    waiting: AtomicUsize,
    queue: usize,
}

/// One request's turn; the next one begins when it is dropped. As a handler's
/// argument it stands before the body, so that a waiting request holds no body.
#[derive(Debug)]
pub(super) struct Turn {
    _permit: OwnedSemaphorePermit,
}

/// Counts a request as waiting until dropped, also when its caller hangs up.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
        metrics::gauge!(metric::HTTP_QUEUE_REQUESTS).decrement(1.0);
    }
}

impl Gate {
    /// A gate of this width with a queue of this length before it.
    #[must_use]
    pub(super) fn new(concurrency: usize, queue: usize) -> Self {
        Self {
            turns: Arc::new(Semaphore::new(concurrency)),
            waiting: AtomicUsize::new(0),
            queue,
        }
    }

    /// Waits for a turn; `None` at once if the queue is full.
    pub(super) async fn enter(&self) -> Option<Turn> {
        if let Ok(permit) = Arc::clone(&self.turns).try_acquire_owned() {
            return Some(Turn { _permit: permit });
        }
        let place = self.waiting.fetch_add(1, Ordering::AcqRel);
        metrics::gauge!(metric::HTTP_QUEUE_REQUESTS).increment(1.0);
        let _waiting = Waiting(&self.waiting);
        if place >= self.queue {
            metrics::counter!(metric::HTTP_SHED_TOTAL, "reason" => "queue_full").increment(1);
            return None;
        }
        let permit = Arc::clone(&self.turns).acquire_owned().await.ok()?;
        Some(Turn { _permit: permit })
    }
}

/// A batch's place among those that are open, and its turn while it works: while it waits for
/// whoever reads its answers, the turn is others'.
#[derive(Debug)]
pub(super) struct BatchTurn {
    _place: Turn,
    turns: Arc<Semaphore>,
    turn: Option<Turn>,
}

impl BatchTurn {
    /// Waits for a place and then for a turn; `None` at once if one of the queues is full.
    pub(super) async fn enter(places: &Gate, gate: &Gate) -> Option<Self> {
        let place = places.enter().await?;
        let turn = gate.enter().await?;
        Some(Self {
            _place: place,
            turns: Arc::clone(&gate.turns),
            turn: Some(turn),
        })
    }

    /// Gives the turn to whoever is next.
    pub(super) fn pause(&mut self) {
        self.turn = None;
    }

    /// Waits for a turn again if it was given away: however many wait, as the batch has begun.
    pub(super) async fn resume(&mut self) {
        if self.turn.is_none() {
            let permit = Arc::clone(&self.turns).acquire_owned().await.ok();
            self.turn = permit.map(|permit| Turn { _permit: permit });
        }
    }
}

/// A turn to score one record: light work, of which more is done at once.
#[derive(Debug)]
pub(super) struct ScoreTurn {
    _turn: Turn,
}

impl FromRequestParts<AppState> for Turn {
    type Rejection = ApiError;

    async fn from_request_parts(_: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        state.gate().enter().await.ok_or_else(full)
    }
}

impl FromRequestParts<AppState> for BatchTurn {
    type Rejection = ApiError;

    async fn from_request_parts(_: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let entered = Self::enter(state.batch_gate(), state.gate()).await;
        entered.ok_or_else(full)
    }
}

impl FromRequestParts<AppState> for ScoreTurn {
    type Rejection = ApiError;

    async fn from_request_parts(_: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let turn = state.score_gate().enter().await.ok_or_else(full)?;
        Ok(Self { _turn: turn })
    }
}

fn full() -> ApiError {
    ApiError::new(ErrorCode::Overloaded, "The queue is full; try again later.").retry_after(2)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn the_queue_is_bounded_and_a_finished_turn_goes_to_the_next() {
        let gate = Arc::new(Gate::new(1, 1));
        let first = gate.enter().await.unwrap();
        let waiting = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move { gate.enter().await.is_some() }
        });
        while gate.waiting.load(Ordering::Acquire) == 0 {
            tokio::task::yield_now().await;
        }
        assert!(gate.enter().await.is_none());
        drop(first);
        assert!(waiting.await.unwrap());
        assert!(gate.enter().await.is_some());
    }

    #[tokio::test]
    async fn a_caller_that_leaves_gives_its_place_back() {
        let gate = Gate::new(1, 1);
        let turn = gate.enter().await.unwrap();
        let left = tokio::time::timeout(Duration::from_millis(5), gate.enter()).await;
        assert!(left.is_err());
        assert_eq!(gate.waiting.load(Ordering::Acquire), 0);
        drop(turn);
    }
}
