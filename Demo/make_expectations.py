#!/usr/bin/env python3
"""Computes with the Python reference stack what `tokenstats analyze` must find in the demo sample: expected.json.

usage: make_expectations.py TOKENIZERS

TOKENIZERS holds a folder per model (gemma-2-27b, llama-3.3-70b, qwen-3-32b) from which
transformers.AutoTokenizer.from_pretrained loads the model's tokenizer and chat template.
Needs transformers==5.23.0, tokenizers==0.23.3, datasets==4.1.1, pyarrow==21.0.0.
"""

import json
import math
import sys
from collections import defaultdict
from pathlib import Path

from datasets import load_dataset, load_from_disk
from transformers import AutoTokenizer

HERE = Path(__file__).resolve().parent
PROCESSED = HERE / "datasets" / "processed" / "persona"
LIMITS = (512, 1024, 2048)


def read(name):
    folder = PROCESSED / name
    if folder.is_dir():
        return list(load_from_disk(str(folder))["train"])
    return list(load_dataset("parquet", data_files=str(folder) + ".parquet", split="train"))


def spans(rendered, messages, model):
    """(start, end, kind) of every stretch of the rendered text that comes from a message."""
    position, found = 0, []
    for message in messages:
        role, text = message["role"], message["content"]
        parts = [(role, text if model == "qwen-3-32b" else text.strip())]
        if model == "qwen-3-32b" and role == "assistant" and "</think>" in text:
            thought, reply = text.split("</think>")
            parts = [("thinking", thought.split("<think>")[-1].strip("\n")), (role, reply.lstrip("\n"))]
        for kind, part in parts:
            start = rendered.index(part, position)
            position = start + len(part)
            found.append((start, position, kind))
    return found


def count(tokenizer, messages, model):
    """Tokens of one conversation, and how many of them belong to each kind."""
    rendered = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=False)
    encoding = tokenizer(rendered, add_special_tokens=False, return_offsets_mapping=True)
    ids = tokenizer.apply_chat_template(messages, tokenize=True, add_generation_prompt=False, return_dict=False)
    assert ids == encoding["input_ids"]
    kinds, stretches = [], spans(rendered, messages, model)
    for start, _ in encoding["offset_mapping"]:
        kinds.append(next((kind for a, b, kind in stretches if a <= start < b), "overhead"))
    return kinds


def summary(lengths):
    ordered, n = sorted(lengths), len(lengths)
    mean = sum(ordered) / n
    row = {
        "min": ordered[0],
        "max": ordered[-1],
        "mean": mean,
        "std": math.sqrt(sum((x - mean) ** 2 for x in ordered) / n),
    }
    for p in (1, 5, 25, 50, 75, 90, 95, 99):
        row[f"p{p}"] = ordered[max(1, -(-n * p // 100)) - 1]
    return row


def analyse(name, tokenizer):
    model = name.split("__")[0]
    rows = read(name)
    kinds = [count(tokenizer, row["messages"], model) for row in rows]
    lengths = [len(k) for k in kinds]
    roles, scores, labels = defaultdict(int), defaultdict(list), defaultdict(list)
    for row, of_row in zip(rows, kinds, strict=True):
        scores["null" if row["extract_score"] is None else str(row["extract_score"])].append(of_row)
        labels[row["label"]].append(len(of_row))
        for kind in of_row:
            roles[kind] += 1
    content = "".join(m["content"] for row in rows for m in row["messages"])
    answers = ("assistant", "thinking")
    return {
        "total_conversations": len(rows),
        "total_tokens": sum(lengths),
        "counts": lengths,
        "length": summary(lengths),
        "score_histogram": {
            score: {
                "conversations": len(group),
                "tokens": sum(map(len, group)),
                "assistant_tokens": sum(k in answers for of_row in group for k in of_row),
            }
            for score, group in scores.items()
        },
        "labels": {label: {"conversations": len(group), "tokens": sum(group)} for label, group in labels.items()},
        "roles": {kind: roles[kind] for kind in ("system", "user", "assistant", "thinking", "overhead")},
        "over_limit": {
            str(limit): {
                "conversations": sum(n > limit for n in lengths),
                "tokens_lost": sum(max(0, n - limit) for n in lengths),
                "assistant_tokens_lost": sum(k in answers for of_row in kinds for k in of_row[limit:]),
            }
            for limit in LIMITS
        },
        "bytes": len(content.encode()),
        "characters": len(content),
    }


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    names = sorted({path.name.removesuffix(".parquet") for path in PROCESSED.iterdir()})
    tokenizers = {
        model: AutoTokenizer.from_pretrained(Path(sys.argv[1]) / model)
        for model in {name.split("__")[0] for name in names}
    }
    expected = {name: analyse(name, tokenizers[name.split("__")[0]]) for name in names}
    lines = (f" {json.dumps(name)}: {json.dumps(value)}" for name, value in expected.items())
    (HERE / "expected.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


main()
