#!/usr/bin/env bash
# Builds the release program. The Swift runtime is linked in: the program starts sooner and runs where no Swift is.
set -euo pipefail
cd "$(dirname "$0")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
[ -x .build/release/tokenstats ] || echo "Building tokenstats (the first build takes a few minutes) ..."
if ! swift build -c release --product tokenstats --static-swift-stdlib >"$log" 2>&1 </dev/null; then
  cat "$log" >&2
  exit 1
fi
