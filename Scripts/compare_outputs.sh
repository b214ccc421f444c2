#!/usr/bin/env bash
# Runs two builds of the program on the same inputs and compares all that they write, byte by byte.
#
# usage: Scripts/compare_outputs.sh OLD_PROGRAM NEW_PROGRAM [--keep FOLDER] [--only demo|sample|generated]
#   --keep  where the outputs of both programs stay; otherwise they go to a temporary folder that is removed
#   --only  one part of the inputs: the demo, the sample datasets of ../shared, or 66 generated datasets
#
# Compared are statistics, checkpoints, pictures, reports, made datasets, splits, and what the commands print, with their
# exit statuses. Only the time of a run may differ: the new program runs as a copy that has the old one's version, which
# statistics, pictures and fingerprints hold. Each difference is listed with its place; those that match a line
# of Scripts/expected_differences.txt are listed with its reason and do not fail the comparison. The generated datasets
# are made once, by the old program, and stay in the user's cache. The whole takes a minute.
set -euo pipefail

usage() {
  sed -n '2,13s/^# \{0,1\}//p' "$0" >&2
  exit 2
}
[ $# -ge 2 ] || usage
old=$(realpath -e "$1") new=$(realpath -e "$2")
shift 2
work='' parts='demo sample generated'
while [ $# -ge 2 ]; do
  case $1 in
    --keep) mkdir -p "$2" && work=$(realpath -e "$2") ;;
    --only) parts=$2 ;;
    *) usage ;;
  esac
  shift 2
