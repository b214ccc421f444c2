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
# build TARGET COMPILER...: compiles both programs into TARGET.
build() {
  local target=$1 source
  shift
  mkdir -p "$target"
  for source in Examples/c/count_column.c Tests/LibraryChecks/check_library.c; do
    "$@" -std=c17 -D_POSIX_C_SOURCE=200809L -O1 -g -Wall -Wextra -Werror "$source" -I "$folder/include" -L "$library" \
      -Wl,-rpath,"$library" -ltokenstats -lpthread -o "$target/$(basename "$source" .c)"
  done
}
build "$work" cc
"$work/count_column" qwen-3-32b "Hello, world!" "How are you?" >"$work/counts"
printf '4\tHello, world!\n4\tHow are you?\nmedian\t4\n' | diff - "$work/counts" || exit 1
"$work/check_library" qwen-3-32b "$forks"

# The same with the C library of Debian 11, in a root that holds nothing else, as root or with user namespaces.
older=.build/older/root
if [ -d "$older" ]; then
  root=$work/root
  mkdir -p "$root/proc" "$root/tmp" "$root/cache/tokenstats" "$root/usr/lib"
  cp -a "$older/lib" "$older/lib64" "$root/"
  cp -a "$older/usr/lib/$(uname -m)-linux-gnu" "$root/usr/lib/"
  clang=$(dirname "$(realpath "$(command -v swiftc)")")/clang
  build "$root" "$clang" --sysroot="$older" --gcc-install-dir="$older/usr/lib/gcc/$(uname -m)-linux-gnu/10"
  cp "$library/libtokenstats.so.1" "$root/"
  cp "${XDG_CACHE_HOME:-$HOME/.cache}"/tokenstats/qwen-3.json "$root/cache/tokenstats/"
  isolate=(unshare --mount)
  [ "$(id -u)" -eq 0 ] || isolate=(unshare --mount --map-root-user)
  # inside COMMAND...: runs it in that root.
  inside() {
    XDG_CACHE_HOME=/cache HOME=/ LD_LIBRARY_PATH=/ "${isolate[@]}" bash -c \
      'mount --rbind /proc "$1/proc" && root=$1 && shift && exec chroot "$root" "$@"' bash "$root" "$@"
  }
  inside /count_column qwen-3-32b "Hello, world!" "How are you?" | cmp - "$work/counts"
  inside /check_library qwen-3-32b 20
fi

# A library that shows more than its functions meets others in the same process.
shown=$(nm -D --defined-only --extern-only "$library/libtokenstats.so.1" | awk '$2 == "T" && $3 !~ /^ts_/' | wc -l)
[ "$shown" -eq 0 ] || { echo "the library shows $shown symbols that are not in its header" >&2 && exit 1; }
