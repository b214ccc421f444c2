"""Counting files, which the program does."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from ._errors import ProgramError
from ._program import run
from .statistics import NAME, Statistics, folder_of_one_call


def analyze(
    paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    model: Any = None,
    group_by: str | Sequence[str] = (),
    limits: Sequence[int] = (),
    text_column: str | None = None,
    threads: int | None = None,
    shard: str | None = None,
    options: Sequence[str] = (),
) -> Statistics:
    """Counts the conversations or texts of files: Parquet, Arrow, JSON, CSV, datasets on disk, or of the hub.

    The program `tokenstats analyze` does it, in a process of its own, which reads without Python.

    Args:
        paths: Files, folders, or datasets of the hub.
        model: A model, or the name or path of one; None for the model in a dataset's name.
        group_by: Columns that rows are grouped by.
        limits: Lengths in tokens for which the document says what they would cut off.
        text_column: The column of texts that are counted as they are; None where there are conversations.
        threads: Threads; None for all processors.
        shard: "I/N" for the I-th of N shares of the work, whose results `Statistics.merge` puts together.
        options: Further options of the command.

    What the program remarks, such as control tokens in texts, is a warning, `Notice`.

    Raises:
        ProgramError: Nothing could be counted, with the program's words. What failed in part is in `Statistics.failed`.
        UnknownModelError: No such model is known.
        ValueError: There are no paths, or one is "-": the program does not read what Python reads.
    """
    many = [os.fspath(path) for path in ([paths] if isinstance(paths, str | os.PathLike) else paths)]
    if not many or not all(many) or "-" in many:
        raise ValueError(f"paths are {many}; files, folders or datasets of the hub are expected")
    if isinstance(options, str):
        raise TypeError("options are a list of str, such as ['--thinking', 'drop']")
    with folder_of_one_call() as folder:
        arguments: list[str] = []
        if model is not None:
            name, chat_template, vocabulary = getattr(model, "_options", (model, None, None))
            arguments += ["--model", os.fspath(name)]
            if chat_template:
                arguments += ["--chat-template", chat_template]
            if vocabulary:
                arguments += ["--tokenizer", f"{name}={vocabulary}"]
        if group_by:
            arguments += ["--group-by", *([group_by] if isinstance(group_by, str) else group_by)]
        if limits:
            arguments += ["--limits", ",".join(map(str, limits))]
        if text_column is not None:
            arguments += ["--text-column", text_column]
        if threads is not None:
            arguments += ["--jobs", str(threads)]
        if shard is not None:
            arguments += ["--shard", shard]
        fixed = ["--no-plots", "--progress", "none", "--output-json", os.fspath(folder / NAME)]
        # A file's name may look like an option.
        files = [f"./{path}" if path.startswith("-") else path for path in many]
        output = run(["analyze", *files, *arguments, *fixed, *options], allowed=(0, 3), tells=True)
        if not (folder / NAME).exists():
            raise ProgramError(f"options {list(options)} left no statistics here: {output.strip()}")
        found = Statistics.load(folder / NAME)
        if shard is None and found.failed and not found.datasets:
            error = ProgramError("; ".join(found.failed))
            error.status = 3
            raise error
        return found


def seen_everywhere(
    paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
) -> list[str]:
    """Paths as workers need them, which run in folders of their own."""
    many = [os.fspath(path) for path in ([paths] if isinstance(paths, str | os.PathLike) else paths)]
    return [os.path.abspath(path) if os.path.exists(path) else path for path in many]


def analyze_share(
    paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    model: Any,
    number: int,
    count: int,
    **options: Any,
) -> Statistics:
    """Counts one of several shares of the work on one thread, as the workers of an engine do."""
    return analyze(paths, model=model, shard=f"{number}/{count}", threads=1, **options)
