#!/usr/bin/env bash
# Makes a virtual environment with Python libraries that read our files, once, and prints the path of its Python.
#
# usage: Scripts/python_environment.sh recorded|current|peers|lint|site|hooks|wheel|clean|frames|engines
#   recorded  the versions that wrote the original's datasets
#   current   the newest versions that this Python can have when the environment is made; remove it to have newer ones
#   peers     the libraries that `make bench` compares with
#   lint      the linter of the Python scripts
#   site      what makes pages of the documents
#   hooks     what runs hooks of git
#   wheel     what makes and checks the wheel
#   clean     nothing but pytest
#   frames    the libraries of columns that the Python package works with
#   engines   Spark and Ray, which reads no path without aiohttp
set -euo pipefail

case ${1:-} in
  recorded) packages=(datasets==4.1.1 pyarrow==21.0.0 duckdb) ;;
  peers)
    packages=(
      gigatoken==0.10.0 sentencepiece==0.2.3 protobuf==7.36.2 tokenizers==0.23.3 transformers==5.23.0
      jinja2==3.1.6 minijinja==3.1.0 datasets==4.1.1 pyarrow==21.0.0 pandas matplotlib
    )
    ;;
  current) packages=(datasets pyarrow duckdb) ;;
  wheel) packages=(auditwheel==6.8.2 abi3audit==0.0.26 deflate==0.9.0) ;;
  clean) packages=(pytest) ;;
  frames) packages=(pytest mypy typing_extensions pyarrow pandas polars duckdb datasets) ;;
  engines) packages=(pytest "pyspark>=3.5" "ray[data]" aiohttp pandas pyarrow tokenizers==0.23.3) ;;
  lint) packages=(ruff==0.17.6) ;;
  site) packages=(markdown-it-py==4.3.0 mdit-py-plugins==0.7.0) ;;
  hooks) packages=(pre-commit==4.7.0) ;;
  *)
    sed -n '2,15s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac

folder=${XDG_CACHE_HOME:-$HOME/.cache}/tokenstats/python/$1
if [ "$(cat "$folder/complete" 2>/dev/null)" != "${packages[*]}" ]; then
  rm -rf "$folder"
  echo "Installing ${packages[*]} in $folder" >&2
  if ! python3 -m venv "$folder" >&2; then
    echo "python3 cannot make virtual environments: install its module venv (Scripts/setup.sh test does)" >&2
    exit 1
  fi
  "$folder/bin/pip" install --quiet --disable-pip-version-check "${packages[@]}" >&2 </dev/null
  echo "${packages[*]}" >"$folder/complete"
fi
echo "$folder/bin/python"
