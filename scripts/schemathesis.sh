#!/usr/bin/env bash
# Starts the real server on a port that the system chooses, with an empty store and
# a fresh key, and lets schemathesis ask everything that its own description says.
# Usage: scripts/schemathesis.sh [seconds]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:-150}
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")

cargo build --quiet --locked --bin scrutineer
venv=$target/schemathesis-venv
if ! cmp -s scripts/requirements.txt "$venv/installed.txt"; then
  python3 -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r scripts/requirements.txt
  cp scripts/requirements.txt "$venv/installed.txt"
fi

work=$(mktemp -d)
server=
stop() {
  status=$?
  if [[ -n $server ]]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  if ((status != 0)); then
    echo "--- end of the server's log" >&2
    grep -vE '"level":"INFO"' "$work/log" | tail -20 >&2 || true
  fi
  rm -rf "$work"
}
trap stop EXIT

export SCRUTINEER_MODELS_DIR=$PWD/models SCRUTINEER_DATA_DIR=$work/data SCRUTINEER_LISTEN=127.0.0.1:0 SCRUTINEER_LOG_FORMAT=json
# Schemathesis asks as fast as it can; the rate limit has tests of its own.
export SCRUTINEER_LIMITS_REQUESTS_PER_MINUTE=1000000 SCRUTINEER_LIMITS_REQUEST_BURST=100000
key=$("$target/debug/scrutineer" keys create --label schemathesis --json |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["token"])')
"$target/debug/scrutineer" serve >"$work/out" 2>"$work/log" &
server=$!
for _ in $(seq 100); do
  grep -q '^listening on' "$work/out" && break
  kill -0 "$server" || exit 1
  sleep 0.1
done
address=$(sed -n 's/^listening on \(http[^ ]*\).*/\1/p' "$work/out")

export SCHEMATHESIS_HOOKS=$PWD/scripts/schemathesis_hooks.py
# Not asked for: negative_data_rejection. Any bytes are a document here, and in rows and
# batches a bad part is reported within a 200.
cd "$work"
timeout $((seconds + 60)) "$venv/bin/schemathesis" run "$address/openapi.json" \
  --header "Authorization: Bearer $key" \
  --checks not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,missing_required_header,unsupported_method,allow_header_conformance,ignored_auth \
  --max-examples 40 --max-time "$seconds" --seed 1 --continue-on-failure \
  --suppress-health-check all --request-timeout 20 --workers 2 --no-color
kill -0 "$server"
echo "the server is still running after it"
