#!/usr/bin/env python3
"""Measures the wheel on one core, in MB of text per CPU second: the first table of docs/scale.md.

usage: measure_scale.py TEXTS.jsonl     with a Python that has tokenstats and pyarrow; a line holds a JSON string
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import tokenstats as ts

MODELS = ("llama-3.3-70b", "qwen-3-32b", "gemma-2-27b")


def seconds(function, runs):
    """The least CPU seconds of several calls."""
    best = float("inf")
    for _ in range(runs):
        start = time.process_time()
        function()
        best = min(best, time.process_time() - start)
    return best


def child_seconds(command, runs):
    """The least CPU seconds of a program."""
    best = float("inf")
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return best


def read(model, path):
    """Counts a file that pyarrow reads."""
    for batch in pq.ParquetFile(path).iter_batches(10_000, use_threads=False):
        model.count(batch.column(0), threads=1)


def main():
    with open(sys.argv[1], encoding="utf-8") as lines:
        texts = [json.loads(line) for line in lines]
    size = sum(len(text.encode()) for text in texts)
    column = pa.array(texts)
    chats = [[{"role": "user", "content": "Tell me."}, {"role": "assistant", "content": text}] for text in texts]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for codec in ("zstd", "snappy"):
            pq.write_table(
                pa.table({"text": texts}), folder / f"{codec}.parquet", compression=codec, row_group_size=10_000
            )
        pq.write_table(
            pa.table({"messages": chats}), folder / "chats.parquet", compression="zstd", row_group_size=2_000
        )
        zstd = (folder / "zstd.parquet").stat().st_size
        print(f"{len(texts):,} texts, {size / 1e6:.1f} MB, {zstd / 1e6:.1f} MB as Parquet with zstd; MB per CPU second")
        for name in MODELS:
            model = ts.model(name)
            analyze = [ts.program(), "analyze", folder / "chats.parquet", "--model", name, "--jobs", "1", "--no-plots"]
            analyze += ["--force", "--progress", "none", "--output-json", folder / "statistics.json"]
            figures = {
                "first column": seconds(lambda model=model: model.count(column, threads=1), 1),
                "column": seconds(lambda model=model: model.count(column, threads=1), 5),
                "list": seconds(lambda model=model: model.count(texts, threads=1), 5),
                "to_pylist": seconds(lambda model=model: model.count(column.to_pylist(), threads=1), 3),
                "zstd": seconds(lambda model=model: read(model, folder / "zstd.parquet"), 3),
                "snappy": seconds(lambda model=model: read(model, folder / "snappy.parquet"), 3),
                "analyze": child_seconds(list(map(str, analyze)), 3),
            }
            print(name, *(f"{what} {size / 1e6 / taken:,.0f}" for what, taken in figures.items()), sep="  ")


if __name__ == "__main__":
    main()
