"""The Python of the guides, run as it is written."""

from __future__ import annotations

import doctest
import os
from pathlib import Path

import pytest

from conftest import ROOT, run_program


@pytest.mark.parametrize("name", ["docs/guides/from-python.md"])
def test_guide(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    datasets = tmp_path / "demo-output" / "datasets"
    persona = ROOT / "Demo" / "persona-data"
    run_program("generate", "--persona-data-dir", persona, "--output-dir", datasets, "--progress", "none")
    monkeypatch.chdir(tmp_path)
    # The fences are no part of the sessions.
    text = (ROOT / name).read_text(encoding="utf-8").replace("```", "")
    session = doctest.DocTestParser().get_doctest(text, {}, name, os.fspath(ROOT / name), 0)
    assert len(session.examples) > 10
    options = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
    results = doctest.DocTestRunner(optionflags=options).run(session)
    assert results.failed == 0
