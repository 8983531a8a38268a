//! Bounds on what one caller, request or document may use.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Bounds; all are hard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Longest request body, in bytes.
    pub body_bytes: usize,
    /// A document longer than this is answered with a job, in bytes.
    pub inline_bytes: usize,
    /// Widest page image, in pixels.
    pub page_width_px: u32,
    /// Most items of one batch of documents.
    pub batch_items: usize,
    /// Most rows of one import, events of one batch or records of one batch of scores.
    pub batch_rows: usize,
    /// Requests that do heavy work at once.
    pub concurrency: usize,
    /// Scores of records that are computed and stored at once.
    pub score_concurrency: usize,
    /// Requests that wait for their turn; more are turned away with 503.
    pub queue: usize,
    /// Documents that wait for analysis in the background.
    pub jobs: usize,
    /// Longest time to receive a request and to answer it, in seconds.
    pub request_seconds: u64,
    /// Longest time a document may take to parse, in seconds of wall clock; after half of it
    /// no further page is begun.
    pub parse_seconds: u64,
    /// Processor time of the process that parses one document, in seconds.
    pub parse_cpu_seconds: u64,
    /// Address space of the process that parses one document, in bytes.
    pub parse_memory_bytes: u64,
    /// Processes that parse, at once.
    pub parse_processes: usize,
    /// Pages of one document that are read, from the first.
    pub parse_pages: u32,
    /// Words of one page that are read, in reading order.
    pub parse_page_words: usize,
    /// Most pixels of one page image.
    pub page_pixels: u64,
    /// Requests a minute of one key.
    pub requests_per_minute: u32,
    /// Requests one key may send at once before the rate counts.
    pub request_burst: u32,
    /// Longest wait for running requests when asked to stop, in seconds.
    pub shutdown_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 25 * 1024 * 1024,
            inline_bytes: 8 * 1024 * 1024,
            page_width_px: 2_000,
            batch_items: 500,
            batch_rows: 100_000,
            concurrency: 4,
            score_concurrency: 128,
            queue: 64,
            jobs: 256,
            request_seconds: 60,
            parse_seconds: 10,
            parse_cpu_seconds: 6,
            parse_memory_bytes: 1024 * 1024 * 1024,
            parse_processes: 2,
            parse_pages: 50,
            parse_page_words: 20_000,
            page_pixels: 16_000_000,
            requests_per_minute: 1_200,
            request_burst: 200,
            shutdown_seconds: 20,
        }
    }
}

impl Limits {
    /// Longest time to receive a request and to answer it.
    #[must_use]
    pub const fn request_time(&self) -> Duration {
        Duration::from_secs(self.request_seconds)
    }

    /// Longest time a document may take to parse.
    #[must_use]
    pub const fn parse_time(&self) -> Duration {
        Duration::from_secs(self.parse_seconds)
    }

    /// Longest wait for running requests when asked to stop.
    #[must_use]
    pub const fn shutdown_time(&self) -> Duration {
        Duration::from_secs(self.shutdown_seconds)
    }
}
