#!/usr/bin/env bash
# Writes the help texts that the tests expect and docs/cli.md, after a change of the command line that is meant.
#
# usage: Scripts/update_help.sh PROGRAM
set -euo pipefail
program=$(realpath "$1")
cd "$(dirname "$0")/../Tests/StatsCLITests/Help"
files=(tokenstats analyze list create generate count encode decode render report show plot compare diff outliers check \
  limits card split filter tokenize pack mix merge verify tokenizers tokenizers-list tokenizers-fetch tokenizers-info \
  tokenizers-remove templates templates-eval templates-check)
for file in "${files[@]}"; do
  command=${file#tokenstats}
  # shellcheck disable=SC2086  # a subcommand is two words
  "$program" ${command//-/ } --help >"$file.txt"
done

page=../../../docs/cli.md
sed '/^## /,$d' $page >"$page.new"
for file in "${files[@]}"; do
  command=${file#tokenstats}
  printf '## %s\n\n```text\n' "tokenstats${command:+ ${command//-/ }}"
  cat "$file.txt"
  printf '```\n\n'
done | sed '$d' >>"$page.new"
mv "$page.new" $page
