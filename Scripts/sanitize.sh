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
# How the program ends by SIGBUS is tested, too.
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:halt_on_error=1:handle_sigbus=0
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
export SWIFT_BACKTRACE=enable=no

for kind in "${kinds[@]}"; do
  printf '== %s\n' "$kind"
  began=$SECONDS
  if [ "$kind" = valgrind ]; then
    program=.build/release/tokenstats
    [ -x "$program" ] || Scripts/build.sh
    Scripts/setup.sh profile
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    # Its reader of debugging symbols gives up on those of a Swift program.
    strip --strip-debug -o "$work/tokenstats" "$program"
    program=$work/tokenstats
    # What a global holds is there to the end; where Swift keeps a tag in the pointer, it looks lost.
    printf '{\n  globals of Swift\n  Memcheck:Leak\n  match-leak-kinds: definite\n  ...\n  fun:*once_slow*\n  ...\n}\n' \
      >"$work/globals.supp"
    # The kernels read whole vectors at the ends of texts within padded memory, so what is not initialized is not meant.
    check=(valgrind --quiet --error-exitcode=99 --undef-value-errors=no --leak-check=full
      --show-leak-kinds=definite --errors-for-leak-kinds=definite --child-silent-after-fork=yes
      --suppressions="$work/globals.supp")
    "${check[@]}" "$program" verify
    "${check[@]}" "$program" analyze --dataset-dir Demo/datasets/processed/persona --output-json "$work/t.json" \
      --output-plots "$work/plots" --progress none
    Scripts/library.sh .build/library
    clang=$(dirname "$(realpath "$(command -v swiftc)")")/clang
    "$clang" -std=c17 -D_POSIX_C_SOURCE=200809L -gdwarf-4 Tests/LibraryChecks/check_library.c -I .build/library/include \
      -L .build/library/lib -Wl,-rpath,"$PWD/.build/library/lib" -ltokenstats -lpthread -o "$work/check_library"
    # Swift keeps tags in pointers of some enumerations, which looks like a leak: the program in C watches its memory itself.
    "${check[@]}" --leak-check=no "$work/check_library" qwen-3-32b 0
  else
    # The index is what tests are found by.
    flags=(--sanitize "$kind" --scratch-path ".build-$kind" -c release -Xswiftc -enable-testing)
    swift build --build-tests "${flags[@]}" </dev/null
    swift test --skip-build "${flags[@]}" "${filter[@]}" </dev/null | { grep -v '^◇' || true; }
    # The C library from C, with the sanitizer in both; a process of several threads that forks is none for TSan.
    swift build --product LibraryObjects "${flags[@]}" </dev/null
    check=.build-$kind/check_library
    clang=$(dirname "$(realpath "$(command -v swiftc)")")/clang
    "$clang" -std=c17 -D_POSIX_C_SOURCE=200809L -O1 -g -fsanitize="$kind" -I Sources/CTokenstats/include \
      -c Tests/LibraryChecks/check_library.c -o "$check.o"
    swiftc -sanitize="$kind" -o "$check" "$check.o" "@.build-$kind/release/LibraryObjects.product/Objects.LinkFileList" \
      -lsentencepiece -lstdc++ -lpthread
    # The program watches its memory: what the sanitizer keeps of freed memory must not look like a leak.
    ASAN_OPTIONS=$ASAN_OPTIONS:quarantine_size_mb=4 "$check" qwen-3-32b "$([ "$kind" = thread ] && echo 0 || echo 20)"
  fi
  printf '   %s: %d s\n' "$kind" $((SECONDS - began))
done
