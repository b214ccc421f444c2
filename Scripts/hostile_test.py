#!/usr/bin/env python3
"""Runs the program over small files that ask much, and looks at what they cost and how it ends.

usage: hostile_test.py PROGRAM [--only PATTERN ...] [--commands NAME ...] [--work DIR] [--all]

Each run must end by itself, without a trap and with a message if it fails, within LIMIT seconds of processor time and
MEMORY megabytes, and hear SIGINT within half a second. Nothing of a file may reach the terminal raw: standard error is
a terminal. It needs pyarrow (Scripts/python_environment.sh peers). Runs that keep all this are listed with --all only.
"""

import fnmatch
import io
import multiprocessing
import os
import pty
import re
import resource
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import measured_run

LIMIT = 4.0
MEMORY = 300
# Seconds of processor time, and of a busy machine's, after which a run is ended.
END = 20
LONGEST = 600
# What no run may take from the machine that tests it.
MOST = 6 << 30
MODEL = ["--model", "qwen-3-32b"]
ROWS = {
    "analyze": ["analyze", "{}", *MODEL, "--no-plots", "--progress", "none", "-o", "{out}/t.json"],
    "count": ["count", "{}", *MODEL],
    "check": ["check", "{}", *MODEL],
    "filter": ["filter", "{}", *MODEL, "--max-length", "80", "--output", "{out}/kept.jsonl"],
    "filter-table": ["filter", "{}", *MODEL, "--max-length", "80", "--output", "{out}/kept.parquet"],
    "tokenize": ["tokenize", "{}", *MODEL, "--max-length", "80", "--output", "{out}/tokens.parquet"],
    "outliers": ["outliers", "{}", *MODEL],
    "render": ["render", "{}", *MODEL],
}
KINDS = {
    "columns": ROWS,
    "texts": ROWS,
    "templates": {
        "render": ["render", "{in}/rows.jsonl", *MODEL, "--chat-template", "{}"],
        "check": ["templates", "check", "{}"],
    },
    "tokenizers": {
        "info": ["tokenizers", "info", "{}"],
        "count": ["count", "{in}/words.txt", "--model", "{}"],
        "encode": ["encode", "{in}/lines.txt", "--model", "{}"],
    },
    "ranks": {"info": ["tokenizers", "info", "{}", "--tiktoken-spec", "cl100k_base"]},
}
KINDS["sources"] = KINDS["templates"]
CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f]")


