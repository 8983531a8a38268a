"""Bodies that schemathesis has no words for: rows are text and sent as they are."""

import schemathesis


@schemathesis.serializer("application/x-ndjson", "application/jsonl", "text/csv")
def as_text(ctx, value):
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    return str(value).encode()
