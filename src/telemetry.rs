//! Logs, metric names, traces.
