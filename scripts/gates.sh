#!/usr/bin/env bash
# Measures on real data and compares with eval/gates/*.toml; exits 1 when a gate
# is missed. Where the data folder is absent, says so and checks nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export SCRUTINEER_DATA="${SCRUTINEER_DATA:-../shared/data}"

if [[ ! -d "$SCRUTINEER_DATA" ]]; then
  echo "gates: no data at \$SCRUTINEER_DATA ($SCRUTINEER_DATA): not measured"
  exit 0
fi
cargo build --locked -p scrutineer -p scrutineer-eval
# Most read one case after another, so two at a time: each is shown when it is done, and all are.
gate='shown=$(target/debug/scrutineer-eval gate "$1" 2>&1) && status=0 || status=$?
  printf "%s: %s s\n%s\n" "$1" "$SECONDS" "$shown"
  exit "$status"'
printf '%s\0' eval/gates/*.toml | xargs -0 -n 1 -P 2 bash -c "$gate" gate || exit 1
