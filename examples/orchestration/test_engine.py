#!/usr/bin/env python3
"""The process goes on whatever the service does.

Small servers on this machine are down, late, slow, broken, lying or abstaining in
turn. With SCRUTINEER_URL and SCRUTINEER_KEY set, a real one is asked as well.
"""

import hashlib
import json
import os
import socket
import tempfile
import threading
import time
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from engine import Approval, policy_for

DEADLINE_S = 1.0
# What the engine may take beyond its deadline on a busy machine.
SLACK_S = 2.0
DOCUMENT = b"%PDF-1.7 a document"


def answer(**changed):
    """The body of a good answer on DOCUMENT; `changed` members of its recommendation."""
    recommendation = {
        "recommendation_id": "019ab000-0000-7000-8000-000000000001", "case": "invoice",
        "subject": {"type": "document", "id": "d-1"}, "as_of": "2026-11-23T09:00:00Z",
        "status": "scored", "score": 0.9, "effect": "add_review",
        "controls_to_add": ["review.accounts_payable"], "expires_at": "2999-01-01T00:00:00Z",
    }
    recommendation.update(changed)
    return {"document": {"id": "d-1", "sha256": hashlib.sha256(DOCUMENT).hexdigest()},
            "analysis": {"recommendation": recommendation}}


class Misbehaving:
    """A server that answers every request in one way."""

    def __init__(self, respond):
        seen = self.seen = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                seen.append((self.path, dict(self.headers), body))
                try:
                    respond(self)
                except OSError:
                    pass  # The engine has left: as it should.

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def says(status, body):
    """Answers at once."""
    text = body if isinstance(body, bytes) else json.dumps(body).encode()

    def respond(handler):
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(text)))
        handler.end_headers()
        handler.wfile.write(text)
    return respond


def late(handler):
    """The right answer, after the deadline."""
    time.sleep(DEADLINE_S + 1)
    says(201, answer())(handler)


def drips(handler):
    """A byte now and then: no single wait is long, the whole never ends."""
    handler.send_response(201)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _ in range(40):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.1)


def hangs_up(handler):
    """Half an answer."""
    handler.send_response(201)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"document"')
    handler.close_connection = True


POLICY_ALONE = {
    "late": (late, "within"),
    "dripping": (drips, "within"),
    "hanging up": (hangs_up, "not one of the contract"),
    "failing": (says(500, {"status": 500}), "500"),
    "full": (says(503, {"status": 503}), "503"),
    "refusing the key": (says(401, {"status": 401}), "401"),
    "limiting the rate": (says(429, {"status": 429}), "429"),
    "still working": (says(202, {"id": "job"}), "202"),
    "no JSON": (says(201, b"<html>hello</html>"), "not one of the contract"),
    "other JSON": (says(201, [1, 2]), "not one of the contract"),
    "deep JSON": (says(201, b"[" * 200_000), "not one of the contract"),
    "empty": (says(201, b""), "not one of the contract"),
    "another document": (says(201, answer() | {"document": {"id": "d-1", "sha256": "0" * 64}}), "another document"),
    "another subject": (says(201, answer(subject={"type": "document", "id": "d-2"})), "something else"),
    "an unknown effect": (says(201, answer(effect="approve")), "effect"),
    "an unknown status": (says(201, answer(status="approved")), "status"),
    "expired": (says(201, answer(expires_at="2020-01-01T00:00:00Z")), "expired"),
    "steps that are none": (says(201, answer(controls_to_add=["-match.purchase_order"])), "control names"),
    "abstaining": (says(201, answer(status="abstained", effect="none", controls_to_add=[])), "abstained"),
    "degraded": (says(201, answer(status="degraded", effect="none", controls_to_add=[])), "degraded"),
    "short of history": (says(201, answer(status="insufficient_history", effect="none", controls_to_add=[])), "insufficient"),
    "wanting to skip": (says(201, answer(effect="none", controls_to_add=[], skip=["match.purchase_order"])), "scored"),
}


