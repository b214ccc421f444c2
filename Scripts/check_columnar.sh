#!/usr/bin/env bash
# Has the Python libraries read what ColumnarFiles writes: the writers' tests keep their files, a script compares them.
#
# usage: Scripts/check_columnar.sh [options of swift test]
set -euo pipefail
cd "$(dirname "$0")/.."

written=$(mktemp -d)
trap 'rm -rf "$written"' EXIT
TOKENSTATS_WRITTEN=$written swift test "$@" --filter ColumnarFilesTests.WriterTests </dev/null >"$written/log" 2>&1 || {
  cat "$written/log" >&2
  exit 1
}
export HF_HUB_OFFLINE=1 HF_HUB_DISABLE_TELEMETRY=1
for environment in recorded current; do
  python=$(Scripts/python_environment.sh "$environment")
  "$python" Scripts/check_columnar_files.py "$written"
done
