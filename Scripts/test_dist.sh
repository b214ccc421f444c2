#!/usr/bin/env bash
# Proves that what `make dist` makes runs where nothing else is: a root folder with the program, vocabularies and data only.
#
# usage: Scripts/test_dist.sh [ARCHIVE]     the newest tokenstats-*.tar.gz of dist by default
#
# Needs root, or user namespaces (unshare -r).
set -euo pipefail
cd "$(dirname "$0")/.."
archive=${1:-$(ls -t dist/tokenstats-*.tar.gz | head -1)}
demo=$PWD/demo-output
reference=.build/release/tokenstats
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

started=0
# step NAME: ends the step before with the seconds that it took, and begins the next one.
step() {
  if [ -n "${name:-}" ]; then printf '   %s: %d s\n' "$name" $((SECONDS - started)); fi
  name=$1 started=$SECONDS
  printf '== %s\n' "$name"
}
# fail SENTENCE
fail() {
  printf 'test-dist: %s\n' "$1" >&2
  exit 1
}

step "unpack $(basename "$archive")"
mkdir -p "$root/bin" "$root/proc" "$root/data" "$root/cache" "$root/tmp"
tar --extract --gzip --file "$archive" --directory "$root/tmp"
unpacked=$(echo "$root"/tmp/tokenstats-*)
for file in bin/tokenstats share/man/man1/tokenstats.1 LICENSE PARTS.tsv; do
  [ -s "$unpacked/$file" ] || fail "$file is missing in the archive"
done
while IFS=$'\t' read -r part _ license; do
  [ "$part" = part ] || [ -s "$unpacked/$license" ] || fail "the license of $part is missing"
done <"$unpacked/PARTS.tsv"
(cd "$(dirname "$archive")" && sha256sum --quiet --check SHA256SUMS) || fail "SHA256SUMS does not agree"
cp "$unpacked/bin/tokenstats" "$root/bin/"
rm -rf "$root/tmp/"*

step "the demo by make build's program"
"$reference" tokenizers fetch >/dev/null
[ -s "$demo/index.html" ] || Scripts/demo.sh "$reference" >/dev/null
cp -r "$demo/datasets" "$root/data/datasets"
mkdir -p "$root/cache/tokenstats"
# Environments of Python and the like are large folders there; vocabularies are files.
find "${XDG_CACHE_HOME:-$HOME/.cache}/tokenstats" -maxdepth 1 -type f -exec cp -t "$root/cache/tokenstats" {} + ||
  fail "there are no vocabulary files in the user's cache"

isolate=(unshare --mount)
[ "$(id -u)" -eq 0 ] || isolate=(unshare --mount --map-root-user)
# inside PROC COMMAND...: runs the program in the empty root, with /proc (yes) or without (no).
inside() {
  local proc=$1
  shift
  "${isolate[@]}" bash -c '
    set -e
    if [ "$1" = yes ]; then mount --rbind /proc "$2/proc"; fi
    root=$2
    shift 2
    exec chroot "$root" /bin/tokenstats "$@"
  ' bash "$proc" "$root" "$@"
}
export XDG_CACHE_HOME=/cache HOME=/

step "verify, in an empty root"
inside yes verify | tail -1
step "analyze and plot, in an empty root"
inside yes analyze --dataset-dir /data/datasets --limits 256,512,1024 --output-json /data/statistics.json \
  --output-plots /data/plots --progress none >/dev/null
inside yes plot /data/statistics.json --output-plots /data/again >/dev/null
count=0
for picture in "$demo"/plots/*.png; do
  file=$(basename "$picture")
  cmp --silent "$picture" "$root/data/plots/$file" || fail "analyze draws $file differently"
  cmp --silent "$picture" "$root/data/again/$file" || fail "plot draws $file differently"
  count=$((count + 1))
done
[ "$count" -gt 0 ] || fail "the demo has no pictures"
printf '   %d pictures are the same bytes\n' "$count"

step "without /proc, and on a small stack"
[ "$(inside no --version)" = "$("$reference" --version)" ] || fail "--version differs without /proc"
[ "$(ulimit -s 64 && inside yes --version)" = "$("$reference" --version)" ] || fail "--version differs on a small stack"
step "done"
