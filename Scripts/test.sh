#!/usr/bin/env bash
# Everything that must hold: house rules, the optimized build with its tests, the Python libraries' view of our files.
set -euo pipefail
cd "$(dirname "$0")/.."

# Tests see internal declarations of optimized code; the release build stays untouched in a folder of its own.
build=(-c release -Xswiftc -enable-testing --scratch-path .build-test)
program=.build-test/release/tokenstats

# step NAME: ends the step before with the seconds that it took, and begins the next one.
started=0
step() {
  if [ -n "${name:-}" ]; then printf '   %s: %d s\n' "$name" $((SECONDS - started)); fi
  name=$1 started=$SECONDS
  printf '== %s\n' "$name"
}

step "set-up"
Scripts/setup.sh test
step "format and house rules"
Scripts/lint.sh
step "kernels against the scalar truth"
Scripts/check_kernels.sh
step "build"
swift build --build-tests "${build[@]}" </dev/null
step "vocabulary files"
"$program" tokenizers fetch
step "tests"
# The announcements of tests that start would be nine lines out of ten.
swift test --skip-build "${build[@]}" </dev/null | { grep -v '^◇' || true; }
step "random text against the Python libraries"
python3 Scripts/fuzz_reference.py --quick --program "$program" --work .build-test/fuzz
step "read-back by the Python libraries"
Scripts/check_columnar.sh --skip-build "${build[@]}"
Scripts/check_created.sh "$program"
Scripts/check_hub.sh "$program"
Scripts/check_hooks.sh "$program"
step "the guides"
Scripts/check_guides.sh "$program"
step "examples and documentation of the libraries"
Scripts/check_examples.sh .build-test/examples
step "the report in a browser"
TOKENSTATS="$program" python3 Tests/BrowserTests/run.py
step "the documents as web pages"
Scripts/site.sh "$program" .build-test/examples/documentation .build-test/site
python3 Tests/BrowserTests/check_site.py .build-test/site
step "done"
printf '   everything: %d s\n' "$SECONDS"
