#!/usr/bin/env python3
"""Counts every text column of collections of Parquet and Arrow files, and compares with the texts that pyarrow reads.

    python Scripts/check_collections.py --program .build/release/tokenstats DIR...

DIR is a checkout of apache/parquet-testing or apache/arrow-testing, or any other folder or file. Of each file that
pyarrow reads, each column of texts or bytes is counted row by row and compared with the counts of the same texts as
JSON lines; a row that is null or no UTF-8 must fail. Every file, damaged ones included, must be answered in little
time and memory and without a crash. Where one of the two reads what the other refuses, the reason is printed;
`--expected FILE` names those that are right.
"""

import argparse
import collections
import fnmatch
import json
import os
import pathlib
import pickle
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq

import measured_run

PASSED_OVER = (
    *(".md", ".json", ".json.gz", ".csv", ".csv.gz", ".txt", ".py", ".proto", ".yaml", ".sh", ".avro", ".orc", ".bin"),
    *(".metadata", ".value", ".pem", ".key", ".pkcs1", ".data"),
)
SECONDS, MEGABYTES = 2, 300
Answer = collections.namedtuple("Answer", "lines ending")


def files(folders):
    for folder in map(pathlib.Path, folders):
        found = [folder] if folder.is_file() else sorted(folder.rglob("*"))
        for path in found:
            parts = path.relative_to(folder).parts
            hidden = "csv" in parts or any(part.startswith(".") for part in parts)
            if path.is_file() and not hidden and not path.name.endswith(PASSED_OVER):
                yield path


# What pyarrow reads.


def is_text(kind):
    if isinstance(kind, pa.BaseExtensionType):
        return is_text(kind.storage_type)
    if pa.types.is_dictionary(kind) or pa.types.is_run_end_encoded(kind):
        return is_text(kind.value_type)
    tests = ("string", "large_string", "string_view", "binary", "large_binary", "binary_view", "fixed_size_binary")
    return any(getattr(pa.types, f"is_{test}")(kind) for test in tests)


def leaves(field, prefix=""):
    """The columns of texts of a field: itself, or members of structs as NAME.MEMBER."""
    name = prefix + field.name
    if is_text(field.type):
        yield name
    elif pa.types.is_struct(field.type):
        names = [part.name for part in field.type]
        for part in field.type:
            if names.count(part.name) == 1:
                yield from leaves(part, name + ".")


def values(array, names):
    """The bytes of each row of a chunk, None for null."""
    for name in names:
        # `field` keeps what a null struct hides, `flatten` does not.
        array = array.flatten()[array.type.get_field_index(name)]
    while isinstance(array.type, pa.BaseExtensionType):
        array = array.storage
    if pa.types.is_run_end_encoded(array.type):
        array = pa.compute.run_end_decode(array)
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    # As bytes, because texts that are no UTF-8 cannot be had otherwise.
    if not pa.types.is_fixed_size_binary(array.type):
        array = array.cast(pa.large_binary())
    return array.to_pylist()


def read_columns(path):
    """What pyarrow finds: the error that the whole file gives, or the rows or the error of each text column."""
    with open(path, "rb") as file:
        head = file.read(8)
    if head.startswith((b"PAR1", b"PARE")):
        schema = pq.ParquetFile(path).schema_arrow

        def read(name):
            file = pq.ParquetFile(path, page_checksum_verification=True)
            return [chunk.column(0) for chunk in file.iter_batches(columns=[name], use_threads=False)]
    else:
        source = pa.memory_map(str(path))
        reader = pa.ipc.open_file(source) if head.startswith(b"ARROW1") else pa.ipc.open_stream(source)
        schema = reader.schema
        batches = (
            [reader.get_batch(n) for n in range(reader.num_record_batches)]
            if hasattr(reader, "num_record_batches")
            else list(reader)
        )

        def read(name):
            return [batch.column(schema.get_field_index(name)) for batch in batches]

    found = {}
    for number, own in enumerate(schema.names):
        try:
            field = schema.field(number)
        except KeyError:  # Intervals of months, which this library has no name for.
            continue
        # Two columns of one name are refused, and no argument can hold U+0000 or 128 KiB.
        if schema.names.count(own) > 1 or "\0" in own or len(own) > 30_000:
            continue
        for name in leaves(field):
            try:
                rows = []
                members = name[len(field.name) + 1 :].split(".") if name != field.name else []
                for chunk in read(field.name):
                    chunk.validate()  # of the lengths alone: `full` would refuse what is no UTF-8
                    rows += values(chunk, members)
                found[name] = rows
            except (pa.ArrowException, OSError, ValueError, UnicodeError, NotImplementedError) as error:
                found[name] = f"{type(error).__name__}: {' '.join(str(error).split())}"
    return found


def in_child(path, seconds=20):
    """What `read_columns` says, from a process of its own, because some of these files end pyarrow."""
    end, start = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(end)
        signal.alarm(seconds)
        measured_run.without_core_files()
        for stream in (1, 2):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
        try:
            answer = read_columns(path)
        except BaseException as error:
            answer = f"{type(error).__name__}: {' '.join(str(error).split())}"
        with os.fdopen(start, "wb") as file:
            pickle.dump(answer, file)
        os._exit(0)
    os.close(start)
    with os.fdopen(end, "rb") as file:
        data = file.read()
    _, status = os.waitpid(child, 0)
    return pickle.loads(data) if status == 0 else f"pyarrow ended with {status}"


