#!/usr/bin/env bash
# Counts the instructions of counting tokens with valgrind: the same on a busy machine as on an idle one.
#
# usage: Scripts/count_instructions.sh [PROGRAM] [--kinds words,code,european,cjk,nfd] [--models M,...] [--megabytes 1] [--top 8]
#
# For every model and kind of generated text: the instructions of loading, reading, the first pass and a warm pass, and
# the functions that have most of them. Valgrind knows no AVX-512, so the AVX2 kernels run. Loading
# hashes a vocabulary only the first time its file is seen: count anything with the model before.
set -euo pipefail
cd "$(dirname "$0")/.."

program=.build/release/tokenstats
if [ $# -gt 0 ] && [ "${1#-}" = "$1" ]; then
  program=$1
  shift
fi
if [ ! -x "$program" ]; then
  echo "no program at $program: build it with \`make build\`, or name it" >&2
  exit 1
fi
Scripts/setup.sh profile

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Valgrind 3.19 gives up on the debug information that Swift's compiler writes; names of functions stay.
objcopy --strip-debug "$program" "$work/tokenstats"
python3 Scripts/instruction_table.py "$work" "$@"
