#!/usr/bin/env python3
"""Reads back what `filter` and `tokenize` wrote of a dataset, and says what is wrong.

usage: check_training_files.py SOURCE FOLDER

SOURCE is a dataset folder of one split. FOLDER holds what Scripts/check_created.sh makes of it: kept.jsonl,
kept.parquet and kept (a folder), each with the column `length` and with rejected rows beside it; tokens.parquet and
tokens (a folder), and packed.parquet and packed, with sequences of 512 tokens.
"""

import json
import sys
from pathlib import Path

import datasets
import pyarrow.parquet as parquet

datasets.disable_progress_bars()
LIMIT = 512


def require(condition, what):
    if not condition:
        sys.exit(f"check_training_files.py: {what}")


def rows_of(folder, name):
    """The rows of a file of lines, a Parquet file and a folder of the same name."""
    lines = [json.loads(line) for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").split("\n") if line]
    return lines, *tables_of(folder, name)


def tables_of(folder, name):
    table = parquet.read_table(folder / f"{name}.parquet").to_pylist()
    loaded = datasets.load_from_disk(str(folder / name))
    require(datasets.load_from_disk(str(folder / name))._fingerprint == loaded._fingerprint, "a fingerprint changes")
    return table, loaded.to_list()


def check_filter(source, folder):
    lines, table, loaded = rows_of(folder, "kept")
    require(lines == table == loaded and lines, "kept rows differ from form to form")
    original = source.to_list()
    bare = [{key: value for key, value in row.items() if key != "length"} for row in lines]
    rejected = [json.loads(line) for line in (folder / "kept.rejected.jsonl").read_text().split("\n") if line]
    places = {entry["row"] for entry in rejected}
    require(places, "no row is rejected")
    require(bare == [row for number, row in enumerate(original) if number not in places], "rows are lost or changed")
    require(all(entry["data"] == original[entry["row"]] for entry in rejected), "a rejected row is another one")
    features = datasets.load_from_disk(str(folder / "kept")).features
    require({key: features[key] for key in source.features} == dict(source.features), "features of columns changed")
    require(features["length"] == datasets.Value("int64"), "length is no whole number")
    return lines


def check_tokens(folder, kept):
    table, loaded = tables_of(folder, "tokens")
    require(table == loaded, "tokens differ from form to form")
    for row in table:
        require(len(row["input_ids"]) == len(row["labels"]) == row["length"], "a row's columns have different lengths")
        pairs = zip(row["input_ids"], row["labels"], strict=True)
        require(all(label in (-100, token) for token, label in pairs), "a label is another token")
        require(any(label != -100 for label in row["labels"]), "nothing is trained")
    packed, loaded = tables_of(folder, "packed")
    require(packed == loaded, "packed tokens differ from form to form")
    pieces = []
    for row in packed:
        require(sum(row["seq_lengths"]) == len(row["input_ids"]) == row["length"] <= LIMIT, "a sequence is too long")
        start = 0
        for length in row["seq_lengths"]:
            pieces.append((row["input_ids"][start : start + length], row["labels"][start : start + length]))
            start += length
    expected = [(row["input_ids"][:LIMIT], row["labels"][:LIMIT]) for row in table]
    require(sorted(pieces) == sorted(expected), "packed conversations are other ones")
    lengths = {row["length"] for row in table}
    require({row["length"] for row in kept} <= lengths, "filter and tokenize have different lengths")


def main():
    source, folder = datasets.load_from_disk(sys.argv[1]), Path(sys.argv[2])
    source = source["train"] if isinstance(source, datasets.DatasetDict) else source
    check_tokens(folder, check_filter(source, folder))
    print(f"{sys.argv[1]}: filter and tokenize, read with datasets {datasets.__version__}")


if __name__ == "__main__":
    main()
