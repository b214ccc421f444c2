"""The Python of the guides, run as it is written."""

from __future__ import annotations

import doctest
import json
import os
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT, run_program


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A current folder with the demo's datasets."""
    datasets = tmp_path / "demo-output" / "datasets"
    persona = ROOT / "Demo" / "persona-data"
    run_program("generate", "--persona-data-dir", persona, "--output-dir", datasets, "--progress", "none")
    monkeypatch.chdir(tmp_path)


def test_notebook(demo: None) -> None:
    notebook = json.loads((ROOT / "Examples" / "notebook" / "statistics.ipynb").read_text(encoding="utf-8"))
    values: dict[str, Any] = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), values)
    assert "<svg" in values["statistics"]._repr_html_()


@pytest.mark.parametrize("name", ["docs/guides/from-python.md"])
def test_guide(name: str, demo: None) -> None:
    # The fences are no part of the sessions.
    text = (ROOT / name).read_text(encoding="utf-8").replace("```", "")
    session = doctest.DocTestParser().get_doctest(text, {}, name, os.fspath(ROOT / name), 0)
    assert len(session.examples) > 10
    options = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
    results = doctest.DocTestRunner(optionflags=options).run(session)
    assert results.failed == 0
