#!/usr/bin/env bash
# Speed and memory of the release build beside their targets; fails only where nothing
# could be measured. Whole-process time of reading a one-page text PDF is taken in turn
# with the template reader invoice2data, so that a machine whose speed drifts harms
# neither; then the service is started and asked; then the features of one subject are read out
# of a million records, and claims and invoices are checked beside a million in the store, each
# after a change; then its forecasts of payment are asked for beside a FastAPI and LightGBM service on the same million invoices; then odd card uses
# and linkage beside PyOD and splink, on the public sets where they are there. All other data are generated.
# Needs pdfinfo and pdftotext (`make setup`), PyPI for the peers, 3 GB of disk and half an hour.
# Usage: scripts/bench.sh [one-page.pdf]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
peer=target/peers/invoice2data
if [[ ! -x "$peer/bin/invoice2data" ]]; then
  python3 -m venv "$peer"
  "$peer/bin/pip" install --quiet --requirement eval/peers/invoice2data/requirements.txt
fi
forecasts=target/peers/collections
if [[ ! -x "$forecasts/bin/uvicorn" ]]; then
  python3 -m venv "$forecasts"
  "$forecasts/bin/pip" install --quiet --requirement eval/peers/collections/requirements.txt
fi
for set in anomaly linkage; do
  if [[ ! -e "target/peers/$set/ready" ]]; then
    python3 -m venv "target/peers/$set"
    "target/peers/$set/bin/pip" install --quiet --requirement "eval/peers/$set/requirements.txt"
    touch "target/peers/$set/ready"
  fi
done
cargo build --locked --release -p scrutineer -p scrutineer-datasets -p scrutineer-eval
pdf="${1:-}"
if [[ -z "$pdf" ]]; then
  target/release/scrutineer-documents --out target/bench --seed 7 --count 20
  for candidate in target/bench/*.pdf; do
    if pdfinfo "$candidate" | grep -q '^Pages: *1$'; then
      pdf="$candidate"
      break
    fi
  done
fi
[[ -n "$pdf" ]] || { echo "no generated document has one page" >&2; exit 1; }
python3 eval/peers/paired.py --runs 21 \
  --ours "target/release/scrutineer read --json $pdf" \
  --peer "$peer/bin/invoice2data --output-format json --output-name target/bench-peer $pdf"
python3 scripts/bench-service.py \
  --program target/release/scrutineer --demo target/release/scrutineer-demo
cargo bench --locked --quiet -p scrutineer --bench point_in_time
python3 scripts/bench-live.py --program target/release/scrutineer
python3 scripts/bench-collections.py --program target/release/scrutineer \
  --load target/release/scrutineer-load --peer "$forecasts/bin/python"
python3 scripts/bench-scrutiny.py --eval target/release/scrutineer-eval \
  --anomaly target/peers/anomaly/bin/python --linkage target/peers/linkage/bin/python
