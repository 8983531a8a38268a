//! The pages' handlers: each extracts, calls and renders.

pub(super) mod collections;
pub(super) mod customer;
pub(super) mod decision;
pub(super) mod delays;
pub(super) mod detectors;
pub(super) mod document;
pub(super) mod duplicates;
pub(super) mod expenses;
pub(super) mod inbox;
mod review;
pub(super) mod sheet;
pub(super) mod sign_in;
pub(super) mod upload;
