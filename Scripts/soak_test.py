#!/usr/bin/env python3
"""Runs count and analyze over many gigabytes, and looks at whether their memory stays as it was.

usage: soak_test.py PROGRAM [--gigabytes N] [--commands NAME ...] [--work DIR]

One file of conversations, of which no two are the same, is there under as many names as are wanted: the shards of one
dataset. The memory that is no mapped file is looked at every second; in the last quarter of a run it may be at most a
tenth and 16 MB more than in the second.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import time

import measured_run

FILE_BYTES = 100_000_000
MODEL = ["--model", "qwen-3-32b"]
COMMANDS = {
    "count": ["count", "{}", *MODEL],
    "analyze": ["analyze", "{}", *MODEL, "--no-plots", "--progress", "none", "-o", "{out}/t.json"],
}
# What memory may grow by from the second quarter of a run to the last.
GROWTH, SLACK = 1.1, 16
LETTERS = "etaoinshrdlucmfwypvbgkjqxz"


def write(path):
    """A file of conversations of made-up words, the same each time."""
    source = random.Random(1)
    words = ["".join(source.choices(LETTERS, range(26, 0, -1), k=source.randint(1, 11))) for _ in range(50_000)]
    size = 0
    with open(path, "w", encoding="utf-8") as file:
        while size < FILE_BYTES:
            messages = [
                {"role": role, "content": " ".join(source.choices(words, k=source.randint(5, 400)))}
                for role in ("user", "assistant") * source.randint(1, 3)
            ]
            size += file.write(json.dumps({"messages": messages, "label": f"l{source.randint(0, 9)}"}) + "\n")


def own_megabytes(process):
    """The memory of a process that is no mapped file; 0 once it has ended."""
    try:
        with open(f"/proc/{process}/status", encoding="ascii") as status:
            return next((int(line.split()[1]) / 1024 for line in status if line.startswith("RssAnon")), 0)
    except OSError:
        return 0


def watch(command, folder):
    """How a command has ended, its seconds and what memory it had each second."""
    began = time.monotonic()
    with open(folder / "errors", "wb") as errors:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)
    seen = []
    while True:
        pid, status, usage = os.wait4(child.pid, os.WNOHANG)
        if pid:
            break
        seen.append(own_megabytes(child.pid))
        time.sleep(1)
    run = measured_run.ending(status, usage, (folder / "errors").read_bytes())
    child.returncode = run.status
    return run, time.monotonic() - began, seen


def main():
    parser = measured_run.argument_parser(__doc__)
    parser.add_argument("--gigabytes", type=float, default=30)
    parser.add_argument("--commands", nargs="*", choices=COMMANDS, default=list(COMMANDS))
    options = parser.parse_args()
    program = options.program.resolve()
    failures = 0
    with measured_run.work_folder(options.work, "soak-test") as work:
        shards = work / "shards"
        shards.mkdir(exist_ok=True)
        first = work / "rows.jsonl"
        if not first.exists():
            write(first)
        count = max(1, round(options.gigabytes * 1e9 / first.stat().st_size))
        for number in range(count):
            shard = shards / f"train-{number:05}-of-{count:05}.jsonl"
            if not shard.exists():
                os.link(first, shard)
        for name in options.commands:
            words = [word.replace("{out}", str(work)).replace("{}", str(shards)) for word in COMMANDS[name]]
            run, seconds, seen = watch([str(program), *words], work)
            quarter = max(1, len(seen) // 4)
            early = statistics.median(seen[quarter : 2 * quarter] or [0])
            late = max(seen[-quarter:], default=0)
            is_flat = late <= early * GROWTH + SLACK
            failures += run.status != 0 or not is_flat
            print(
                f"{name}: {count} shards of {first.stat().st_size / 1e6:.0f} MB, status {run.status}, {seconds:.0f} s,"
                f" {run.seconds:.0f} s of the processor; {early:.0f} MB in the second quarter,"
                f" at most {late:.0f} MB in the last, {run.megabytes:.0f} MB with mapped files",
                flush=True,
            )
            sys.stdout.write(run.errors.decode(errors="replace")[-500:])
    measured_run.finish(f"{len(options.commands)} runs", failures)


if __name__ == "__main__":
    main()
