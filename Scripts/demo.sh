#!/usr/bin/env bash
# Analyses the sample of this repository and says where the results are.
#
# usage: Scripts/demo.sh PROGRAM
set -euo pipefail
cd "$(dirname "$0")/.."
program=$1

"$program" analyze --workspace Demo --limits 256,512,1024 \
  --output-json demo-output/persona_token_stats.json --output-plots demo-output/plots
