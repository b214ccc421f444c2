#!/usr/bin/env bash
# Runs the wheel in Spark (two executors) and Ray (two workers), on this machine and without a network.
#
# usage: Scripts/test_engines.sh [WHEEL] [pytest's ARGUMENT ...]     the wheel of dist by default
set -euo pipefail
cd "$(dirname "$0")/.."
wheel=$(realpath "${1:-$(ls -t dist/tokenstats-*.whl | head -1)}")
[ $# -eq 0 ] || shift
Scripts/setup.sh engines
python=$(Scripts/python_environment.sh engines)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" -m pip install --quiet --disable-pip-version-check --no-index --no-deps --target "$work/site" "$wheel"
cd python/tests_engines
export PYTHONPATH=$work/site PYTHONDONTWRITEBYTECODE=1 PYSPARK_PYTHON=$python SPARK_LOCAL_IP=127.0.0.1 TMPDIR=$work
"$python" -m pytest -q -p no:cacheprovider test_spark.py "$@"
# Sockets' paths must be short.
RAY_TMPDIR=$(mktemp -d /tmp/ray.XXXX) "$python" -m pytest -q -p no:cacheprovider test_ray.py "$@"
