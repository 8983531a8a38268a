"""Asks Scrutineer about a document, with a deadline; never raises, never waits longer.

`ask` gives an answer to join or None, and why. None is a normal outcome: the
engine then goes on with its policy alone. Standard library only.
"""

import hashlib
import http.client
import json
import sys
import threading
import urllib.parse
from datetime import datetime, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "conformance"))
import join as contract  # noqa: E402  (the reference join beside this example)

MAX_ANSWER_BYTES = 8 * 1024 * 1024


def ask(url, key, document, deadline_s, idempotency_key):
    """(answer, why): a usable recommendation, or None and one sentence that says why.

    The deadline holds for the whole exchange, also against a server that sends a
    byte now and then: the exchange runs in a thread that is left behind when late.
    """
    box = {}
    late = f"the service did not answer within {deadline_s} s"

    def exchange():
        try:
            box["answer"], box["why"] = _exchange(url, key, document, deadline_s, idempotency_key)
        except TimeoutError:
            # A single wait has the same deadline: either may be over first.
            box["why"] = late
        except (OSError, http.client.HTTPException, ValueError) as error:
            box["why"] = f"the service did not answer: {type(error).__name__}"

    thread = threading.Thread(target=exchange, daemon=True)
    thread.start()
    thread.join(deadline_s)
    if thread.is_alive():
        return None, late
    return box.get("answer"), box.get("why", "the service did not answer")


def _exchange(url, key, document, deadline_s, idempotency_key):
    where = urllib.parse.urlsplit(url)
    secure = where.scheme == "https"
    connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = connect(where.hostname, where.port, timeout=deadline_s)
    try:
        connection.request("POST", "/v1/documents", body=document, headers={
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/octet-stream",
            "Idempotency-Key": idempotency_key,
        })
        response = connection.getresponse()
        body = response.read(MAX_ANSWER_BYTES + 1)
    finally:
        connection.close()
    if response.status not in (200, 201):
        return None, f"the service answered {response.status}"
    if len(body) > MAX_ANSWER_BYTES:
        return None, "the answer is too long"
    try:
        stored = json.loads(body)
        stored_as, answer = stored["document"], stored["analysis"]["recommendation"]
        asked = {"case": "invoice", "subject": {"type": "document", "id": stored_as["id"]}}
        same_bytes = stored_as["sha256"] == hashlib.sha256(document).hexdigest()
    except (ValueError, KeyError, TypeError, RecursionError):
        return None, "the answer is not one of the contract"
    if not same_bytes:
        return None, "the answer is about another document"
    why_not = contract.why_unusable(answer, asked, datetime.now(timezone.utc))
    if why_not is not None:
        return None, why_not
    return answer, f"answered {answer['status']}"
