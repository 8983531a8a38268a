//! What the pages show, made from what the store holds. No IO.

pub(crate) mod analysis;
pub(crate) mod answer;
pub(crate) mod bars;
pub(crate) mod collections;
pub(crate) mod customer;
pub(crate) mod delays;
pub(crate) mod detectors;
pub(crate) mod document;
pub(crate) mod duplicates;
pub(crate) mod expenses;
pub(crate) mod fields;
pub(crate) mod findings;
pub(crate) mod inbox;
pub(crate) mod lines;
pub(crate) mod picture;
pub(crate) mod sheets;
pub(crate) mod words;
