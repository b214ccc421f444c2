"""Ray with two workers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

import tokenstats as ts
import tokenstats.ray
from conftest import MODEL, Death


@pytest.fixture(scope="module", autouse=True)
def ray() -> Iterator[Any]:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    import ray

    ray.init(num_cpus=2, include_dashboard=False, object_store_memory=200 << 20, log_to_driver=False)
    yield ray
    ray.shutdown()


def test_lengths_of_a_dataset(ray: Any, demo: list[str]) -> None:
    ds = ray.data.read_parquet(demo).select_columns(["messages"])
    counted = tokenstats.ray.with_lengths(ds, MODEL, messages="messages", errors="null")
    assert sum(row["tokens"] or 0 for row in counted.take_all()) == ts.analyze(demo).tokens
    texts = ray.data.from_items([{"text": "Hello, world!"}])
    assert tokenstats.ray.with_lengths(texts, MODEL, text="text").take_all()[0]["tokens"] == 4


def test_analyze_equals_the_command_line(ray: Any, large: list[str]) -> None:
    whole = ts.analyze(large, model=MODEL, group_by="label", limits=[512])
    assert tokenstats.ray.analyze(large, MODEL, group_by="label", limits=[512], shares=5) == whole


def test_a_worker_that_dies_changes_nothing(ray: Any, large: list[str]) -> None:
    whole = ts.analyze(large, model=MODEL)
    with Death(lambda command: command.startswith(b"ray::work"), after=1.0) as death:
        found = tokenstats.ray.analyze(large, MODEL, shares=40)
    assert death.killed is not None
    assert found == whole
