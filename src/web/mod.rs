//! Pages for clerks.
