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

# A module that comes before the toolchain's of the same name. Another one has another path, so that all is built anew.
key=$(cat Scripts/FoundationEssentials.swift <(swiftc --version 2>/dev/null) | sha256sum)
stand_in=$PWD/.build/stand-in/${key:0:16}
if [ ! -f "$stand_in/FoundationEssentials.o" ]; then
  rm -rf .build/stand-in
  mkdir -p "$stand_in"
  quietly swiftc -Osize -wmo -parse-as-library -module-name FoundationEssentials -emit-module \
    -emit-module-path "$stand_in/FoundationEssentials.swiftmodule" -emit-object -o "$stand_in/FoundationEssentials.o" \
    Scripts/FoundationEssentials.swift
fi

[ "$product" != tokenstats ] || [ -x .build/release/tokenstats ] ||
  echo "Building tokenstats (the first build takes a few minutes) ..."
quietly swift build -c release --product "$product" --static-swift-stdlib -Xswiftc "-I$stand_in" \
  -Xlinker "$stand_in/FoundationEssentials.o"
