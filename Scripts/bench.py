#!/usr/bin/env python3
"""Measure tokenstats against what is asked of it and against the best Python libraries, and print the table.

usage: Scripts/bench.py [--rows warm,stress,...] [--quick] [--full] [--runs 5] [--cache DIR] [--out DIR]
                        [--program PATH]

Rows:
  warm      counting on one core, all caches warm, beside gigatoken; Gemma-2 beside sentencepiece too
  avx2      the same with the kernel for processors without AVX-512
  cores     two cores beside two processes, each on its core
  first     the first pass over texts never seen, beside gigatoken's first pass in a fresh process
  stress    texts in other scripts, emoji, code and decomposed letters, warm and first pass
  startup   `--version` and `count` of an empty file by the static program of `make dist`
  growth    1 MiB and 2 MiB of one character, of random letters and of random bytes
  families  tokenizer files of many models: counting and loading beside tokenizers, the tables of the last run kept
  peers     the same files beside gigatoken, where it reads them, warm and first pass
  rulers    runs of one character, alone and as lines
  types     the same texts as in growth with each type of model
  templates chat templates through the engine, two turns a conversation, beside jinja2 and minijinja; with the official
            templates in TOKENSTATS_OFFICIAL_TEMPLATES an analysis through the engine beside the native formats
  formats   the same rows as JSON lines and CSV beside Arrow, and beside a loop over json.loads, template and gigatoken
  png       one picture, drawn and written: the mean over 100 roles and 100 traits
  medium    the analysis of 66 datasets beside the same written as well as Python allows, two processes
  tokenize  tokens and labels of conversations, beside `datasets.map` with tokenizers and with gigatoken
  generate  129 MB of raw records into datasets, beside the Python converter
  python    the wheel of `make wheel`: a column and a list beside the program and gigatoken, `datasets.map` beside
            tokenizers in the same map; only where it is named
  engines   the same wheel in Spark and Ray Data, beside tokenizers in the same place; only where it is named
  full      the analysis of 1,299 datasets, and again; needs 10 GB and is measured only with --full or when named

Runs of both sides take turns, each pinned to the same core, with texts in memory and loading apart; figures are
medians. Data, reference tokenizers and the Python environment are made once in the cache folder. Rows that need
../shared (the corpus and the yardsticks) say so where it is not there. Results also go to bench.json and bench.md in
the output folder.
"""

import argparse
import atexit
import os
import shlex
import shutil
import statistics
import sys
import tempfile

import bench_engines
import bench_families
import bench_formats
import bench_report
import bench_templates
from bench_data import MODELS, ROOT, STRESS_KINDS, Data, Failed, Missing, run
from bench_report import Result
from bench_runs import Runner

ROWS = (
    "warm",
    "avx2",
    "cores",
    "first",
    "stress",
    "startup",
    "growth",
    "families",
    "peers",
    "rulers",
    "types",
    "templates",
    "formats",
    "png",
    "medium",
    "tokenize",
    "generate",
    "python",
    "engines",
    "full",
)
QUICK_ROWS = ("warm", "avx2", "cores", "first", "stress", "startup", "growth")
GEMMA = "gemma-2-27b"
QWEN = "qwen-3-32b"


