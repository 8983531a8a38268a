//! The answers of a batch on their way to whoever asked: someone who does not read them holds nobody up.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWriteExt as _, DuplexStream, ReadBuf};
use tokio::task::coop::unconstrained;

use super::gate::BatchTurn;
use super::scoring::{Answers, PIPE_BYTES};

/// The end that answers are written to. The turn is others' while there is no room for an answer.
#[derive(Debug)]
pub(super) struct Writer {
    pipe: DuplexStream,
    turn: BatchTurn,
    patience: Duration,
    whole: Arc<AtomicBool>,
}

/// The end that answers are read from. If the batch broke off, it ends with an error, so that a part
/// is not taken for the whole.
#[derive(Debug)]
pub(super) struct Reader {
    pipe: DuplexStream,
    whole: Arc<AtomicBool>,
}

/// Both ends. A write fails with `TimedOut` once nothing was read for as long as `patience`: someone
/// who reads slowly is waited for, someone who has stopped is not.
pub(super) fn pipe(turn: BatchTurn, patience: Duration) -> (Writer, Reader) {
    let (written, read) = tokio::io::duplex(PIPE_BYTES);
    let whole = Arc::new(AtomicBool::new(false));
    let writer = Writer {
        pipe: written,
        turn,
        patience,
        whole: Arc::clone(&whole),
    };
    (writer, Reader { pipe: read, whole })
}

impl Writer {
    /// Says that these were all answers.
    pub(super) fn finish(self) {
        self.whole.store(true, Ordering::Release);
    }

    /// Writes as much as there is room for, once there is any.
    async fn write_some(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Self {
            pipe,
            turn,
            patience,
            ..
        } = self;
        // Not ready is then what the pipe says alone, and not also the runtime, once the task did much.
        let mut writing = pin!(unconstrained(pipe.write(bytes)));
        let written = poll_fn(|context| {
            let polled = writing.as_mut().poll(context);
            if polled.is_pending() {
                turn.pause();
            }
            polled
        });
        match tokio::time::timeout(*patience, written).await {
            Ok(Ok(0)) => Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => written,
            Err(_elapsed) => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}

impl Answers for Writer {
    async fn take(&mut self, line: &str) -> io::Result<()> {
        let mut rest = line.as_bytes();
        while !rest.is_empty() {
            let written = self.write_some(rest).await?;
            rest = rest.get(written..).unwrap_or_default();
        }
        self.turn.resume().await;
        Ok(())
    }
}

impl AsyncRead for Reader {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let room = buffer.remaining();
        ready!(Pin::new(&mut self.pipe).poll_read(context, buffer))?;
        let ended = room > 0 && buffer.remaining() == room;
        if ended && !self.whole.load(Ordering::Acquire) {
            return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use tokio::io::AsyncReadExt as _;
    use tokio::task::coop::{consume_budget, has_budget_remaining};

    use super::*;
    use crate::http::gate::Gate;

    const PATIENCE: Duration = Duration::from_millis(800);

    /// Both ends of a batch that has the only turn of the gate.
    async fn ends(gate: &Gate) -> (Writer, Reader) {
        let turn = BatchTurn::enter(&Gate::new(1, 0), gate).await.unwrap();
        pipe(turn, PATIENCE)
    }

    #[tokio::test]
    async fn a_turn_is_others_until_answers_are_read_and_then_it_is_taken_up_again() {
        let gate = Gate::new(1, 0);
        let (mut writer, mut reader) = ends(&gate).await;
        let line = "x".repeat(PIPE_BYTES);
        writer.take(&line).await.unwrap();
        assert!(gate.enter().await.is_none());
        let writing = tokio::spawn(async move {
            writer.take("more").await.unwrap();
            writer
        });
        while gate.enter().await.is_none() {
            tokio::task::yield_now().await;
        }
        let mut read = vec![0; PIPE_BYTES];
        reader.read_exact(&mut read).await.unwrap();
        let writer = writing.await.unwrap();
        assert!(gate.enter().await.is_none());
        writer.finish();
        assert!(gate.enter().await.is_some());
        let mut rest = String::new();
        reader.read_to_string(&mut rest).await.unwrap();
        assert_eq!(rest, "more");
    }

    #[tokio::test]
    async fn where_there_is_room_the_turn_is_kept_however_much_the_task_did() {
        let (mut writer, _reader) = ends(&Gate::new(1, 0)).await;
        while has_budget_remaining() {
            consume_budget().await;
        }
        let mut taking = pin!(writer.take("an answer"));
        let first = poll_fn(|context| Poll::Ready(taking.as_mut().poll(context))).await;
        assert!(first.is_ready());
    }

    #[tokio::test]
    async fn someone_who_reads_slowly_gets_all() {
        let (mut writer, mut reader) = ends(&Gate::new(1, 0)).await;
        let line = "x".repeat(5 * PIPE_BYTES);
        let long = line.len();
        let writing = tokio::spawn(async move {
            writer.take(&line).await.unwrap();
            writer.finish();
        });
        // All in all it takes longer than nothing may be read.
        let mut some = vec![0; PIPE_BYTES / 2];
        let mut read = 0;
        loop {
            tokio::time::sleep(PATIENCE / 7).await;
            match reader.read(&mut some).await.unwrap() {
                0 => break,
                more => read += more,
            }
        }
        assert_eq!(read, long);
        writing.await.unwrap();
    }

    #[tokio::test]
    async fn someone_who_does_not_read_is_not_waited_for_and_told_that_it_is_not_all() {
        let (mut writer, mut reader) = ends(&Gate::new(1, 0)).await;
        let line = "x".repeat(PIPE_BYTES + 1);
        let refused = writer.take(&line).await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::TimedOut);
        drop(writer);
        let mut read = Vec::new();
        let ended = reader.read_to_end(&mut read).await.unwrap_err();
        assert_eq!(ended.kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(read.len(), PIPE_BYTES);
    }
}
