#!/usr/bin/env bash
# Builds the release program. The Swift runtime is linked in: the program starts sooner and runs where no Swift is.
#
# usage: Scripts/build.sh [PRODUCT]     the program by default
set -euo pipefail
cd "$(dirname "$0")/.."
product=${1:-tokenstats}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# quietly COMMAND...: runs it and shows what it printed if it fails.
quietly() {
  if ! "$@" >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    exit 1
  fi
}

# A module that comes before the toolchain's of the same name; made anew only where its source or the compiler changed.
stand_in=$PWD/.build/stand-in
key=$(cat Scripts/FoundationEssentials.swift <(swiftc --version 2>/dev/null) | sha256sum)
if [ "$(cat "$stand_in/key" 2>/dev/null)" != "$key" ]; then
  rm -rf "$stand_in"
  mkdir -p "$stand_in"
  quietly swiftc -Osize -wmo -parse-as-library -module-name FoundationEssentials -emit-module \
    -emit-module-path "$stand_in/FoundationEssentials.swiftmodule" -emit-object -o "$stand_in/FoundationEssentials.o" \
    Scripts/FoundationEssentials.swift
  printf '%s\n' "$key" >"$stand_in/key"
fi

[ "$product" != tokenstats ] || [ -x .build/release/tokenstats ] ||
  echo "Building tokenstats (the first build takes a few minutes) ..."
quietly swift build -c release --product "$product" --static-swift-stdlib -Xswiftc "-I$stand_in" \
  -Xlinker "$stand_in/FoundationEssentials.o"
