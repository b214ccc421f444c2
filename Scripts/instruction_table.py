"""The runs and the table of `Scripts/count_instructions.sh`, which prepares the folder that is given first.

Stages are the inclusive costs of functions, so their names are looked for in what valgrind saw: where one is missing,
it was renamed or inlined, and the message says which.
"""

import argparse
import json
import os
import re
import subprocess
import sys

import make_stress_texts

MODELS = ("llama-3.3-70b", "qwen-3-32b", "gemma-2-27b")
LOADING, COUNTING = "Tokenizer.init(file:digest:converter:tables:kernels:)", "CountingPool.count(_:)"
# Valgrind runs what it knows; the order of Swift's dictionaries must not depend on the run.
ENVIRONMENT = {**os.environ, "TOKENSTATS_KERNEL": "avx2", "SWIFT_DETERMINISTIC_HASHING": "1", "LC_ALL": "C"}
LINE = re.compile(r"^\s*([\d,]+) \([^)]*\)\s+(.*?)(?: \[([^\]]*)\])?$")


def run(command, **options):
    result = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if result.returncode != 0:
        sys.exit(f"`{' '.join(command)}` ended with {result.returncode}:\n{result.stderr[-2000:]}")
    return result.stdout


class Profile:
    """The instructions of one run, by function: alone, and with all that it calls."""

    def __init__(self, folder, model, text, passes):
        out = os.path.join(folder, "callgrind.out")
        program = [
            os.path.join(folder, "tokenstats"),
            "count",
            "--model",
            model,
            "--jobs",
            "1",
            "--total",
            "--passes",
            str(passes),
            text,
        ]
        run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *program], env=ENVIRONMENT)
        self.alone, self.inclusive = self.read(out, []), self.read(out, ["--inclusive=yes"])
        self.total = sum(self.alone.values())

    @staticmethod
    def read(path, options):
        listing = run(["callgrind_annotate", "--threshold=100", "--auto=no", *options, path])
        listing = run(["swift", "demangle", "--simplified"], input=listing)
        functions = {}
        for line in listing.splitlines():
            match = LINE.match(line)
            if match and match.group(2) != "PROGRAM TOTALS":
                name = match.group(2).split(":", 1)[-1]
                if name.startswith("0x") and match.group(3):
                    name = os.path.basename(match.group(3))
                functions[name] = functions.get(name, 0) + int(match.group(1).replace(",", ""))
        return functions

    def of(self, function):
        if function not in self.inclusive:
            sys.exit(f"{function} is not among the functions that ran: adapt {os.path.basename(__file__)}")
        return self.inclusive[function]


def top(functions, count):
    rows = sorted(functions.items(), key=lambda item: -item[1])[:count]
    whole = sum(functions.values())
    return [f"    {100 * cost / whole:5.1f} %  {name[:100]}" for name, cost in rows if cost > 0]


def make_text(folder, kind, megabytes):
    """A stress text, or `words`: made-up words that hardly ever come twice, so that the first pass merges them all."""
    path = os.path.join(folder, f"{kind}.jsonl")
    if os.path.exists(path):
        return path
    if kind != "words":
        run([sys.executable, make_stress_texts.__file__, path, "--kinds", kind, "--megabytes", str(megabytes)])
        return path
    writer = make_stress_texts.Writer(1)
    words = [
        "".join(writer.often("etaoinshrdlucmfwypvbgkqjxz") for _ in range(3 + writer.below(10)))
        for _ in range(int(megabytes * 1e6 / 8.5))
    ]
    return make_file(folder, kind, [" ".join(words[i : i + 200]) for i in range(0, len(words), 200)])


def make_file(folder, name, texts):
    path = os.path.join(folder, f"{name}.jsonl")
    with open(path, "w", encoding="ascii") as file:
        file.writelines(json.dumps(text) + "\n" for text in texts)
    return path


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--kinds", default="words,code,european,cjk,nfd")
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--megabytes", type=float, default=1)
    parser.add_argument("--top", type=int, default=8)
    options = parser.parse_args()
    size = options.megabytes * 1e6
    print("Instructions: start and loading in millions, the others for every byte of text (AVX2 kernels).\n")
    print(
        "| model | text | start | loading | reading | first pass | warm pass |\n|---|---|---|---|---|---|---|",
        flush=True,
    )
    details = []
    nothing = make_file(options.folder, "nothing", [])
    for model in options.models.split(","):
        start = Profile(options.folder, model, nothing, passes=1)
        base = start.total - start.of(LOADING)
        for kind in options.kinds.split(","):
            text = make_text(options.folder, kind, options.megabytes)
            once, twice = (Profile(options.folder, model, text, passes) for passes in (1, 2))
            loading, first = once.of(LOADING), once.of(COUNTING)
            warm = {name: cost - once.alone.get(name, 0) for name, cost in twice.alone.items()}
            reading = once.total - loading - first - base
            print(
                f"| {model} | {kind} | {base / 1e6:.1f} M | {loading / 1e6:.1f} M | {reading / size:.1f} | "
                f"{first / size:.1f} | {(twice.of(COUNTING) - first) / size:.1f} |",
                flush=True,
            )
            details += [f"\n{model}, {kind}, the first run as a whole:", *top(once.alone, options.top)]
            details += [f"{model}, {kind}, a warm pass:", *top(warm, options.top)]
    print("\n".join(details))


if __name__ == "__main__":
    main()
