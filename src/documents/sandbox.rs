//! Parsing in a child process with limits.
