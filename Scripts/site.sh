#!/usr/bin/env bash
# Makes a web site of the README, guides and documents, an example report, and the documentation of the Swift libraries.
#
# usage: Scripts/site.sh PROGRAM ARCHIVES [FOLDER]
#   ARCHIVES  the libraries' documentation, as Scripts/check_examples.sh leaves it in its folder
#   FOLDER    the site, ./site by default
# SITE_BASE says where the site will be served from, as in SITE_BASE=/tokenstats, also when the archives are made: only the
# libraries' pages need to know, all others work from disk too.
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "$1")
archives=$2
site=${3:-site}

rm -rf "$site"
mkdir -p "$site"
Scripts/demo.sh "$program" "$site/report" >/dev/null 2>&1
rm -rf "$site/report/datasets" "$site/report/persona_token_stats.json.partials"
if compgen -G "$archives/*.doccarchive" >/dev/null; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  docc merge "$archives"/*.doccarchive --synthesized-landing-page-name tokenstats --output-path "$work/all" >/dev/null
  docc process-archive transform-for-static-hosting "$work/all" --hosting-base-path "${SITE_BASE:-}/swift" \
    --output-path "$site/swift" >/dev/null
else
  echo "not made: documentation of the Swift libraries: $archives holds none" >&2
  if [ "${CI:-}" = true ]; then exit 1; fi
fi
python=$(Scripts/python_environment.sh site)
"$python" Scripts/site.py "$site"
