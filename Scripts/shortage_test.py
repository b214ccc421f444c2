#!/usr/bin/env python3
"""Runs every command where something is short, and looks at how it ends.

usage: shortage_test.py PROGRAM [--only COMMAND ...] [--shortages NAME ...] [--work DIR]

Each command must do its work with less, or end by itself with a message and a status; it may neither hang nor be ended
by a signal, and leave nothing unfinished behind. As root, the shortages that do not hold for root are tried as another
user. A disk that is full needs root, or user namespaces (unshare -r).
"""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import measured_run

ROOT = Path(__file__).resolve().parent.parent
DATASETS = ROOT / "Demo/datasets/processed/persona"
RECORDS = ROOT / "Demo/persona-data"
ROWS = DATASETS / "qwen-3-32b__trait__curious"
LIMIT = 60
NOBODY = 65534
SIGPIPE = 141

MODEL = "--model qwen-3-32b"
# What each command is given; {out} is a folder that it may write to, {in} one with what it reads.
COMMANDS = {
    "analyze": f"analyze --dataset-dir {DATASETS} --output-json {{out}}/t.json --output-plots {{out}}/plots"
    " --lengths {out}/lengths.parquet --progress none",
    "list": f"list --persona-data-dir {RECORDS}",
    "create": f"create --type role --model llama-3.3-70b --name clockmaker --persona-data-dir {RECORDS} -o {{out}}",
    "generate": f"generate --persona-data-dir {RECORDS} --output-dir {{out}}/g --progress none",
    "count": f"count {MODEL} {{in}}/rows.jsonl {ROWS}",
    "encode": f"encode {MODEL} {{in}}/lines.txt",
    "decode": f"decode {MODEL} {{in}}/ids.jsonl",
    "render": f"render {MODEL} {{in}}/rows.jsonl",
    "report": "report {in}/t.json --output {out}/report.html",
    "show": "show --statistics {in}/t.json",
    "plot": "plot {in}/t.json --output-plots {out}/plots",
    "compare": "compare {in}/t.json",
    "compare-tokenizers": "compare --tokenizers qwen-3-32b,gemma-2-27b {in}/rows.jsonl",
    "diff": "diff {in}/t.json {in}/t.json",
    "outliers": f"outliers --dataset-dir {DATASETS}",
    "check": f"check {{in}}/rows.jsonl {MODEL}",
    "limits": "limits {in}/t.json --max-length 64,128",
    "card": "card {in}/t.json --readme {out}/README.md",
    "split": f"split --dataset-dir {DATASETS} --output-dir {{out}}/split --allow-short",
    "filter": f"filter {ROWS} --max-length 80 --output {{out}}/kept",
    "filter-parquet": f"filter {ROWS} --max-length 80 --output {{out}}/kept.parquet",
    "filter-jsonl": f"filter {{in}}/rows.jsonl {MODEL} --max-length 80 --output {{out}}/kept.jsonl",
    "tokenize": f"tokenize {ROWS} --max-length 80 --output {{out}}/tokens",
    "tokenize-parquet": f"tokenize {ROWS} --max-length 80 --pack 80 --output {{out}}/tokens.parquet",
    "pack": f"pack {ROWS} --max-length 128",
    "mix": "mix {in}/t.json --share qwen-3-32b__trait__curious=1",
    "merge": "merge {in}/t.json --output {out}/all.json",
    "tokenizers-list": "tokenizers list",
    "tokenizers-info": "tokenizers info qwen-3-32b",
    "tokenizers-fetch": "tokenizers fetch --offline",
    "templates-eval": "templates eval {in}/templates.jsonl",
    "templates-check": "templates check qwen-3-32b",
    "verify": "verify",
    "version": "--version",
    "help": "help analyze",
}
# Commands that put something into the folder for what is made.
WRITERS = {name for name, text in COMMANDS.items() if "{out}" in text}

# A shell's words before the command; those for another user cannot be seen by root.
SHORTAGES = {
    "address space": "ulimit -v 150000; exec",
    "descriptors": "ulimit -n 8; exec",
    "stack": "ulimit -s 64; exec",
    "file size": "ulimit -f 1; exec",
    "threads": "ulimit -u 1; exec",
    "no TMPDIR": "export TMPDIR=/nonexistent; exec",
    "no HOME": "unset HOME; exec",
    "closed output": "exec >&-; exec",
    "closed input": "exec <&-; exec",
    "closed errors": "exec 2>&-; exec",
    "full output": "exec >/dev/full; exec",
    "broken pipe": "",
    "read-only folder": "exec",
    "full disk": "exec",
}
AS_NOBODY = {"threads", "read-only folder"}
LEFT = re.compile(r"\.tmp$|\.unfinished|\.replaced")


