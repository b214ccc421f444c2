#!/usr/bin/env python3
"""Compares two folders of outputs that Scripts/compare_outputs.sh made, and lists every difference with its place.

    python Scripts/compare_outputs.py OLD NEW --expected FILE

A file whose bytes are the same, but for the time of the run, is done. Otherwise what it holds is compared: JSON member
by member, a report by its data block, a picture by its size, texts and pixels, Arrow and Parquet files by schema and
rows (with pyarrow), text line by line, anything else by its first byte that differs. Exit status 1 if there is a
difference that FILE does not expect.
"""

import argparse
import collections
import fnmatch
import itertools
import json
import pathlib
import re
import sys
import zlib

import pyarrow as pa
import pyarrow.parquet as pq

SHOWN = 6  # Differences of one file, and examples of one reason, that are shown.
TIME = re.compile(rb'"timestamp": ?"\d{4}-\d\d-\d\dT[\d:.]+Z"')
DATA_BLOCK = re.compile(rb'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
MISSING = object()

Difference = collections.namedtuple("Difference", "file place old new")


class Expectations:
    """The expected differences: on each line a pattern of `file: place: old -> new`, two spaces, and a reason."""

    def __init__(self, path):
        self.reasons = []
        for number, line in enumerate(pathlib.Path(path).read_text(encoding="utf-8").splitlines(), 1):
            if line.strip() and not line.startswith("#"):
                pattern, _, reason = line.partition("  ")
                if not reason.strip():
                    sys.exit(f"{path}:{number}: a pattern, two spaces and a reason are expected")
                self.reasons.append((pattern, reason.strip()))

    def reason(self, difference):
        values = f"{text(difference.old)} -> {text(difference.new)}"
        name = f"{difference.file}: {difference.place}: {values}"
        return next((item for item in self.reasons if fnmatch.fnmatchcase(name, item[0])), None)


def normalized(name, data):
    """The data of a file without what may differ: the time, and the order of messages of datasets in parallel."""
    data = TIME.sub(b'"timestamp": "TIME"', data)
    return b"\n".join(sorted(data.split(b"\n"))) if name.endswith(".err") else data


def png_chunks(data):
    position = len(PNG_SIGNATURE)
    while position + 12 <= len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        yield data[position + 4 : position + 8], data[position + 8 : position + 8 + length]
        position += 12 + length


def compare_values(old, new, place):
    """(place, old, new) for every member that two JSON values do not share; the type of a number counts."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from compare_values(old.get(key, MISSING), new.get(key, MISSING), f"{place}.{key}" if place else key)
        if list(old) != list(new) and set(old) == set(new):
            yield place or "members", "order " + ", ".join(old), "order " + ", ".join(new)
    elif isinstance(old, list) and isinstance(new, list):
        for index, (a, b) in enumerate(itertools.zip_longest(old, new, fillvalue=MISSING)):
            yield from compare_values(a, b, f"{place}[{index}]")
    elif type(old) is not type(new) or old != new:
        yield place or "value", old, new


def compare_json(old, new):
    try:
        values = json.loads(old), json.loads(new)
    except ValueError:
        yield from compare_text(old, new)
        return
    found = list(compare_values(*values, ""))
    yield from found or [("layout", *first_difference(old, new))]


def compare_page(old, new):
    """The data block of a report. The page around it is no result: its layout may change."""
    blocks = [DATA_BLOCK.search(page) for page in (old, new)]
    if not all(blocks):
        yield "data block", *("there" if block else MISSING for block in blocks)
    elif blocks[0].group(1) != blocks[1].group(1):
        yield from compare_json(blocks[0].group(1), blocks[1].group(1))


def compare_pictures(old, new):
    chunks = [collections.defaultdict(bytes), collections.defaultdict(bytes)]
    for side, data in zip(chunks, (old, new), strict=True):
        for kind, content in png_chunks(data):
            side[kind.decode("latin-1")] += content
    for kind in sorted({*chunks[0], *chunks[1]}):
        a, b = chunks[0][kind], chunks[1][kind]
        if a != b and kind == "IDAT":
            rows = [zlib.decompress(pixels) for pixels in (a, b)]
            same = rows[0] == rows[1]
            yield "compression" if same else "pixels", *first_difference(*((a, b) if same else rows))
        elif a != b:
            yield kind, *first_difference(a, b)


def compare_tables(old, new, read):
    try:
        tables = [read(pa.BufferReader(data)) for data in (old, new)]
    except pa.ArrowInvalid:
        yield "bytes", *first_difference(old, new)
        return
    schemas = [table.schema for table in tables]
    if not schemas[0].equals(schemas[1], check_metadata=True):
        yield "schema", *(schema.to_string(truncate_metadata=False).replace("\n", ", ") for schema in schemas)
    if tables[0].equals(tables[1]):
        yield "encoding", *first_difference(old, new)
        return
    for number, (a, b) in enumerate(itertools.zip_longest(*(table.to_pylist() for table in tables), fillvalue=MISSING)):
        yield from compare_values(a, b, f"row {number}")


def compare_text(old, new):
    lines = [text.decode("utf-8", "backslashreplace").split("\n") for text in (old, new)]
    for number, (a, b) in enumerate(itertools.zip_longest(*lines, fillvalue=MISSING), 1):
        if a != b:
            yield f"line {number}", a, b


def first_difference(old, new):
    at = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    return tuple(f"byte {at} of {len(data)}: {data[max(0, at - 8) : at + 16]!r}" for data in (old, new))


def compare_files(old, new, suffix):
    if suffix == ".png":
        return compare_pictures(old, new)
    if suffix == ".html":
        return compare_page(old, new)
    if suffix == ".json" or (suffix == ".out" and old[:1] in (b"{", b"[")):
        return compare_json(old, new)
    if suffix == ".parquet":
        return compare_tables(old, new, pq.read_table)
    if suffix == ".arrow":
        return compare_tables(old, new, lambda source: pa.ipc.open_stream(source).read_all())
    if suffix in (".out", ".err", ".status", ".svg", ".tsv", ".jsonl"):
        return compare_text(old, new)
    return [("bytes", *first_difference(old, new))]


def files(folder):
    return {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}


def differences(folders):
    old, new = (files(folder) for folder in folders)
    for name in sorted({*old, *new}):
        if name not in old or name not in new:
            yield Difference(name, "file", *("there" if name in side else MISSING for side in (old, new)))
            continue
        data = [side[name].read_bytes() for side in (old, new)]
        if data[0] == data[1]:
            continue
        data = [normalized(name, content) for content in data]
        if data[0] != data[1]:
            for place, a, b in compare_files(*data, pathlib.PurePath(name).suffix):
                yield Difference(name, place, a, b)


def text(value):
    return "nothing" if value is MISSING else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def show(difference, indent="  "):
    print(f"{indent}{difference.place}")
    for sign, value in (("-", text(difference.old)), ("+", text(difference.new))):
        print(f"{indent}  {sign} {value if len(value) <= 160 else value[:157] + '...'}")


def report(found, expectations):
    """Prints what was found; the number of differences that nothing expects."""
    expected, unexpected = collections.defaultdict(list), collections.defaultdict(list)
    for difference in found:
        item = expectations.reason(difference)
        if item:
            expected[item].append(difference)
        else:
            unexpected[difference.file].append(difference)
    for (pattern, reason), members in expected.items():
        print(f"expected, {len(members)} times: {reason} ({pattern})")
        print(f"  {members[0].file}")
        show(members[0], "    ")
    for item in expectations.reasons:
        if item not in expected:
            print(f"expected, but there is no such difference: {item[0]}")
    for file, members in unexpected.items():
        print(f"DIFFERENT {file}")
        for difference in members[:SHOWN]:
            show(difference)
        if len(members) > SHOWN:
            print(f"  and {len(members) - SHOWN:,} more")
    return sum(map(len, unexpected.values()))


def refused(folder):
    """The commands that the old program did not understand: to compare those proves nothing."""
    statuses = sorted((folder / "printed").rglob("*.status"))
    return [str(path.relative_to(folder)) for path in statuses if path.read_text().strip() == "64"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs=2, type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--expected", required=True)
    options = parser.parse_args()
    expectations = Expectations(options.expected)
    for name in refused(options.folders[0]):
        print(f"the old program refuses this command line: {name}")
    count = report(differences(options.folders), expectations)
    sizes = [len(files(folder)) for folder in options.folders]
    print(f"{sizes[0]:,} files of the old program, {sizes[1]:,} of the new one: {count:,} differences")
    return 1 if count or refused(options.folders[0]) else 0


if __name__ == "__main__":
    sys.exit(main())
