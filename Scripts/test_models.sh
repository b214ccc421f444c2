#!/usr/bin/env bash
# Compares the golden rows of ../shared/models with every tokenizer file that can be had.
#
# usage: Scripts/test_models.sh [MIRROR]
#   MIRROR  a folder of bare copies of repositories, OWNER+NAME/repo; without it only files from PyPI and stored ones
#
# What is left out is one line each; the last line says how many rows that are.
set -euo pipefail
cd "$(dirname "$0")/.."
shared=${TOKENSTATS_SHARED:-../shared}
folder=${TOKENSTATS_MODEL_FILES:-${XDG_CACHE_HOME:-$HOME/.cache}/tokenstats/model-files}
if [ ! -d "$shared/models" ]; then
  echo "$shared/models is not here" >&2
  exit 1
fi
# Files that cannot be had are named; the others are laid out all the same.
python3 "$shared/models/get.py" --out "$folder" ${1:+--mirror "$1"} || [ $? = 3 ]
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
TOKENSTATS_MODEL_FILES=$folder swift test -c release -Xswiftc -enable-testing --scratch-path .build-test \
  --filter ModelFileTests </dev/null >"$log" 2>&1 || status=$?
grep -E '^not run: |✘|error:' "$log" || true
awk '/^not run: [0-9]+ golden rows/ { rows += $3; files += 1 }
  END { printf "left out: %d rows of %d files\n", rows, files }' "$log"
exit $status
