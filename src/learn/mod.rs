//! Run-time learners: synchronous, without HTTP or SQL.
