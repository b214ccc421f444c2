#!/usr/bin/env bash
# Makes datasets of the raw records of this repository, analyses them and says where the results are.
#
# usage: Scripts/demo.sh PROGRAM
set -euo pipefail
cd "$(dirname "$0")/.."
program=$1

"$program" generate --persona-data-dir Demo/persona-data --output-dir demo-output/datasets --progress none
echo
"$program" analyze --dataset-dir demo-output/datasets --limits 256,512,1024 \
  --output-json demo-output/persona_token_stats.json --output-plots demo-output/plots
"$program" report demo-output/persona_token_stats.json --output demo-output/index.html
