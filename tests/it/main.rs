//! Black-box tests: everything enters through the router that `serve` serves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod app;
mod damaged_files;
mod damaged_variants;
mod pdf_files;
mod credentials;
mod idempotency;
mod limits;
mod oidc;
mod published;
mod requests;
mod routes;
