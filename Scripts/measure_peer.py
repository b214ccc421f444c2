#!/usr/bin/env python3
"""How fast a Python library encodes texts, pass by pass, in a process of its own.

usage: Scripts/measure_peer.py gigatoken|tokenizers TOKENIZER.json TEXTS.jsonl [--passes 6] [--core 1]

TEXTS has one JSON string a line; they are in memory, in the form that the library takes fastest, before the clock
starts. One thread, pinned to one core. Prints what `tokenstats count --timing --passes` prints: the first pass begins
with empty caches, `megabytes_per_second` is the median of the passes after the first.
"""

import argparse
import json
import os
import statistics
import time

# The library is twice as fast in ten calls than in one for everything.
CALLS = 10
SEPARATOR = b"\x00\x01\x00\x02"


def gigatoken_encoder(path, texts):
    import gigatoken

    tokenizer = gigatoken.Tokenizer(path)
    parts = [texts[first::CALLS] for first in range(min(CALLS, len(texts)))]
    sources = [
        gigatoken.BytesSource([SEPARATOR.join(text.encode() for text in part)], separator=SEPARATOR) for part in parts
    ]

    def encode():
        for source in sources:
            yield tokenizer.encode_batch(source, parallel=False)

    return encode


def tokenizers_encoder(path, texts):
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(path)
    # transformers decides about both anew, whatever the file says.
    tokenizer.no_truncation()
    tokenizer.no_padding()
    parts = [texts[first::CALLS] for first in range(min(CALLS, len(texts)))]

    def encode():
        for part in parts:
            yield tokenizer.encode_batch_fast(part, add_special_tokens=False)

    return encode


def gigatoken_count(ids):
    import awkward
    import numpy

    return int(numpy.asarray(awkward.num(ids)).sum())


LIBRARIES = {
    "gigatoken": (gigatoken_encoder, gigatoken_count),
    "tokenizers": (tokenizers_encoder, lambda encodings: sum(map(len, encodings))),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", choices=LIBRARIES)
    parser.add_argument("tokenizer")
    parser.add_argument("texts")
    parser.add_argument("--passes", type=int, default=6)
    parser.add_argument("--core", type=int)
    options = parser.parse_args()
    if options.core is not None:
        os.sched_setaffinity(0, {options.core})
    os.environ["RAYON_NUM_THREADS"] = "1"
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    make_encoder, count = LIBRARIES[options.library]

    with open(options.texts, encoding="utf-8", newline="\n") as file:
        texts = [json.loads(line) for line in file]
    size = sum(len(text.encode()) for text in texts)
    start = time.perf_counter()
    encode = make_encoder(options.tokenizer, texts)
    load = time.perf_counter() - start
    seconds = []
    for _ in range(options.passes):
        start = time.perf_counter()
        for _ in encode():
            pass
        seconds.append(time.perf_counter() - start)
    tokens = sum(count(ids) for ids in encode())
    rates = [round(size / second / 1e6, 2) for second in seconds]
    print(
        json.dumps(
            {
                "timing": {
                    "load_seconds": load,
                    "bytes": size,
                    "tokens": tokens,
                    "megabytes_per_second": statistics.median(rates[1:] or rates),
                },
                "passes": rates,
            }
        )
    )


if __name__ == "__main__":
    main()