def spent(process):
    """The seconds of processor time and the bytes of memory that a process has taken; 0 once it has ended."""
    try:
        times = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        pages = Path(f"/proc/{process}/statm").read_text().split()
        return (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK"), int(pages[1]) * resource.getpagesize()
    except (OSError, IndexError):
        return 0, 0


class Run:
    """A command with its errors on a terminal: what it cost and how it ended."""

    def __init__(self, command, work, interrupt=None):
        master, terminal = pty.openpty()
        began = time.monotonic()
        with tempfile.TemporaryFile() as output:
            child = subprocess.Popen(
                command, cwd=work, stdin=subprocess.DEVNULL, stdout=output, stderr=terminal,
                env=dict(os.environ, NO_COLOR="1", TERM="xterm"),
            )  # fmt: skip
        os.close(terminal)
        self.errors, self.answer = b"", None
        asked = None
        measured = None
        while measured is None:
            if select.select([master], [], [], 0.05)[0]:
                try:
                    self.errors = (self.errors + os.read(master, 65536))[-200_000:]
                except OSError:
                    time.sleep(0.01)
            now = time.monotonic()
            if interrupt and not asked and now - began > interrupt:
                os.kill(child.pid, signal.SIGINT)
                asked = now
            seconds, memory = spent(child.pid)
            if seconds > END or memory > MOST or now - began > LONGEST:
                os.kill(child.pid, signal.SIGKILL)
            pid, wait_status, usage = os.wait4(child.pid, os.WNOHANG)
            if pid:
                measured = measured_run.ending(wait_status, usage, b"")
        child.returncode = measured.status
        end = time.monotonic()
        while select.select([master], [], [], 0)[0]:
            try:
                self.errors += os.read(master, 65536)
            except OSError:
                break
        os.close(master)
        self.answer = end - asked if asked else None
        self.ending = measured._replace(errors=self.errors)

    def faults(self):
        yield from measured_run.faults(self.ending, LIMIT, MEMORY)
        if found := CONTROLS.search(self.errors):
            yield f"raw {found[0]!r} on the terminal"


def write(work):
    """All files, and the rows and texts that templates and tokenizers are tried with."""
    inputs = work / "in"
    if (inputs / "complete").exists():
        return inputs
    inputs.mkdir(parents=True, exist_ok=True)
    (inputs / "rows.jsonl").write_text('{"messages": [{"role": "user", "content": "Hi"}]}\n')
    (inputs / "words.txt").write_text("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaab " * 300 + "a" * 20_000 + " b\n" * 100)
    (inputs / "lines.txt").write_text("aaaaaaaab ab\n" * 20)
    # A process begins with the memory of the one that starts it, so this one stays small.
    writer = multiprocessing.get_context("spawn").Process(target=write_files, args=(inputs,))
    writer.start()
    writer.join()
    if writer.exitcode != 0:
        sys.exit("the files could not be written")
    (inputs / "complete").touch()
    return inputs


def write_files(inputs):
    import pyarrow as pa

    import hostile_columns
    import hostile_models
    import hostile_texts

    stored = io.BytesIO()
    table = pa.table({"text": ["some words"] * 1000})
    with pa.ipc.new_stream(stored, table.schema) as writer:
        writer.write_table(table)
    hostile_columns.write(inputs / "columns")
    hostile_texts.write(inputs / "texts", stored.getvalue())
    hostile_models.write(inputs)


def members(folder):
    for path in sorted(folder.iterdir()):
        yield from sorted(path.iterdir()) if path.name == "folders" else [path]


def chosen_runs(inputs, options):
    for kind, commands in KINDS.items():
        for path in members(inputs / kind):
            name = f"{kind}/{path.name}"
            if not any(fnmatch.fnmatch(name, pattern) for pattern in options.only):
                continue
            for command, words in commands.items():
                if not options.commands or command in options.commands:
                    yield name, path, command, words


def attempt(program, path, words, inputs, work):
    """The faults of a command over a file, and how it has ended; a long one is interrupted in a second run."""
    out = work / "out"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    line = [str(program)]
    line += [word.replace("{in}", str(inputs)).replace("{out}", str(out)).replace("{}", str(path)) for word in words]
    run = Run(line, out)
    faults = list(run.faults())
    if run.ending.seconds > 0.8:
        again = Run(line, out, interrupt=0.5)
        if again.answer is not None and again.answer > 0.5:
            faults.append(f"SIGINT answered after {again.answer:.1f} s")
    return faults, run.ending


def main():
    parser = measured_run.argument_parser(__doc__)
    parser.add_argument("--only", nargs="*", default=["*"], help="these files, as in 'templates/deep-*'")
    parser.add_argument("--commands", nargs="*", help="these commands")
    parser.add_argument("--all", action="store_true", help="list every run with what it cost")
    options = parser.parse_args()
    program = options.program.resolve()
    measured_run.without_core_files()
    tried = failures = 0
    with measured_run.work_folder(options.work, "hostile-test") as work:
        inputs = write(work)
        for name, path, command, words in chosen_runs(inputs, options):
            faults, run = attempt(program, path, words, inputs, work)
            tried += 1
            failures += bool(faults)
            if faults or options.all:
                cost = f"status {run.status}, {run.seconds:.2f} s, {run.megabytes:.0f} MB"
                said = run.errors.decode(errors="replace").strip().splitlines()
                print(f"{name}, {command}: {'; '.join(faults) or 'fine'} ({cost})", flush=True)
                print(f"    {ascii(' | '.join(said))[1:-1][:400]}", flush=True)
    measured_run.finish(f"{tried} runs", failures)


if __name__ == "__main__":
    main()
