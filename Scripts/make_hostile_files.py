#!/usr/bin/env python3
"""Writes the small files of ColumnarFilesTests that would cost minutes or gigabytes if they were believed.

    python Scripts/make_hostile_files.py

It needs pyarrow 21 and writes Tests/ColumnarFilesTests/Fixtures/Hostile.
"""

import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

import hostile_columns

OUT = pathlib.Path(__file__).resolve().parent.parent / "Tests/ColumnarFilesTests/Fixtures/Hostile"
MEBIBYTE = 1 << 20


def shared_texts(rows):
    """One text of 1 MiB for all rows, as an entry of a dictionary."""
    numbers = pa.array([0] * rows, pa.int32())
    return pa.table({"text": pa.DictionaryArray.from_arrays(numbers, pa.array(["x" * MEBIBYTE]))})


def stream(name, table, compression=None):
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.OSFile(str(OUT / name), "wb") as file, pa.ipc.new_stream(file, table.schema, options=options) as writer:
        writer.write_table(table)


def main():
    OUT.mkdir(exist_ok=True)
    pq.write_table(shared_texts(20_000), OUT / "shared-text.parquet", compression="brotli")
    stream("shared-text.arrow", shared_texts(20_000), "zstd")
    long = pa.table({"text": ["word " * (120 * MEBIBYTE)]})
    for codec in ("brotli", "zstd"):
        pq.write_table(long, OUT / f"long-{codec}.parquet", compression=codec, use_dictionary=False)
        pq.write_table(long, OUT / f"long-{codec}-dictionary.parquet", compression=codec)
    stream("long-zstd.arrow", long, "zstd")
    nulls = pa.table({"text": pa.nulls(50_000_000, pa.string())})
    pq.write_table(nulls, OUT / "nulls.parquet", row_group_size=50_000_000, data_page_size=1 << 30, compression="zstd")
    stream("nulls.arrow", pa.table({"text": pa.nulls(2_000_000_000)}))
    null_batch = hostile_columns.batch(text=pa.nulls(65_536))
    hostile_columns.stream(OUT / "null-batches.arrow", [null_batch] * 60)
    hostile_columns.repeated_blocks(OUT, 60)
    hostile_columns.shared_chunks(OUT, 20)


if __name__ == "__main__":
    main()
