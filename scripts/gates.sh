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
for gate in eval/gates/*.toml; do
  target/debug/scrutineer-eval gate "$gate"
done
