#!/usr/bin/env bash
# Runs what examples/ promises: the controls rule's conformance check, and a
# BPMN engine against a real server. The engine is installed from PyPI into an
# environment of its own; where PyPI cannot be reached, says so and skips it,
# except in CI, where that is a failure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
python3 examples/conformance/check.py
