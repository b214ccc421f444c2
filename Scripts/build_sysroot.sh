#!/usr/bin/env bash
# Makes a folder with the C libraries of Debian 11, against which the library and the wheel are linked: they then run with
# glibc 2.27 and later, whatever the system that builds them has.
#
# usage: Scripts/build_sysroot.sh FOLDER ARCHIVES
#        Scripts/build_sysroot.sh --options FOLDER      prints the compiler's options for the link
#
# FOLDER gets `root`, the packages unpacked, and `archives`, those of ARCHIVES with the older C++ library. Nothing is
# installed: the list of packages is fetched into FOLDER, the system's own lists stay as they are.
set -euo pipefail
release=bullseye
compiler=10

if [ "$1" = --options ]; then
  root=$(realpath "$2/root")
  printf -- '-Xclang-linker --sysroot=%s' "$root"
  printf -- ' -Xclang-linker --gcc-install-dir=%s' "$root/usr/lib/gcc/$(uname -m)-linux-gnu/$compiler"
  printf -- ' -Xlinker --wrap=%s' exp exp2 log log2 pow
  printf -- ' -L %s\n' "$(realpath "$2/archives")"
  exit 0
fi

folder=$1 archives=$2
mkdir -p "$folder"
folder=$(realpath "$folder")
packages=(libc6 libc6-dev libcrypt1 libgcc-s1 "libgcc-$compiler-dev" libstdc++6 "libstdc++-$compiler-dev" linux-libc-dev)

if [ ! -f "$folder/root/complete" ]; then
  lists=$folder/lists
  rm -rf "$lists" "$folder/root"
  mkdir -p "$lists/parts" "$lists/state/partial" "$lists/packages"
  : >"$lists/status"
  # The same places as the system's packages come from, for the older release.
  python3 - "$release" "$lists/parts/older.sources" <<'PYTHON'
import re
import sys
from pathlib import Path

release, target = sys.argv[1:]
places = []
for path in Path("/etc/apt").glob("sources.list.d/*.sources"):
    for stanza in path.read_text(encoding="utf-8").split("\n\n"):
        fields = dict(re.findall(r"^(\w[\w-]*):\s*(.+)$", stanza, re.MULTILINE))
        if "debian" in fields.get("URIs", "") and "-" not in fields.get("Suites", "-").split()[0]:
            places.append(fields["URIs"].split()[0])
for path in [Path("/etc/apt/sources.list"), *Path("/etc/apt").glob("sources.list.d/*.list")]:
    if path.is_file():
        places += re.findall(r"^deb\s+(?:\[[^]]*\]\s+)?(\S*debian/?)\s+\w+\s", path.read_text(encoding="utf-8"), re.MULTILINE)
if not places:
    sys.exit("no place of Debian's packages is among the system's sources")
key = "/usr/share/keyrings/debian-archive-keyring.gpg"
Path(target).write_text(
    f"Types: deb\nURIs: {places[0]}\nSuites: {release}\nComponents: main\nSigned-By: {key}\n", encoding="utf-8"
)
PYTHON
  apt=(apt-get -qq -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$lists/parts"
    -o "Dir::State::lists=$lists/state" -o "Dir::State::status=$lists/status" -o APT::Sandbox::User=root)
  "${apt[@]}" update >&2
  (cd "$lists/packages" && "${apt[@]}" download "${packages[@]}" >&2)
  for package in "$lists"/packages/*.deb; do dpkg-deb --extract "$package" "$folder/root"; done
  # Links that begin at the root would lead to the system's own libraries.
  find "$folder/root" -type l -lname '/*' -printf '%p\t%l\n' | while IFS=$'\t' read -r link target; do
    ln -sfn "$(realpath -m --relative-to="$(dirname "$link")" "$folder/root$target")" "$link"
  done
  touch "$folder/root/complete"
fi
mkdir -p "$folder/archives"
cp -u "$archives"/*.a "$folder/archives/"
cp "$folder/root/usr/lib/gcc/$(uname -m)-linux-gnu/$compiler/libstdc++.a" "$folder/archives/"
