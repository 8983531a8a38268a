//! Model manifests, digests, golden scores, load.
