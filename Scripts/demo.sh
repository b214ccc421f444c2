#!/usr/bin/env bash
# Makes datasets of the raw records of this repository, analyzes them and says where the results are.
#
# usage: Scripts/demo.sh PROGRAM [FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."
program=$1
output=${2:-demo-output}

"$program" generate --persona-data-dir Demo/persona-data --output-dir "$output/datasets" --progress none
echo
"$program" analyze --dataset-dir "$output/datasets" --limits 256,512,1024 --keep-samples 3 \
  --output-json "$output/persona_token_stats.json" --output-plots "$output/plots"
"$program" report "$output/persona_token_stats.json" --samples --output "$output/index.html"
