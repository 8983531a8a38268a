//! Bytes to pages and structure, in this process.
