#!/usr/bin/env bash
# Has the Python libraries read the datasets that `generate` makes of raw records, and compare them with their own; and read
# what `split`, `filter`, `tokenize` and `analyze --lengths` write.
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

# check_derived: a split and the file of lengths of the demo's datasets.
check_derived() {
  local options=(--dataset-dir Demo/datasets/processed/persona)
  "$program" split "${options[@]}" --train 5k --validation 1k --test 1k --output-dir "$made/split" >/dev/null
  "$program" split "${options[@]}" --train 1M --validation 0 --test 500 --allow-short --output-dir "$made/short" \
    >/dev/null 2>&1
  "$program" analyze "${options[@]}" --output-json "$made/t.json" --no-plots --progress none --lengths "$made/l.parquet" \
    >/dev/null
  for environment in recorded current; do
    "$(Scripts/python_environment.sh "$environment")" Scripts/check_derived_files.py \
      "$made/t.json" "$made/l.parquet" "$made/split" "$made/short"
  done
}

# check_training: what filter and tokenize write of a dataset of the demo, in every form.
check_training() {
  local source=Demo/datasets/processed/persona/qwen-3-32b__trait__curious
  mkdir "$made/training"
  for form in kept.jsonl kept.parquet kept; do
    "$program" filter "$source" --max-length 200 --require-target --add-length --output "$made/training/$form" >/dev/null
  done
  for form in .parquet ""; do
    "$program" tokenize "$source" --train assistant --output "$made/training/tokens$form" >/dev/null
    "$program" tokenize "$source" --train assistant --pack 512 --output "$made/training/packed$form" >/dev/null
  done
  for environment in recorded current; do
    "$(Scripts/python_environment.sh "$environment")" Scripts/check_training_files.py "$source" "$made/training"
    "$(Scripts/python_environment.sh "$environment")" Scripts/check_stored_types.py "$program"
  done
}

check_derived
check_training
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
