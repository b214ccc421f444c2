#!/usr/bin/env python3
"""The row `formats` of Scripts/bench.py: the same rows as JSON lines and CSV beside Arrow, and beside a loop in Python.

usage: Scripts/bench_formats.py CHATS.jsonl FOLDER

As a program of its own it writes the chats, and their answers as texts, into FOLDER: JSON lines, CSV and an Arrow
stream of 1,000 rows a batch. It needs pyarrow.
"""

import csv
import json
import os
import statistics
import sys

MODEL = "qwen-3-32b"
FORMS = {"jsonl": "JSON lines", "csv": "CSV"}


def results(runner, data, megabytes):
    """Processor seconds of counting the rows of each file on one thread."""
    chats = data.chats(megabytes)

    def make(path):
        os.makedirs(path, exist_ok=True)
        runner.measure([data.python, os.path.abspath(__file__), chats, path], pinned=False)

    # Imported here: writing the files needs nothing of the bench.
    from bench_report import Result

    folder = data.made(f"formats-{megabytes}", make)

    def count(name):
        command = [data.program, "count", "--model", MODEL, "--jobs", "1", "--total", os.path.join(folder, name)]
        return runner.measure(command)["processor"]

    for rows in ("conversations", "texts"):
        sides = runner.alternate(*(lambda rows=rows, end=end: count(f"{rows}.{end}") for end in ("arrow", *FORMS)))
        for form, seconds in zip(FORMS.values(), sides[1:], strict=True):
            yield Result.speedup(f"{rows} of {form}, beside the same in Arrow", seconds, sides[0], 0.5, None)
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "measure_loop.py")
    tokenizer = os.path.join(data.chat_tokenizers(), MODEL)
    ours, loop = runner.alternate(
        lambda: count("conversations.jsonl"),
        lambda: runner.json([data.python, script, tokenizer, chats])["processor_seconds"],
        runs=min(3, runner.options.runs),
    )
    what = "conversations of JSON lines, beside a loop over json.loads, the template and gigatoken"
    yield Result.remark(what, [1 / one for one in ours], [1 / statistics.median(loop)], "runs/s")


def write(chats, folder):
    import pyarrow as pa

    with open(chats, encoding="utf-8") as file:
        conversations = [json.loads(line)["messages"] for line in file]
    message = pa.struct([("role", pa.string()), ("content", pa.string())])
    tables = {
        "conversations": ("messages", conversations, pa.list_(message), json.dumps),
        "texts": ("text", [messages[-1]["content"] for messages in conversations], pa.string(), str),
    }
    for name, (column, rows, kind, field) in tables.items():
        place = os.path.join(folder, name)
        table = pa.table({column: pa.array(rows, kind)})
        with pa.OSFile(f"{place}.arrow", "wb") as file, pa.ipc.new_stream(file, table.schema) as writer:
            writer.write_table(table, max_chunksize=1000)
        with open(f"{place}.jsonl", "w", encoding="utf-8") as file:
            file.writelines(json.dumps({column: row}) + "\n" for row in rows)
        with open(f"{place}.csv", "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([[column], *([field(row)] for row in rows)])


if __name__ == "__main__":
    write(*sys.argv[1:3])
