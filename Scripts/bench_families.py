"""Rows of `Scripts/bench.py` about tokenizer files beside gigatoken, and about rulers."""

import json
import random
import statistics

from bench_data import MODELS, Failed
from bench_report import Result

MEGABYTES = 20
RULERS = {"dashes": "-", "hashes": "#", "slashes": "/", "equals": "=", "stars": "*", "tabs": "\t"}


def peers(bench):
    """Tokenizer files beside gigatoken, warm and in the first pass; alone where it does not read a file."""
    texts = bench.data.texts(MEGABYTES)
    for name, path in bench.data.families().items():
        # The first run leaves compiled tables.
        bench.runner.count(path, texts)
        try:
            bench.runner.gigatoken(path, texts, passes=1)
        except Failed:
            runs = [bench.runner.count(path, texts) for _ in range(bench.options.runs)]
            yield alone(f"warm, {name}, which gigatoken does not read", rates(runs))
            continue
        ours, peer = bench.runner.alternate(
            lambda path=path: bench.runner.count(path, texts),
            lambda path=path: bench.runner.gigatoken(path, texts, passes=6),
        )
        bench.same_tokens(name, ours, peer)
        (warm_floor, warm_aim), (first_floor, first_aim) = bounds(path)
        yield Result.ratio(f"warm, {name}", rates(ours), rates(peer), warm_floor, warm_aim, "MB/s")
        yield Result.ratio(f"first pass, {name}", firsts(ours), firsts(peer), first_floor, first_aim, "MB/s")


def rulers(bench):
    """Runs of one character: 2 MB as one run, and as lines of 3 to 120 characters."""
    for name, character in RULERS.items():
        for shape, texts in (("one run", [character * 2_000_000]), ("lines", lines(character))):
            path = bench.data.made(f"ruler-{name}-{shape.replace(' ', '-')}.jsonl", writer(texts))
            for model in MODELS:
                runs = [bench.runner.count(model, path) for _ in range(bench.options.runs)]
                measured = rates(runs)
                yield Result(
                    f"{name}, {shape}, {model}", measured, [], "MB/s", statistics.median(measured), 60, 200, " MB/s"
                )


def bounds(path):
    """What is asked of a file, warm and in the first pass, at least and as the aim."""
    with open(path, encoding="utf-8") as file:
        model = json.load(file)["model"]
    return ((10, 20), (5, 8)) if model.get("byte_fallback") else ((2.2, 2.8), (1.5, 2.5))


def alone(what, measured):
    """Speed that nothing is beside and nothing is asked of."""
    rate = statistics.median(measured)
    return Result(what, measured, [], "MB/s", rate, 0, None, " MB/s", reached="", floor_text=" ", aim_text=" ")


def lines(character):
    numbers = random.Random(3)
    return ["\n".join(character * numbers.randint(3, 120) for _ in range(40)) for _ in range(800)]


def writer(texts):
    def write(path):
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(text) + "\n" for text in texts)

    return write


def rates(runs):
    return [run["timing"]["megabytes_per_second"] for run in runs]


def firsts(runs):
    return [run["passes"][0] for run in runs]
