"""How far a call is."""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

#: A function that is told how many rows are done, and of how many; None for a bar of tqdm where a call takes long and
#: tqdm is installed; False for nothing.
Progress = Callable[[int, int], object] | Literal[False] | None

#: Whether tqdm is installed. Looked for once: an import that another thread has begun keeps its lock in a child of
#: fork.
_IS_INSTALLED = importlib.util.find_spec("tqdm") is not None

#: Seconds after which a call is long.
PATIENCE = 2.0


class _Bar:
    """A bar of tqdm, which appears when a call turns out to be long."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._bar: Any = None

    def __call__(self, done: int, rows: int) -> None:
        if self._bar is None:
            if time.monotonic() - self._begun < PATIENCE:
                return
            from tqdm.auto import tqdm

            self._bar = tqdm(total=rows, unit=" rows", leave=False)
        # The rows of a stream become more.
        self._bar.total = rows
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


@contextmanager
def shown(progress: Progress) -> Iterator[Callable[[int, int], object] | None]:
    """What the engine calls while a call runs; None for nothing."""
    if progress is not None:
        yield progress or None
        return
    if not _IS_INSTALLED and "tqdm" not in sys.modules:
        yield None
        return
    bar = _Bar()
    try:
        yield bar
    finally:
        bar.close()
