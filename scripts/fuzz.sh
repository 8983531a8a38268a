#!/usr/bin/env bash
# Builds the fuzz targets with the coverage that libFuzzer needs, makes seeds, and runs
# every target for a while, two at a time. Fails if one of them found something.
# Usage: scripts/fuzz.sh [seconds] [target...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:-300}
shift || true
targets=("$@")
((${#targets[@]})) || targets=(sniff xml pdf_words picture fields records event_log)

host=$(rustc -vV | sed -n 's/^host: //p')
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")/fuzz
# What `cargo fuzz run -s none` passes, all of it known to the stable toolchain. With
# --target, build scripts and macros stay without it.
coverage="-Cpasses=sancov-module"
for option in level=4 inline-8bit-counters pc-table trace-compares; do
  coverage+=" -Cllvm-args=-sanitizer-coverage-$option"
done
CARGO_TARGET_DIR=$target RUSTFLAGS="--cfg fuzzing -Ccodegen-units=1 $coverage" \
  cargo build --quiet --locked --release --target "$host" --manifest-path fuzz/Cargo.toml
built=$target/$host/release

corpus=fuzz/corpus
if [[ ! -e $corpus/seeded ]]; then
  made=$(mktemp -d)
  trap 'rm -rf "$made"' EXIT
  cargo run --quiet --locked -p scrutineer-datasets --bin scrutineer-documents -- \
    --out "$made" --seed 1 --count 60 >&2
  "$built/seeds" "$corpus" "$made"
  touch "$corpus/seeded"
fi

fuzz() {
  local name=$1 longest=65536
  case $name in sniff) longest=4096 ;; fields | records | event_log) longest=16384 ;; esac
  mkdir -p "fuzz/artifacts/$name"
  # -detect_leaks needs a sanitizer; a worker of the product may use 1 GiB.
  if nice "$built/$name" "$corpus/$name" -artifact_prefix="fuzz/artifacts/$name/" \
    -max_total_time="$seconds" -max_len="$longest" -timeout=60 -rss_limit_mb=2048 \
    -detect_leaks=0 -print_final_stats=1 >"fuzz/artifacts/$name.log" 2>&1; then
    verdict=clean
  else
    verdict=FOUND
  fi
  printf '%-10s %-6s %s\n' "$name" "$verdict" "$(grep -E '^#[0-9]+.*cov:' "fuzz/artifacts/$name.log" | tail -1)"
  [[ $verdict == clean ]]
}
export -f fuzz
export built corpus seconds
printf '%s\n' "${targets[@]}" | xargs -P 2 -I{} bash -euo pipefail -c 'fuzz {}'
