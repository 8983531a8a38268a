#!/usr/bin/env python3
"""The check lets the reference join through and catches engines that are wrong."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent

# Each replaces the body of `required` in the reference.
WRONG = {
    "takes advice instead of policy": "return set(answer['controls_to_add'])"
    " if why_unusable(answer, asked, now) is None else set(policy)",
    "forgets advice": "return set(policy)",
    "drops what a hostile member names": "steps = set(policy)\n"
    "    if isinstance(answer, dict):\n"
    "        steps -= set(answer.get('controls_to_remove', []))\n"
    "        steps |= set(answer['controls_to_add']) if why_unusable(answer, asked, now) is None else set()\n"
    "    return steps",
    "ignores expiry": "steps = set(policy)\n"
    "    if why_unusable(answer, asked, now) in (None, 'the answer has expired'):\n"
    "        steps |= set(answer['controls_to_add'])\n"
    "    return steps",
    "stops at the first answer of the six": "return set(sorted(set(policy) | "
    "(set(answer['controls_to_add']) if why_unusable(answer, asked, now) is None else set()))[:4])",
}


def check(engine):
    return subprocess.run([sys.executable, str(HERE / "check.py"), "--", sys.executable, str(engine)],
                          capture_output=True, text=True, timeout=120, check=False)


class TheCheck(unittest.TestCase):
    def test_the_reference_conforms(self):
        run = check(HERE / "join.py")
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertIn(" 0 failed", run.stdout)

    def test_every_wrong_engine_is_caught(self):
        reference = (HERE / "join.py").read_text(encoding="utf-8")
        start = reference.index("    steps = set(policy)")
        end = reference.index("\n\n\ndef why_unusable")
        for name, body in WRONG.items():
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                engine = Path(folder) / "engine.py"
                engine.write_text(reference[:start] + "    " + body + reference[end:], encoding="utf-8")
                run = check(engine)
                self.assertEqual(run.returncode, 1, run.stdout + run.stderr)

    def test_an_engine_that_does_not_run_is_no_violation_but_an_error(self):
        run = check(HERE / "no_such_engine.py")
        self.assertEqual(run.returncode, 2)
        self.assertIn("the engine failed", run.stderr)


if __name__ == "__main__":
    unittest.main()
