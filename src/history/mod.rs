//! What was known when: as-of queries over the records.
