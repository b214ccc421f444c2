#!/usr/bin/env bash
# Compares the kernels in C with the scalar truth: those that this processor can run, with sanitizers; and on x86-64
# those for aarch64, compiled for it and run under emulation.
#
# usage: Scripts/check_kernels.sh [--seed N] [--rounds N] [--round N]
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The compiler that builds the kernels for the program; another one need not understand all that is written in them.
resources=$(swift -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
clang=${resources%/lib/swift}/bin/clang

# compile PROGRAM OPTIONS...
compile() {
  "$clang" -std=gnu17 -O2 -g -Wall -Wextra -Werror -fuse-ld=lld -o "$@" \
    -ISources/ByteKernels/include -ISources/RecordKernels/include -ISources/RecordKernels \
    Tests/KernelTests/*.c Sources/ByteKernels/*.c Sources/RecordKernels/*.c
}

compile "$work/here" -fsanitize=address,undefined -fno-sanitize-recover=all
# Leaks are looked for with rights that a container need not have.
ASAN_OPTIONS=detect_leaks=0 "$work/here" --digests "$work/here.txt" "$@"
[ "$(uname -m)" = x86_64 ] || exit 0

# Where Debian and Ubuntu keep the C library for aarch64.
library=/usr/aarch64-linux-gnu
emulator=$(command -v qemu-aarch64 qemu-aarch64-static | head -n 1) || true
if [ -z "$emulator" ] || [ ! -e "$library/lib/Scrt1.o" ]; then
  if [ "${CI:-}" = true ]; then
    echo "qemu-aarch64 or the C library in $library is missing: run Scripts/setup.sh test" >&2
    exit 1
  fi
  echo "not run: the kernels for aarch64: qemu-aarch64 or the C library in $library is not here"
  exit 0
fi
# Nothing of libgcc is needed, so that a C library is all that has to be installed.
compile "$work/aarch64" --target=aarch64-linux-gnu -nostdlibinc -isystem "$library/include" \
  -nostdlib "$library/lib/Scrt1.o" "$library/lib/crti.o" "$library/lib/crtn.o" -L"$library/lib" -lc
"$emulator" -L "$library" "$work/aarch64" --digests "$work/aarch64.txt" "$@"

# What all sets share is the same code in the portable one: there the truth is what it gives here, where the tests in
# Swift compare it with the encoder.
if ! diff "$work/here.txt" "$work/aarch64.txt" >"$work/differences"; then
  echo "the portable kernels for aarch64 do not give what they give here with the same seed, first in" \
    "$(sed -n 's/^[<>] //; T; s/ [0-9a-f]*$//p; q' "$work/differences")" >&2
  exit 1
fi
