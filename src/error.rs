//! Public error codes and their HTTP status, one table.
