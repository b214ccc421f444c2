"""What the tests that run the program share: where they work, what a run has cost, how it may end, how they end."""

import argparse
import contextlib
import os
import resource
import shutil
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

# What the errors of a program hold that ended by a trap.
TRAPS = (b"Fatal error", b"terminate called")
# The highest status that a program may end with by itself (EX_CONFIG of sysexits.h).
HIGHEST_STATUS = 78


class Ending(NamedTuple):
    """How a run has ended, and what it has cost."""

    status: int
    errors: bytes
    seconds: float
    megabytes: float


def ending(wait_status, usage, errors, seconds=None):
    """The ending that `os.wait4` tells of; the seconds are those of the processor if none are given."""
    status = os.waitstatus_to_exitcode(wait_status)
    spent = usage.ru_utime + usage.ru_stime
    return Ending(status, errors, spent if seconds is None else seconds, usage.ru_maxrss / 1024)


def faults(run, most_seconds, most_megabytes):
    """What is wrong with how a run has ended, and what it has cost beyond a measure."""
    if run.status < 0:
        yield f"ended by signal {-run.status}"
    if run.status > HIGHEST_STATUS:
        yield f"ended with {run.status}"
    if any(words in run.errors for words in TRAPS):
        yield "ended by a trap"
    if run.status and not run.errors.strip():
        yield f"status {run.status} without a message"
    if run.seconds > most_seconds:
        yield f"took {run.seconds:.1f} s"
    if run.megabytes > most_megabytes:
        yield f"took {run.megabytes:.0f} MB"


def without_core_files():
    """A program that is ended on purpose leaves no image of its memory."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def argument_parser(description):
    """A parser of what every test is given: the program, and where to work."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=Path)
    parser.add_argument("--work", type=Path, help="where to work; a temporary folder, removed at the end")
    return parser


@contextlib.contextmanager
def work_folder(chosen, name):
    """The folder that was chosen, or a temporary one, which is removed at the end."""
    folder = (chosen or Path(tempfile.mkdtemp(prefix=f"{name}-"))).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield folder
    finally:
        if not chosen:
            shutil.rmtree(folder, ignore_errors=True)


def finish(tried, failures):
    """Says what was tried, and ends with status 1 if anything has failed."""
    print(f"{tried}, {failures} failures")
    sys.exit(1 if failures else 0)
