"""Files: statistics equal the command line's, merge, shards, pictures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import tokenstats as ts
from conftest import DEMO, MODELS, demo_files, run_program


@pytest.mark.parametrize("name", MODELS)
def test_analyze_equals_the_command_line(name: str, tmp_path: Path) -> None:
    files = demo_files(name)
    s = ts.analyze(files, limits=[256, 512])
    path = tmp_path / "s.json"
    run_program("analyze", *files, "--limits", "256,512", "--no-plots", "--progress", "none", "--output-json", path)
    assert s == ts.Statistics.load(path)
    for dataset, entry in s.document["datasets"].items():
        for percent in (1, 5, 25, 50, 75, 90, 95, 99):
            assert s.percentile(percent, dataset) == entry["length"][f"p{percent}"]
        over = entry["over_limit"]["256"]
        lost = s.lost(256, dataset)
        assert (lost.rows, lost.tokens) == (over["conversations"], over["tokens_lost"])


def test_merge_is_what_one_run_finds() -> None:
    files = demo_files("qwen-3-32b")
    parts = [ts.analyze(file) for file in files]
    whole = ts.analyze(files)
    assert parts[0].merge(*parts[1:]) == whole
    assert parts[-1].merge(*parts[:-1]) == whole
    assert whole | whole == whole


def test_shards() -> None:
    files = demo_files("qwen-3-32b")
    shards = [ts.analyze(files, shard=f"{number}/3") for number in (1, 2, 3)]
    assert shards[2].merge(shards[0], shards[1], shards[0]) == ts.analyze(files)


def test_what_the_program_does_better() -> None:
    s = ts.analyze(demo_files("qwen-3-32b"))
    assert s.diff(s)["changed"] in ({}, [])
    packed = s.packing([1024, 2048], batch=8)
    assert {row["max_length"] for row in packed} == {1024, 2048}
    svg, png = s.plot(), s.plot(format="png")
    assert (svg._repr_svg_() or "").lstrip().startswith("<?xml") and (png._repr_png_() or b"")[:4] == b"\x89PNG"
    page = s._repr_html_()
    assert "<svg" in page and s.datasets[0] in page


def test_paths_that_look_like_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "-x.parquet").write_bytes(demo_files("qwen-3-32b")[0].read_bytes())
    monkeypatch.chdir(tmp_path)
    assert ts.analyze("-x.parquet", model="qwen-3-32b").tokens == ts.analyze(demo_files("qwen-3-32b")[0]).tokens


def test_groups(tmp_path: Path) -> None:
    s = ts.analyze(demo_files("qwen-3-32b"), group_by="label")
    entry = next(iter(s.document["datasets"].values()))
    assert sum(group["conversations"] for group in entry["groups"]["label"].values()) == entry["total_conversations"]
    s.save(tmp_path / "copy.json")
    assert ts.Statistics.load(tmp_path / "copy.json") == s


def test_failures(tmp_path: Path) -> None:
    with pytest.raises(ts.ProgramError) as caught:
        ts.analyze(tmp_path / "nothing", model="qwen-3-32b")
    assert caught.value.status != 0
    with pytest.raises(ts.UnknownModelError):
        ts.analyze(demo_files("qwen-3-32b"), model="no-such-model")
    # Not the folder that the program looks in by itself, nor its standard input.
    refused: list[Any] = [[], "", "-", [demo_files("qwen-3-32b")[0], "-"]]
    for nothing in refused:
        with pytest.raises(ValueError, match="paths are"):
            ts.analyze(nothing)
    with pytest.raises(TypeError, match="a list of str"):
        ts.analyze(demo_files("qwen-3-32b"), options="--json")
    with pytest.raises(ts.ProgramError, match="left no statistics here"):
        ts.analyze(demo_files("qwen-3-32b"), options=["--dry-run"])
    (tmp_path / "x.json").write_text("[]")
    with pytest.raises(ts.StatisticsError):
        ts.Statistics.load(tmp_path / "x.json")
    parts = tmp_path / "parts.jsonl"
    parts.write_text('{"messages": [{"role": "user", "content": [{"type": "text", "text": "Hello there"}]}]}\n')
    with pytest.warns(ts.Notice, match="contents that are lists of parts"):
        ts.analyze(parts, model="qwen-3-32b")
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"messages": [{"role": "user", "content": "a"}]}\n{"messages": []}\n')
    s = ts.analyze(bad, model="qwen-3-32b")
    with pytest.raises(ts.ProgramError, match="has no chat template") as nothing_counted:
        ts.analyze(bad, model=ts.model("qwen-3-32b").vocabulary_path)
    assert nothing_counted.value.status == 3
    assert s.conversations == 1 and "1 row was left out" in s.failed[0]
    assert json.loads(s.to_json())["error_details"][0]["row"] == 1
    assert DEMO.is_dir()
