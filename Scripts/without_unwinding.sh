#!/usr/bin/env bash
# Copies the objects of a link without the tables that tell how to unwind through Swift code, and prints the new list's path.
#
# usage: Scripts/without_unwinding.sh LIST FOLDER     LIST names an object a line, as Swift's package manager writes it
#
# Swift throws errors as values, so nothing unwinds through its functions: exceptions of C++ libraries are caught in C++.
# The tables would be a twentieth of the program.
set -euo pipefail
list=$1 folder=$2
mkdir -p "$folder"
: >"$folder/list"
number=0
while read -r object; do
  object=${object//[\'\"]/}
  case $object in
    *.swift.o)
      number=$((number + 1))
      printf '%s\0%s\0' "$object" "$folder/$number.o"
      printf '%s\n' "$folder/$number.o" >>"$folder/list"
      ;;
    *) printf '%s\n' "$object" >>"$folder/list" ;;
  esac
done <"$list" | xargs --null --max-args=2 --max-procs="$(nproc)" \
  objcopy --remove-section=.eh_frame --remove-section=.rela.eh_frame
printf '%s\n' "$folder/list"
