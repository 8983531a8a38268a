#!/usr/bin/env python3
"""Checks that an engine joins policy and advice as the contract says.

    python3 examples/conformance/check.py -- COMMAND [ARG...]

COMMAND is the engine's join: it reads one JSON object a line and writes one JSON
object a line (`protocol` in docs/conformance/controls.json). Every vector of that
file and every law on `--random` made-up cases (seed `--seed`) is checked.

Exit code: 0 conforms, 1 violations (each printed), 2 the command could not be run.
Standard library only.
"""

import argparse
import json
import random
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VECTORS = HERE.parent.parent / "docs" / "conformance" / "controls.json"
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


class EngineFailed(Exception):
    """The command ended, hung or wrote something else than the protocol."""


class Engine:
    """The engine's join as a function; all questions of a batch in one run."""

    def __init__(self, command, timeout_s):
        self.command = command
        self.timeout_s = timeout_s

    def ask(self, questions):
        text = "".join(json.dumps(question) + "\n" for question in questions)
        try:
            run = subprocess.run(self.command, input=text, capture_output=True, text=True,
                                 timeout=self.timeout_s, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise EngineFailed(str(error)) from error
        if run.returncode != 0:
            raise EngineFailed(f"exit code {run.returncode}: {run.stderr.strip()[-500:]}")
        lines = run.stdout.splitlines()
        if len(lines) != len(questions):
            raise EngineFailed(f"{len(questions)} questions, {len(lines)} answers")
        return [self.read(number, line) for number, line in enumerate(lines, 1)]

    @staticmethod
    def read(number, line):
        try:
            steps = json.loads(line)["required"]
        except (ValueError, KeyError, TypeError) as error:
            raise EngineFailed(f"line {number} is not {{\"required\": [...]}}") from error
        if not isinstance(steps, list) or not all(isinstance(step, str) for step in steps):
            raise EngineFailed(f"line {number}: required is not a list of strings")
        if len(set(steps)) != len(steps):
            raise EngineFailed(f"line {number}: a step is named twice")
        return frozenset(steps)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--vectors", type=Path, default=VECTORS)
    options.add_argument("--random", type=int, default=300, help="made-up cases a law")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--timeout", type=float, default=60, help="seconds for one batch")
    options.add_argument("command", nargs="+", help="the engine's join, after --")
    chosen = options.parse_args()
    rule = json.loads(chosen.vectors.read_text(encoding="utf-8"))
    engine = Engine(chosen.command, chosen.timeout)
    try:
        violations = check_vectors(engine, rule)
        violations += check_laws(engine, rule, random.Random(chosen.seed), chosen.random)
    except EngineFailed as error:
        sys.stderr.write(f"the engine failed: {error}\n")
        return 2
    for violation in violations:
        sys.stdout.write(violation + "\n")
    checks = len(rule["vectors"]) + len(rule["laws"]) * chosen.random
    sys.stdout.write(f"conformance: {checks - len(violations)} passed, {len(violations)} failed\n")
    return 1 if violations else 0


def question(rule, policy, answer):
    return {"policy": policy, "answer": answer, "asked": rule["asked"], "now": rule["now"]}


def check_vectors(engine, rule):
    """One sentence for every vector the engine answers otherwise."""
    asked = [question(rule, v["policy"], v["answer"]) for v in rule["vectors"]]
    found = []
    for vector, steps in zip(rule["vectors"], engine.ask(asked)):
        if steps != frozenset(vector["required"]):
            found.append(f"vector `{vector['name']}`: required {vector['required']}, "
                         f"the engine says {sorted(steps)}")
    return found


def check_laws(engine, rule, chance, count):
    """One sentence for every made-up case in which a law does not hold."""
    triples = [[some_steps(chance) for _ in "abc"] for _ in range(count)]

    def join(pairs):
        return engine.ask([question(rule, sorted(a), usable(rule, b)) for a, b in pairs])

    ab = join([(a, b) for a, b, _ in triples])
    ba = join([(b, a) for a, b, _ in triples])
    bc = join([(b, c) for _, b, c in triples])
    ac = join([(a, c) for a, _, c in triples])
    ab_c = join([(x, t[2]) for x, t in zip(ab, triples)])
    a_bc = join([(t[0], x) for x, t in zip(bc, triples)])
    aa = join([(a, a) for a, _, _ in triples])
    again = join([(x, t[1]) for x, t in zip(ab, triples)])
    nothing = engine.ask([question(rule, sorted(a), None) for a, _, _ in triples])
    junk = engine.ask([question(rule, sorted(a), some_junk(chance, a)) for a, _, _ in triples])

    found = []
    for n, (a, _, _) in enumerate(triples):
        holds = {
            "policy_kept": a <= ab[n] and a <= junk[n],
            "identity": nothing[n] == a,
            "commutative": ab[n] == ba[n],
            "associative": ab_c[n] == a_bc[n],
            "idempotent": aa[n] == a and again[n] == ab[n],
            "monotone": ac[n] <= ab_c[n],
        }
        found += [f"law `{law}` does not hold, made-up case {n}: {triples[n]}"
                  for law, kept in holds.items() if not kept]
    return found


def usable(rule, steps):
    """A usable answer that adds exactly these steps."""
    return {**rule["asked"], "status": "scored", "effect": "add_step" if steps else "none",
            "controls_to_add": sorted(steps), "expires_at": "9999-01-01T00:00:00Z"}


def some_steps(chance):
    """Up to six names from a small pool, so that sets overlap."""
    return frozenset(f"{chance.choice(LETTERS[:6])}.{chance.choice('xyz')}"
                     for _ in range(chance.randrange(7)))


def some_junk(chance, policy):
    """What a broken or hostile service might say, up to naming policy's own steps."""
    steps = sorted(policy)
    return chance.choice([
        [], {}, 0, True, "remove", {"controls_to_remove": steps}, {"required": []},
        {"effect": "skip", "controls_to_add": steps}, {"controls_to_add": {"remove": steps}},
    ])


if __name__ == "__main__":
    sys.exit(main())
