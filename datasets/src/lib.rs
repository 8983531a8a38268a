//! Schemas of the canonical records, the generator of a demo firm and loaders of
//! public sets.

pub mod copies;
pub mod documents;
pub mod firm;
pub mod notes;
pub mod sets;
pub mod split;
pub mod structure;
pub mod type_parts;
