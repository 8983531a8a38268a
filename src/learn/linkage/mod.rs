//! Which rows of two tables, or of one, mean the same thing.
//!
//! Fellegi and Sunter (1969), "A Theory for Record Linkage": each column is compared in a few
//! levels of likeness, and a level weighs the logarithm of how much oftener it is seen among
//! pairs that are one thing than among pairs that are not. Both rates are learned without
//! labels: the second from pairs drawn at random, the first by expectation and maximisation
//! (Winkler, 1988). An agreement on a rare value weighs more than on a frequent one.
//!
//! The weights of a pair add up, with the prior, to the logarithm of its odds.

mod assign;
mod block;
mod compare;
mod likeness;
mod model;
mod run;
mod table;
mod texts;

pub(crate) use likeness::one_slip;
pub use model::{LinkModel, Weight};
pub use run::{Link, LinkError, LinkOptions, Linked, link};
pub use table::{Table, TableError};

#[cfg(test)]
mod tests;
