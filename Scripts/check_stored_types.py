#!/usr/bin/env python3
"""Has `filter` copy a table with columns of many types, and compares the copies with pyarrow.

usage: check_stored_types.py PROGRAM

Parquet and Arrow are copied to both. Only the width of offsets and dictionaries, which say nothing about values, may
change.
"""

import datetime
import decimal
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet

ROWS = 20
LIMIT = 24


def column(value, type):
    return pa.array([None if row == 4 else value(row) for row in range(ROWS)], type=type)


def table():
    answers = ["hello " * (40 if row % 2 else 1) for row in range(ROWS)]
    columns = {
        "messages": pa.array(
            [[{"role": "user", "content": "q"}, {"role": "assistant", "content": answer}] for answer in answers]
        )
    }
    for bits in (8, 16, 32, 64):
        columns[f"int{bits}"] = column(lambda row: row - 3, getattr(pa, f"int{bits}")())
        columns[f"uint{bits}"] = column(lambda row: row, getattr(pa, f"uint{bits}")())
    moment = datetime.datetime(2020, 1, 1)
    columns |= {
        "single": column(lambda row: row / 3, pa.float32()),
        "double": column(lambda row: row / 3, pa.float64()),
        "flag": column(lambda row: row % 3 == 0, pa.bool_()),
        "bytes": column(lambda row: bytes([255, row]), pa.binary()),
        "large_bytes": column(lambda row: bytes([255, row]), pa.large_binary()),
        "large_text": column(lambda row: "x" * row, pa.large_string()),
        "date": column(lambda row: datetime.date(1950 + 7 * row, 1 + row % 12, 1 + row), pa.date32()),
        "micro": column(lambda row: moment + datetime.timedelta(microseconds=row), pa.timestamp("us")),
        "milli": column(lambda row: moment + datetime.timedelta(hours=row), pa.timestamp("ms", tz="UTC")),
        "nano": column(lambda row: row * 10**9 + 7, pa.timestamp("ns")),
        "time32": column(lambda row: datetime.time(row, 1, 2), pa.time32("ms")),
        "time64": column(lambda row: datetime.time(row, 1, 2, 3), pa.time64("us")),
        "decimal": column(lambda row: decimal.Decimal("-12.34") * row, pa.decimal128(12, 2)),
        "long_decimal": column(lambda row: decimal.Decimal("123456789012345.678") * row, pa.decimal128(25, 3)),
        "image": column(
            lambda row: {"bytes": bytes([137, row]), "path": f"{row}.png"},
            pa.struct([("bytes", pa.binary()), ("path", pa.string())]),
        ),
        "list": column(lambda row: [row] * (row % 3), pa.list_(pa.int16())),
        "nested": column(
            lambda row: [{"a": row, "t": moment}], pa.list_(pa.struct([("a", pa.uint8()), ("t", pa.timestamp("us"))]))
        ),
        "name": pa.array(["a", "b"] * (ROWS // 2)).dictionary_encode(),
    }
    return pa.table(columns)


def plain(type):
    """A type without the width of its offsets, or its dictionary."""
    wide = {pa.large_binary(): pa.binary(), pa.large_string(): pa.string()}
    return wide.get(type, type.value_type if pa.types.is_dictionary(type) else type)


def compare(expected, found, what):
    for name in expected.column_names:
        left, right = expected.column(name), found.column(name)
        if plain(left.type) != plain(right.type):
            sys.exit(f"check_stored_types.py: {what}, {name}: {left.type} became {right.type}")
        if left.to_pylist() != right.to_pylist():
            sys.exit(f"check_stored_types.py: {what}, {name}: values changed")


def main():
    original = table()
    kept = original.take([row for row in range(ROWS) if row % 2 == 0])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parquet.write_table(original, folder / "a.parquet")
        # Parquet has no half numbers here, no spans and no whole seconds.
        more = original.append_column("half", column(lambda row: row / 4, pa.float16()))
        more = more.append_column("span", column(lambda row: datetime.timedelta(seconds=row), pa.duration("ms")))
        more = more.append_column("zone", column(lambda row: row * 1000, pa.timestamp("s", tz="Europe/Berlin")))
        with pa.OSFile(str(folder / "a.arrow"), "wb") as file, pa.ipc.new_stream(file, more.schema) as writer:
            writer.write_table(more)
        for source in ("a.parquet", "a.arrow"):
            for target in ("b.parquet", "b"):
                options = ["--model", "qwen-3-32b", "--max-length", str(LIMIT), "--force", "--output", target]
                command = [Path(sys.argv[1]).resolve(), "filter", source, *options]
                subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
                if target == "b":
                    with pa.memory_map(str(folder / "b/data-00000-of-00001.arrow")) as file:
                        found = pa.ipc.open_stream(file).read_all()
                else:
                    found = parquet.read_table(folder / target)
                expected = kept if source == "a.parquet" else more.take(list(range(0, ROWS, 2)))
                if (source, target) == ("a.arrow", "b.parquet"):
                    # What Parquet itself changes: pyarrow writes whole seconds as milliseconds, too.
                    seconds = expected.column("zone").cast(pa.timestamp("ms", tz="UTC"))
                    expected = expected.set_column(expected.column_names.index("zone"), "zone", seconds)
                    found = found.set_column(
                        found.column_names.index("zone"),
                        "zone",
                        found.column("zone").cast(pa.timestamp("ms", tz="UTC")),
                    )
                compare(expected, found, f"{source} to {target}")
    print(f"{len(original.column_names)} types of columns are kept, read with pyarrow {pa.__version__}")


if __name__ == "__main__":
    main()