class Bench:
    """The rows of the table; each measures and returns results."""

    def __init__(self, options, data):
        self.options, self.data = options, data
        self.results = os.path.join(data.cache, f"results-{os.getpid()}")
        self.runner = Runner(options, data)
        self.megabytes = 20 if options.quick else 60
        self.stress_megabytes = 2 if options.quick else 8

    def warm(self):
        texts = self.data.texts(self.megabytes)
        for model in MODELS:
            ours, peer = self.runner.alternate(
                lambda: self.runner.count(model, texts),
                lambda: self.runner.yardstick("gigatoken", model, texts, self.megabytes),
            )
            self.same_tokens(model, ours, peer)
            floor, aim = (20, 28) if model == GEMMA else (2.2, 2.8)
            yield Result.ratio(f"warm, {model}", warm(ours), [p["median_mb_s"] for p in peer], floor, aim, "MB/s")
        self.data.sentencepiece_model()
        megabytes = self.megabytes // 6
        ours, peer = self.runner.alternate(
            lambda: self.runner.count(GEMMA, texts),
            lambda: self.runner.yardstick("sentencepiece", GEMMA, texts, megabytes, 2),
            runs=min(3, self.options.runs),
        )
        yield Result.ratio(
            f"warm, {GEMMA} beside sentencepiece", warm(ours), [p["median_mb_s"] for p in peer], 200, None, "MB/s"
        )

    def avx2(self):
        texts = self.data.texts(self.megabytes)
        for model in MODELS[:2]:
            ours, peer = self.runner.alternate(
                lambda: self.runner.count(model, texts, kernel="avx2"),
                lambda: self.runner.yardstick("gigatoken", model, texts, self.megabytes),
            )
            self.same_tokens(model, ours, peer)
            yield Result.ratio(
                f"warm with AVX2, {model}", warm(ours), [p["median_mb_s"] for p in peer], 1.3, 1.8, "MB/s"
            )

    def cores(self):
        texts = self.data.texts(self.megabytes)
        if len(self.runner.cores) < 2:
            raise Missing("a second core is not here")
        for model in MODELS:
            two, one, apart = self.runner.alternate(
                lambda: self.runner.count(model, texts, jobs=2),
                lambda: self.runner.count(model, texts),
                lambda: self.runner.count_apart(model, texts),
            )
            self.same_tokens(model, two, one)
            yield Result.ratio(f"two cores beside two processes, {model}", warm(two), apart, 0.97, 1, "MB/s")
            yield Result.remark(f"two cores beside one, {model}", warm(two), warm(one), "MB/s")

    def first(self):
        texts = self.data.texts(self.megabytes)
        for model in MODELS:
            ours, peer = self.runner.alternate(
                lambda: self.runner.count(model, texts), lambda: self.runner.peer(model, texts, passes=1)
            )
            self.same_tokens(model, ours, peer)
            floor, aim = (10, 14) if model == GEMMA else (2.5, 3)
            yield Result.ratio(f"first pass, {model}", first(ours), first(peer), floor, aim, "MB/s")

    def stress(self):
        for kind in STRESS_KINDS:
            texts = self.data.stress(kind, self.stress_megabytes)
            for model in MODELS:
                ours, peer = self.runner.alternate(
                    lambda: self.runner.count(model, texts), lambda: self.runner.peer(model, texts, passes=6)
                )
                self.same_tokens(f"{kind}, {model}", ours, peer)
                yield Result.ratio(f"{kind} warm, {model}", warm(ours), warm(peer), 2, 3, "MB/s")
                yield Result.ratio(f"{kind} first pass, {model}", first(ours), first(peer), 2, 3, "MB/s")

    def startup(self):
        program = self.data.static_program()
        yield Result.limit("start-up, --version", self.milliseconds([program, "--version"]), 5, 4, "ms")
        for model in MODELS:
            command = [program, "count", "--model", model, self.data.empty()]
            yield Result.limit(f"start-up, {model}", self.milliseconds(command), 5, 4, "ms")

    def milliseconds(self, command):
        """What a command takes from its third run on."""
        for _ in range(2):
            self.runner.measure(command)
        return [self.runner.measure(command)["seconds"] * 1e3 for _ in range(4 * self.options.runs)]

    def growth(self):
        small, large = self.data.growth(1), self.data.growth(2)
        for name in small:
            for model in MODELS:
                one, two = self.runner.alternate(
                    lambda: self.runner.count(model, small[name], plain=True),
                    lambda: self.runner.count(model, large[name], plain=True),
                )
                one, two = ([run["timing"] for run in runs] for runs in (one, two))
                seconds = [statistics.median(t["count_seconds"] for t in timings) for timings in (one, two)]
                rates = min(
                    ([t["megabytes_per_second"] for t in timings] for timings in (one, two)), key=statistics.median
                )
                yield Result.growth(f"growth of {name}, {model}", rates, seconds[1] / seconds[0])

    def families(self):
        texts = self.data.texts(4)
        for name, path in self.data.families().items():
            # The first run leaves compiled tables, as the first use does for every later one.
            self.runner.count(path, texts)
            ours, peer = self.runner.alternate(
                lambda path=path: self.runner.count(path, texts),
                lambda path=path: self.runner.tokenizers(path, texts, passes=2),
                runs=min(3, self.options.runs),
            )
            self.same_tokens(name, ours, peer)
            yield Result.ratio(f"warm, {name}", warm(ours), warm(peer), 5, None, "MB/s")
            if os.path.getsize(path) > 2_000_000:
                seconds = [[run["timing"]["load_seconds"] for run in runs] for runs in (ours, peer)]
                yield Result.speedup(f"loading {name}", *seconds, 3, None)

    def peers(self):
        yield from bench_families.peers(self)

    def rulers(self):
        yield from bench_families.rulers(self)

    def types(self):
        small, large = self.data.growth(1), self.data.growth(2)
        for name in small:
            for kind, path in self.data.model_types().items():
                one, two = self.runner.alternate(
                    lambda path=path, name=name: self.runner.count(path, small[name], plain=True),
                    lambda path=path, name=name: self.runner.count(path, large[name], plain=True),
                    runs=1,
                )
                rates = [run["timing"]["megabytes_per_second"] for run in one + two]
                seconds = [runs[0]["timing"]["count_seconds"] for runs in (one, two)]
                yield Result(
                    f"growth of {name}, {kind}",
                    rates,
                    [],
                    "MB/s",
                    seconds[1] / seconds[0],
                    2.4,
                    None,
                    " x",
                    smaller_is_better=True,
                )

    def templates(self):
        yield from bench_templates.results(self.runner, self.data, self.megabytes, self.fresh)

    def formats(self):
        yield from bench_formats.results(self.runner, self.data, self.megabytes)

    def png(self):
        folder, out = self.data.pictures(), self.fresh("png")
        options = ["--dataset-dir", folder, "--output-json", f"{out}/t.json", "--progress", "none"]
        run([self.data.program, "analyze", *options, "--no-plots"])
        # Nothing is counted again. Every folder is a new one, because a picture that is there and did not change stays.
        command = [self.data.program, "analyze", *options, "--jobs", "1", "--timing", "--json", "--output-plots"]
        drawing = [
            self.runner.json([*command, f"{out}/plots-{number}"])["timing"]["drawing"]
            for number in range(self.options.runs)
        ]
        means = [(d["draw_seconds"] + d["write_seconds"]) / d["pictures"] * 1e3 for d in drawing]
        yield Result.limit(f"one PNG, drawn and written, mean of {drawing[0]['pictures']}", means, 2.5, 1.8, "ms")

    def medium(self):
        yardstick, files = self.data.shared("bench", "best_python.py"), self.data.medium_files()
        tokenizers, folder = os.path.dirname(self.data.tokenizer(QWEN)), self.data.medium()
        self.analyze(folder)

        def python():
            out = self.fresh("best")
            command = [self.data.python, yardstick, files, tokenizers, f"{out}/t.json", f"{out}/plots"]
            return self.runner.measure(command, pinned=False)["seconds"]

        ours, peer = self.runner.alternate(lambda: self.analyze(folder)["seconds"], python)
        yield Result.speedup("analysis of 66 datasets", ours, peer, 14, 20)

    def tokenize(self):
        chats = self.data.chats(self.megabytes // 6)
        folder = os.path.join(self.data.chat_tokenizers(), QWEN)

        def ours():
            out = os.path.join(self.fresh("tokenize"), "tokens")
            options = ["--model", QWEN, "--train", "all", "--jobs", "1", "--output", out]
            return self.runner.measure([self.data.program, "tokenize", chats, *options])["seconds"]

        script = os.path.join(ROOT, "Scripts", "measure_tokenize.py")
        for library, floor in (("transformers", 30), ("gigatoken", 3)):
            seconds = self.runner.alternate(
                ours,
                lambda library=library: self.runner.json([self.data.python, script, library, folder, chats])["seconds"],
                runs=min(3, self.options.runs),
            )
            yield Result.speedup(f"tokenize, beside datasets.map with {library}", *seconds, floor, None)

    def generate(self):
        converter, raw = self.data.shared("corpus", "to_hf.py"), self.data.raw()

        def made(command, workers):
            # The folder of the run before makes room first, in memory too: pages of memory that a virtual machine has
            # not touched yet cost more than writing them. What waits to be written to the disk would slow this run.
            out = os.path.join(self.results, "made")
            shutil.rmtree(out, ignore_errors=True)
            os.makedirs(self.results, exist_ok=True)
            os.sync()
            return self.runner.measure([*command(out), str(workers)], pinned=workers == 1)["seconds"]

        def ours(out):
            options = [
                "--type",
                "both",
                "--persona-data-dir",
                raw,
                "--output-dir",
                out,
                "--progress",
                "none",
                "--workers",
            ]
            return [self.data.program, "generate", *options]

        def python(out):
            return [self.data.python, converter, "--raw", raw, "--v1", "--out", out, "--jobs"]

        for workers in (1, 2):
            seconds = self.runner.alternate(lambda: made(ours, workers), lambda: made(python, workers))
            yield Result.speedup(f"raw records into datasets, workers {workers}", *seconds, 7, None)

    def python(self):
        texts = self.data.texts(self.megabytes)
        for model in MODELS:
            column, listed, program, peer = self.runner.alternate(
                lambda: self.runner.wheel("column", model, texts),
                lambda: self.runner.wheel("list", model, texts),
                lambda: self.runner.count(model, texts),
                lambda: self.runner.peer(model, texts, passes=6),
            )
            self.same_tokens(model, column, program)
            self.same_tokens(model, listed, peer)
            yield Result.ratio(
                f"pyarrow column beside the program, {model}", warm(column), warm(program), 0.9, 1, "MB/s"
            )
            yield Result.ratio(f"list of str beside the program, {model}", warm(listed), warm(program), 0.8, 1, "MB/s")
            yield Result.ratio(f"list of str beside gigatoken, {model}", warm(listed), warm(peer), 2, 3, "MB/s")
            mapped, peer = self.runner.alternate(
                lambda: self.runner.wheel("map", model, texts),
                lambda: self.runner.wheel("map-tokenizers", model, self.data.texts(1), passes=2),
                runs=min(3, self.options.runs),
            )
            yield Result.ratio(
                f"datasets.map beside tokenizers in it, {model}", warm(mapped), warm(peer), 40, 100, "MB/s"
            )

    def engines(self):
        yield from bench_engines.results(self)

    def full(self):
        folder = self.data.full()
        self.analyze(folder)
        measured, again = [], []
        for _ in range(min(3, self.options.runs)):
            out = self.fresh("analysis")
            measured.append(self.analyze(folder, out))
            again.append(self.analyze(folder, out))
        yield Result.limit("analysis of 1,299 datasets", [m["seconds"] for m in measured], 12, 10, "s")
        yield Result.limit("its peak memory", [m["memory"] / 1e6 for m in measured], 400, None, "MB")
        yield Result.limit("the same again, nothing changed", [m["seconds"] for m in again], 0.8, 0.4, "s")

    def analyze(self, folder, out=None):
        out = out or self.fresh("analysis")
        options = [
            "--dataset-dir",
            folder,
            "--output-json",
            f"{out}/t.json",
            "--output-plots",
            f"{out}/plots",
            "--progress",
            "none",
        ]
        return self.runner.measure([self.data.program, "analyze", *options], pinned=False)

    def fresh(self, name):
        """An empty folder for results, each time another one.

        Nothing is removed before the end: ext4 searches long for a free inode where files were deleted a minute ago.
        """
        os.makedirs(self.results, exist_ok=True)
        return tempfile.mkdtemp(prefix=f"{name}-", dir=self.results)

    @staticmethod
    def same_tokens(what, ours, peer):
        counts = {run.get("tokens", run.get("timing", {}).get("tokens")) for run in (*ours, *peer)}
        if len(counts) != 1:
            raise Failed(f"{what}: the token totals differ, so there is nothing to compare: {sorted(counts)}")


def warm(runs):
    return [run["timing"]["megabytes_per_second"] for run in runs]


def first(runs):
    return [run["passes"][0] for run in runs]


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    caches = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    parser.add_argument("--rows", help="rows to measure, separated by commas or spaces")
    parser.add_argument(
        "--quick", action="store_true", help="less text and fewer runs, without the analyses: four minutes"
    )
    parser.add_argument("--full", action="store_true", help="with the row `full`")
    parser.add_argument("--runs", type=int, help="runs of each side (5; quick: 3)")
    parser.add_argument("--core", type=int, help="the core that single runs are pinned to; the last one by default")
    parser.add_argument("--program", default=os.path.join(ROOT, ".build", "release", "tokenstats"))
    parser.add_argument("--python", help="a Python that has the libraries; otherwise an environment is made")
    parser.add_argument(
        "--shared", default=os.environ.get("TOKENSTATS_SHARED") or os.path.join(os.path.dirname(ROOT), "shared")
    )
    parser.add_argument("--cache", default=os.path.join(caches, "tokenstats", "bench"), help="where the data is kept")
    parser.add_argument("--out", default=os.path.join(ROOT, ".build", "bench"), help="where bench.json and bench.md go")
    options = parser.parse_args()
    options.runs = options.runs or (3 if options.quick else 5)
    rows = (options.rows or "").replace(",", " ").split()
    unknown = [row for row in rows if row not in ROWS]
    if unknown:
        parser.error(f"unknown rows {', '.join(unknown)}; known are {', '.join(ROWS)}")
    options.rows = (
        rows
        or [row for row in (QUICK_ROWS if options.quick else ROWS) if row not in ("python", "engines", "full")]
        + ["full"] * options.full
    )
    if not os.access(options.program, os.X_OK):
        parser.error(f"no program at {options.program}: build it with `make build`, or name it with --program")
    options.program = os.path.abspath(options.program)
    return options


def main():
    options = parse_options()
    data = Data(options)
    bench = Bench(options, data)
    machine = bench_report.machine(options, bench.runner.cores)
    print(bench_report.heading(machine), flush=True)
    groups, missing, failed = {}, {}, False
    atexit.register(shutil.rmtree, bench.results, ignore_errors=True)
    for row in options.rows:
        bench.runner.start_row()
        results = []
        try:
            for result in getattr(bench, row)():
                results.append(result)
                print(result.line(), flush=True)
        except (Missing, Failed) as reason:
            missing[row] = str(reason)
            failed |= isinstance(reason, Failed)
            print(f"| {row} | not measured: {reason} |", flush=True)
        groups[row] = {"results": results, "commands": bench.runner.commands, "load": bench.runner.load}
        # After every row: what is measured is not lost with what comes later.
        bench_report.write(options.out, machine, groups, missing, command=shlex.join(sys.argv))
    print(bench_report.ending(groups), flush=True)
    print(f"\n{options.out}/bench.md\n{options.out}/bench.json")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
