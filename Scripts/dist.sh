#!/usr/bin/env bash
# Makes dist/tokenstats-VERSION-linux-ARCHITECTURE.tar.gz: the program as one static file, manual, completions, licenses.
#
# usage: Scripts/dist.sh [FOLDER]     FOLDER is dist by default
#
# The objects are those of `make build`; only the link differs: every library comes from its archive, so the program
# needs nothing but the kernel. Debian has no archive of libsentencepiece and libonig: they are built from Debian's source
# packages, once, in .build/archives.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-dist}
version=$(sed -n 's/^ *static let version = "\(.*\)"$/\1/p' Sources/StatsCLI/TokenStats.swift)
architecture=$(uname -m)
name=tokenstats-$version-linux-$architecture
archives=$PWD/.build/archives
# Every time stamp is that of the commit, so the same commit gives the same bytes.
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}

# step NAME: says what comes next.
step() { printf '== %s\n' "$1"; }

step "set-up"
Scripts/setup.sh dist
step "objects"
Scripts/build.sh
step "archives of the libraries"
Scripts/build_archives.sh "$archives"

step "link"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/$name
mkdir -p "$root/bin"
objects=$(Scripts/without_unwinding.sh .build/release/tokenstats.product/Objects.LinkFileList "$work/objects")
runtime=$(Scripts/without_unwinding.sh --runtime "$PWD/.build/runtime")
# The archives' folder comes first, and -static takes nothing else; what is not reached is left out. The linker warns of
# name services that need glibc's shared libraries: nothing here asks them. Functions whose code is alike come one after the
# other, so that what is packed is a seventieth smaller.
swiftc -emit-executable -static-executable -resource-dir "$runtime" -use-ld=lld -o "$root/bin/tokenstats" \
  "@$objects" .build/stand-in/*/FoundationEssentials.o -L "$archives" \
  -Xlinker --gc-sections -Xlinker --icf=all -Xlinker --strip-all -Xlinker --build-id=none \
  -Xlinker --bp-compression-sort=function $(Scripts/build_archives.sh --libraries) \
  >"$work/log" 2>&1 || { cat "$work/log" >&2 && exit 1; }
if ldd "$root/bin/tokenstats" >/dev/null 2>&1; then
  echo "the program still asks for shared libraries:" >&2
  ldd "$root/bin/tokenstats" >&2
  exit 1
fi

step "manual, completions, licenses"
Scripts/install.sh "$root/bin/tokenstats" "$root" >/dev/null
cp README.md CHANGELOG.md LICENSE SECURITY.md "$root/"
Scripts/list_parts.sh "$root" "$archives"

step "package"
mkdir -p "$folder"
find "$root" -exec touch --no-dereference --date="@$epoch" {} +
tar --create --directory "$work" --sort=name --owner=0 --group=0 --numeric-owner --format=gnu --mtime="@$epoch" "$name" |
  gzip --best --no-name >"$folder/$name.tar.gz"
(cd "$folder" && sha256sum -- *.tar.gz $(compgen -G '*.whl' || true) >SHA256SUMS)
printf '%s: %s bytes, program %s bytes\n' "$folder/$name.tar.gz" "$(stat -c %s "$folder/$name.tar.gz")" \
  "$(stat -c %s "$root/bin/tokenstats")"
