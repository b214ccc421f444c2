#!/usr/bin/env bash
# Installs what is missing of the system packages that a build, a test run or a profile needs; silent when nothing is.
#
# usage: Scripts/setup.sh build|test|profile|dist|wheel|engines
#   profile  what Scripts/count_instructions.sh needs
#   dist     what Scripts/dist.sh links and builds with
#   wheel    what Scripts/wheel.sh needs besides
#   engines  what Scripts/test_engines.sh runs Spark with
set -euo pipefail

purpose=${1:-build}

# curl and pip fetch tokenizer files, fonts-dejavu-core holds the typeface of the pictures.
packages=(
  libbrotli-dev libcairo2-dev libdeflate-dev libfreetype-dev libjson-c-dev
  liblz4-dev libonig-dev libsentencepiece-dev libsnappy-dev libssl-dev libzstd-dev zlib1g-dev
  curl fonts-dejavu-core pkg-config python3 python3-pip
)
# What pkg-config calls the libraries above; snappy and sentencepiece are looked for by their headers too.
modules=(libbrotlidec cairo-ft libdeflate freetype2 json-c liblz4 oniguruma sentencepiece libcrypto libzstd zlib)
if [ "$purpose" = test ]; then
  packages+=(python3-venv)
  # Any Chromium will do for the browser tests; Debian has it as a package, elsewhere it may come as a snap.
  if ! command -v chromium chromium-browser google-chrome google-chrome-stable >/dev/null &&
    grep -q '^ID=debian' /etc/os-release 2>/dev/null; then
    packages+=(chromium)
  fi
  # The kernels for aarch64 run under emulation elsewhere.
  if [ "$(uname -m)" = x86_64 ]; then
    packages+=(libc6-dev-arm64-cross)
    command -v qemu-aarch64 qemu-aarch64-static >/dev/null || packages+=(qemu-user)
  fi
fi

if [ "$purpose" = profile ]; then
  packages+=(valgrind binutils)
fi

if [ "$purpose" = dist ] || [ "$purpose" = wheel ]; then
  packages+=(
    cmake dpkg-dev g++ libbz2-dev libexpat1-dev libfontconfig-dev libpixman-1-dev libpng-dev patch uuid-dev
  )
fi

if [ "$purpose" = engines ] && ! command -v java >/dev/null; then
  packages+=(default-jre-headless)
fi

if [ "$purpose" = wheel ]; then
  packages+=(python3-venv)
  # Any Python's headers will do: the extension module uses the limited API only.
  header=$(python3 -c 'import sysconfig; print(sysconfig.get_path("include"))' 2>/dev/null || true)/Python.h
  [ -f "$header" ] || packages+=(python3-dev)
fi

if ! command -v swift >/dev/null; then
  echo "tokenstats needs Swift 6.2 or later, and there is no 'swift' here: install it as" \
    "https://www.swift.org/install/linux/ says, open a new shell and run this again." >&2
  exit 1
fi

if ! command -v apt-get >/dev/null; then
  missing=()
  command -v pkg-config >/dev/null || missing+=(pkg-config)
  for module in "${modules[@]}"; do
    pkg-config --exists "$module" 2>/dev/null || missing+=("$module")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    echo "There is no apt-get here. Please install the counterparts of these Debian packages" \
      "(not found: ${missing[*]}): ${packages[*]}" >&2
    exit 1
  fi
  exit 0
fi

# The C++ shim around libsentencepiece needs a C++ standard library; any version the machine has will do.
compgen -G '/usr/include/c++/*/string' >/dev/null || packages+=(g++)

missing=()
for package in "${packages[@]}"; do
  [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
    missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "These packages are missing and there is no sudo here; as root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  root=(sudo)
fi

echo "Installing system packages: ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt_get() {
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -qq "$@" >>"$log" 2>&1 </dev/null
}
# A machine with stale or no package lists needs them fetched first.
if ! apt_get install --no-install-recommends "${missing[@]}"; then
  if ! { apt_get update && apt_get install --no-install-recommends "${missing[@]}"; }; then
    cat "$log" >&2
    echo "apt-get could not install: ${missing[*]}" >&2
    exit 1
  fi
fi
