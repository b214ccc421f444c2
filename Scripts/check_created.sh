#!/usr/bin/env bash
# Has the Python libraries read the datasets that `generate` makes of raw records, and compare them with their own.
#
# usage: Scripts/check_created.sh PROGRAM
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "$1")

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
export HF_HUB_OFFLINE=1 HF_HUB_DISABLE_TELEMETRY=1

# check RAW REFERENCE SCHEMA: makes the datasets of RAW; both generations of the libraries compare.
check() {
  rm -rf "$made/datasets"
  "$program" generate --persona-data-dir "$1" --output-dir "$made/datasets" --schema "$3" --progress none >/dev/null
  for environment in recorded current; do
    "$(Scripts/python_environment.sh "$environment")" Scripts/check_created_datasets.py "$made/datasets" "$2"
  done
}

check Demo/persona-data Demo/datasets/processed/persona v1
sample=${TOKENSTATS_SHARED:-../shared}/corpus/sample
if [ -d "$sample" ]; then
  check "$sample/raw" "$sample/processed" v2
  check "$sample/raw" "$sample/processed_v1" v1
elif [ "${CI:-}" = true ]; then
  echo "the sample datasets are missing: $sample" >&2
  exit 1
else
  echo "not run: created datasets against the sample: $sample is not here"
fi
