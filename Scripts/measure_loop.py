#!/usr/bin/env python3
"""How long a loop in Python takes to count chats: json.loads, the chat template, gigatoken.

usage: Scripts/measure_loop.py TOKENIZER_DIR CHATS.jsonl

TOKENIZER_DIR holds a tokenizer.json and a tokenizer_config.json with the chat template. The clock starts before the
file is opened and stops when the last batch of 1,000 conversations is encoded; loading the libraries is not a part of
it. Prints the seconds, those of the processor, and the tokens.
"""

import itertools
import json
import os
import sys
import time

os.environ.update(
    RAYON_NUM_THREADS="1", TOKENIZERS_PARALLELISM="false", HF_HUB_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1"
)

import gigatoken
from transformers import AutoTokenizer


def main():
    folder, chats = sys.argv[1:3]
    tokenizer = AutoTokenizer.from_pretrained(folder)
    encoder = gigatoken.Tokenizer(os.path.join(folder, "tokenizer.json"))
    start, busy = time.perf_counter(), time.process_time()
    tokens = 0
    with open(chats, encoding="utf-8") as file:
        while lines := list(itertools.islice(file, 1000)):
            rows = [json.loads(line)["messages"] for line in lines]
            texts = tokenizer.apply_chat_template(rows, tokenize=False)
            tokens += sum(map(len, encoder.encode_batch(texts, parallel=False).to_list()))
    seconds, processor = time.perf_counter() - start, time.process_time() - busy
    print(json.dumps({"seconds": seconds, "processor_seconds": processor, "tokens": tokens}))


if __name__ == "__main__":
    main()
