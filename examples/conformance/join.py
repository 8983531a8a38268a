#!/usr/bin/env python3
"""The join an orchestration engine performs, in plain Python: a reference to copy.

As a module: `required(policy, answer, asked, now)`. As a command: the protocol of
docs/conformance/controls.json on standard input and output.
"""

import json
import re
import sys
from datetime import datetime, timezone

EFFECTS = {"none", "suggest", "request_info", "add_review", "add_step", "raise_priority"}
STATUSES = {"scored", "abstained", "insufficient_history", "degraded"}
CONTROL = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


def required(policy, answer, asked, now):
    """The steps to enforce: those of policy, and those a usable answer adds."""
    steps = set(policy)
    if why_unusable(answer, asked, now) is None:
        steps |= set(answer["controls_to_add"])
    return steps


def why_unusable(answer, asked, now):
    """None if the answer may be joined, else one sentence that says why not."""
    if not isinstance(answer, dict):
        return "there is no answer"
    if answer.get("case") != asked["case"] or answer.get("subject") != asked["subject"]:
        return "the answer is about something else"
    if not _is_one_of(answer.get("status"), STATUSES):
        return "the status is not one of the contract"
    if not _is_one_of(answer.get("effect"), EFFECTS):
        return "the effect is not one of the contract"
    steps = answer.get("controls_to_add")
    if not isinstance(steps, list) or not all(_is_control(step) for step in steps):
        return "controls_to_add is not a list of control names"
    expires_at = parse_time(answer.get("expires_at"))
    if expires_at is None or expires_at <= now:
        return "the answer has expired"
    return None


def parse_time(text):
    """An aware datetime, or None if `text` is no RFC 3339 time."""
    if not isinstance(text, str) or not TIME.fullmatch(text):
        return None
    # datetime keeps six digits of a second; the rest is cut off.
    text = re.sub(r"(\.\d{6})\d+", r"\1", text.upper()).replace("Z", "+00:00")
    text = re.sub(r"\.(\d{1,5})(?=[+-])", lambda m: "." + m[1].ljust(6, "0"), text)
    try:
        return datetime.fromisoformat(text).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def _is_one_of(value, names):
    return isinstance(value, str) and value in names


def _is_control(step):
    return isinstance(step, str) and CONTROL.fullmatch(step) is not None


def main():
    for line in sys.stdin:
        ask = json.loads(line)
        now = parse_time(ask["now"])
        steps = required(ask["policy"], ask["answer"], ask["asked"], now)
        sys.stdout.write(json.dumps({"required": sorted(steps)}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
