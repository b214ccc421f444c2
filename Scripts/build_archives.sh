#!/usr/bin/env bash
# Collects the archives of all libraries that the static program links, in one folder that holds nothing else.
#
# usage: Scripts/build_archives.sh FOLDER
#        Scripts/build_archives.sh --libraries      prints the linker's options
#
# Debian's packages bring most of them. libsentencepiece and libonig are built from Debian's source packages, patches
# included; the list of source packages is fetched into FOLDER, the system's own lists stay as they are.
set -euo pipefail

# The objects name most libraries themselves; these are what a build names, and what those archives need in turn.
libraries=(sentencepiece stdc++ cairo freetype fontconfig pixman-1 png16 expat uuid brotlidec brotlicommon bz2 z m)
copied=(
  cairo freetype fontconfig pixman-1 png16 expat uuid brotlidec brotlicommon bz2 z
  deflate json-c lz4 snappy crypto zstd
)
if [ "$1" = --libraries ]; then
  # As options of the linker they keep their order; the compiler puts its own -l options first.
  printf -- '-Xlinker --start-group'
  printf -- ' -Xlinker -l%s' "${libraries[@]}"
  printf -- ' -Xlinker --end-group\n'
  exit 0
fi

folder=$1
mkdir -p "$folder"
multiarch=$(gcc -print-multiarch)
archives=()
for library in "${copied[@]}"; do archives+=("/usr/lib/$multiarch/lib$library.a"); done
"$(dirname "$0")/without_unwinding.sh" --archives "$folder" "${archives[@]}"
cp "$(gcc -print-file-name=libstdc++.a)" "$folder/"

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# quietly COMMAND...: runs it and shows what it printed if it fails.
quietly() {
  if ! "$@" >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    exit 1
  fi
}

# source_of PACKAGE: Debian's source of the package in FOLDER/PACKAGE, patched.
source_of() {
  local package=$1 lists=$folder/lists
  [ -d "$folder/$package" ] && return
  if [ ! -d "$lists/parts" ]; then
    mkdir -p "$lists/parts" "$lists/state/partial"
    # The same places as the system's packages come from, for sources.
    if compgen -G '/etc/apt/sources.list.d/*.sources' >/dev/null; then
      for file in /etc/apt/sources.list.d/*.sources; do
        sed -E 's/^Types:.*/Types: deb-src/' "$file" >"$lists/parts/$(basename "$file")"
      done
    fi
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
      [ -f "$file" ] || continue
      sed -nE 's/^deb( |\t)/deb-src\1/p' "$file" >"$lists/parts/$(basename "$file" .list).list"
    done
  fi
  local apt=(apt-get -qq -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$lists/parts"
    -o "Dir::State::lists=$lists/state" -o APT::Sandbox::User=root)
  [ -f "$lists/updated" ] || { quietly "${apt[@]}" update && touch "$lists/updated"; }
  (cd "$lists" && quietly "${apt[@]}" source --download-only "$package")
  local description
  description=$(compgen -G "$lists/${package}_*.dsc")
  quietly dpkg-source --no-check --extract "$description" "$folder/$package.new"
  mv "$folder/$package.new" "$folder/$package"
}

if [ ! -f "$folder/libonig.a" ]; then
  source_of libonig
  quietly cmake -S "$folder/libonig" -B "$folder/libonig-build" -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF \
    -DCMAKE_POSITION_INDEPENDENT_CODE=ON
  quietly cmake --build "$folder/libonig-build" --target onig --parallel "$(nproc)"
  "$(dirname "$0")/without_unwinding.sh" --archives "$folder" "$folder/libonig-build/libonig.a"
fi

if [ ! -f "$folder/libsentencepiece.a" ]; then
  source_of sentencepiece
  # Debian takes the static library out with a patch of its own; here it is what is wanted.
  quietly patch --reverse --strip=1 --force --directory="$folder/sentencepiece" \
    --input="$folder/sentencepiece/debian/patches/disable-static-library.patch"
  quietly cmake -S "$folder/sentencepiece" -B "$folder/sentencepiece-build" -DCMAKE_BUILD_TYPE=Release \
    -DSPM_ENABLE_SHARED=OFF -DSPM_ENABLE_TCMALLOC=OFF -DCMAKE_POSITION_INDEPENDENT_CODE=ON
  quietly cmake --build "$folder/sentencepiece-build" --target sentencepiece-static --parallel "$(nproc)"
  cp "$folder/sentencepiece-build/src/libsentencepiece.a" "$folder/"
fi