class TheProcess(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "invoice.pdf"
        self.file.write_bytes(DOCUMENT)
        self.invoice = {"id": "i-1", "file": str(self.file), "amount": 12_500}
        self.policy = sorted(policy_for(self.invoice))

    def run_against(self, url, key="scr_test"):
        started = time.monotonic()
        approval = Approval(self.invoice, url, key, DEADLINE_S)
        self.assertLess(time.monotonic() - started, DEADLINE_S + SLACK_S)
        return approval

    def carry_out(self, approval, outcome="passed"):
        for task, _ in approval.open_steps():
            approval.finish_step(task, outcome)
        return approval.ended_as()

    def test_policy_alone_when_the_service_is_down(self):
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            port = nobody.getsockname()[1]
        approval = self.run_against(f"http://127.0.0.1:{port}")
        self.assertIn("did not answer", approval.why())
        self.assertEqual(approval.required(), self.policy)
        self.assertEqual(self.carry_out(approval), "approved")

    def test_policy_alone_whatever_the_service_says_or_does_not(self):
        for name, (respond, why) in POLICY_ALONE.items():
            with self.subTest(name), Misbehaving(respond) as server:
                approval = self.run_against(server.url)
                self.assertIn(why, approval.why())
                self.assertEqual(approval.required(), self.policy)
                self.assertEqual(self.carry_out(approval), "approved")

    def test_advice_adds_steps_and_each_is_enforced(self):
        with Misbehaving(says(201, answer(controls_to_add=["review.accounts_payable", "match.purchase_order"]))) as server:
            approval = self.run_against(server.url)
        self.assertEqual(approval.required(), sorted({*self.policy, "review.accounts_payable"}))
        waiting = approval.open_steps()
        self.assertEqual(sorted(name for _, name in waiting), approval.required())
        for task, _ in waiting[:-1]:
            approval.finish_step(task, "passed")
        self.assertIsNone(approval.ended_as(), "one step is still open")
        approval.finish_step(approval.open_steps()[0][0], "passed")
        self.assertEqual(approval.ended_as(), "approved")

    def test_a_step_that_fails_returns_the_invoice(self):
        with Misbehaving(says(201, answer())) as server:
            approval = self.run_against(server.url)
        self.assertEqual(self.carry_out(approval, "failed"), "returned")

    def test_an_abstention_with_a_finding_still_adds_its_step(self):
        with Misbehaving(says(200, answer(status="abstained"))) as server:
            approval = self.run_against(server.url)
        self.assertIn("review.accounts_payable", approval.required())

    def test_the_same_question_carries_the_same_idempotency_key(self):
        with Misbehaving(says(201, answer())) as server:
            self.run_against(server.url)
            self.run_against(server.url)
        (path, first, body), (_, second, _) = server.seen
        self.assertEqual((path, body), ("/v1/documents", DOCUMENT))
        self.assertEqual(first["Idempotency-Key"], second["Idempotency-Key"])
        self.assertEqual(first["Authorization"], "Bearer scr_test")


@unittest.skipUnless(os.environ.get("SCRUTINEER_URL"), "SCRUTINEER_URL is not set: no real service is asked")
class TheRealService(unittest.TestCase):
    def test_an_e_invoice_is_answered_and_joined(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "invoice.xml"
            file.write_bytes((Path(__file__).resolve().parent / "invoice.xml").read_bytes())
            invoice = {"id": "real-1", "file": str(file), "amount": 12_500}
            approval = Approval(invoice, os.environ["SCRUTINEER_URL"], os.environ["SCRUTINEER_KEY"], 30)
        self.assertIn("answered", approval.why())
        self.assertLessEqual(set(policy_for(invoice)), set(approval.required()))
        for task, _ in approval.open_steps():
            approval.finish_step(task, "passed")
        self.assertEqual(approval.ended_as(), "approved")


if __name__ == "__main__":
    unittest.main()
