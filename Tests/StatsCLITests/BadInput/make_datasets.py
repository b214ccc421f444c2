#!/usr/bin/env python3
"""Makes datasets/: a folder for each way in which a dataset can be bad, beside one dataset that is good.

usage: make_datasets.py        needs datasets==4.1.1 and pyarrow==21.0.0
"""

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from datasets import Dataset, DatasetDict

ROOT = Path(__file__).resolve().parent / "datasets"
GOOD, BAD = "qwen-3-32b__role__good", "qwen-3-32b__role__bad"
CHAT = [{"role": "user", "content": "Good morning!"}, {"role": "assistant", "content": "Good morning to you."}]
MESSAGES = pa.list_(pa.struct([("content", pa.string()), ("role", pa.string())]))
SCORES = pa.int64()
NOISE = bytes((i * 7919 + 13) % 256 for i in range(3000))


def table(messages=(CHAT, CHAT, CHAT), scores=(3, 2, None), messages_type=MESSAGES, scores_type=SCORES):
    return pa.table(
        {
            "messages": pa.array(list(messages), messages_type),
            "extract_score": pa.array(list(scores), scores_type),
            "label": pa.array(["pos"] * len(messages)),
        }
    )


def parquet(case, content, name=BAD):
    """Writes a table, or bytes as they are, as the bad dataset of a case."""
    folder = ROOT / case
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(table(), folder / f"{GOOD}.parquet")
    path = folder / f"{name}.parquet"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        pq.write_table(content, path)
    return path


def arrow(case, change):
    """Writes a dataset folder as the bad dataset of a case and lets `change` make new bytes of its data file's."""
    parquet(case, table(), name=GOOD)
    folder = ROOT / case / BAD
    rows = [{"messages": CHAT, "extract_score": 3, "label": "pos"}] * 20
    DatasetDict({"train": Dataset.from_list(rows)}).save_to_disk(str(folder))
    data = folder / "train" / "data-00000-of-00001.arrow"
    new = change(data.read_bytes())
    data.unlink() if new is None else data.write_bytes(new)


def main():
    shutil.rmtree(ROOT, ignore_errors=True)
    (ROOT / "empty").mkdir(parents=True)
    (ROOT / "empty" / ".gitkeep").touch()
    (ROOT / "no-datasets").mkdir()
    (ROOT / "no-datasets" / "notes.txt").write_text("no dataset\n")
    parquet("good", table(), name=GOOD)
    parquet("name", table(), name="accountant")
    parquet("model", table(), name="gpt-2__role__bad")
    whole = parquet("parquet-truncated", table()).read_bytes()
    parquet("parquet-truncated", whole[: len(whole) // 2])
    parquet("parquet-random", NOISE)
    parquet("parquet-empty", b"")
    arrow("arrow-truncated", lambda data: data[: len(data) // 2])
    arrow("arrow-random", lambda data: NOISE)
    arrow("arrow-missing", lambda data: None)
    parquet("messages-text", table(["a", "b", "c"], messages_type=pa.string()))
    parquet("messages-missing", table().drop_columns(["messages"]))
    parquet("messages-empty", table([CHAT, [], CHAT]))
    parquet("messages-null", table([CHAT, None, CHAT]))
    parquet("content-null", table([CHAT, [CHAT[0], {"role": "assistant", "content": None}], CHAT]))
    parquet("role-null", table([CHAT, [{"role": None, "content": "Hm."}], CHAT]))
    parquet("score-text", table(scores=["3", "high", None], scores_type=pa.string()))
    parquet("score-fraction", table(scores=[3.0, 2.5, None], scores_type=pa.float64()))
    parquet("score-range", table(scores=[3, 7, None]))
    parquet(
        "template", table([[{"role": "system", "content": "Be brief."}, *CHAT], CHAT, CHAT]), "gemma-2-27b__role__bad"
    )


main()
