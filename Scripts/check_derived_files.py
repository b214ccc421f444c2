#!/usr/bin/env python3
"""Compares a file of lengths, read by DuckDB and pandas, and splits, read by datasets, with the JSON beside them.

python Scripts/check_derived_files.py STATISTICS LENGTHS SPLIT...
"""

import json
import pathlib
import sys
import tempfile

import datasets
import duckdb
import pandas as pd

datasets.disable_progress_bars()
KINDS = ["system", "user", "assistant", "thinking", "tool", "other", "overhead"]


def require(holds, where, what):
    if not holds:
        sys.exit(f"{where}: {what}")


def check_lengths(path, statistics):
    sums = ", ".join(f"sum({kind})" for kind in KINDS)
    rows = duckdb.sql(f"select dataset, count(*), sum(total_tokens), {sums} from '{path}' group by all").fetchall()
    require({row[0] for row in rows} == set(statistics), path, "the datasets are not those of the statistics")
    for name, conversations, tokens, *kinds in rows:
        entry = statistics[name]
        require(
            (conversations, tokens) == (entry["total_conversations"], entry["total_tokens"]), path, f"sums of {name}"
        )
        require(dict(zip(KINDS, kinds, strict=True)) == entry["roles"], path, f"tokens by kind of {name}")
    table = pd.read_parquet(path)
    scores = table.groupby(["dataset", "score"], dropna=False)["total_tokens"].sum()
    for (name, score), tokens in scores.items():
        key = "null" if pd.isna(score) else str(int(score))
        require(statistics[name]["score_histogram"][key]["tokens"] == tokens, path, f"score {key} of {name}")
    require(table["total_tokens"].equals(table[KINDS].sum(axis=1)), path, "kinds do not add up to the total")


def check_split(folder, cache):
    manifest = json.loads((folder / "manifest.json").read_text())
    stored = datasets.load_from_disk(str(folder / "dataset"))
    require(list(stored) == list(manifest["splits"]), folder, "parts")
    files = {part: str(folder / f"parquet/{part}.parquet") for part in stored}
    loaded = datasets.load_dataset("parquet", data_files=files, cache_dir=cache)
    seen = set()
    for part, entry in manifest["splits"].items():
        rows = stored[part].to_list()
        require(rows == loaded[part].to_list(), folder, f"the two forms of {part} differ")
        require(stored[part].features == loaded[part].features, folder, f"features of {part}")
        require(
            [{key: row[key] for key in ("dataset", "row", "tokens")} for row in rows] == entry["rows"],
            folder,
            f"rows of {part}",
        )
        require(sum(row["tokens"] for row in rows) == entry["tokens"] <= entry["budget"], folder, f"tokens of {part}")
        texts = {json.dumps(row["messages"]) for row in rows}
        require(len(texts) == len(rows) and not texts & seen, folder, f"{part} shares a conversation")
        seen |= texts
        require(
            all(message["role"] != "system" for row in rows for message in row["messages"]), folder, "system messages"
        )


statistics, lengths, *splits = map(pathlib.Path, sys.argv[1:])
check_lengths(lengths, json.loads(statistics.read_text())["datasets"])
with tempfile.TemporaryDirectory() as cache:
    for split in splits:
        check_split(split, cache)
print(
    f"datasets {datasets.__version__}, DuckDB {duckdb.__version__}, pandas {pd.__version__}: "
    f"the file of lengths and {len(splits)} splits say what the JSON beside them says"
)
