#!/usr/bin/env bash
# Runs what examples/ promises: the controls rule's conformance check, and a BPMN
# engine against servers that misbehave and against a real one. The engine is
# installed from PyPI into an environment of its own; where PyPI cannot be reached,
# says so and skips it, except in CI, where that is a failure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python3 examples/conformance/test_check.py
python3 examples/conformance/check.py -- python3 examples/conformance/join.py

folder=$(mktemp -d)
server=
stop() {
  if [[ -n $server ]]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
  rm -rf "$folder"
}
trap stop EXIT

python3 -m venv "$folder/venv"
if ! "$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  --requirement examples/orchestration/requirements.txt; then
  echo "examples/orchestration: its engine could not be installed" >&2
  [[ -z ${CI:-} ]] || exit 1
  exit 0
fi

# A server of its own, on a port that is free.
program=${SCRUTINEER_PROGRAM:-target/debug/scrutineer}
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export SCRUTINEER_LISTEN=127.0.0.1:$port SCRUTINEER_DATA_DIR=$folder/data
SCRUTINEER_KEY=$("$program" keys create --label example --scopes 'documents read feedback' | grep -o 'scr_[0-9a-f_]*' | head -n 1)
export SCRUTINEER_KEY SCRUTINEER_URL=http://$SCRUTINEER_LISTEN
"$program" serve >"$folder/log" 2>&1 &
server=$!
for _ in $(seq 150); do
  if python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1] + "/health/ready", timeout=1)' "$SCRUTINEER_URL" 2>/dev/null; then
    break
  fi
  kill -0 "$server" 2>/dev/null || { cat "$folder/log" >&2; exit 1; }
  sleep 0.2
done
"$folder/venv/bin/python" examples/orchestration/test_engine.py
