#!/usr/bin/env python3
"""Writes the small Arrow and Parquet files that ColumnarFilesTests reads: one table, with every option of the writers.

    python Scripts/make_columnar_fixtures.py

It needs pyarrow 21 and duckdb, and writes Tests/ColumnarFilesTests/Fixtures.

Every file `table*` holds the same rows; `rows.jsonl` holds them as compact JSON with sorted keys. Files `bad-*` use
what the reader lacks; `errors.json` says what it must answer.
"""

import datetime
import decimal
import json
import pathlib
import shutil

import duckdb
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq

OUT = pathlib.Path(__file__).resolve().parent.parent / "Tests/ColumnarFilesTests/Fixtures"
ROWS = 30


def rows():
    words = ["", "plain", "naïve café", "日本語テキスト", "👩‍🚀 emoji", 'quote " and \\', "line\nbreak\ttab", "x" * 40]
    for i in range(ROWS):
        turns = [
            {"role": "user" if t % 2 == 0 else "assistant", "content": f"{words[(i + t) % 8]} {i * t}"}
            for t in range(i % 4)
        ]
        if i == 5:
            turns[0]["content"] = None
        if i == 6:
            turns[1] = None
        yield {
            "name": ["alpha", "beta", "gamma"][i % 3],
            "text": None if i % 7 == 3 else words[i % 8] + str(i),
            "number": None if i % 5 == 4 else i * 1_000_003 - 7,
            "small": i % 100 - 20,
            "unsigned": i * 100_000_000,
            "score": None if i % 6 == 0 else i / 8,
            "flag": None if i % 9 == 1 else i % 2 == 0,
            "nothing": None,
            "messages": None if i % 11 == 10 else turns,
            "matrix": None if i == 2 else [None if j == 3 else list(range(j)) for j in range(i % 5)],
            "nested": None if i == 1 else {"inner": None if i == 4 else {"label": words[i % 8]}, "index": i},
        }


SCHEMA = pa.schema(
    [
        ("name", pa.string()),
        ("text", pa.string()),
        ("number", pa.int64()),
        ("small", pa.int8()),
        ("unsigned", pa.uint32()),
        ("score", pa.float64()),
        ("flag", pa.bool_()),
        ("nothing", pa.null()),
        ("messages", pa.list_(pa.struct([("content", pa.string()), ("role", pa.string())]))),
        ("matrix", pa.list_(pa.list_(pa.int64()))),
        ("nested", pa.struct([("inner", pa.struct([("label", pa.string())])), ("index", pa.int64())])),
    ],
    metadata={"huggingface": '{"info": {}}'},
)


def substituted(type_, change):
    """The type with every leaf and list changed."""
    if pa.types.is_struct(type_):
        return pa.struct([pa.field(f.name, substituted(f.type, change)) for f in type_])
    if pa.types.is_list(type_):
        inner = substituted(type_.value_type, change)
        return pa.large_list(inner) if change == "large" else pa.list_(inner)
    if pa.types.is_string(type_):
        return {"large": pa.large_string(), "view": pa.string_view(), "binary": pa.binary()}[change]
    if change == "large" and type_ == pa.int8():
        return pa.int16()
    if change == "large" and type_ == pa.uint32():
        return pa.uint64()
    return type_


def changed(table, change):
    schema = pa.schema([pa.field(f.name, substituted(f.type, change)) for f in table.schema])
    return pa.Table.from_pylist(table.to_pylist(), schema=schema) if change != "binary" else table.cast(schema)


def stream(name, table, chunk=None, **options):
    with pa.ipc.new_stream(str(OUT / name), table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table, max_chunksize=chunk)


def arrow(table):
    stream("table.stream.arrow", table)
    stream("table-batches.stream.arrow", table, chunk=7)
    stream("table-v4.stream.arrow", table, metadata_version=pa.ipc.MetadataVersion.V4)
    stream("table-legacy.stream.arrow", table, metadata_version=pa.ipc.MetadataVersion.V4, use_legacy_format=True)
    stream("table-lz4.stream.arrow", table, chunk=20, compression="lz4")
    stream("table-zstd.stream.arrow", table, chunk=20, compression="zstd")
    stream("table-large.stream.arrow", changed(table, "large"))
    stream("table-views.stream.arrow", changed(table, "view"), chunk=20)
    stream("table-slices.stream.arrow", pa.concat_tables([table.slice(0, 3), table.slice(3, 14), table.slice(17)]))
    with pa.ipc.new_file(str(OUT / "table.file.arrow"), table.schema) as writer:
        writer.write_table(table, max_chunksize=20)
    encoded = table
    for name in ("name", "text"):
        column = table[name].dictionary_encode()
        encoded = encoded.set_column(encoded.schema.get_field_index(name), name, column)
    stream("table-dictionary.stream.arrow", encoded)
    with pa.ipc.new_file(str(OUT / "table-dictionary.file.arrow"), encoded.schema) as writer:
        writer.write_table(encoded)
    pyarrow.feather.write_feather(table, str(OUT / "table-feather.file.arrow"), compression="lz4")
    flat = pa.table(
        {
            "pairs": pa.array([[1, 2], None, [3, None]], pa.list_(pa.int64(), 2)),
            "pages": pa.array([[("a", 1)], [], None], pa.map_(pa.string(), pa.int64())),
            "half": pa.array([0.5, None, 2], pa.float32()),
        }
    )
    stream("lists.stream.arrow", flat)
    pq.write_table(flat.drop_columns(["pairs"]), OUT / "lists.parquet")


