"""What the tests of engines share: data that takes some seconds, and the death of a worker in the middle."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "Demo" / "datasets" / "processed" / "persona"
MODEL = "qwen-3-32b"


@pytest.fixture(scope="session")
def demo() -> list[str]:
    """The demo's files of one model."""
    return [str(path) for path in sorted(DEMO.glob(f"{MODEL}__*.parquet"))]


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """One file that is divided, and some small ones: random conversations of the demo's messages."""
    rows = [chat for file in sorted(DEMO.glob("*.parquet")) for chat in pq.read_table(file)["messages"].to_pylist()]
    rows = [chat for chat in rows if chat and chat[0]["role"] == "user"]
    chooser = random.Random(1)
    folder = tmp_path_factory.mktemp("large")
    files = []
    for number, count in enumerate([60_000, 2_000, 2_000, 2_000]):
        chats = [chooser.choice(rows) for _ in range(count)]
        # Without compression or dictionaries, so that the file is large enough to be divided.
        table = pa.table({"messages": chats, "label": [chooser.choice("abc") for _ in range(count)]})
        files.append(str(folder / f"chats{number}.parquet"))
        pq.write_table(table, files[-1], compression="none", use_dictionary=False, row_group_size=2_000)
    return files


def processes(matches: Callable[[bytes], bool]) -> list[int]:
    """The descendants of this process whose command lines match."""
    parents: dict[int, int] = {}
    commands: dict[int, bytes] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parents[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
                commands[int(folder.name)] = (folder / "cmdline").read_bytes()
            except OSError:
                continue

    def is_ours(process: int) -> bool:
        while process in parents:
            process = parents[process]
            if process == os.getpid():
                return True
        return False

    return [process for process, command in commands.items() if matches(command) and is_ours(process)]


class Death:
    """Ends one process that matches, some time after the work has begun."""

    def __init__(self, matches: Callable[[bytes], bool], after: float) -> None:
        self.killed: int | None = None
        self._matches, self._after = matches, after
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        time.sleep(self._after)
        victims = processes(self._matches)
        if victims:
            self.killed = max(victims)
            os.kill(self.killed, signal.SIGKILL)

    def __enter__(self) -> Death:
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._thread.join()
