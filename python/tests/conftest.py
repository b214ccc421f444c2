"""What the tests share: the demo's data, and the program's numbers of it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

import tokenstats as ts

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "Demo" / "datasets" / "processed" / "persona"
MODELS = ["gemma-2-27b", "llama-3.3-70b", "qwen-3-32b"]
TEXTS = ["Hello, world!", "", None, "Ünïcödé 漢字 🙂", "a\n\n  b", "x" * 5000, "<|im_start|>user", "Hello, world!"]


def pytest_configure(config: pytest.Config) -> None:
    # The demo's data have remarks; what tests them asks for them.
    config.addinivalue_line("filterwarnings", "ignore::tokenstats.Notice")


def run_program(*arguments: object, text: str | None = None) -> str:
    """What the program prints, whose numbers all others must equal."""
    result = subprocess.run(
        [ts.program(), *map(os.fspath, map(str, arguments))], input=text, capture_output=True, text=True, check=True
    )
    return result.stdout


def counted(rows: list[Any], model: str) -> list[int]:
    """The program's count of each text or conversation."""
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    return [json.loads(line)["count"] for line in run_program("encode", "--model", model, text=lines).splitlines()]


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest) -> ts.Model:
    return ts.model(request.param)


@pytest.fixture
def qwen() -> ts.Model:
    return ts.model("qwen-3-32b")


def demo_files(model: str) -> list[Path]:
    """The demo's Parquet files of a model."""
    return sorted(DEMO.glob(f"{model}__*.parquet"))
