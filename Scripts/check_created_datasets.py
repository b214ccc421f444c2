#!/usr/bin/env python3
"""Reads what `tokenstats generate` made with datasets, pyarrow and DuckDB, and compares it with what Python made.

    python Scripts/check_created_datasets.py MADE REFERENCE

MADE holds every dataset as a folder and as a Parquet file; each must equal the forms that REFERENCE holds, in every row
and every feature.
"""

import json
import pathlib
import sys
import tempfile

import datasets
import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

datasets.disable_progress_bars()


def canonical(rows):
    return [json.dumps(row, sort_keys=True, ensure_ascii=False) for row in rows]


def require(equal, where, what):
    if not equal:
        sys.exit(f"{where}: {what} differ from the reference")


def check_folder(made, reference):
    ours, theirs = datasets.load_from_disk(str(made)), datasets.load_from_disk(str(reference))
    require(list(ours) == list(theirs) == ["train"], made, "splits")
    ours, theirs = ours["train"], theirs["train"]
    require(list(ours.features) == list(theirs.features), made, "column names")
    require(ours.features == theirs.features, made, "features")
    require(canonical(ours.to_list()) == canonical(theirs.to_list()), made, "rows")


def check_parquet(made, reference, cache):
    ours, theirs = pq.read_table(made), pq.read_table(reference)
    ours.validate(full=True)
    rows = canonical(theirs.to_pylist())
    require(ours.schema.names == theirs.schema.names, made, "column names")
    require(ours.schema.types == theirs.schema.types, made, "column types")
    require(canonical(ours.to_pylist()) == rows, made, "rows read by pyarrow")
    loaded = [
        datasets.load_dataset("parquet", data_files=str(path), split="train", cache_dir=cache)
        for path in (made, reference)
    ]
    require(loaded[0].features == loaded[1].features, made, "features")
    require(canonical(loaded[0].to_list()) == rows, made, "rows read by datasets")
    read = duckdb.sql(f"select * from read_parquet('{made}')").to_arrow_table().to_pylist()
    require(canonical(read) == rows, made, "rows read by DuckDB")


made, reference = map(pathlib.Path, sys.argv[1:])
folders = sorted(path.name for path in reference.iterdir() if path.is_dir())
files = sorted(path.name for path in reference.glob("*.parquet"))
if not folders and not files:
    sys.exit(f"{reference}: there is no reference dataset")
with tempfile.TemporaryDirectory() as cache:
    for name in folders:
        check_folder(made / name, reference / name)
    for name in files:
        check_parquet(made / name, reference / name, cache)
print(
    f"datasets {datasets.__version__}, pyarrow {pa.__version__}, DuckDB {duckdb.__version__}: "
    f"{len(folders)} folders and {len(files)} Parquet files equal those that Python made"
)
