//! Fields from page words by a learned scorer over candidates.
