//! Will a request miss its day, how long will it still take, and what is it waiting for?

pub mod dependencies;
pub mod facts;
pub mod features;
pub mod replay;
pub mod request;
mod setup;
mod similarity;
mod statistics;

pub use facts::{FactNames, Known, Scope};
pub use replay::{AskedRow, rows};
pub use request::Request;

#[cfg(test)]
mod tests;
