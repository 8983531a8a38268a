//! Configuration to application: the composition root.
