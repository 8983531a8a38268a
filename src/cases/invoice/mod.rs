//! What document is this, what does it say, and what is odd about it?
