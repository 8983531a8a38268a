//! Will a project's next bill slip, by how much, and what along its chain is it waiting for?

mod chain;
pub mod features;
mod past;

#[cfg(test)]
mod tests;

pub use chain::{Chain, Fix, Link, State, Step, chain};