def prepare(program, folder):
    """The files that commands read."""
    (folder / "rows.jsonl").write_text(
        '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ho"}]}\n' * 2000
    )
    (folder / "lines.txt").write_text("some words on a line\n" * 5000)
    (folder / "ids.jsonl").write_text("[9707, 11, 1879]\n" * 5000)
    (folder / "templates.jsonl").write_text('{"template": "{{ x }}", "context": {"x": 1}}\n' * 5000)
    analyze = [program, "analyze", "--dataset-dir", DATASETS, "--output-json", folder / "t.json", "--no-plots"]
    subprocess.run([*analyze, "--progress", "none"], check=True, capture_output=True)


def command_line(program, name, shortage, inputs, out):
    command = f"{shlex.quote(str(program))} " + COMMANDS[name].format(**{"in": inputs, "out": out})
    if shortage == "broken pipe":
        return f"set -o pipefail; {command} | head -c 1 >/dev/null"
    if shortage == "full disk":
        fill = f"echo > {out}/README.md; cat /dev/zero > {out}/fill 2>/dev/null"
        inner = f"mount -t tmpfs -o size=64k tmpfs {out} && {{ {fill}; exec {command}; }}"
        user = [] if os.geteuid() == 0 else ["--map-root-user"]
        return shlex.join(["unshare", "--mount", *user, "bash", "-c", inner])
    return f"{SHORTAGES[shortage]} {command}"


def attempt(program, name, shortage, inputs, work, cache):
    """What is wrong with how a command ends; None if nothing is."""
    out = work / "out"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    (out / "README.md").write_text("# Card\n")
    user = NOBODY if shortage in AS_NOBODY and os.geteuid() == 0 else None
    if shortage == "read-only folder":
        out.chmod(0o555)
    elif user is not None:
        shutil.chown(out, user)
        shutil.chown(out / "README.md", user)
    environment = dict(os.environ, XDG_CACHE_HOME=str(cache), NO_COLOR="1")
    try:
        result = subprocess.run(
            ["bash", "-c", command_line(program, name, shortage, inputs, out)],
            check=False,
            cwd=work,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LIMIT,
            user=user,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        return f"no end after {LIMIT} s"
    finally:
        out.chmod(0o755)
    errors = result.stderr
    status = result.returncode
    if shortage == "broken pipe" and status in (0, SIGPIPE):
        return None
    if status < 0 or status >= 128 or any(words in errors for words in measured_run.TRAPS):
        return f"status {status}: {errors[-300:].decode(errors='replace')}"
    if status != 0 and not errors.strip() and shortage != "closed errors":
        return f"status {status} without a message"
    if shortage == "full output" and status == 0 and name not in WRITERS:
        return "status 0, although its output is lost"
    if shortage in ("full disk", "read-only folder") and status == 0 and name in WRITERS:
        return "status 0, although nothing can be written"
    if left := [path for path in out.rglob("*") if LEFT.search(path.name)]:
        return f"{left[0].relative_to(out)} is left"
    return None


def main():
    parser = measured_run.argument_parser(__doc__)
    parser.add_argument("--only", nargs="*", help="these commands", choices=COMMANDS)
    parser.add_argument("--shortages", nargs="*", help="these shortages", choices=SHORTAGES)
    parser.add_argument("--verbose", action="store_true", help="show how each command ended")
    options = parser.parse_args()
    failures = 0
    tried = 0
    with measured_run.work_folder(options.work, "shortage-test") as work:
        work.chmod(0o755)
        inputs = work / "in"
        shutil.rmtree(inputs, ignore_errors=True)
        inputs.mkdir()
        # Another user sees neither the program's folder nor the cache of this one.
        program = Path(shutil.copy(options.program.resolve(), work / "tokenstats"))
        own = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tokenstats"
        caches = {}
        for user in (os.geteuid(), NOBODY):
            caches[user] = work / f"cache-{user}"
            (caches[user] / "tokenstats").mkdir(parents=True, exist_ok=True)
            for file in own.iterdir():
                if file.is_file():
                    shutil.copy2(file, caches[user] / "tokenstats")
            if os.geteuid() == 0:
                for path in (caches[user], *caches[user].rglob("*")):
                    shutil.chown(path, user)
        prepare(program, inputs)
        for shortage in options.shortages or SHORTAGES:
            cache = caches[NOBODY if shortage in AS_NOBODY and os.geteuid() == 0 else os.geteuid()]
            for name in options.only or COMMANDS:
                fault = attempt(program, name, shortage, inputs, work, cache)
                tried += 1
                if fault:
                    failures += 1
                    print(f"{shortage}, {name}: {fault}", flush=True)
    measured_run.finish(f"{tried} runs", failures)


if __name__ == "__main__":
    main()
