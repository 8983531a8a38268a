#!/usr/bin/env bash
# Writes the pictures of the README's tour, docs/images/*.png, from the pages as
# they are, with the documents of the browser tests. Needs Chromium and its driver.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
CI=true SCRUTINEER_SCREENSHOTS="$folder" cargo test --locked --test it browser::phone_and_desk_light_and_dark
mkdir -p docs/images
for pair in inbox-desk-light:inbox document-desk-light:document document-desk-dark:dark inbox-phone-light:phone; do
  picture="$folder/${pair%%:*}.png"
  if (($(stat --format %s "$picture") > 200000)); then
    echo "$picture is over 200 kB" >&2
    exit 1
  fi
  cp "$picture" "docs/images/${pair##*:}.png"
done