# What the program says.


class Program:
    def __init__(self, path, model, say):
        self.path, self.model, self.say = path, model, say
        self.slowest = self.largest = measured_run.Ending(0, b"", 0, 0)
        self.runs = 0

    def count(self, *arguments):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            began = time.monotonic()
            command = [self.path, "count", "--model", self.model, "--jobs", "2", *arguments]
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
            timer = threading.Timer(20, child.kill)
            timer.start()
            _, status, usage = os.wait4(child.pid, 0)
            timer.cancel()
            seconds = time.monotonic() - began
            out.seek(0)
            err.seek(0)
            run = measured_run.ending(status, usage, err.read(), seconds)
            child.returncode = run.status
            answer = Answer(out.read().decode().splitlines(), run)
        self.runs += 1
        for fault in measured_run.faults(run, SECONDS, MEGABYTES):
            self.say("fault", arguments[-1], " ".join(arguments[:-1]), fault)
        self.slowest = max(self.slowest, run, key=lambda run: run.seconds)
        self.largest = max(self.largest, run, key=lambda run: run.megabytes)
        return answer

    def texts(self, texts):
        """The counts of texts by another route: JSON lines."""
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
            for text in texts:
                file.write(json.dumps({"text": text}) + "\n")
            file.flush()
            answer = self.count("--each", "--text-column", "text", file.name)
        assert answer.ending.status == 0 and len(answer.lines) == len(texts), answer.ending.errors
        return dict(zip(texts, answer.lines, strict=True))


def text(row):
    try:
        return None if row is None else row.decode("utf-8")
    except UnicodeDecodeError:
        return None


def errors(answer):
    return answer.ending.errors.decode("utf-8", "replace")


def refusal(answer):
    lines = [line for line in errors(answer).splitlines() if line.startswith(("error", "warning"))]
    return lines[0] if lines else errors(answer).strip()[:300]


def examine(path, program, say):
    """Runs both on a file; returns what is to be compared: (column, rows, answer)."""
    known = in_child(path)
    compared = []
    program.count(str(path))
    if isinstance(known, str):
        names = re.search(r"the columns are (.*)", errors(program.count("--text-column", "\x01", str(path))))
        read = []
        for name in names[1].replace("\0", "")[:30_000].split(", ")[:20] if names else []:
            answer = program.count("--each", "--text-column", name, str(path))
            if answer.lines:
                read.append(name)
        if read:
            say("only we read", path, ", ".join(read), f"{known}")
        return []
    for name, rows in known.items():
        answer = program.count("--each", "--text-column", name, str(path))
        if isinstance(rows, str):
            if answer.lines and answer.ending.status == 0:
                say("only we read", path, name, rows)
            continue
        if not answer.lines and (rows or answer.ending.status):
            say("only pyarrow reads", path, name, refusal(answer))
            continue
        compared.append((name, rows, answer))
    return compared


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", metavar="DIR")
    parser.add_argument("--program", default=".build/release/tokenstats")
    parser.add_argument("--model", default="qwen-3-32b")
    parser.add_argument("--expected", type=pathlib.Path, help="lines KIND<TAB>PATTERN of what is right as it is")
    options = parser.parse_args()
    expected = []
    if options.expected:
        lines = [line for line in options.expected.read_text("utf-8").splitlines() if line and line[0] != "#"]
        expected = [line.split("\t")[:2] for line in lines]
    said = collections.Counter()

    def say(kind, path, column, words):
        right = any(kind == other and fnmatch.fnmatch(f"{path}", f"*/{pattern}") for other, pattern in expected)
        said[kind + (", as expected" if right else "")] += 1
        if not right:
            print(f"{kind}: {path} [{column}] {words}", flush=True)

    program = Program(options.program, options.model, say)
    waiting, count = [], 0
    for path in files(options.folders):
        count += 1
        waiting += [(path, *found) for found in examine(path, program, say)]
    texts = sorted({known for _, _, rows, _ in waiting for known in map(text, rows) if known is not None})
    counts = program.texts(texts)
    equal = 0
    for path, name, rows, answer in waiting:
        wanted = [counts.get(text(row), "-") for row in rows]
        if answer.lines == wanted:
            equal += 1
            continue
        places = [n for n, (one, other) in enumerate(zip(wanted, answer.lines, strict=False)) if one != other]
        where = f"first in row {places[0]}: {wanted[places[0]]} and {answer.lines[places[0]]}" if places else ""
        sizes = f"{len(wanted)} rows of pyarrow, {len(answer.lines)} of ours"
        say("different", path, name, f"{sizes}; {where} {refusal(answer)}")
    rows = sum(len(rows) for _, _, rows, _ in waiting)
    slowest, largest = program.slowest.seconds, program.largest.megabytes
    print(f"{count} files, pyarrow {pa.__version__}: {equal} columns equal, {rows} rows, {len(texts)} texts")
    print(f"{program.runs} runs, the slowest {slowest:.2f} s, the largest {largest:.0f} MB; {dict(said)}")
    sys.exit(any(", as" not in kind for kind in said))


if __name__ == "__main__":
    main()
