"""Columns of other libraries: each gives the numbers of the command line on the demo's data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import tokenstats as ts
from conftest import MODELS, TEXTS, demo_files, run_program


def expected(file: Path) -> list[int]:
    """The tokens that the program counts in each row of a file."""
    name = file.name.split("__")[0]
    lines = run_program("count", file, "--model", name, "--json", "--each").splitlines()
    return [json.loads(line)["count"] for line in lines]


def table(name: str) -> tuple[pa.Table, int]:
    """The conversations of a model, and the program's tokens of them."""
    files = demo_files(name)
    tables = [pq.read_table(file, columns=["messages"]) for file in files]
    failing = ts.analyze(files).document["datasets"]
    return pa.concat_tables(tables), sum(entry["total_tokens"] for entry in failing.values())


KINDS: list[Any] = [
    pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.dictionary(pa.int16(), pa.string()),
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_pyarrow_texts(kind: Any, qwen: ts.Model) -> None:
    counts = qwen.count(TEXTS).to_list()
    array = (
        pa.array(TEXTS, pa.string()).cast(kind)
        if not pa.types.is_dictionary(kind)
        else pa.array(TEXTS).dictionary_encode()
    )
    result = pa.array(qwen.count(array))
    assert result.type == pa.int32() and result.to_pylist() == counts
    result.validate(full=True)
    assert qwen.count(array[2:6], threads=2).to_list() == counts[2:6]
    assert qwen.count(array[:0]).to_list() == []
    chunked = pa.chunked_array([array[:3], array[3:3], array[3:]])
    assert pa.array(qwen.count(chunked)).to_pylist() == counts


def test_run_end_encoded(qwen: ts.Model) -> None:
    import pyarrow.compute as pc

    texts = ["a b", "a b", None, None, "c", "c", "c"]
    runs = pc.run_end_encode(pa.array(texts))
    assert qwen.count(runs).to_list() == qwen.count(texts).to_list()
    assert qwen.count(runs[1:5]).to_list() == qwen.count(texts[1:5]).to_list()


def test_no_rows_and_nothing_but_nulls(qwen: ts.Model) -> None:
    assert qwen.count(pa.chunked_array([], pa.string())).to_list() == []
    assert qwen.count(pa.nulls(3)).to_list() == [None] * 3
    assert qwen.count([]).to_list() == []


@pytest.mark.parametrize("name", MODELS)
def test_pyarrow_conversations(name: str) -> None:
    m = ts.model(name)
    data, total = table(name)
    column = data["messages"]
    counts = m.count_chats(column, errors="null")
    assert counts.sum() == total
    assert m.count_chats(column.to_pylist(), errors="null").to_list() == counts.to_list()
    kinds = pa.array(m.count_chats(column, by_kind=True, errors="null"))
    kinds.validate(full=True)
    assert sum(sum(row.values()) for row in kinds.to_pylist() if row is not None) == total
    rendered = m.render(column, errors="null")
    ids = pa.array(m.encode(column, errors="null"))
    assert [None if text is None else m.count(text) for text in rendered] == counts.to_list()
    assert [None if row is None else len(row) for row in ids.to_pylist()] == counts.to_list()


def test_pyarrow_conversations_of_any_layout(qwen: ts.Model) -> None:
    data, total = table("qwen-3-32b")
    column = data["messages"].combine_chunks()
    role, content = pa.field("role", pa.dictionary(pa.int32(), pa.string())), pa.field("content", pa.large_string())
    other = pa.large_list(pa.struct([content, role]))
    rows = [[{"content": m["content"], "role": m["role"]} for m in chat] for chat in column.to_pylist()]
    array = pa.array(rows, pa.large_list(pa.struct([content, pa.field("role", pa.string())]))).cast(other)
    assert qwen.count_chats(array).sum() == total
    halves = array[5:40]
    assert qwen.count_chats(halves).to_list() == qwen.count_chats(array).to_list()[5:40]
    structs = pa.StructArray.from_arrays([array], ["messages"])
    assert qwen.count_chats(structs).sum() == total
    with pytest.raises(ts.ColumnTypeError):
        qwen.count_chats(pa.array([1.5]))
    with pytest.raises(ts.ColumnTypeError):
        qwen.count(pa.array([1, 2]))


def test_pandas(qwen: ts.Model) -> None:
    import pandas as pd

    data, total = table("qwen-3-32b")
    frame = data.to_pandas()
    frame["tokens"] = qwen.count_chats(frame["messages"])
    assert int(frame["tokens"].sum()) == total
    frame["text"] = qwen.render(data["messages"]).to_list()
    frame["again"] = qwen.count(frame["text"])
    assert frame["again"].tolist() == frame["tokens"].tolist()
    missing = qwen.count(pd.Series(["a", None, "b c"]))
    assert missing.to_list() == [1, None, 2]


def test_polars(qwen: ts.Model) -> None:
    import polars as pl

    import tokenstats.polars  # noqa: F401

    data, total = table("qwen-3-32b")
    frame = pl.DataFrame(pl.from_arrow(data))
    counted = frame.with_columns(tokens=pl.col("messages").tokenstats.count_chats("qwen-3-32b"))  # type: ignore[attr-defined]
    assert counted["tokens"].dtype == pl.Int32 and counted["tokens"].sum() == total
    texts = pl.DataFrame({"text": TEXTS})
    lazy = texts.lazy().with_columns(pl.col("text").tokenstats.count("qwen-3-32b").alias("n")).collect()  # type: ignore[attr-defined]
    assert lazy["n"].to_list() == qwen.count(TEXTS).to_list()
    assert pl.Series(qwen.count(frame["messages"].head(0))).len() == 0


def test_duckdb(qwen: ts.Model) -> None:
    import duckdb

    import tokenstats.duckdb

    connection = duckdb.connect()
    tokenstats.duckdb.register(connection)
    texts = pa.table({"text": TEXTS})
    connection.register("texts", texts)
    rows = connection.sql("select token_count(text, 'qwen-3-32b') from texts").fetchall()
    assert [row[0] for row in rows] == qwen.count(TEXTS).to_list()
    relation = connection.sql("select text from texts")
    assert (
        qwen.count(relation.to_arrow_table()["text"] if hasattr(relation, "to_arrow_table") else texts["text"]).sum()
        > 0
    )


def test_datasets(qwen: ts.Model) -> None:
    import datasets

    data, total = table("qwen-3-32b")
    ds = datasets.Dataset(data)
    function = ts.datasets.lengths(qwen, "messages")
    one = ds.with_format("arrow").map(function, batched=True, load_from_cache_file=False)
    assert sum(one["tokens"].to_pylist() if hasattr(one["tokens"], "to_pylist") else one["tokens"]) == total
    two = ds.with_format("arrow").map(function, batched=True, num_proc=2, load_from_cache_file=False)
    assert two.with_format(None)["tokens"][:] == one.with_format(None)["tokens"][:]
    hasher = datasets.fingerprint.Hasher()
    assert hasher.hash(function) == hasher.hash(ts.datasets.lengths(ts.model("qwen-3-32b"), "messages"))


def test_count_of_the_program() -> None:
    for file in demo_files("qwen-3-32b"):
        column = pq.read_table(file, columns=["messages"])["messages"]
        assert ts.model("qwen-3-32b").count_chats(column).to_list() == expected(file)


def test_statistics_with_groups(qwen: ts.Model) -> None:
    lengths = pa.array([3, 5, None, 9], pa.int32())
    groups = pa.table({"label": ["a", "b", "a", None], "flag": [True, False, True, True]})
    s = qwen.statistics(lengths, groups=groups.to_struct_array().combine_chunks(), name="g")
    rows = s.to_arrow().to_pylist()
    assert {(row["column"], row["value"], row["length"]) for row in rows} == {
        (None, None, 3), (None, None, 5), (None, None, 9), ("label", "a", 3), ("label", "b", 5), ("label", "null", 9),
        ("flag", "true", 3), ("flag", "false", 5), ("flag", "true", 9),
    }  # fmt: skip
