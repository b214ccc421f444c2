#!/usr/bin/env bash
# The tests under AddressSanitizer and ThreadSanitizer, then the program under valgrind.
#
# usage: Scripts/sanitize.sh [address|thread|valgrind ...] [--filter NAME]     all three by default, all tests
set -euo pipefail
cd "$(dirname "$0")/.."

kinds=() filter=()
while [ $# -gt 0 ]; do
  case $1 in
    --filter) filter=(--filter "$2"); shift ;;
    address | thread | valgrind) kinds+=("$1") ;;
    *) sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
  shift
done
[ ${#kinds[@]} -gt 0 ] || kinds=(address thread valgrind)
Scripts/setup.sh test

# Some tests make the program run out of something, which a sanitizer's own needs would hide; leaks are valgrind's.
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:halt_on_error=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1

for kind in "${kinds[@]}"; do
  printf '== %s\n' "$kind"
  began=$SECONDS
  if [ "$kind" = valgrind ]; then
    program=.build/release/tokenstats
    [ -x "$program" ] || Scripts/build.sh
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    # The kernels read whole vectors at the ends of texts within padded memory, so what is not initialized is not meant.
    check=(valgrind --quiet --error-exitcode=99 --undef-value-errors=no --leak-check=full
      --show-leak-kinds=definite --errors-for-leak-kinds=definite --child-silent-after-fork=yes)
    "${check[@]}" "$program" verify
    "${check[@]}" "$program" analyze --dataset-dir Demo/datasets/processed/persona --output-json "$work/t.json" \
      --output-plots "$work/plots" --progress none
  else
    flags=(--sanitize "$kind" --scratch-path ".build-$kind" --disable-index-store -c release -Xswiftc -enable-testing)
    swift build --build-tests "${flags[@]}" </dev/null
    swift test --skip-build "${flags[@]}" "${filter[@]}" </dev/null | { grep -v '^◇' || true; }
  fi
  printf '   %s: %d s\n' "$kind" $((SECONDS - began))
done
