//! Typed recognisers: what a run of words could be, before anybody asks which field it is.

pub mod account;
pub mod address;
pub mod amount;
pub mod currency;
pub mod date;
pub mod identifier;
pub mod legal_form;
pub mod month;
pub mod number;
pub mod vat;
