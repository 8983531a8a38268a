//! Whom to contact first: when will each open invoice be paid?

pub mod features;
mod similarity;

#[cfg(test)]
mod tests;
