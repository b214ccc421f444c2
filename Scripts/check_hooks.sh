#!/usr/bin/env bash
# Runs the hooks of .pre-commit-hooks.yaml with pre-commit on a small repository.
#
# usage: Scripts/check_hooks.sh PROGRAM
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "$1")
python=$(Scripts/python_environment.sh hooks)
hooks=$PWD/.pre-commit-hooks.yaml

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
mkdir "$made/bin" "$made/hooks" "$made/data"
ln -s "$program" "$made/bin/tokenstats"
export PATH=$made/bin:$PATH PRE_COMMIT_HOME=$made/cache GIT_CONFIG_GLOBAL=$made/gitconfig
git config --global user.name tests
git config --global user.email tests@localhost

# pre-commit takes hooks from a repository of their own.
cp "$hooks" "$made/hooks/"
git -C "$made/hooks" init --quiet
git -C "$made/hooks" add -A
git -C "$made/hooks" commit --quiet -m hooks

cd "$made/data"
git init --quiet
cat >.pre-commit-config.yaml <<END
repos:
  - repo: $made/hooks
    rev: $(git -C "$made/hooks" rev-parse HEAD)
    hooks:
      - id: tokenstats-check
        args: [--model, qwen-3-32b, --max-length, "64", --fail-on, "no_target>0,over_limit>0"]
      - id: tokenstats-max
        files: \.md$
        args: ["20", --model, qwen-3-32b]
END
git add -A

# expect STATUS WORDS: what the hooks say about the files that are staged now.
expect() {
  local status=0
  "$python" -m pre_commit run --color never >"$made/log" 2>&1 || status=$?
  if [ "$status" != "$1" ] || ! grep -qF -- "$2" "$made/log"; then
    echo "the hooks end with status $status, $1 and \"$2\" are expected:" >&2
    cat "$made/log" >&2
    exit 1
  fi
}

row() { printf '{"messages":[{"role":"user","content":"What is it?"},{"role":"assistant","content":"%s"}]}\n' "$1"; }
row "A sail." >chats.jsonl
echo "A short note." >note.md
git add -A
expect 0 Passed

echo '{"messages":[{"role":"user","content":"Only a question"}]}' >>chats.jsonl
git add -A
expect 1 "no_target>0 (1)"

row "A sail." >chats.jsonl
for number in $(seq 30); do echo "line $number of a note that is too long"; done >note.md
git add -A
expect 1 "note.md"
echo "hooks: pre-commit $("$python" -m pre_commit --version | cut -d' ' -f2) runs both, and they fail where they should"
