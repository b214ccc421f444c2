#!/usr/bin/env python3
"""How long `datasets.map` takes to make tokens and labels of chats, in a process of its own.

usage: Scripts/measure_tokenize.py transformers|gigatoken TOKENIZER_DIR CHATS.jsonl [--core 1]

TOKENIZER_DIR holds a tokenizer.json and a tokenizer_config.json with the chat template. The chats are read before the
clock starts; it stops when `map` has written its cache file. One process, pinned to one core. `transformers` is
`apply_chat_template(tokenize=True)` row by row, as trainers call it; `gigatoken` renders the same way and encodes a
batch at once. Both train every token, so that labels are a copy. Prints the seconds, those of the processor, and the
tokens.
"""

import argparse
import json
import os
import tempfile
import time


def transformers_map(tokenizer, folder):
    def encode(row):
        ids = tokenizer.apply_chat_template(row["messages"], tokenize=True, return_dict=True)["input_ids"]
        return {"input_ids": ids, "labels": list(ids), "length": len(ids)}

    return encode, {}


def gigatoken_map(tokenizer, folder):
    import gigatoken

    encoder = gigatoken.Tokenizer(os.path.join(folder, "tokenizer.json"))

    def encode(rows):
        texts = tokenizer.apply_chat_template(rows["messages"], tokenize=False)
        ids = encoder.encode_batch(texts, parallel=False).to_list()
        return {"input_ids": ids, "labels": ids, "length": list(map(len, ids))}

    return encode, {"batched": True}


LIBRARIES = {"transformers": transformers_map, "gigatoken": gigatoken_map}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", choices=LIBRARIES)
    parser.add_argument("tokenizer")
    parser.add_argument("chats")
    parser.add_argument("--core", type=int)
    options = parser.parse_args()
    if options.core is not None:
        os.sched_setaffinity(0, {options.core})
    os.environ.update(
        RAYON_NUM_THREADS="1", TOKENIZERS_PARALLELISM="false", HF_HUB_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1"
    )
    with tempfile.TemporaryDirectory() as cache:
        os.environ["HF_DATASETS_CACHE"] = cache
        import datasets
        from transformers import AutoTokenizer

        datasets.disable_progress_bars()
        tokenizer = AutoTokenizer.from_pretrained(options.tokenizer)
        rows = datasets.load_dataset("json", data_files=options.chats, split="train", cache_dir=cache)
        encode, arguments = LIBRARIES[options.library](tokenizer, options.tokenizer)
        start, busy = time.perf_counter(), time.process_time()
        made = rows.map(encode, remove_columns=rows.column_names, **arguments)
        seconds, processor = time.perf_counter() - start, time.process_time() - busy
        tokens = sum(made["length"])
    print(json.dumps({"seconds": seconds, "processor_seconds": processor, "tokens": tokens}))


if __name__ == "__main__":
    main()
