#!/usr/bin/env python3
"""Kills the program at random times, and makes calls of the system fail, and looks at what is left.

usage: crash_test.py PROGRAM [--kills N] [--faults N] [--only COMMAND ...] [--seed N] [--work DIR]

After a kill the same command is run again to its end: every output must have the bytes of a run that nobody killed
(times in statistics aside), and nothing else may be left in the folders. After a failed call every file is the old one
or the new one, or one that a run makes of the datasets that did not fail, and the program has ended by itself, with a
message if its status says failure.
"""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import measured_run

ROOT = Path(__file__).resolve().parent.parent
DATASETS = ROOT / "Demo/datasets/processed/persona"
ROWS = DATASETS / "qwen-3-32b__trait__curious"
RECORDS = ROOT / "Demo/persona-data"
LIMIT = 120
# Seconds after which a file counts as settled: what changed later is told from its contents, so that runs would note
# different things of it.
SETTLED = 5
# The status of a command of which a part has failed.
PARTIAL = 3
# Kinds of calls, as faults.c names them.
CALLS = ("write", "fsync", "rename", "read", "mmap", "memalign", "realloc")
# A dataset that is named has its only split in its path, and the fingerprint of a split follows from those.
NAMED = re.compile(rb'(?<=[^"])/train(?=",)|(?<="_fingerprint": ")[0-9a-f]+')
TIMES = re.compile(rb"20\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?")


