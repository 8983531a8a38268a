//! Will a request miss its day, how long will it still take, and what is it waiting for?

mod case;
mod choice;
pub mod dependencies;
mod explanation;
pub mod facts;
pub mod features;
mod firm;
mod hindsight;
mod numbers;
mod ranks;
mod recommendation;
pub mod replay;
pub mod request;
mod runs;
mod setup;
mod similarity;
mod stated;
mod statistics;
mod survival;
mod telling;

pub use case::{FACTS_FILE, MissingDependency, SETUP_MODEL, SetupCase, SetupInput};
pub use facts::{FactNames, Known, Scope};
pub use numbers::NumberForm;
pub use recommendation::SetupAdvice;
pub use replay::{AskedRow, rows};
pub use request::Request;
pub use runs::Runs;

#[cfg(test)]
mod tests;
