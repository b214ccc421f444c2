#!/usr/bin/env python3
"""Reads with pyarrow, datasets and DuckDB what the writers' tests wrote, and compares it.

    TOKENSTATS_WRITTEN=DIR swift test ... --filter WriterTests
    python Scripts/check_columnar_files.py DIR

Files `*.written.*` must hold the rows of the fixtures, `many.own.parquet` those of `many.own.arrow`.
"""

import json
import pathlib
import sys

import datasets
import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

datasets.disable_progress_bars()
FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "Tests/ColumnarFilesTests/Fixtures"


def arrow(path):
    with pa.OSFile(str(path)) as file:
        return pa.ipc.open_stream(file).read_all()


def canonical(rows):
    return [json.dumps(row, sort_keys=True, ensure_ascii=False) for row in rows]


def check_parquet(path, rows, cache):
    table = pq.read_table(path)
    table.validate(full=True)
    assert canonical(table.to_pylist()) == rows, f"{path}: pyarrow"
    file = pq.ParquetFile(path)
    assert file.metadata.num_rows == len(rows), path
    for group in range(file.num_row_groups):
        for column in range(file.metadata.num_columns):
            chunk = file.metadata.row_group(group).column(column)
            assert chunk.has_offset_index, f"{path}: no offset index"
            assert chunk.has_column_index or chunk.physical_type == "BOOLEAN", f"{path}: no column index"
            assert chunk.is_stats_set or chunk.physical_type == "INT32", f"{path}: no statistics"
    read = duckdb.sql(f"select * from read_parquet('{path}')").to_arrow_table().to_pylist()
    assert canonical(read) == rows, f"{path}: duckdb"
    names = table.schema.names
    if "number" in names:
        # The answer must be the same with bounds as without.
        for where in (
            "number > 20000000",
            "number = 3000002",
            "text >= 'x'",
            "text = 'plain1'",
            "text < 'n'",
            "name = 'beta'",
        ):
            filtered = duckdb.sql(f"select number, text from read_parquet('{path}') where {where}").fetchall()
            expected = [(r["number"], r["text"]) for r in table.to_pylist() if holds(r, where)]
            assert filtered == expected, f"{path}: duckdb where {where}"
        read = pq.read_table(path, filters=[("text", ">=", "x")])
        assert read.num_rows == sum(1 for r in table.to_pylist() if holds(r, "text >= 'x'")), f"{path}: pyarrow filter"
    loaded = datasets.load_dataset("parquet", data_files=str(path), split="train", cache_dir=cache)
    assert canonical(loaded.to_list()) == rows, f"{path}: datasets"


def holds(row, where):
    name, operator, value = where.split(" ", 2)
    left = row[name]
    if left is None:
        return False
    right = value.strip("'") if value.startswith("'") else int(value)
    if isinstance(left, str):
        left, right = left.encode(), right.encode()
    return {">": left > right, "=": left == right, ">=": left >= right, "<": left < right}[operator]


def main():
    folder = pathlib.Path(sys.argv[1])
    cache = f"{folder}/cache-{datasets.__version__}"
    fixture = canonical(json.loads(line) for line in (FIXTURES / "rows.jsonl").read_text(encoding="utf-8").splitlines())
    count = 0
    for path in sorted(folder.glob("*.written.*")):
        if path.suffix == ".arrow":
            table = arrow(path)
            table.validate(full=True)
            assert canonical(table.to_pylist()) == fixture, f"{path}: pyarrow"
            assert canonical(datasets.Dataset.from_file(str(path)).to_list()) == fixture, f"{path}: datasets"
        else:
            check_parquet(path, fixture, cache)
        count += 1
    assert count >= 100, f"only {count} files in {folder}"
    many = arrow(folder / "many.own.arrow")
    many.validate(full=True)
    assert many.num_rows == 6000
    assert many.schema.metadata == {b"huggingface": b'{"info": {"features": {}}}'}, many.schema.metadata
    path = folder / "many.own.parquet"
    table = pq.read_table(path)
    assert table.schema == many.schema, (table.schema, many.schema)
    assert table.to_pylist() == many.to_pylist()
    check_many(path, many)
    for path in sorted(folder.glob("*.other.*")):
        table = arrow(path) if path.suffix == ".arrow" else pq.read_table(path)
        table.validate(full=True)
    assert (
        arrow(folder / "none.empty.arrow").num_rows == 0 and pq.read_table(folder / "none.empty.parquet").num_rows == 0
    )
    print(
        f"pyarrow {pa.__version__}, datasets {datasets.__version__}, duckdb {duckdb.__version__}: {count + 3} "
        "files equal"
    )


def check_many(path, many):
    """Several row groups and pages: dictionaries where they pay, bounds that engines may trust."""
    metadata = pq.ParquetFile(path).metadata
    assert metadata.num_row_groups > 1
    columns = {
        metadata.row_group(0).column(c).path_in_schema: metadata.row_group(0).column(c)
        for c in range(metadata.num_columns)
    }
    assert columns["kind"].has_dictionary_page and columns["turns.list.element.role"].has_dictionary_page
    assert not columns["body"].has_dictionary_page and not columns["id"].has_dictionary_page
    assert columns["kind"].statistics.min == "a" and columns["kind"].statistics.max == "é"
    rows = many.to_pylist()
    for where, test in (
        ("id = 4321", lambda r: r["id"] == 4321),
        ("id between 2990 and 3010", lambda r: r["id"] is not None and 2990 <= r["id"] <= 3010),
        ("body is null", lambda r: r["body"] is None),
        ("starts_with(body, '59')", lambda r: r["body"] is not None and r["body"].startswith("59")),
        ("kind = 'é'", lambda r: r["kind"] == "é"),
    ):
        found = duckdb.sql(f"select count(*) from read_parquet('{path}') where {where}").fetchall()[0][0]
        assert found == sum(map(test, rows)), where
    table = pq.read_table(path, filters=[("body", ">", "5990")])
    assert table.num_rows == sum(1 for r in rows if r["body"] is not None and r["body"] > "5990")


if __name__ == "__main__":
    main()
