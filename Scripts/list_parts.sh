#!/usr/bin/env bash
# Writes what the static program is made of: PARTS.tsv with name, version and license file of every part, and licenses/.
#
# usage: Scripts/list_parts.sh ROOT ARCHIVES
set -euo pipefail
root=$1 archives=$2
licenses=$root/licenses
mkdir -p "$licenses"
printf 'part\tversion\tlicense\n' >"$root/PARTS.tsv"

# part NAME VERSION FILE: one part with the text of its license.
part() {
  cp "$3" "$licenses/$1.txt"
  printf '%s\t%s\tlicenses/%s.txt\n' "$1" "$2" "$1" >>"$root/PARTS.tsv"
}

# Libraries whose archives Debian's packages bring, by package.
packages=(
  libbrotli-dev libbz2-dev libc6-dev libcairo2-dev libdeflate-dev libexpat1-dev libfontconfig-dev libfreetype-dev
  libjson-c-dev liblz4-dev libpixman-1-dev libpng-dev libsnappy-dev libssl-dev libzstd-dev uuid-dev zlib1g-dev
  fonts-dejavu-core
)
standard=$(dpkg-query --search "$(gcc -print-file-name=libstdc++.a | xargs realpath)" | cut -d: -f1)
for package in "${packages[@]}" "$standard"; do
  part "$package" "$(dpkg-query --show --showformat='${Version}' "$package")" "/usr/share/doc/$package/copyright"
done
# Libraries that were built from Debian's source packages.
for package in libonig sentencepiece; do
  version=$(dpkg-parsechangelog --file "$archives/$package/debian/changelog" --show-field Version)
  part "$package" "$version" "$archives/$package/debian/copyright"
done
swift=$(dirname "$(dirname "$(realpath "$(command -v swiftc)")")")
part swift "$(swiftc --version 2>/dev/null | sed -n 's/.*Swift version \([^ ]*\).*/\1/p' | head -1)" \
  "$swift/share/swift/LICENSE.txt"
version=$(python3 - <<'PYTHON'
import json
from pathlib import Path

pins = json.loads(Path("Package.resolved").read_text(encoding="utf-8"))["pins"]
print(next(pin["state"]["version"] for pin in pins if pin["identity"] == "swift-argument-parser"))
PYTHON
)
part swift-argument-parser "$version" .build/checkouts/swift-argument-parser/LICENSE.txt
