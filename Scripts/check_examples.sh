#!/usr/bin/env bash
# Builds Examples/ as a package that depends on this one, runs its programs, compares what they print with its README, and
# makes the documentation of the library products, SCRATCH_FOLDER/documentation, whose links it follows. A server will have
# it as $SITE_BASE/swift.
#
# usage: Scripts/check_examples.sh SCRATCH_FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p "$1/symbols"
scratch=$(realpath "$1")

# Without optimization: that takes half a minute, and what little the programs count is counted at once.
swift build --package-path Examples --scratch-path "$scratch" -Xswiftc -emit-symbol-graph \
  -Xswiftc -emit-symbol-graph-dir -Xswiftc "$scratch/symbols" </dev/null >"$scratch/log" 2>&1 || {
  cat "$scratch/log" >&2
  exit 1
}
if grep -E '(^|: )warning: ' "$scratch/log" >&2; then
  echo "the build of Examples/ warns, as it says above" >&2
  exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/demo-output"
PATH=$scratch/debug:$PATH python3 Scripts/check_guides.py "$work" Examples/README.md

if ! command -v docc >/dev/null; then
  echo "not run: links of the documentation: there is no docc here, which a whole Swift toolchain has"
  if [ "${CI:-}" = true ]; then exit 1; else exit 0; fi
fi
rm -rf "$scratch/documentation"
mkdir "$scratch/documentation"
for catalog in Sources/*/*.docc; do
  module=$(basename "$catalog" .docc)
  mkdir "$work/$module"
  cp "$scratch/symbols/$module.symbols.json" "$scratch/symbols/$module"@*.symbols.json "$work/$module" 2>/dev/null || true
  docc convert "$catalog" --additional-symbol-graph-dir "$work/$module" \
    --fallback-display-name "$module" --fallback-bundle-identifier "tokenstats.$module" \
    --hosting-base-path "${SITE_BASE:-}/swift" --output-path "$scratch/documentation/$module.doccarchive" >"$work/log" 2>&1 || {
    cat "$work/log" >&2
    exit 1
  }
  # DocC also asks that every parameter is described, which this project leaves to the author.
  if grep -A 4 -E "^warning: .*(doesn't exist|can't be|isn't|not found|unresolved|Unable)" "$work/log" >&2; then
    echo "links in the documentation of $module lead nowhere, as it says above" >&2
    exit 1
  fi
done