class Case:
    """A command that writes into a folder, and what there must be before it.

    Where it goes on without datasets that fail, `counted` names those that it has used, by what it has left, and
    `keep` makes a folder hold no others, for commands that are not told which to use.
    """

    def __init__(self, name, arguments, prepare=None, kills=20, counted=None, keep=None):
        self.name, self.arguments, self.prepare, self.kills = name, arguments, prepare, kills
        self.counted, self.keep = counted, keep

    def begin(self, program, folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        if self.prepare:
            self.prepare(program, folder)

    def command(self, program):
        return [program, *self.arguments]


def run(command, folder, **options):
    return subprocess.run(
        command, check=False, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT, **options
    )


def check_run(command, folder):
    result = run(command, folder)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: status {result.returncode}\n{result.stderr.decode(errors='replace')}")


def analyze(program, folder):
    check_run([program, *ANALYZE], folder)


def split_statistics(program, folder):
    for number, model in enumerate(("gemma-2-27b", "qwen-3-32b")):
        arguments = ["analyze", "--dataset-dir", DATASETS, "--models", model, "--output-json", f"{number}.json"]
        check_run([program, *arguments, "--no-plots", "--progress", "none"], folder)


def analyzed(folder):
    return list(json.loads((folder / "t.json").read_bytes())["datasets"])


def chosen(folder):
    return [source["dataset"] for source in json.loads((folder / "out/manifest.json").read_bytes())["sources"]]


def drawn(folder):
    return [path.stem for path in (folder / "again").glob("*.png")]


def keep_counts(folder, names):
    for path in (folder / "t.json.partials").glob("*.json"):
        if path.stem not in names:
            path.unlink()


ANALYZE = (
    *("analyze", "--dataset-dir", DATASETS, "--output-json", "t.json", "--output-plots", "plots"),
    *("--lengths", "lengths.parquet", "--progress", "none"),
)
CASES = (
    Case("analyze", ANALYZE, kills=40, counted=analyzed),
    Case("generate", ("generate", "--persona-data-dir", RECORDS, "--output-dir", "out", "--progress", "none")),
    Case("split", ("split", "--dataset-dir", DATASETS, "--output-dir", "out", "--allow-short"), counted=chosen),
    Case("filter", ("filter", ROWS, "--max-length", "80", "--output", "out")),
    Case("tokenize", ("tokenize", ROWS, "--max-length", "80", "--output", "out")),
    Case("merge", ("merge", "0.json", "1.json", "--output", "all.json"), split_statistics),
    Case("plot", ("plot", "t.json", "--output-plots", "again"), analyze, counted=drawn, keep=keep_counts),
    Case("report", ("report", "t.json", "--output", "report.html"), analyze),
)


def contents(folder):
    """The bytes of all files by their paths, without what tells the time."""
    files = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            files[str(path.relative_to(folder))] = TIMES.sub(b"", path.read_bytes())
    return files


def leftovers(folder):
    names = [str(path.relative_to(folder)) for path in folder.rglob("*")]
    return [name for name in names if re.search(r"\.tmp$|\.lock$|\.unfinished|\.replaced|/lock$", name)]


def difference(expected, found):
    """What differs first; None if nothing does."""
    for name in sorted(set(expected) | set(found)):
        if name not in found:
            return f"{name} is missing"
        if name not in expected:
            return f"{name} should not be there"
        if expected[name] != found[name]:
            return f"{name} has other bytes"
    return None


def is_there(program, case):
    """Whether the program has the command."""
    listed = run([program, "--help"], ROOT).stdout.decode()
    return re.search(rf"^  {case.arguments[0]}\s", listed, re.MULTILINE) is not None


def kill_rounds(program, case, rounds, work, random_source):
    """Kills of a command; returns how many hit, and failures."""
    reference = work / f"{case.name}-reference"
    case.begin(program, reference)
    began = time.monotonic()
    check_run(case.command(program), reference)
    seconds = time.monotonic() - began
    expected = contents(reference)
    hits, failures, tries = 0, [], 0
    while hits < rounds and tries < 3 * rounds:
        tries += 1
        folder = work / case.name
        case.begin(program, folder)
        with subprocess.Popen(
            case.command(program),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            time.sleep(random_source.uniform(0, seconds))
            process.kill()
        if process.returncode >= 0:
            continue
        hits += 1
        again = run(case.command(program), folder)
        # A command that refuses to replace its output may have been killed after it was complete.
        is_complete = again.returncode == 1 and b"is there already" in again.stderr
        fault = difference(expected, contents(folder))
        if again.returncode != 0 and not is_complete:
            fault = f"status {again.returncode}: {again.stderr.decode(errors='replace').strip()}"
        if fault is None and (left := leftovers(folder)):
            fault = f"{left[0]} is left"
        if fault:
            failures.append(f"{case.name}, kill {hits}: {fault}")
    return hits, failures


def wait_until_settled():
    newest = max(path.stat().st_ctime for folder in (DATASETS, RECORDS) for path in folder.rglob("*"))
    time.sleep(max(0, newest + SETTLED - time.time()))


def build_faults(work):
    library = work / "faults.so"
    source = ROOT / "Scripts/faults.c"
    subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library


def fault_rounds(program, case, rounds, work, library, random_source):
    """Failing calls; returns how many were tried, and failures."""
    reference = work / f"{case.name}-reference"
    if not reference.exists():
        case.begin(program, reference)
        check_run(case.command(program), reference)
    new = contents(reference)
    tried, failures = 0, []
    for call in CALLS:
        folder = work / case.name
        case.begin(program, folder)
        old = contents(folder)
        log = work / "calls"
        log.unlink(missing_ok=True)
        environment = dict(os.environ, LD_PRELOAD=str(library), FAULT_CALL=call, FAULT_LOG=str(log))
        run(case.command(program), folder, env=environment)
        count = int(log.read_text()) if log.exists() else 0
        numbers = range(1, count + 1)
        if count > rounds:
            numbers = sorted(random_source.sample(numbers, rounds))
        for number in numbers:
            case.begin(program, folder)
            result = run(case.command(program), folder, env=dict(environment, FAULT_NUMBER=str(number)))
            tried += 1
            found = contents(folder)
            fewer = made_of_fewer(program, case, folder, work) if result.returncode == PARTIAL else {}
            fault = fault_of(result, old, new, fewer, found)
            if fault:
                failures.append(f"{case.name}, {call} {number} of {count}: {fault}")
    return tried, failures


def made_of_fewer(program, case, folder, work):
    """What the command makes of the datasets that it has used in a folder, if it goes on without others."""
    try:
        names = case.counted(folder) if case.counted else []
    except (OSError, ValueError, KeyError):
        return {}
    if not names:
        return {}
    again = work / f"{case.name}-again"
    case.begin(program, again)
    if case.keep:
        case.keep(again, names)
        run(case.command(program), again)
    else:
        check_run([*case.command(program), *names], again)
    return contents(again)


def fault_of(result, old, new, fewer, found):
    """What is wrong after a call has failed; None if nothing is."""
    if result.returncode < 0:
        return f"ended by signal {-result.returncode}: {result.stderr.decode(errors='replace')[-300:]}"
    if result.returncode not in (0, 1, PARTIAL, 5):
        return f"status {result.returncode}"
    if result.returncode != 0 and not result.stderr.strip():
        return f"status {result.returncode} without a message"
    expected = [datasets(files["t.json"]) for files in (new, fewer) if "t.json" in files]
    for name, data in found.items():
        if Path(name).name.startswith(".") or "/." in name or "unfinished" in name:
            return f"{name} is left"
        if data in (old.get(name), new.get(name)):
            continue
        if name in fewer and NAMED.sub(b"", data) == NAMED.sub(b"", fewer[name]):
            continue
        # Statistics that say what failed, or have no pictures yet.
        if result.returncode != 0 and name == "t.json" and datasets(data) in expected:
            continue
        return f"{name} is neither old nor new (status {result.returncode})"
    if result.returncode == 0 and (fault := difference(new, found)):
        return f"status 0, but {fault}"
    return None


def datasets(data):
    """What a statistics file says of each dataset, without its picture; empty if it is none."""
    try:
        entries = json.loads(NAMED.sub(b"", data))["datasets"]
    except (ValueError, KeyError):
        return {}
    return {name: {key: entry[key] for key in entry if key != "plot"} for name, entry in entries.items()}


def main():
    parser = measured_run.argument_parser(__doc__)
    parser.add_argument("--kills", type=int, help="kills of each command; 20, of analyze 40")
    parser.add_argument("--faults", type=int, default=15, help="failing calls of each kind and command; 0 for none")
    parser.add_argument("--only", nargs="*", help="these commands")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    program = options.program.resolve()
    random_source = random.Random(options.seed)
    failures, kills, faults = [], 0, 0
    with measured_run.work_folder(options.work, "crash-test") as work:
        library = build_faults(work)
        wait_until_settled()
        for case in CASES:
            if options.only and case.name not in options.only:
                continue
            if not is_there(program, case):
                print(f"{case.name:<10} not there", flush=True)
                continue
            hit, failed = kill_rounds(program, case, options.kills or case.kills, work, random_source)
            tried, broken = fault_rounds(program, case, options.faults, work, library, random_source)
            print(
                f"{case.name:<10} {hit:3} kills, {len(failed)} failures;"
                f" {tried:4} failed calls, {len(broken)} failures",
                flush=True,
            )
            for fault in failed + broken:
                print(f"  {fault}", flush=True)
            failures += failed + broken
            kills, faults = kills + hit, faults + tried
    measured_run.finish(f"{kills} kills, {faults} failed calls", len(failures))


if __name__ == "__main__":
    main()
