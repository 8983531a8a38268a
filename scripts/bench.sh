#!/usr/bin/env bash
# Whole-process time of reading a one-page text PDF, beside the template reader
# invoice2data, in one run: the two take turns, so that a machine whose speed
# drifts harms neither. Needs pdftotext (`make setup`) and PyPI for the peer.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
peer=target/peers/invoice2data
if [[ ! -x "$peer/bin/invoice2data" ]]; then
  python3 -m venv "$peer"
  "$peer/bin/pip" install --quiet --requirement eval/peers/invoice2data/requirements.txt
fi
cargo build --locked --release -p scrutineer -p scrutineer-datasets
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
python3 eval/peers/paired.py --runs 21 \
  --ours "target/release/scrutineer read --json $pdf" \
  --peer "$peer/bin/invoice2data --output-format json --output-name target/bench-peer $pdf"
