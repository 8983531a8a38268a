#!/usr/bin/env bash
# Installs what the tests need beyond Rust, Python 3 and git: a browser with its
# driver, pdftotext to compare our own reader with, and the library that reads
# pictures. Where one cannot be installed, says so; the tests that need it then say so too.
set -euo pipefail

declare -A package_of=(
  [chromium]=chromium
  [chromedriver]=chromium-driver
  [pdftotext]=poppler-utils
  [cc]=gcc
)
"$(dirname "${BASH_SOURCE[0]}")/setup-ocr.sh"
missing=()
for program in "${!package_of[@]}"; do
  command -v "$program" >/dev/null || missing+=("${package_of[$program]}")
done
if ((${#missing[@]} == 0)); then
  exit 0
fi
if ! command -v apt-get >/dev/null; then
  echo "missing: ${missing[*]} (install them with your system's package manager)" >&2
  exit 0
fi
as_root=()
if ((EUID != 0)); then
  command -v sudo >/dev/null || { echo "missing: ${missing[*]} (installing needs root)" >&2; exit 0; }
  as_root=(sudo)
fi
"${as_root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
