#!/usr/bin/env bash
# Makes the wheel: the package of python/, its extension module with the engine linked in, and the static program.
#
# usage: Scripts/wheel.sh [FOLDER]     FOLDER is dist by default, where `make dist` has put the program
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-dist}
version=$(sed -n 's/^ *static let version = "\(.*\)"$/\1/p' Sources/StatsCLI/TokenStats.swift)

# step NAME: says what comes next.
step() { printf '== %s\n' "$1"; }

step "set-up"
Scripts/setup.sh wheel
python=$(Scripts/python_environment.sh wheel)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

step "extension module"
include=$(python3 -c 'import sysconfig; print(sysconfig.get_path("include"))')
for source in python/src/*.c; do
  cc -std=c17 -O2 -fPIC -Wall -Wextra -Werror -DPy_LIMITED_API=0x030B0000 -fvisibility=hidden -ffile-prefix-map="$PWD"=. \
    -I "$include" -I Sources/CTokenstats/include -c "$source" -o "$work/$(basename "$source" .c).o"
done
# What stays undefined is Python's, which the interpreter has. The C library is named because the extension's own code
# needs nothing of it, and auditwheel looks for it.
Scripts/link_engine.sh "$work/_core.abi3.so" Scripts/extension.map "$work"/*.o \
  -Xclang-linker -Wl,--no-as-needed -lc

step "package"
mkdir -p "$folder"
tar --extract --gzip --file "$folder/tokenstats-$version-linux-$(uname -m).tar.gz" --directory "$work" --strip-components 1
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
rm -f "$folder"/tokenstats-*.whl
wheel=$("$python" Scripts/pack_wheel.py --version "$version" --extension "$work/_core.abi3.so" \
  --program "$work/bin/tokenstats" --parts "$work" "$folder")
"$python" -m abi3audit --strict "$wheel"
(cd "$folder" && sha256sum -- *.tar.gz *.whl >SHA256SUMS)
printf '%s: %s bytes\n' "$wheel" "$(stat -c %s "$wheel")"
