#!/usr/bin/env python3
"""Runs the fenced `sh` blocks of guides and compares their output with the `text` blocks behind them.

usage: check_guides.py FOLDER GUIDE.md...

FOLDER holds `demo-output/` as `make demo` writes it. Every guide gets a folder of its own that begins with it, and its
blocks run there in order, each as one script that stops at the first failure. A `text` block directly behind an `sh`
block is what that prints on standard output; a line `...` in it stands for any number of lines.
"""

import shutil
import subprocess
import sys
from pathlib import Path


def blocks(path):
    """The fenced blocks of a guide: line number, kind and lines."""
    kind = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if kind is None and line.startswith("```"):
            kind, start, lines = line[3:].strip(), number, []
        elif line == "```":
            yield start, kind, lines
            kind = None
        elif kind is not None:
            lines.append(line)
    if kind is not None:
        raise SystemExit(f"{path}:{start}: the block does not end")


def matches(shown, printed):
    """Whether printed lines are those shown, where `...` stands for any number of lines."""
    if not shown:
        return not printed
    if shown[0] == "...":
        return any(matches(shown[1:], printed[start:]) for start in range(len(printed) + 1))
    return bool(printed) and shown[0].rstrip() == printed[0].rstrip() and matches(shown[1:], printed[1:])


def check(guide, folder):
    """Runs one guide; returns how many commands and outputs were right, or ends with what was not."""
    printed = None
    ran = compared = 0
    for number, kind, lines in blocks(guide):
        place = f"{guide}:{number}"
        if kind == "sh":
            script = "set -euo pipefail\n" + "\n".join(lines)
            result = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=False)
            if result.returncode != 0:
                raise SystemExit(f"{place}: exit status {result.returncode}\n{result.stdout}{result.stderr}")
            printed = result.stdout.splitlines()
            ran += 1
        elif kind == "text":
            if printed is None:
                raise SystemExit(f"{place}: no sh block stands before the output")
            if not matches(lines, printed):
                raise SystemExit(f"{place}: the guide shows something else than is printed:\n" + "\n".join(printed))
            compared += 1
            printed = None
        else:
            printed = None
    if ran == 0:
        raise SystemExit(f"{guide}: there is no sh block in it")
    return ran, compared


def main():
    made = Path(sys.argv[1])
    for name in sys.argv[2:]:
        guide = Path(name)
        folder = made / guide.stem
        folder.mkdir()
        shutil.copytree(made / "demo-output", folder / "demo-output")
        ran, compared = check(guide, folder)
        print(f"{guide}: {ran} scripts ran, {compared} outputs are as shown")


main()
