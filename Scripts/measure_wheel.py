#!/usr/bin/env python3
"""How fast the Python package counts texts, pass by pass, in a process of its own.

usage: measure_wheel.py column|list|map|map-tokenizers MODEL TOKENIZER.json TEXTS.jsonl [--passes 6]

TEXTS has one JSON string a line; they are in memory before the clock starts: as a pyarrow column, a list of str, or a
dataset of `datasets`, whose map counts them, by itself or by Hugging Face tokenizers. One thread. Prints what
`Scripts/measure_peer.py` prints.
"""

import argparse
import json
import statistics
import time

import tokenstats as ts


def counter(form, model, tokenizer, texts):
    """A function that counts all texts and returns their tokens."""
    if form == "list":
        return lambda: model.count(texts, threads=1).sum()
    import pyarrow

    if form == "column":
        column = pyarrow.array(texts)
        return lambda: model.count(column, threads=1).sum()
    import datasets

    datasets.disable_progress_bars()
    data = datasets.Dataset.from_dict({"text": texts})
    if form == "map":
        data = data.with_format("arrow")
        function = ts.datasets.lengths(model, "text")
    else:
        function = peer_function(tokenizer)

    def count():
        counted = data.map(function, batched=True, keep_in_memory=True, load_from_cache_file=False)
        return sum(counted.data["tokens"].to_pylist())

    return count


def peer_function(path):
    """A function for map that counts with Hugging Face tokenizers, as fast as they can."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(path)
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def count(rows):
        encodings = tokenizer.encode_batch_fast(rows["text"], add_special_tokens=False)
        return {"tokens": [len(encoding) for encoding in encodings]}

    return count


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("form", choices=("column", "list", "map", "map-tokenizers"))
    parser.add_argument("model")
    parser.add_argument("tokenizer")
    parser.add_argument("texts")
    parser.add_argument("--passes", type=int, default=6)
    options = parser.parse_args()
    with open(options.texts, encoding="utf-8") as lines:
        texts = [json.loads(line) for line in lines]
    size = sum(len(text.encode()) for text in texts)
    count = counter(options.form, ts.model(options.model), options.tokenizer, texts)
    passes = []
    for _ in range(options.passes):
        start = time.perf_counter()
        tokens = count()
        passes.append(size / 1e6 / (time.perf_counter() - start))
    print(
        json.dumps(
            {
                "passes": passes,
                "tokens": tokens,
                "timing": {"megabytes_per_second": statistics.median(passes[1:] or passes)},
            }
        )
    )


if __name__ == "__main__":
    main()
