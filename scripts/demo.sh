#!/usr/bin/env bash
# Makes a demo firm, loads it into a fresh store, serves it, and prints the
# address and a key. Usage: scripts/demo.sh FOLDER [--no-serve]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder="$1"
export SCRUTINEER_DATA_DIR="$folder/data"
export SCRUTINEER_LISTEN="${SCRUTINEER_LISTEN:-127.0.0.1:8080}"

scripts/setup-ocr.sh
cargo build --locked -p scrutineer -p scrutineer-datasets
bin=target/debug
rm -rf "$folder"
mkdir -p "$folder"
"$bin/scrutineer-demo" --out "$folder/firm"
for file in "$folder"/firm/*.ndjson; do
  kind="$(basename "$file" .ndjson)"
  "$bin/scrutineer" import "$kind" "$file"
done
"$bin/scrutineer" ingest "$folder/firm/documents"
key="$("$bin/scrutineer" keys create --label demo)"
printf '\n  Sign in at  http://%s/\n  with key    %s\n\n' "$SCRUTINEER_LISTEN" "$key"
[[ "${2:-}" == "--no-serve" ]] && exit 0
exec "$bin/scrutineer" serve
