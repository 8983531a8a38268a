//! Will a team's sheets of a period be late, how many hours will be missing, and what
//! bill does that hold up?
//!
//! What is foretold is of a team, never of a person, and of no team of fewer than
//! [`LEAST_TEAM`].

pub mod features;
mod holds_up;
mod periods;
mod sheet;

#[cfg(test)]
mod tests;

pub use holds_up::{HeldBill, holds_up};
pub use periods::{TeamPeriod, periods};
pub use sheet::{NAMES as SHEET_NAMES, SheetSubject, sheet_row};

/// Nothing is said of teams with fewer people.
pub const LEAST_TEAM: usize = 5;
/// A team's period is late when more than so many of a hundred sheets come after they
/// were due, where the firm does not say: most of the hours are there for closing the
/// books, and what is missing can be asked for by name.
pub const TOLERATED_PERCENT: f64 = 10.0;
