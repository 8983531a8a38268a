#!/usr/bin/env python3
"""Checks the licence of every dependency against the list in deny.toml.

With `cargo deny` installed, its advisory, ban and source checks run too; where
its advisory database cannot be reached, that one check is reported as not run.
Exit status: 0 fine, 1 a licence is not allowed, 2 the tree cannot be read.
"""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def satisfied(expression: str, allowed: set[str]) -> bool:
    """Evaluates an SPDX expression: every AND part, any OR part."""
    tokens = re.findall(r"\(|\)|[^\s()]+", expression.replace("/", " OR "))
    position = 0

    def either() -> bool:
        nonlocal position
        value = both()
        while position < len(tokens) and tokens[position] == "OR":
            position += 1
            right = both()
            value = value or right
        return value

    def both() -> bool:
        nonlocal position
        value = single()
        while position < len(tokens) and tokens[position] == "AND":
            position += 1
            right = single()
            value = value and right
        return value

    def single() -> bool:
        nonlocal position
        token = tokens[position]
        position += 1
        if token == "(":
            value = either()
            position += 1
            return value
        if position < len(tokens) and tokens[position] == "WITH":
            token = f"{token} WITH {tokens[position + 1]}"
            position += 2
        return token in allowed

    return either()


def main() -> int:
    config = tomllib.loads((ROOT / "deny.toml").read_text())["licenses"]
    allowed = set(config["allow"])
    clarified = {entry["crate"]: entry["expression"] for entry in config.get("clarify", [])}
    metadata = subprocess.run(
        ["cargo", "metadata", "--format-version", "1", "--locked"],
        cwd=ROOT, capture_output=True, text=True,
    )
    if metadata.returncode != 0:
        print(metadata.stderr, file=sys.stderr)
        return 2
    packages = json.loads(metadata.stdout)["packages"]
    refused = []
    for package in packages:
        expression = clarified.get(package["name"]) or package["license"] or ""
        if not expression or not satisfied(expression, allowed):
            refused.append(f"{package['name']} {package['version']}: {expression or 'none stated'}")
    for line in refused:
        print(f"licence not allowed: {line}")
    print(f"licences: {len(packages)} packages, {len(refused)} refused")
    if refused:
        return 1
    return advisories()


def advisories() -> int:
    if not shutil.which("cargo-deny"):
        print("advisories: not run (cargo-deny is not installed)")
        return 0
    run = subprocess.run(["cargo", "deny", "check", "advisories", "bans", "sources"], cwd=ROOT,
                         capture_output=True, text=True)
    if run.returncode == 0:
        print("advisories, bans, sources: fine")
        return 0
    unreachable = ("failed to fetch advisory database", "failed to update", "error sending request")
    if any(text in run.stderr for text in unreachable):
        print("advisories: not run (the advisory database cannot be reached)")
        return 0
    print(run.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
