//! Run-time learners: synchronous, without HTTP or SQL.

pub mod calibration;
pub mod conformal;
pub mod encoder;
pub mod linear;
