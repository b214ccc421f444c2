#!/usr/bin/env bash
# Runs libFuzzer with AddressSanitizer and UndefinedBehaviorSanitizer over the readers of files.
#
# usage: Fuzzing/fuzz.sh [MINUTES] [TARGET ...]     1 minute of each target by default
#
# Minutes are those of the processor, so that a busy machine tries as much as an idle one.
# Inputs that end the program are put into Fuzzing/Crashes as TARGET-...; commit them with what mends them. The corpus of a
# target is kept in Fuzzing/.build/corpus/TARGET. The status is 1 if anything was found.
set -euo pipefail
cd "$(dirname "$0")"

minutes=${1:-1}
shift || true
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
  read -r -a targets <<<"$(sed -n 's/^  case \([a-z]*\)$/\1/p' ../Tests/FuzzTargets/FuzzTarget.swift | tr '\n' ' ')"
fi

# Tests of internal readers need their declarations; the C sources get the same instrumentation as Swift's.
flags=(
  -c release --product fuzz --disable-index-store -Xswiftc -enable-testing -Xswiftc -sanitize=fuzzer,address
  -Xcc -fsanitize=fuzzer-no-link,address,undefined -Xcc -fno-sanitize-recover=undefined
)
swift build "${flags[@]}" </dev/null
program=$(swift build "${flags[@]}" --show-bin-path)/fuzz

export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:handle_segv=1
# Swift's own report of a crash is a process that would wait for the fuzzer, which ends, and keep what reads its output waiting.
export SWIFT_BACKTRACE=enable=no
found=0
for target in "${targets[@]}"; do
  corpus=.build/corpus/$target
  mkdir -p "$corpus"
  export FUZZ_TARGET=$target
  FUZZ_SEEDS=$PWD/$corpus "$program" >/dev/null
  log=.build/$target.log
  status=0
  # The timeout is one of the clock: where others use the machine, an input may wait for minutes.
  nice -n 5 "$program" "$corpus" -max_len=65536 -timeout=300 -rss_limit_mb=2600 -malloc_limit_mb=2048 \
    -artifact_prefix="Crashes/$target-" -print_final_stats=1 >"$log" 2>&1 &
  fuzzer=$!
  while seconds=$(ps -o cputimes= -p "$fuzzer"); do
    # Then it ends by itself, with its figures.
    [ "$seconds" -lt $((minutes * 60)) ] || kill -USR1 "$fuzzer" 2>/dev/null || true
    sleep 1
  done
  wait "$fuzzer" || status=$?
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  printf '%-14s %12s executions in %s min, status %d\n' "$target" "${executions:-?}" "$minutes" "$status"
  if [ "$status" -ne 0 ]; then
    found=1
    grep -m 5 -E 'ERROR|SUMMARY|Fatal error|Test unit written' "$log" || tail -5 "$log"
  fi
done
exit "$found"