def parquet(table):
    def write(name, table=table, **options):
        pq.write_table(table, OUT / f"table{name}.parquet", **options)

    write("")
    for codec in ("none", "gzip", "brotli", "zstd", "lz4"):
        write(f"-{codec}", compression=codec)
    write("-v2", data_page_version="2.0")
    write("-v2-zstd-pages", data_page_version="2.0", compression="zstd", data_page_size=64, write_batch_size=3)
    write("-v2-none", data_page_version="2.0", compression="none", use_dictionary=False)
    write("-pages", data_page_size=16, write_batch_size=2)
    write("-groups", row_group_size=8, write_statistics=False)
    write("-fallback", dictionary_pagesize_limit=16, write_batch_size=4)
    write("-plain", use_dictionary=False, version="1.0")
    write("-items", use_compliant_nested_type=False, store_schema=False)
    write("-index", write_page_index=True, write_page_checksum=True)
    leaves = [
        "name",
        "text",
        "number",
        "small",
        "unsigned",
        "score",
        "flag",
        "messages.list.element.content",
        "messages.list.element.role",
        "matrix.list.element.list.element",
        "nested.inner.label",
        "nested.index",
    ]
    text = {leaf for leaf in leaves if leaf.split(".")[-1] in ("name", "text", "content", "role", "label")}
    whole = {"number", "small", "unsigned", "nested.index", "matrix.list.element.list.element"}

    def encodings(for_text, for_whole, for_score):
        chosen = dict.fromkeys(text, for_text) | dict.fromkeys(whole, for_whole)
        return chosen | {"score": for_score}

    write(
        "-delta-length",
        use_dictionary=False,
        data_page_size=64,
        write_batch_size=7,
        column_encoding=encodings("DELTA_LENGTH_BYTE_ARRAY", "DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT"),
    )
    write(
        "-delta-bytes",
        use_dictionary=False,
        column_encoding=encodings("DELTA_BYTE_ARRAY", "BYTE_STREAM_SPLIT", "PLAIN") | {"flag": "RLE"},
    )
    write("-large", changed(table, "large"))
    write("-binary", changed(table, "binary"))
    duckdb.sql(f"copy (select * from read_parquet('{OUT}/table.parquet')) to '{OUT}/table-duckdb.parquet'")
    required = pa.schema(
        [
            pa.field("id", pa.int64(), nullable=False),
            pa.field("tags", pa.list_(pa.field("element", pa.string(), nullable=False)), nullable=False),
        ]
    )
    table = pa.Table.from_pylist([{"id": i, "tags": [str(j) for j in range(i % 3)]} for i in range(6)], required)
    pq.write_table(table, OUT / "required.parquet", store_schema=False)
    patched("required.parquet", "legacy.parquet", two_levels)


