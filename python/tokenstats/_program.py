"""The program that the package brings, for what the engine has no function for."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import sysconfig
import warnings
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

from ._errors import Error, Notice, ProgramError, UnknownModelError

_UNKNOWN_MODEL = 5
_MOST_NOTICES = 20


def _candidates() -> Iterator[Path]:
    named = os.environ.get("TOKENSTATS_PROGRAM")
    if named:
        yield Path(named)
        return
    try:
        for file in metadata.files("tokenstats") or []:
            if file.name == "tokenstats" and file.parent.name in ("bin", "scripts"):
                yield Path(os.path.abspath(file.locate()))
    except metadata.PackageNotFoundError:
        pass
    # As `pip install --target` lays it out.
    yield Path(__file__).resolve().parents[1] / "bin" / "tokenstats"
    yield Path(sysconfig.get_path("scripts")) / "tokenstats"
    found = shutil.which("tokenstats")
    if found:
        yield Path(found)


@functools.cache
def program() -> str:
    """The path of the program: `TOKENSTATS_PROGRAM`, else the one that was installed with this package.

    Raises:
        Error: It is not there.
    """
    for path in _candidates():
        if path.is_file() and os.access(path, os.X_OK):
            return str(path)
    raise Error("the program tokenstats is not beside the package: install the wheel again, or set TOKENSTATS_PROGRAM")


def run(
    arguments: Sequence[str | os.PathLike[str]],
    *,
    allowed: Sequence[int] = (0,),
    cwd: str | os.PathLike[str] | None = None,
    tells: bool = False,
) -> str:
    """Runs the program and returns what it printed; its own words, where it fails, become the exception's.

    Args:
        arguments: The command and its arguments.
        allowed: Exit statuses that are no failure.
        cwd: The folder that it runs in; None for the current one.
        tells: Whether what it remarks is a `Notice` for the caller's caller.
    """
    with subprocess.Popen(
        [program(), *(os.fspath(argument) for argument in arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=cwd,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            output, messages = process.communicate()
        except BaseException:
            # Ctrl-C reaches the program too; whatever else happens, it must not go on alone.
            process.terminate()
            raise
    if process.returncode in allowed:
        notices = [line for line in messages.splitlines() if line and not line.startswith("error: ")]
        if tells and notices:
            more = len(notices) - _MOST_NOTICES
            lines = [*notices[:_MOST_NOTICES], f"and {more} more"] if more > 0 else notices
            warnings.warn("\n".join(lines), Notice, stacklevel=3)
        return output
    lines = [line.removeprefix("error: ") for line in messages.splitlines() if line.startswith("error: ")]
    message = "; ".join(lines) or messages.strip() or f"tokenstats ended with status {process.returncode}"
    if process.returncode == _UNKNOWN_MODEL:
        raise UnknownModelError(message)
    error = ProgramError(message)
    error.status = process.returncode
    raise error


def fetch(*models: str) -> None:
    """Fetches vocabulary files: those of the built-in models, or of models of the hub by their ids."""
    print(run(["tokenizers", "fetch", *models]), end="", file=sys.stderr)
