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


def calls(*arguments: dict[str, Any]) -> list[Any]:
    """Conversations that call a function, each with other arguments."""
    return [
        [
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "", "tool_calls": [
                {"type": "function", "function": {"name": "f", "arguments": each}}
            ]},
        ]
        for each in arguments
    ]  # fmt: skip


def test_pandas_objects_are_counted_as_they_are(qwen: ts.Model) -> None:
    # As Arrow, each dict would have the members of all others, which templates write.
    import pandas as pd

    chats = [*calls({"a": 1}, {"b": "two"}, {}), [{"role": "user", "content": "Hi"}]]
    expected = qwen.count_chats(chats).to_list()
    series = pd.Series([*chats, None, float("nan")], dtype=object, index=[5, 5, "x", 0, 1, 2])
    assert qwen.count_chats(series).to_list() == [*expected, None, None]
    assert qwen.render(series)[:4] == qwen.render(chats).to_list()
    frame = pd.DataFrame({"messages": chats, "when": pd.Timestamp(0), "tools": [None, None, float("nan"), None]})
    assert qwen.count_chats(frame).to_list() == expected
    assert qwen.count(pd.Series(["a", None, float("nan"), pd.NA], dtype=object)).to_list() == [1, None, None, None]
    with pytest.raises(ts.ColumnTypeError, match="row 1 is of type int"):
        qwen.count(pd.Series(["a", 5], dtype=object))


def test_columns_of_json(qwen: ts.Model) -> None:
    chats = calls({"a": 1}, {"b": "two"})
    for kind in (pa.string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())):
        column = pa.array([*map(json.dumps, chats), None], pa.string()).cast(kind)
        assert qwen.count_chats(column).to_list() == [*qwen.count_chats(chats), None]
    with pytest.raises(ts.RowError, match="row 0: not valid JSON"):
        qwen.count_chats(pa.array(["Hello"]))


def test_no_conversations_have_the_type_of_some(qwen: ts.Model) -> None:
    kind = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
    empty: list[Any] = [[], pa.array([], kind), pa.chunked_array([], kind), pa.nulls(2)]
    types = {pa.array(qwen.count_chats(column, by_kind=True)).type for column in empty}
    assert len(types) == 1 and pa.types.is_struct(types.pop())
    assert {pa.array(qwen.count_chats(column)).type for column in empty} == {pa.int32()}


def test_numpy(qwen: ts.Model) -> None:
    import numpy as np

    counts = qwen.count(np.array(["a b", "c"]))
    assert not np.asarray(counts).flags.writeable
    copied = np.array(counts)
    copied[0] = 7
    assert counts.to_list() == [2, 1]
    with pytest.raises(ValueError):
        np.asarray(qwen.count(["a", None]), copy=False)
    assert np.asarray(counts == np.array([2, 5])).tolist() == [True, False]
    with pytest.raises(ts.ColumnTypeError):
        qwen.count(np.array("one text"))


def test_polars(qwen: ts.Model) -> None:
    import polars as pl

    import tokenstats.polars  # noqa: F401

    data, total = table("qwen-3-32b")
    frame = pl.DataFrame(pl.from_arrow(data))
    counted = frame.with_columns(tokens=pl.col("messages").tokenstats.count_chats("qwen-3-32b"))  # type: ignore[attr-defined]
    assert counted["tokens"].dtype == pl.Int32 and counted["tokens"].sum() == total
    kinds = frame.lazy().select(pl.col("messages").tokenstats.count_chats("qwen-3-32b", by_kind=True))  # type: ignore[attr-defined]
    assert kinds.collect_schema()["messages"] == kinds.collect()["messages"].dtype
    assert kinds.collect()["messages"].to_list() == qwen.count_chats(data["messages"], by_kind=True).to_list()
    broken = pl.DataFrame({"messages": [[{"role": "user", "content": "Hi"}], [{"role": "", "content": "x"}], []]})
    nulls = broken.select(pl.col("messages").tokenstats.count_chats("qwen-3-32b", errors="null"))  # type: ignore[attr-defined]
    assert nulls["messages"].to_list() == qwen.count_chats(broken["messages"], errors="null").to_list()
    assert nulls["messages"][0] == 6 and nulls["messages"][2] is None
    with pytest.raises(ts.ColumnTypeError, match=r"collect\(\)"):
        qwen.count_chats(frame.lazy())
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
    import pandas as pd
    import polars as pl

    chunked = pa.chunked_array([lengths[:1], lengths[1:]])
    for column in (chunked, pd.Series(lengths.to_pylist()), pl.Series(lengths.to_pylist()), lengths.to_pylist()):
        for table in (groups, groups.to_pydict(), pl.DataFrame(groups.to_pydict())):
            assert qwen.statistics(column, groups=table, name="g").to_arrow().to_pylist() == rows
    # A struct that is null has no values, whatever its members hold.
    structs = pa.StructArray.from_arrays([pa.array(["a", "b"])], ["label"], mask=pa.array([False, True]))
    values = qwen.statistics([3, 5], groups=structs).to_arrow().to_pylist()
    assert {(row["value"], row["length"]) for row in values if row["column"]} == {("a", 3), ("null", 5)}