class Compact:
    """Just enough of the Thrift compact protocol to change a Parquet footer."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def varint(self):
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def value(self, kind):
        if kind in (1, 2):
            return kind
        if kind == 3:
            self.at += 1
            return self.data[self.at - 1]
        if kind in (4, 5, 6):
            n = self.varint()
            return (n >> 1) ^ -(n & 1)
        if kind == 7:
            self.at += 8
            return self.data[self.at - 8 : self.at]
        if kind == 8:
            n = self.varint()
            self.at += n
            return self.data[self.at - n : self.at]
        if kind == 9:
            head = self.data[self.at]
            self.at += 1
            count = self.varint() if head >> 4 == 15 else head >> 4
            return (head & 15, [self.value(head & 15) for _ in range(count)])
        fields, last = {}, 0
        while (head := self.data[self.at]) != 0:
            self.at += 1
            last = last + (head >> 4) if head >> 4 else self.value(4)
            fields[last] = (head & 15, self.value(head & 15))
        self.at += 1
        return fields


def number(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def packed(kind, value):
    if kind in (1, 2):
        return b""
    if kind == 3:
        return bytes([value])
    if kind in (4, 5, 6):
        return number(value * 2 if value >= 0 else -value * 2 - 1)
    if kind == 7:
        return value
    if kind == 8:
        return number(len(value)) + value
    if kind == 9:
        count = len(value[1])
        head = bytes([count << 4 | value[0]]) if count < 15 else bytes([0xF0 | value[0]]) + number(count)
        return head + b"".join(packed(value[0], v) for v in value[1])
    out, last = b"", 0
    for key, (k, v) in sorted(value.items()):
        out += bytes([key - last << 4 | k]) + packed(k, v)
        last = key
    return out + b"\0"


def patched(source, target, change):
    """Writes a Parquet file with another footer."""
    data = (OUT / source).read_bytes()
    size = int.from_bytes(data[-8:-4], "little")
    footer = Compact(data[-8 - size : -8]).value(12)
    change(footer)
    new = packed(12, footer)
    (OUT / target).write_bytes(data[: -8 - size] + new + len(new).to_bytes(4, "little") + data[-4:])


def two_levels(footer):
    """Lists as older writers had them: the repeated column is the element."""
    elements = footer[2][1][1]
    at = next(i for i, e in enumerate(elements) if e[4][1] == b"list")
    leaf = elements.pop(at + 1)
    leaf[3], leaf[4] = (5, 2), (8, b"array")
    elements[at] = leaf
    for group in footer[4][1][1]:
        group[1][1][1][1][3][1][3] = (9, (8, [b"tags", b"array"]))


def bad(table):
    errors = {}

    def patch(name, problem, change, source="table.parquet"):
        patched(source, f"bad-{name}.parquet", change)
        errors[f"bad-{name}.parquet"] = problem

    def chunk(footer, column):
        return footer[4][1][1][0][1][1][1][column]

    def codec(n):
        return lambda footer: chunk(footer, 8)[3][1].update({4: (5, n)})

    patch("lzo", "column messages.list.element.content, row group 0: codec LZO is not supported", codec(3))
    patch("codec", "column messages.list.element.content, row group 0: codec number 99 is not supported", codec(99))
    patch(
        "elsewhere",
        "column name, row group 0: columns in other files are not supported",
        lambda footer: chunk(footer, 0).update({1: (8, b"part-1.parquet")}),
    )
    patch(
        "encrypted-column",
        "column name, row group 0: encrypted columns are not supported",
        lambda footer: chunk(footer, 0).update({8: (12, {1: (12, {})})}),
    )
    patch("rows", "the row groups have 30 rows, but the file claims 31", lambda footer: footer.update({3: (6, 31)}))
    data = (OUT / "table.parquet").read_bytes()
    (OUT / "bad-encrypted.parquet").write_bytes(b"PARE" + data[4:-4] + b"PARE")
    errors["bad-encrypted.parquet"] = "encrypted files are not supported"
    times = pa.table({"id": [1], "when": pa.array([0], pa.timestamp("us")), "price": pa.array([1], pa.decimal128(5))})
    pq.write_table(times, OUT / "bad-timestamp.parquet")
    errors["bad-timestamp.parquet"] = "column when, row group 0: the type timestamp is not supported"
    stream("bad-timestamp.stream.arrow", times)
    errors["bad-timestamp.stream.arrow"] = "column when, record batch 0: the type timestamp is not supported"
    checked = (OUT / "checksums.parquet").read_bytes()
    # Behind the length, not in the statistics of the page's header.
    place = checked.index(b"\x05\x00\x00\x00alpha") + 4
    (OUT / "bad-checksum.parquet").write_bytes(checked[:place] + b"b" + checked[place + 1 :])
    errors["bad-checksum.parquet"] = "column text, row group 0, byte 4: the checksum of a page is not that of its bytes"
    (OUT / "errors.json").write_text(json.dumps(errors, indent=1, sort_keys=True) + "\n")


def rare():
    """What few writers make: dictionaries that grow, runs, decimals of 256 bits, checksums of pages."""
    delta = pa.ipc.IpcWriteOptions(emit_dictionary_deltas=True)
    texts = [["a"], ["a", "b"], ["a", "b", "c"]]
    indices = [[0], [1, 0], [2]]
    batches = [
        pa.record_batch({"word": pa.DictionaryArray.from_arrays(*pair)}) for pair in zip(indices, texts, strict=True)
    ]
    with pa.ipc.new_stream(str(OUT / "delta.stream.arrow"), batches[0].schema, options=delta) as writer:
        for batch in batches:
            writer.write_batch(batch)
    runs = pa.table(
        {
            "number": pa.RunEndEncodedArray.from_arrays(pa.array([1, 5], pa.int16()), pa.array([7, 8])),
            "word": pa.RunEndEncodedArray.from_arrays(pa.array([2, 3, 5], pa.int32()), pa.array(["a", None, "b"])),
        }
    )
    stream("runs.stream.arrow", runs)
    digits = "1234567890" * 5
    wide = [f"{digits}.1234", "-0.0001", None, f"-{digits}"]
    prices = pa.table({"price": pa.array([price and decimal.Decimal(price) for price in wide], pa.decimal256(60, 4))})
    stream("wide.stream.arrow", prices)
    pq.write_table(prices, OUT / "wide.parquet")
    moments = [datetime.datetime(2024, 2, 29, 12, 0, 0, 1), None, datetime.datetime(1677, 9, 22)]
    times = pa.table({"text": ["a", "b", "c"], "time": pa.array(moments, pa.timestamp("us"))})
    pq.write_table(times, OUT / "int96.parquet", use_deprecated_int96_timestamps=True, store_schema=False)
    checked = pa.table({"text": ["alpha", "beta"]})
    pq.write_table(
        checked, OUT / "checksums.parquet", write_page_checksum=True, use_dictionary=False, compression="none"
    )
    moment = datetime.datetime(2024, 2, 29)
    inner = pa.struct([("at", pa.timestamp("us")), ("text", pa.string()), ("n", pa.int32())])
    kind = pa.struct([("when", pa.timestamp("ms")), ("inner", inner), ("tags", pa.list_(pa.timestamp("us")))])
    parts = [
        {"when": moment, "inner": {"at": moment, "text": "a", "n": 1}, "tags": [moment]},
        {"when": None, "inner": None, "tags": None},
        None,
        {"when": None, "inner": {"at": None, "text": None, "n": 4}, "tags": []},
        {"when": moment, "inner": {"at": moment, "text": "e", "n": None}, "tags": []},
    ]
    turn = pa.struct([("at", pa.timestamp("us")), ("role", pa.string()), ("content", pa.string())])
    turns = [[{"at": moment, "role": "user", "content": "x"}], None, [], [{"role": "user"}, None], []]
    members = pa.table({"part": pa.array(parts, kind), "turns": pa.array(turns, pa.list_(turn))})
    stream("members.stream.arrow", members)
    pq.write_table(members, OUT / "members.parquet")


def dictionaries():
    """Dictionaries of every type that messages, labels, scores and groups may have, which grow or change."""
    turn = {"role": "user", "content": "x"}
    columns = {
        "word": (["a", None, "b"], pa.string()),
        "view": (["a", "longer than twelve bytes", None], pa.string_view()),
        "number": ([7, 8, None], pa.int32()),
        "share": ([0.5, None, 2.5], pa.float64()),
        "flag": ([True, False, None], pa.bool_()),
        "day": ([datetime.date(2024, 2, 29), datetime.date(1969, 12, 31), None], pa.date32()),
        "price": ([decimal.Decimal("1.50"), decimal.Decimal("-0.01"), None], pa.decimal128(9, 2)),
        "tags": ([["a"], [], ["b", None, "c"]], pa.list_(pa.string())),
        "part": (
            [{"n": 1, "of": ["x"]}, None, {"n": None, "of": []}],
            pa.struct([("n", pa.int8()), ("of", pa.list_(pa.string()))]),
        ),
        "messages": (
            [[turn], [turn, {"role": "assistant", "content": None}], None],
            pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())])),
        ),
    }
    indices = [[0, None, 0], [1, 0], [2, 0, 1]]
    rows = []
    batches = []
    for size, index in zip([1, 2, 3], indices, strict=True):
        batches.append(
            pa.record_batch(
                {
                    name: pa.DictionaryArray.from_arrays(pa.array(index, pa.int8()), pa.array(values[:size], kind))
                    for name, (values, kind) in columns.items()
                }
            )
        )
        for row in index:
            values = {name: None if row is None else values[row] for name, (values, _) in columns.items()}
            rows.append(json.dumps(values, default=str, sort_keys=True, separators=(",", ":")))
    delta = pa.ipc.IpcWriteOptions(emit_dictionary_deltas=True)
    for name, new, options in [
        ("dictionaries.stream.arrow", pa.ipc.new_stream, delta),
        ("dictionaries.file.arrow", pa.ipc.new_file, delta),
        ("dictionaries-new.stream.arrow", pa.ipc.new_stream, None),
    ]:
        with new(str(OUT / name), batches[0].schema, options=options) as writer:
            for batch in batches:
                writer.write_batch(batch)
    (OUT / "dictionaries.jsonl").write_text("\n".join(rows) + "\n")


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    data = list(rows())
    lines = [json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")) for row in data]
    (OUT / "rows.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    table = pa.Table.from_pylist(data, schema=SCHEMA)
    arrow(table)
    parquet(table)
    rare()
    dictionaries()
    bad(table)
    print(f"{sum(1 for _ in OUT.iterdir())} files, {sum(f.stat().st_size for f in OUT.iterdir())} bytes")


if __name__ == "__main__":
    main()
