#!/usr/bin/env bash
# Builds the C example and the checks of the C library against a library that Scripts/library.sh made, and runs them.
#
# usage: Scripts/check_library.sh [FOLDER] [FORKS]     FOLDER is .build/library by default
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-.build/library}
forks=${2:-500}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
library=$(realpath "$folder/lib")
for source in Examples/c/count_column.c Tests/LibraryChecks/check_library.c; do
  cc -std=c17 -D_POSIX_C_SOURCE=200809L -O1 -g -Wall -Wextra -Werror "$source" -I "$folder/include" -L "$library" \
    -Wl,-rpath,"$library" -ltokenstats -lpthread -o "$work/$(basename "$source" .c)"
done
"$work/count_column" qwen-3-32b "Hello, world!" "How are you?" >"$work/counts"
printf '4\tHello, world!\n4\tHow are you?\nmedian\t4\n' | diff - "$work/counts" || exit 1
"$work/check_library" qwen-3-32b "$forks"
# A library that shows more than its functions meets others in the same process.
shown=$(nm -D --defined-only --extern-only "$library/libtokenstats.so.1" | awk '$2 == "T" && $3 !~ /^ts_/' | wc -l)
[ "$shown" -eq 0 ] || { echo "the library shows $shown symbols that are not in its header" >&2 && exit 1; }
