//! Wire types, router, auth, problems, idempotency, OpenAPI.
