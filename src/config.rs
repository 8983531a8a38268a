//! Typed settings, checked once, secrets redacted.
