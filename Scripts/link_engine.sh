#!/usr/bin/env bash
# Links the engine as a shared library from the objects of a release build, with everything but glibc in it. It runs with
# glibc 2.27 and later.
#
# usage: Scripts/link_engine.sh OUTPUT MAP [OPTION or OBJECT ...]     MAP says what can be seen from outside
set -euo pipefail
cd "$(dirname "$0")/.."
output=$1 map=$2
shift 2
archives=$PWD/.build/archives
older=$PWD/.build/older
log=$(mktemp)
work=$(mktemp -d)
trap 'rm -rf "$log" "$work"' EXIT
# quietly COMMAND...: runs it and shows what it printed if it fails.
quietly() {
  if ! "$@" >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    exit 1
  fi
}
Scripts/build.sh LibraryObjects
Scripts/build_archives.sh "$archives"
quietly Scripts/build_sysroot.sh "$older" "$archives"
cc -std=c17 -O2 -fPIC -fvisibility=hidden -Wall -Wextra -Werror -c Scripts/older_glibc.c -o "$older/older_glibc.o"
mkdir -p "$(dirname "$output")"
objects=$(Scripts/without_unwinding.sh .build/release/LibraryObjects.product/Objects.LinkFileList "$work")
runtime=$(Scripts/without_unwinding.sh --runtime "$PWD/.build/runtime")
# The kernels are chosen by cpuid itself, so the older compiler's library takes no part in that.
quietly swiftc -emit-library -static-stdlib -resource-dir "$runtime" -use-ld=lld -o "$output" "$@" "$older/older_glibc.o" \
  "@$objects" \
  $(Scripts/build_sysroot.sh --options "$older") $(Scripts/build_archives.sh --libraries) -Xclang-linker -static-libgcc \
  -Xlinker --version-script="$map" -Xlinker --gc-sections -Xlinker --icf=all -Xlinker --strip-all -Xlinker --build-id=none \
  -Xlinker --exclude-libs=ALL -Xlinker --bp-compression-sort=function
