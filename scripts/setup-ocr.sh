#!/usr/bin/env bash
# Unpacks the shared library of ONNX Runtime beside the networks that read pictures, from the wheel
# pinned in onnx_runtime.txt. Where it cannot be had, says so: pictures are then kept and shown, and
# not read. Usage: scripts/setup-ocr.sh [FOLDER]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
library=${1:-models/ocr}/libonnxruntime.so
if [[ -f $library ]]; then
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
# The wheel holds the same library for every Python; this one is asked for by name.
if ! "$work/venv/bin/pip" download --quiet --disable-pip-version-check --no-deps --require-hashes \
  --only-binary=:all: --implementation cp --python-version 3.11 --abi cp311 \
  --platform "manylinux_2_27_$(uname -m)" --platform "manylinux_2_28_$(uname -m)" --dest "$work" --requirement scripts/onnx_runtime.txt; then
  echo "ONNX Runtime could not be had: pictures will not be read" >&2
  [[ -z ${CI:-} ]] || exit 1
  exit 0
fi
python3 -m zipfile -e "$work"/onnxruntime-*.whl "$work/unpacked"
mkdir -p "$(dirname "$library")"
mv "$work"/unpacked/onnxruntime/capi/libonnxruntime.so.* "$library"
