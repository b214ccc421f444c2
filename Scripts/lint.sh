#!/usr/bin/env bash
# Format and house rules. Prints each finding as file:line: what to do.
set -euo pipefail
cd "$(dirname "$0")/.."
failed=0

if ! command -v swift >/dev/null; then
  Scripts/setup.sh build
fi
swift format lint --strict --recursive --parallel Sources Tests Package.swift Benchmarks/Package.swift \
  Benchmarks/Benchmarks Examples/Package.swift Examples/Sources || failed=1

# find_in WHERE PATTERN ADVICE: every match is a finding.
find_in() {
  local matches
  matches=$(grep -rnE --include='*.swift' "$2" "$1" | sed "s|\$|  <- $3|") || true
  if [ -n "$matches" ]; then
    echo "$matches" >&2
    failed=1
  fi
}
find_in Sources '^ *(public |internal |private )?import (Foundation|FoundationEssentials)$' \
  'Foundation costs milliseconds at start-up: use Glibc and Support'
find_in Sources '\b(try|as)!' 'input must never trap: throw'
find_in Sources '\b(TODO|FIXME|XXX)\b' 'finish it or say so in an issue'

# The order of the modules is in docs/architecture.md.
swift package --disable-sandbox dump-package | Scripts/check_modules.py || failed=1

for script in Scripts/*.sh .ci/run; do
  bash -n "$script" || failed=1
done
# The rules are in ruff.toml.
python=$(Scripts/python_environment.sh lint)
"$python" -m ruff check --quiet --no-cache --output-format concise . || failed=1
"$python" -m ruff format --quiet --no-cache --check . || {
  echo "Python scripts are not in the house format: make format" >&2
  failed=1
}
exit $failed
