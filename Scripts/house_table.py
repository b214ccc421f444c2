#!/usr/bin/env python3
"""Prints how a checkout is laid out, as a Markdown table: files, types, lengths, where names of data and models are.

Scripts/house_table.py                     the working tree
Scripts/house_table.py OLD_COMMIT HEAD     commits side by side
"""

import argparse
import re
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TYPE = re.compile(
    r"^ *(?:@\w+ )*(?:(?:public|package|internal|fileprivate|private|final|indirect) )*"
    r"(?:struct|enum|class|actor|protocol) ([A-Z]\w*)",
    re.MULTILINE,
)
ERROR_TYPE = re.compile(
    r"^ *(?:(?:public|package|internal|fileprivate|private|final|indirect) )*"
    r"(?:struct|enum|class|extension) [\w.]+\s*:[^{]*\bError\b",
    re.MULTILINE,
)
PERSONA = re.compile(r"persona", re.IGNORECASE)
MODEL = re.compile(r"gemma|llama|qwen", re.IGNORECASE)
# Folders that may name them, the program with its commands included.
PERSONA_HOMES = ("Sources/PersonaData/", "Sources/PersonaDatasets/", "Sources/StatsCLI/")
MODEL_HOMES = ("Sources/ModelHub/", "Sources/ChatTemplates/Native/")


def git(*arguments):
    return subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=True).stdout


def sources(commit):
    """The Swift files below Sources by path; those of the working tree without a commit."""
    if commit is None:
        paths = sorted((ROOT / "Sources").rglob("*.swift"))
        return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths}
    paths = git("ls-tree", "-r", "--name-only", commit, "Sources").splitlines()
    return {path: git("show", f"{commit}:{path}") for path in paths if path.endswith(".swift")}


def naming(files, pattern, homes):
    """Lines that match, and the files they are in, outside the folders that may name it."""
    counts = [
        sum(1 for line in text.splitlines() if pattern.search(line))
        for path, text in files.items()
        if not path.startswith(homes)
    ]
    return f"{sum(counts):,} in {sum(1 for count in counts if count)} files"


def measure(commit, without):
    files = {path: text for path, text in sources(commit).items() if not path.startswith(without)}
    if not files:
        sys.exit(f"{commit or ROOT} holds no Swift files in Sources")
    lengths = [len(text.splitlines()) for text in files.values()]
    short = sum(1 for length in lengths if length <= 30)
    program = {path: text for path, text in files.items() if path.startswith("Sources/StatsCLI/")}
    return {
        "Swift files in Sources": f"{len(files):,}",
        "lines": f"{sum(lengths):,}",
        "types": f"{sum(len(TYPE.findall(text)) for text in files.values()):,}",
        "median lines of a file": f"{statistics.median(lengths):g}",
        "files of at most 30 lines": f"{100 * short / len(files):.0f} %",
        "files of more than 400 lines": f"{sum(1 for length in lengths if length > 400)}",
        "error types": f"{sum(len(ERROR_TYPE.findall(text)) for text in files.values())}",
        "lines of StatsCLI": f"{sum(len(text.splitlines()) for text in program.values()):,} in {len(program)} files",
        "lines with `persona` outside PersonaData and StatsCLI": naming(files, PERSONA, PERSONA_HOMES),
        "lines with a model's name outside ModelHub and ChatTemplates/Native": naming(files, MODEL, MODEL_HOMES),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commits", nargs="*", help="commits to measure; default: the working tree")
    parser.add_argument("--without", action="append", default=[], metavar="FOLDER", help="leave a folder out")
    arguments = parser.parse_args()
    commits = arguments.commits or [None]
    columns = [measure(commit, tuple(f"{folder.rstrip('/')}/" for folder in arguments.without)) for commit in commits]
    print("| | " + " | ".join(commit or "working tree" for commit in commits) + " |")
    print("|---" * (len(commits) + 1) + "|")
    for row in columns[0]:
        print(f"| {row} | " + " | ".join(column[row] for column in columns) + " |")


if __name__ == "__main__":
    main()
