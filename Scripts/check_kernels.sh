#!/usr/bin/env bash
# Compares the kernels in C with the scalar truth: those that this processor can run, with sanitizers; and on x86-64
# those for aarch64, compiled for it and run under emulation.
#
# usage: Scripts/check_kernels.sh [--seed N] [--rounds N] [--round N]
set -euo pipefail
cd "$(dirname "$0")/.."

# Programs run from here: a disk for temporary files need not allow that.
mkdir -p .build-test
work=$(mktemp -d .build-test/kernels.XXXXXX)
trap 'rm -rf "$work"' EXIT
toolchain="install Swift's whole toolchain and what it needs, as https://www.swift.org/install/linux/ says"
# The compiler that builds the kernels for the program; another one need not understand all that is written in them.
resources=$(swift -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p') || resources=
if [ -z "$resources" ]; then
  echo "the kernels are compiled with Swift's own clang, and no 'swift' here says where that is: $toolchain" >&2
  exit 1
fi
clang=${resources%/lib/swift}/bin/clang
if [ ! -x "$clang" ]; then
  echo "the kernels are compiled with Swift's own clang, and there is none at $clang: $toolchain" >&2
  exit 1
fi

# probe WHAT OPTIONS...: makes a program that does nothing; where that fails, says WHAT is needed.
probe() {
  local what=$1
  shift
  printf '#include <stdio.h>\nint main(void) { return 0; }\n' >"$work/probe.c"
  "$clang" -fuse-ld=lld -o "$work/probe" "$work/probe.c" "$@" 2>"$work/log" || {
    cat "$work/log" >&2
    echo "$clang cannot make the kernel tests, as it says above: $what" >&2
    exit 1
  }
}

# compile PROGRAM OPTIONS...
compile() {
  "$clang" -std=gnu17 -O2 -g -Wall -Wextra -Werror -fuse-ld=lld -o "$@" \
    -ISources/CTokenizerKernels/include -ISources/CTextKernels/include -ISources/CTextKernels \
    Tests/KernelTests/*.c Sources/CTokenizerKernels/*.c Sources/CTextKernels/*.c
}

probe "it needs the linker lld beside it, and the C library to compile for; $toolchain"
probe "it needs the runtime library of the sanitizers for address and undefined behavior; $toolchain" \
  -fsanitize=address,undefined
compile "$work/here" -fsanitize=address,undefined -fno-sanitize-recover=all
# Leaks are looked for with rights that a container need not have.
ASAN_OPTIONS=detect_leaks=0 "$work/here" --digests "$work/here.txt" "$@"
[ "$(uname -m)" = x86_64 ] || exit 0

# Where Debian and Ubuntu keep the C library for aarch64.
library=/usr/aarch64-linux-gnu
emulator=$(command -v qemu-aarch64 qemu-aarch64-static | head -n 1) || true
missing=()
[ -n "$emulator" ] || missing+=("qemu's user emulation, qemu-aarch64 or qemu-aarch64-static (Debian's qemu-user)")
if [ ! -e "$library/lib/Scrt1.o" ] || [ ! -e "$library/include/stdio.h" ]; then
  missing+=("a C library for aarch64 with its headers in $library (Debian's libc6-dev-arm64-cross)")
fi
if [ ${#missing[@]} -gt 0 ]; then
  needed="the kernels for aarch64, which need what is not here: $(printf '%s; ' "${missing[@]}")"
  advice="install that"
  if command -v apt-get >/dev/null; then advice="Scripts/setup.sh test installs that"; fi
  if [ "${CI:-}" = true ]; then
    echo "cannot run $needed$advice" >&2
    exit 1
  fi
  echo "not run: $needed$advice"
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
    "$(sed -n '/^[<>] /{s/^[<>] //;s/ [0-9a-f]*$//p;q;}' "$work/differences")" >&2
  exit 1
fi
