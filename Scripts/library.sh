#!/usr/bin/env bash
# Makes the C library: FOLDER/lib/libtokenstats.so.1 and FOLDER/include/tokenstats.h.
#
# usage: Scripts/library.sh [FOLDER]     FOLDER is .build/library by default
#
# Only the functions of the header can be seen from outside, so two libraries in Swift in one process do not meet.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-.build/library}

Scripts/setup.sh dist
Scripts/link_engine.sh "$folder/lib/libtokenstats.so.1" Scripts/library.map -Xlinker -soname=libtokenstats.so.1 \
  -Xlinker -z -Xlinker defs
mkdir -p "$folder/include"
ln -sf libtokenstats.so.1 "$folder/lib/libtokenstats.so"
cp Sources/CTokenstats/include/tokenstats.h "$folder/include/"
printf '%s/lib/libtokenstats.so.1: %s bytes\n' "$folder" "$(stat -c %s "$folder/lib/libtokenstats.so.1")"
