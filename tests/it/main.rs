//! Black-box tests: everything enters through the router that `serve` serves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod app;
mod published;
mod requests;
