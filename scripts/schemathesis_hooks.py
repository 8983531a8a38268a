"""Bodies that schemathesis has no words for: rows are text and sent as they are."""

import ast
import threading

import schemathesis

# CPython 3.11 keeps the recursion depth of a parse for all threads together, and two workers that parse
# at once end with "AST constructor recursion depth mismatch" (python/cpython issue 106905).
_parse, _turn = ast.parse, threading.Lock()


def _parse_in_turn(*arguments, **named):
    with _turn:
        return _parse(*arguments, **named)


ast.parse = _parse_in_turn


@schemathesis.serializer("application/x-ndjson", "application/jsonl", "text/csv")
def as_text(ctx, value):
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    return str(value).encode()
