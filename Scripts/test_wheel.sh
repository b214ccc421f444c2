#!/usr/bin/env bash
# Proves that the wheel works where nothing of the project is: installed without an index, tested without other libraries and
# then with those of data frames; types checked.
#
# usage: Scripts/test_wheel.sh [WHEEL]     the one of dist by default
set -euo pipefail
cd "$(dirname "$0")/.."
wheel=$(realpath "${1:-$(ls -t dist/tokenstats-*.whl | head -1)}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

started=0
# step NAME: ends the step before with the seconds that it took, and begins the next one.
step() {
  if [ -n "${name:-}" ]; then printf '   %s: %d s\n' "$name" $((SECONDS - started)); fi
  name=$1 started=$SECONDS
  printf '== %s\n' "$name"
}
# fail SENTENCE
fail() {
  printf 'test-wheel: %s\n' "$1" >&2
  exit 1
}

size=$(stat -c %s "$wheel")
[ "$size" -le 20000000 ] || fail "the wheel has $size bytes, more than 20 MB"
glibc=$(sed -nE 's/.*-cp311-abi3-manylinux_2_([0-9]+)_.*/\1/p' <<<"$wheel")
[ -n "$glibc" ] && [ "$glibc" -le 28 ] || fail "the tag of $(basename "$wheel") asks for a newer system than glibc 2.28"

# install PYTHON: puts the wheel into a folder of its own, which only this run sees.
install() {
  rm -rf "$work/site"
  "$1" -m pip install --quiet --disable-pip-version-check --no-index --no-deps --target "$work/site" "$wheel"
}
# run PYTHON ARGUMENT...: runs it with the wheel, and without the toolchain.
run() {
  (cd python/tests && env --unset=TOKENSTATS_PROGRAM PATH="/usr/bin:/bin" PYTHONPATH="$work/site" PYTHONDONTWRITEBYTECODE=1 "$@")
}

step "the wheel without other libraries"
python=$(Scripts/python_environment.sh clean)
install "$python"
[ "$(env --unset=TOKENSTATS_PROGRAM "$work/site/bin/tokenstats" --version)" = \
  "$(run "$python" -c 'import tokenstats; print(tokenstats.__version__)')" ] || fail "program and package differ"
run "$python" -c 'import tokenstats as t; print("   kernels:", t.kernel())'
run "$python" -m pytest -q -p no:cacheprovider test_package.py test_files.py
step "data frames"
python=$(Scripts/python_environment.sh frames)
run "$python" -m pytest -q -p no:cacheprovider test_frames.py test_guides.py
step "types"
run "$python" -m mypy --strict --cache-dir /dev/null --config-file ../pyproject.toml -p tokenstats
run "$python" -m mypy --strict --cache-dir /dev/null --config-file ../pyproject.toml --explicit-package-bases \
  conftest.py test_package.py test_files.py test_frames.py test_guides.py
(cd "$work" && PYTHONPATH="$work/site" "$python" -m mypy.stubtest tokenstats._core)
step "done"
