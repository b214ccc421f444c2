#!/usr/bin/env python3
"""How long `tokenstats merge` takes for the results of many shares, and how much memory.

usage: measure_merge.py PROGRAM [--shares 10000] [--model qwen-3-32b]

Makes as many small datasets, analyzes them in one run, and divides what that wrote into one statistics file with its
checkpoint a dataset, as runs of `analyze --shard` leave them. Merging these must give what the one run wrote.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time

WORDS = "the of and to in is that it was for on are as with they at be this have from or one had by word".split()
ROWS = 5


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("--shares", type=int, default=10_000)
    parser.add_argument("--model", default="qwen-3-32b")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data, shares = os.path.join(folder, "sets"), os.path.join(folder, "shares")
        os.mkdir(data)
        os.mkdir(shares)
        make_datasets(data, options.shares)
        whole = os.path.join(folder, "whole.json")
        command = [options.program, "analyze", data, "--model", options.model, "--group-by", "label", "--no-plots"]
        seconds, _ = timed([*command, "--progress", "none", "--output-json", whole])
        print(f"analyze: {seconds:.1f} s for {options.shares:,} datasets of {ROWS} rows")
        paths = divide(whole, shares)
        merged = os.path.join(folder, "merged.json")
        before = sum(os.path.getsize(path) for path in paths)
        seconds, memory = timed([options.program, "merge", *paths, "--output", merged], cwd=shares)
        print(f"merge: {seconds:.1f} s and {memory / 1e6:.0f} MB for {len(paths):,} files of {before / 1e6:.0f} MB")
        if datasets(merged) != datasets(whole):
            sys.exit("the merged statistics are not those of one run")
    return 0


def make_datasets(folder, count):
    numbers = random.Random(1)
    for number in range(count):
        with open(os.path.join(folder, f"set-{number:05}.jsonl"), "w", encoding="utf-8") as file:
            for _ in range(ROWS):
                texts = [" ".join(numbers.choices(WORDS, k=numbers.randint(3, 200))) for _ in range(2)]
                messages = [
                    {"role": role, "content": text} for role, text in zip(("user", "assistant"), texts, strict=True)
                ]
                file.write(json.dumps({"messages": messages, "label": numbers.choice("ab")}) + "\n")


def divide(whole, folder):
    """Writes a statistics file for each dataset, with its checkpoint beside it, and returns their paths."""
    with open(whole, encoding="utf-8") as file:
        document = json.load(file)
    paths = []
    for number, (name, entry) in enumerate(document["datasets"].items()):
        path = os.path.join(folder, f"{number}.json")
        metadata = {**document["metadata"], "total_datasets": 1}
        with open(path, "w", encoding="utf-8") as file:
            json.dump({**document, "metadata": metadata, "datasets": {name: entry}}, file)
        checkpoint = os.path.join(f"{whole}.partials", f"{name}.json")
        os.mkdir(f"{path}.partials")
        os.link(checkpoint, os.path.join(f"{path}.partials", f"{name}.json"))
        paths.append(path)
    return paths


def datasets(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)["datasets"]


def timed(command, cwd=None):
    """The seconds of a command that must succeed, and the most memory of any so far."""
    start = time.perf_counter()
    subprocess.run(command, check=True, cwd=cwd, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


if __name__ == "__main__":
    sys.exit(main())
