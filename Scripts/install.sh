#!/usr/bin/env bash
# Installs the program, its manual pages and completions, or removes them.
#
# usage: Scripts/install.sh PROGRAM PREFIX
#        Scripts/install.sh --remove PREFIX
set -euo pipefail
program=$1 prefix=$2

binary=$prefix/bin/tokenstats
manual=$prefix/share/man/man1/tokenstats.1
bash_completion=$prefix/share/bash-completion/completions/tokenstats
zsh_completion=$prefix/share/zsh/site-functions/_tokenstats
fish_completion=$prefix/share/fish/vendor_completions.d/tokenstats.fish

if [ "$program" = --remove ]; then
  rm -f "$binary" "$manual" "$prefix"/share/man/man1/tokenstats-*.1 "$bash_completion" "$zsh_completion" "$fish_completion"
  echo "Removed tokenstats from $prefix"
  exit 0
fi

# put FILE COMMAND...: installs what the command prints, whole or not at all.
put() {
  local file=$1
  shift
  mkdir -p "$(dirname "$file")"
  "$@" >"$file.new"
  chmod "${mode:-644}" "$file.new"
  mv "$file.new" "$file"
}

mode=755 put "$binary" cat "$program"
put "$manual" "$program" manual
for command in $("$program" manual --list); do
  put "${manual%.1}-$command.1" "$program" manual "$command"
done
put "$bash_completion" "$program" --generate-completion-script bash
put "$zsh_completion" "$program" --generate-completion-script zsh
put "$fish_completion" "$program" --generate-completion-script fish
echo "Installed $binary, its manual pages and the completions for bash, zsh and fish"
