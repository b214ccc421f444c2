#!/usr/bin/env bash
# Has this program and Hugging Face's libraries fetch from a hub on this machine, and read what the other has fetched; has
# the program fetch from hubs that misbehave.
#
# usage: Scripts/check_hub.sh PROGRAM
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "$1")

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
export HF_HUB_DISABLE_TELEMETRY=1 HF_HUB_DISABLE_PROGRESS_BARS=1 HF_DATASETS_DISABLE_PROGRESS_BARS=1
python=$(Scripts/python_environment.sh current)
mkdir "$made/cache" "$made/layouts" "$made/failures"
"$python" Scripts/check_hub.py "$program" "$made/cache"
"$python" Scripts/check_layouts.py "$program" "$made/layouts"
"$python" Scripts/check_hub_failures.py "$program" "$made/failures"
