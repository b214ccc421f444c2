#!/usr/bin/env bash
# Copies what is linked without the tables that tell how to unwind through it.
#
# usage: Scripts/without_unwinding.sh LIST FOLDER           copies the Swift objects of LIST, which names an object a line, as
#                                                           Swift's package manager writes it; prints the new list's path
#        Scripts/without_unwinding.sh --runtime FOLDER      copies the toolchain's static libraries; prints FOLDER, which is
#                                                           then a -resource-dir of the compiler
#        Scripts/without_unwinding.sh --archives FOLDER ARCHIVE...
#
# Swift throws errors as values, and C knows no exceptions, so nothing unwinds through their functions: exceptions of C++
# libraries are caught in C++. The tables would be a twentieth of the program.
set -euo pipefail

# copy: reads pairs of paths, each ended by NUL, and copies the first of a pair to the second.
copy() {
  xargs --null --max-args=2 --max-procs="$(nproc)" \
    objcopy --remove-section=.eh_frame --remove-section=.rela.eh_frame
}

case $1 in
  --archives)
    folder=$2
    shift 2
    for archive in "$@"; do printf '%s\0%s\0' "$archive" "$folder/$(basename "$archive")"; done | copy
    ;;
  --runtime)
    folder=$2
    runtime=$(dirname "$(dirname "$(realpath "$(command -v swiftc)")")")/lib/swift_static
    version=$(swiftc --version 2>/dev/null)
    # Made anew for another toolchain only.
    if [ "$(cat "$folder/version" 2>/dev/null)" != "$version" ]; then
      rm -rf "$folder"
      mkdir -p "$folder/linux"
      find "$runtime" -mindepth 1 -maxdepth 1 ! -name linux -exec ln -s {} "$folder/" \;
      find "$runtime/linux" -mindepth 1 -maxdepth 1 ! -name '*.a' -exec ln -s {} "$folder/linux/" \;
      for archive in "$runtime"/linux/*.a; do
        printf '%s\0%s\0' "$archive" "$folder/linux/$(basename "$archive")"
      done | copy
      printf '%s\n' "$version" >"$folder/version"
    fi
    printf '%s\n' "$folder"
    ;;
  *)
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
    done <"$list" | copy
    printf '%s\n' "$folder/list"
    ;;
esac
