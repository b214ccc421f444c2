"""Spark on two executors in processes of their own."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tokenstats as ts
import tokenstats.spark
from conftest import MODEL, Death


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local-cluster[2,1,1024]")
        .config("spark.ui.enabled", "false")
        .config("spark.executorEnv.PYTHONPATH", os.environ.get("PYTHONPATH", ""))
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    yield session
    session.stop()


def test_lengths_of_a_data_frame(spark: Any, demo: list[str]) -> None:
    df = spark.read.parquet(*demo).select("messages")
    counted = tokenstats.spark.with_lengths(df, MODEL, messages="messages", errors="null")
    assert counted.schema["tokens"].dataType.simpleString() == "int"
    rows = counted.collect()
    assert sum(row["tokens"] or 0 for row in rows) == ts.analyze(demo).tokens
    texts = spark.createDataFrame([("Hello, world!",), (None,)], "text string")
    assert [row["tokens"] for row in tokenstats.spark.with_lengths(texts, MODEL, text="text").collect()] == [4, None]
    with pytest.raises(ValueError):
        tokenstats.spark.with_lengths(texts, MODEL)
    with pytest.raises(ValueError, match="there is a column text already"):
        tokenstats.spark.with_lengths(texts, MODEL, text="text", into="text")
    # What is said to be conversations is not counted as text.
    chat = [{"role": "user", "content": "Hello"}]
    stored = spark.createDataFrame([(json.dumps(chat),)], "messages string")
    counted = tokenstats.spark.with_lengths(stored, MODEL, messages="messages")
    assert counted.collect()[0]["tokens"] == ts.model(MODEL).count_chats(chat)


def test_analyze_equals_the_command_line(spark: Any, large: list[str]) -> None:
    whole = ts.analyze(large, model=MODEL, group_by="label", limits=[512])
    assert tokenstats.spark.analyze(spark, large, MODEL, group_by="label", limits=[512], shares=5) == whole


def test_an_executor_that_dies_changes_nothing(spark: Any, large: list[str]) -> None:
    whole = ts.analyze(large, model=MODEL)
    with Death(lambda command: b"CoarseGrainedExecutorBackend" in command, after=1.5) as death:
        found = tokenstats.spark.analyze(spark, large, MODEL, shares=40)
    assert death.killed is not None
    assert found == whole


def test_a_model_that_only_the_driver_has(spark: Any, demo: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "my-model"
    folder.mkdir()
    (folder / "tokenizer.json").write_bytes(Path(ts.model(MODEL).vocabulary_path).read_bytes())
    template = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}"
    (folder / "chat_template.jinja").write_text(template)
    expected = ts.model(str(folder)).count_chats([[{"role": "user", "content": "Hello"}]]).sum()
    rows = spark.createDataFrame([([("user", "Hello")],)], "messages array<struct<role string, content string>>")
    counted = tokenstats.spark.with_lengths(rows, str(folder), messages="messages")
    # What is on its way does not need the folder any more.
    folder.rename(tmp_path / "moved")
    assert counted.collect()[0]["tokens"] == expected
