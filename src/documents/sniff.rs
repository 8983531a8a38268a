//! What the bytes are, by content.
