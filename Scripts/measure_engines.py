#!/usr/bin/env python3
"""What counting costs inside Spark and Ray Data, where the rows of Parquet files pass through them.

usage: measure_engines.py spark|ray package|tokenizers|analyze MODEL TOKENIZER.json FILE.parquet ... [--rows N]

The files have a column `text`. `package` counts it by the package in `mapInArrow` or `map_batches`, `tokenizers` by
Hugging Face tokenizers in the same place (of the first N rows), `analyze` by `tokenstats.spark.analyze(paths)`, where
the rows pass through nothing. The engine counts a small file first, so that processes have started and models are
loaded. Prints the tokens, the megabytes of text, the processor seconds of counting alone, and the seconds of the job.
"""

import argparse
import json
import os
import time

import pyarrow
import pyarrow.compute
import pyarrow.parquet

WARM_UP_ROWS = 200
WORKERS = 2


def counter(way, model, tokenizer):
    """A function that makes a column of texts a batch of one row: tokens, processor seconds, bytes."""
    state = {}

    def package(column):
        import tokenstats as ts
        from tokenstats.datasets import count_column

        if "model" not in state:
            state["model"] = ts.model(model)
        return sum(count_column(state["model"], column, "raise", threads=1))

    def tokenizers(column):
        from tokenizers import Tokenizer

        os.environ["TOKENIZERS_PARALLELISM"] = "false"
        if "model" not in state:
            state["model"] = Tokenizer.from_file(tokenizer)
        found = state["model"].encode_batch_fast(column.to_pylist(), add_special_tokens=False)
        return sum(len(encoding.ids) for encoding in found)

    count = package if way == "package" else tokenizers

    def batch(column):
        if not len(column):
            return pyarrow.RecordBatch.from_pydict({"tokens": [0], "cpu": [0.0], "bytes": [0]})
        if "model" not in state:
            count(column.slice(0, 1))
        start = time.process_time()
        tokens = int(count(column))
        cpu = time.process_time() - start
        size = pyarrow.compute.sum(pyarrow.compute.binary_length(column)).as_py()
        return pyarrow.RecordBatch.from_pydict({"tokens": [tokens], "cpu": [cpu], "bytes": [size]})

    return batch


class Spark:
    """Two threads of one process, which starts Python workers."""

    def __init__(self):
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.master(f"local[{WORKERS}]").config("spark.ui.enabled", "false")
        self.session = builder.config("spark.python.worker.reuse", "true").getOrCreate()
        self.session.sparkContext.setLogLevel("ERROR")

    def rows(self, paths, count):
        def work(batches):
            for batch in batches:
                yield count(batch.column(0))

        frame = self.session.read.parquet(*paths).select("text")
        return frame.mapInArrow(work, "tokens long, cpu double, bytes long").collect()

    def analyze(self, paths, model):
        import tokenstats.spark

        return tokenstats.spark.analyze(self.session, paths, model, text_column="text").tokens


class Ray:
    """Two workers of one node."""

    def __init__(self):
        import ray

        ray.init(num_cpus=WORKERS, include_dashboard=False, log_to_driver=False, logging_level="error")
        self.data = ray.data
        ray.data.DataContext.get_current().enable_progress_bars = False

    def rows(self, paths, count):
        def work(table):
            return pyarrow.Table.from_batches([count(table.column("text").combine_chunks())])

        found = self.data.read_parquet(paths, columns=["text"]).map_batches(work, batch_format="pyarrow")
        return found.take_all()

    def analyze(self, paths, model):
        import tokenstats.ray

        return tokenstats.ray.analyze(paths, model, text_column="text").tokens


def first_rows(path, count):
    """A file of the first rows beside the given one."""
    name = os.path.join(os.path.dirname(path), f"first-{count}.parquet")
    if not os.path.exists(name):
        batch = next(pyarrow.parquet.ParquetFile(path).iter_batches(count, columns=["text"]))
        pyarrow.parquet.write_table(pyarrow.Table.from_batches([batch]), name)
    return name


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engine", choices=("spark", "ray"))
    parser.add_argument("way", choices=("package", "tokenizers", "analyze"))
    parser.add_argument("model")
    parser.add_argument("tokenizer")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--rows", type=int)
    options = parser.parse_args()
    engine = Spark() if options.engine == "spark" else Ray()
    small = first_rows(options.files[0], WARM_UP_ROWS)
    files = [first_rows(options.files[0], options.rows)] if options.rows else options.files
    if options.way == "analyze":
        engine.analyze([small], options.model)
        start = time.perf_counter()
        print(json.dumps({"tokens": engine.analyze(files, options.model), "seconds": time.perf_counter() - start}))
        return
    count = counter(options.way, options.model, options.tokenizer)
    engine.rows([small], count)
    start = time.perf_counter()
    rows = engine.rows(files, count)
    seconds = time.perf_counter() - start
    tokens, cpu, size = (sum(row[name] for row in rows) for name in ("tokens", "cpu", "bytes"))
    print(json.dumps({"tokens": tokens, "cpu": cpu, "megabytes": size / 1e6, "seconds": seconds}))


if __name__ == "__main__":
    main()
