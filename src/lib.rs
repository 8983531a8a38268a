//! Scrutineer: the advisory layer of a professional-services back office.
//!
//! See `docs/ARCHITECTURE.md` for the map and the invariants.

pub mod advice;
pub mod cases;
pub mod cli;
pub mod config;
pub mod documents;
pub mod domain;
pub mod error;
pub mod eventlog;
pub mod history;
pub mod http;
pub mod learn;
pub mod registry;
pub mod service;
pub mod startup;
pub mod store;
pub mod telemetry;
pub mod web;