done
[ $# -eq 0 ] || usage

cd "$(dirname "$0")/.."
root=$PWD
shared=$(realpath -m "${TOKENSTATS_SHARED:-../shared}")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/tokenstats/compare-outputs
if [ -z "$work" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi
# Both programs run in this folder, so that the paths in what they write are the same.
run=$work/run

# with_version PROGRAM VERSION: the path of a program that is the same but for its version.
with_version() {
  local program=$1 version=$2 own copy=$work/tokenstats
  own=$("$program" --version)
  if [ "$own" = "$version" ]; then
    echo "$program"
    return
  fi
  # Swift keeps so short a text among the instructions; one of another length would not fit there.
  if [ ${#own} -eq ${#version} ]; then
    LC_ALL=C sed "s/${own//./\\.}/$version/g" "$program" >"$copy"
    chmod +x "$copy"
    if [ "$("$copy" --version)" = "$version" ]; then
      echo "$copy"
      return
    fi
  fi
  echo "$program is version $own and cannot be made to say $version: build it with that version" >&2
  exit 1
}

# make_inputs: the texts, conversations and datasets that all programs read.
make_inputs() {
  mkdir -p "$cache"
  if [ ! -e "$cache/texts.jsonl" ]; then
    python3 "$root/Scripts/make_stress_texts.py" "$cache/texts.unfinished" --megabytes 2 >/dev/null
    mv "$cache/texts.unfinished" "$cache/texts.jsonl"
  fi
  case $parts in *generated*) ;; *) return 0 ;; esac
  [ ! -e "$cache/generated" ] || return 0
  echo "making 66 datasets in $cache ..." >&2
  rm -rf "$cache/raw" "$cache/unfinished"
  local maker=$shared/corpus/make_corpus.py
  python3 "$maker" --out "$cache/raw" --models gemma-2-27b qwen-3-32b --roles 10 --traits 12 >/dev/null
  python3 "$maker" --out "$cache/raw" --models llama-3.3-70b --roles 22 >/dev/null
  "$old" generate --persona-data-dir "$cache/raw" --output-dir "$cache/unfinished" --progress none >/dev/null
  mv "$cache/unfinished" "$cache/generated"
  rm -rf "$cache/raw"
}

# record NAME ARGUMENTS...: keeps what the program prints, and its exit status. Standard input is $input, if that is set.
record() {
  local name=$1 status=0
  shift
  mkdir -p "$(dirname "printed/$name")"
  "$program" "$@" <"${input:-/dev/null}" >"printed/$name.out" 2>"printed/$name.err" || status=$?
  echo "$status" >"printed/$name.status"
}

# analysis NAME DATASETS: statistics, pictures and report of a folder.
analysis() {
  local name=$1 datasets=$2
  record "$name/analyze" analyze --dataset-dir "$datasets" --output-json "$name/t.json" --output-plots "$name/plots" \
    --lengths "$name/lengths.parquet" --progress none
  record "$name/report" report "$name/t.json" --output "$name/index.html"
  record "$name/plot" plot "$name/t.json" --output-plots "$name/again"
  record "$name/outliers" outliers --dataset-dir "$datasets" --count 20 --json
  record "$name/labels" compare "$name/t.json" --labels pos,neg --json
}

# parquet_only FROM TO: a folder of links to the Parquet files alone, which are not read where there are folders.
parquet_only() {
  mkdir -p "$2"
  ln -s "$1"/*.parquet "$2"
}

demo() {
  local datasets=$root/Demo/datasets/processed/persona raw=$root/Demo/persona-data
  local model text=texts.jsonl chats=chats.jsonl statistics=demo/t.json
  analysis demo "$datasets"
  record demo/again analyze --dataset-dir "$datasets" --output-json $statistics --output-plots demo/plots --progress none
  record demo/seed analyze --dataset-dir "$datasets" --output-json seed/t.json --output-plots seed/plots \
    --count-mode seed --plot-style seed --on-error fallback --progress none
  record demo/grouped analyze --dataset-dir "$datasets" --output-json grouped/t.json --output-plots grouped/plots \
    --group-by label --group-by prompt_index --limits 128,300 --plot-format svg --plot-domain 16:1024 \
    --template qwen-3-32b=qwen2.5 --template-arg "date_string=1 Jan 2025" --progress none --json
  record demo/selection analyze qwen-3-32b__trait__curious:label=pos,min_score=50 \
    gemma-2-27b__role__lighthouse_keeper:max_score=2 --dataset-dir "$datasets" --output-json selection/t.json \
    --output-plots selection/plots --progress none
  record demo/dry-run analyze --dataset-dir "$datasets" --output-json dry/t.json --dry-run
  for model in gemma-2-27b llama-3.3-70b qwen-3-32b; do
    record "demo/analyze-$model" analyze --dataset-dir "$datasets" --models "$model" \
      --output-json "models/$model.json" --no-plots --progress none
    record "demo/list-roles-$model" list --type roles --model "$model" --persona-data-dir "$raw"
    record "demo/list-traits-$model" list --type traits --model "$model" --persona-data-dir "$raw" --json
    input=$text record "demo/count-$model" count --model "$model"
    input=$chats record "demo/count-chats-$model" count --model "$model" --json
    record "demo/count-datasets-$model" count --model "$model" --dataset-dir "$datasets" "$model"__role__0_default
    record "demo/count-total-$model" count --model "$model" --total --json $text $chats
    record "demo/count-text-$model" count --model "$model" --text "$root/README.md"
    input=$text record "demo/encode-$model" encode --model "$model"
    record "demo/encode-chats-$model" encode --model "$model" --ascii --add-generation-prompt $chats
    input=$chats record "demo/render-$model" render --model "$model"
    record "demo/render-prompt-$model" render --model "$model" --ascii --add-generation-prompt $chats
    record "demo/info-$model" tokenizers info "$model" --json
  done
  record demo/merge merge models/*.json --output merged/t.json
  record demo/merge-plots merge --from-plots demo/plots --output merged/plots.json
  record demo/show show qwen-3-32b__trait__curious --statistics $statistics --width 100
  record demo/show-json show lighthouse gemma --statistics $statistics --json
  record demo/plot plot $statistics --output-plots plot/png --overviews
  record demo/plot-svg plot $statistics --output-plots plot/svg --plot-format svg --only '*curious*'
  record demo/compare compare $statistics
  record demo/compare-persona compare $statistics --persona curious --tsv
  record demo/compare-labels compare $statistics --labels pos,neg --output-plots compare/labels
  record demo/compare-models compare $statistics --json --output-plots compare/models
  record demo/compare-tokenizers compare --dataset-dir "$datasets" --tokenizers gemma-2-27b,llama-3.3-70b,qwen-3-32b \
    --json --output-plots compare/tokenizers
  record demo/outliers-table outliers --dataset-dir "$datasets" --count 5
  record demo/outliers-over outliers --dataset-dir "$datasets" --over 400 --tsv
  record demo/split split --dataset-dir "$datasets" --train 5k --validation 1k --test 1k --output-dir split/default
  record demo/split-persona split --dataset-dir "$datasets" --train 4k --validation 500 --test 0 --seed 3 \
    --stratify persona --keep-together question --keep-system --json --output-dir split/persona
  record demo/split-score split qwen-3-32b__trait__curious:label=neg llama-3.3-70b__role__clockmaker \
    --dataset-dir "$datasets" --train 1M --validation 0 --test 500 --allow-short --stratify score --label any \
    --min-role-score 1 --min-trait-score none --keep-together none --output-dir split/score
  record demo/generate generate --persona-data-dir "$raw" --output-dir generated/v1 --schema v1 --progress none
  record demo/generate-v2 generate --persona-data-dir "$raw" --output-dir generated/v2 --schema v2 --compression zstd \
    --min-score 2 --label-filter pos --progress none
  record demo/create create --type role --name lighthouse_keeper --persona-data-dir "$raw" --output-dir created/role
  record demo/create-pair create --type trait --name curious --pair --min-score 30 --persona-data-dir "$raw" \
    --output-dir created/pair
  record demo/unknown-dataset analyze no-such-dataset --dataset-dir "$datasets" --output-json none/t.json
  record demo/unknown-model count --model no-such-model $text
}

sample() {
  local form
  for form in processed processed_v1 processed_datasets2.19 processed_datasets5; do
    analysis "sample/$form" "$shared/corpus/sample/$form"
    parquet_only "$shared/corpus/sample/$form" "inputs/$form"
    analysis "sample/$form-parquet" "inputs/$form"
  done
  for form in raw raw_refusals; do
    record "sample/$form" generate --persona-data-dir "$shared/corpus/sample/$form" --output-dir "sample/$form" \
      --skip-bad-lines --progress none
  done
}

generated() {
  parquet_only "$cache/generated" inputs/generated
  analysis generated/arrow "$cache/generated"
  analysis generated/parquet inputs/generated
  record generated/split split --dataset-dir "$cache/generated" --train 200k --validation 20k --test 20k \
    --stratify persona --output-dir generated/split
}

# run_all PROGRAM RESULT: runs every command with a program and keeps what it wrote in the folder RESULT.
run_all() {
  local program=$1 result=$work/$2 part
  rm -rf "$run" "$result"
  mkdir -p "$run"
  cd "$run"
  ln -s "$cache/texts.jsonl" .
  cat "$root"/Demo/persona-data/*/*/responses/*.jsonl | sed 's/"conversation":/"messages":/' >chats.jsonl
  printf '%s\n' '{"messages": []}' '{"messages": [{"role": "system", "content": "s"}]}' '"text"' '{' '{"text": 1}' \
    '{"messages": [{"role": "assistant", "content": "<think>x</think>y"}]}' >>chats.jsonl
  for part in $parts; do "$part"; done
  rm -rf inputs
  cd "$root"
  mv "$run" "$result"
}

if [ ! -d "$shared/corpus" ]; then
  [ "$parts" = demo ] || {
    echo "the sample and the generator of datasets are missing: $shared/corpus (--only demo needs neither)" >&2
    exit 1
  }
fi
version=$("$old" --version)
new=$(with_version "$new" "$version")
make_inputs
run_all "$old" old
run_all "$new" new
python=$(Scripts/python_environment.sh recorded)
"$python" Scripts/compare_outputs.py "$work/old" "$work/new" --expected Scripts/expected_differences.txt
