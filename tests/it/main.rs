//! Black-box tests: everything enters through the router that `serve` serves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod app;
mod browser;
mod collections;
mod collections_pages;
mod credentials;
mod damaged_files;
mod damaged_variants;
mod delays;
mod detectors;
mod documents;
mod duplicates;
mod erasures;
mod events;
mod expenses;
mod feedback;
mod idempotency;
mod invoice;
mod invoice_queue;
mod limits;
mod logs;
mod oidc;
mod pages;
mod pdf_files;
mod pictures;
mod published;
mod records;
mod reminders;
mod requests;
mod routes;
mod samples;
mod score_commands;
mod store_commands;
mod tenants;
mod tidy;
mod unrecorded;
