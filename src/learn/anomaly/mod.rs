//! What is unusual, without labels. Each detector gives a score of its own and reasons in points
//! that add up to it.

pub mod forest;
pub mod pairs;
pub mod peers;
pub mod sample;
pub mod tails;
