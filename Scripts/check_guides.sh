#!/usr/bin/env bash
# Runs the commands of docs/guides on the demo's datasets and compares what they print with what the guides show.
#
# usage: Scripts/check_guides.sh PROGRAM [GUIDE.md...]
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "$1")
shift

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
mkdir "$made/bin"
ln -s "$program" "$made/bin/tokenstats"
Scripts/demo.sh "$program" "$made/demo-output" >/dev/null 2>&1
if [ $# -eq 0 ]; then
  for guide in docs/guides/*.md; do
    [ "$guide" = docs/guides/README.md ] || set -- "$@" "$guide"
  done
fi
PATH=$made/bin:$PATH NO_COLOR=1 python3 Scripts/check_guides.py "$made" "$@"
