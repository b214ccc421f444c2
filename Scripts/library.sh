#!/usr/bin/env bash
# Makes the C library: FOLDER/lib/libtokenstats.so.1 and FOLDER/include/tokenstats.h.
#
# usage: Scripts/library.sh [FOLDER]     FOLDER is .build/library by default
#
# Everything but glibc's own libraries is linked in, and only the functions of the header can be seen from outside, so two
# libraries in Swift in one process do not meet.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-.build/library}
archives=$PWD/.build/archives

Scripts/setup.sh dist
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# quietly COMMAND...: runs it and shows what it printed if it fails.
quietly() {
  if ! "$@" >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    exit 1
  fi
}

quietly swift build -c release --product LibraryObjects --static-swift-stdlib
Scripts/build_archives.sh "$archives"
mkdir -p "$folder/lib" "$folder/include"
quietly swiftc -emit-library -static-stdlib -use-ld=lld -o "$folder/lib/libtokenstats.so.1" \
  @.build/release/LibraryObjects.product/Objects.LinkFileList \
  -L "$archives" $(Scripts/build_archives.sh --libraries) -Xclang-linker -static-libgcc \
  -Xlinker --version-script=Scripts/library.map -Xlinker -soname=libtokenstats.so.1 -Xlinker --gc-sections \
  -Xlinker --strip-all -Xlinker --build-id=none -Xlinker --exclude-libs=ALL -Xlinker -z -Xlinker defs
ln -sf libtokenstats.so.1 "$folder/lib/libtokenstats.so"
cp Sources/CTokenstats/include/tokenstats.h "$folder/include/"
printf '%s/lib/libtokenstats.so.1: %s bytes\n' "$folder" "$(stat -Lc %s "$folder/lib/libtokenstats.so.1")"
