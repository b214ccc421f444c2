"""Parquet and Arrow files of few bytes that ask much; hostile_test.py runs the program over them.

Files that no writer makes are put together here, byte by byte.
"""

import struct

import pyarrow as pa
import pyarrow.parquet as pq

MEBIBYTE = 1 << 20
BYTE_ARRAY, INT32, FIXED = 6, 1, 7
PLAIN, RLE, DELTA_PACKED, DELTA_LENGTHS, DELTA_BYTES, RLE_DICTIONARY = 0, 3, 5, 6, 7, 8
GZIP, BROTLI, ZSTD = 2, 4, 6


def varint(number):
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out + bytes([number]))


def zigzag(number):
    return varint((number << 1) ^ (number >> 63))


def thrift(*fields):
    """A struct of Thrift's compact protocol, of (id, value) in rising order."""
    out, last = bytearray(), 0
    for number, value in fields:
        if value is None:
            continue
        kind, body = thrift_value(value)
        out.append((number - last) << 4 | kind)
        out += body
        last = number
    return bytes(out + b"\0")


def thrift_value(value):
    """Numbers are i64 where they are (number,), texts are str, structs are bytes."""
    match value:
        case bool():
            return (1 if value else 2), b""
        case int():
            return 5, zigzag(value)
        case tuple():
            return 6, zigzag(value[0])
        case str():
            return 8, varint(len(value.encode())) + value.encode()
        case bytes():
            return 12, value
    kinds = [thrift_value(item) for item in value]
    kind = kinds[0][0] if kinds else 12
    head = bytes([len(kinds) << 4 | kind]) if len(kinds) < 15 else bytes([0xF0 | kind]) + varint(len(kinds))
    return 9, head + b"".join(body for _, body in kinds)


def runs(count, value, width):
    """One run of equal numbers."""
    return varint(count << 1) + value.to_bytes((width + 7) // 8, "little")


def levels(count, value):
    run = runs(count, value, 1)
    return struct.pack("<I", len(run)) + run


def constant_deltas(count, first, delta):
    """DELTA_BINARY_PACKED of an arithmetic sequence: one block of width 0 for every 2^14 numbers."""
    block = 1 << 14
    out = varint(block) + varint(4) + varint(count) + zigzag(first)
    for _ in range(0, max(count - 1, 0), block):
        out += zigzag(delta) + bytes(4)
    return out


def data_page(count, body, encoding=PLAIN, expanded=None):
    header = thrift((1, count), (2, encoding), (3, RLE), (4, RLE))
    size = len(body) if expanded is None else expanded
    return thrift((1, 0), (2, size), (3, len(body)), (5, header)) + body


def dictionary_page(count, body, expanded=None):
    size = len(body) if expanded is None else expanded
    return thrift((1, 2), (2, size), (3, len(body)), (7, thrift((1, count), (2, PLAIN)))) + body


class Chunk:
    """A column chunk; `dictionary` is how many bytes of the pages are the dictionary's."""

    def __init__(self, pages, values, codec=0, dictionary=0, kind=BYTE_ARRAY, path=("text",)):
        self.pages, self.values, self.codec, self.dictionary = pages, values, codec, dictionary
        self.kind, self.path = kind, path

    def column(self, offset):
        size = len(self.pages)
        data = thrift(
            *((1, self.kind), (2, [PLAIN]), (3, list(self.path)), (4, self.codec), (5, (self.values,))),
            *((6, (size,)), (7, (size,)), (9, (offset + self.dictionary,))),
            (11, (offset,) if self.dictionary else None),
        )
        return thrift((2, (offset,)), (3, data))


def element(name, kind=None, repetition=None, children=None, length=None, text=False):
    return thrift(
        *((1, kind), (2, length), (3, repetition), (4, name), (5, children), (6, 0 if text else None)),
    )


TEXT = [element("schema", children=1), element("text", BYTE_ARRAY, 1, text=True)]


def parquet(path, chunk, rows, schema=None, groups=1, footer=None):
    """A file of one column chunk, which all row groups share."""
    if footer is None:
        group = thrift((1, [chunk.column(4)]), (2, (len(chunk.pages),)), (3, (rows,)))
        footer = thrift((1, 1), (2, schema or TEXT), (3, (rows * groups,)), (4, [group] * groups))
    pages = chunk.pages if chunk else b""
    path.write_bytes(b"PAR1" + pages + footer + struct.pack("<I", len(footer)) + b"PAR1")


def plain_parquet(folder):
    long = pa.table({"text": ["word " * (40 * MEBIBYTE)]})
    for codec in ("gzip", "brotli", "zstd", "lz4"):
        pq.write_table(long, folder / f"long-{codec}.parquet", compression=codec, use_dictionary=False)
    label = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000_000, pa.int32()), pa.array(["x" * 65_000]))
    pq.write_table(pa.table({"text": ["a"] * 1_000_000, "label": label}), folder / "labels.parquet", compression="zstd")
    labels = pa.array([f"{i:x}" * 4000 for i in range(16)])
    texts = pa.DictionaryArray.from_arrays(pa.array([i % 16 for i in range(300_000)], pa.int32()), labels)
    pq.write_table(pa.table({"text": texts}), folder / "shared-texts.parquet", compression="zstd")
    message = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
    many = pa.table({"messages": [message * 400_000]})
    pq.write_table(many, folder / "many-messages.parquet", compression="zstd")
    nulls = pa.array([[None] * 5_000_000], pa.list_(many.schema.field("messages").type.value_type))
    pq.write_table(pa.table({"messages": nulls}), folder / "null-messages.parquet", compression="zstd")
    wide = pa.table({"text": ["a"]} | {f"c{i}": pa.nulls(1) for i in range(20_000)})
    pq.write_table(wide, folder / "wide.parquet", compression="none")
    nested = pa.int32()
    for _ in range(70):
        nested = pa.struct([("a", nested)])
    pq.write_table(pa.table({"text": ["a"], "b": pa.nulls(1, nested)}), folder / "nested.parquet")
    empty = pa.table({"text": pa.array([], pa.string())})
    with pq.ParquetWriter(folder / "empty-groups.parquet", empty.schema) as writer:
        for _ in range(10_000):
            writer.write_table(empty)
    pq.write_table(pa.table({"text": ["a"] * 3_000_000}), folder / "short-texts.parquet", compression="zstd")


def shared_chunks(folder, groups):
    """A column chunk of 1,000 texts that all row groups name as theirs."""
    texts = b"".join(struct.pack("<I", 4) + b"text" for _ in range(1000))
    chunk = Chunk(data_page(1000, levels(1000, 1) + texts), 1000)
    parquet(folder / "shared-chunks.parquet", chunk, 1000, groups=groups)


def made_parquet(folder):
    rows = 60_000_000
    nulls = data_page(rows, levels(rows, 0))
    parquet(folder / "null-run.parquet", Chunk(nulls, rows), rows)
    few = data_page(65_536, levels(65_536, 0))
    parquet(folder / "null-groups.parquet", Chunk(few, 65_536), 65_536, groups=5_000)
    shared_chunks(folder, 5_000)
    empty = data_page(rows, levels(rows, 1) + constant_deltas(rows, 0, 0), DELTA_LENGTHS)
    parquet(folder / "empty-texts.parquet", Chunk(empty, rows), rows)
    count = 30_000
    prefixes = constant_deltas(count, 0, 1) + constant_deltas(count, 1, 0) + b"x" * count
    growing = data_page(count, levels(count, 1) + prefixes, DELTA_BYTES)
    parquet(folder / "growing-prefixes.parquet", Chunk(growing, count), count)
    text = struct.pack("<I", 60_000) + b"y" * 60_000
    numbers = levels(count, 1) + b"\1" + runs(count, 0, 1)
    page = dictionary_page(1, text)
    shared = Chunk(page + data_page(count, numbers, RLE_DICTIONARY), count, dictionary=len(page))
    parquet(folder / "shared-by-all.parquet", shared, count, groups=50)
    many = b"".join(data_page(1, levels(1, 0)) for _ in range(60_000))
    parquet(folder / "many-pages.parquet", Chunk(many, 60_000), 60_000)
    none = b"".join(data_page(0, levels(0, 0)) for _ in range(60_000)) + data_page(1, levels(1, 0))
    parquet(folder / "empty-pages.parquet", Chunk(none, 1), 1)
    parquet(folder / "claimed-page.parquet", Chunk(data_page(1, b"\0", expanded=2_000_000_000), 1, ZSTD), 1)
    fixed = [element("schema", children=1), element("text", FIXED, 1, length=2_000_000_000)]
    parquet(folder / "fixed.parquet", Chunk(data_page(1, levels(1, 1)), 1, kind=FIXED), 1, fixed)
    zero = [element("schema", children=1), element("text", FIXED, 1, length=0)]
    wide = data_page(rows, levels(rows, 1))
    parquet(folder / "fixed-nothing.parquet", Chunk(wide, rows, kind=FIXED), rows, zero)
    for name, depth in (("deep", 2_000), ("deeper", 500_000)):
        schema = [element("s", children=1)] + [element("a", None, 1, 1)] * depth + [element("text", BYTE_ARRAY, 1)]
        parquet(folder / f"{name}.parquet", None, 0, footer=thrift((1, 1), (2, schema), (3, (0,)), (4, [])))
    leaves = [element("s", children=900_000)] + [element("text", BYTE_ARRAY, 1)] * 900_000
    parquet(folder / "leaves.parquet", None, 0, footer=thrift((1, 1), (2, leaves), (3, (0,)), (4, [])))
    members = [element("text", BYTE_ARRAY, 1)] * 10_000
    names = [element("s", children=1), element("n" * MEBIBYTE, None, 1, len(members)), *members]
    parquet(folder / "names.parquet", None, 0, footer=thrift((1, 1), (2, names), (3, (0,)), (4, [])))
    children = [element("s", children=2**31 - 1), element("text", BYTE_ARRAY, 1)]
    parquet(folder / "children.parquet", None, 0, footer=thrift((1, 1), (2, children), (3, (0,)), (4, [])))
    long_list = bytes([0x15, 2, 0x19, 0xFC]) + varint(2**40)
    parquet(folder / "long-list.parquet", None, 0, footer=long_list)
    parquet(folder / "deep-skip.parquet", None, 0, footer=b"\x15\2" + b"\xdc" * 2_000_000)
    parquet(folder / "deep-lists.parquet", None, 0, footer=b"\x15\2\xd9" + b"\x19" * 2_000_000)
    parquet(folder / "rows.parquet", None, 0, footer=thrift((1, 1), (2, TEXT), (3, (2**62,)), (4, [])))
    huge = thrift((1, [Chunk(few, 2**62).column(4)]), (2, (1,)), (3, (2**62,)))
    parquet(folder / "huge-group.parquet", None, 0, footer=thrift((1, 1), (2, TEXT), (3, (2**62,)), (4, [huge] * 4)))


def stream(path, batches, compression=None, schema=None):
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, schema or batches[0].schema, options=options) as w:
        for batch in batches:
            w.write_batch(batch)


def batch(**columns):
    return pa.RecordBatch.from_pydict(columns)


def plain_arrow(folder):
    stream(folder / "nulls.arrow", [batch(text=pa.nulls(2_000_000_000))])
    some = batch(text=pa.nulls(65_536))
    stream(folder / "null-batches.arrow", [some] * 3_000)
    stream(folder / "empty-batches.arrow", [batch(text=pa.array([], pa.string()))] * 30_000)
    one = pa.array(["x" * 60_000])
    numbers = pa.array([0] * 3_000_000, pa.int8())
    stream(folder / "labels.arrow", [batch(text=pa.DictionaryArray.from_arrays(numbers, one))], "zstd")
    ends = pa.RunEndEncodedArray.from_arrays(pa.array([2_000_000_000], pa.int32()), one)
    stream(folder / "run.arrow", [batch(text=ends)])
    ends = pa.RunEndEncodedArray.from_arrays(pa.array([4_000], pa.int32()), one)
    stream(folder / "runs.arrow", [batch(text=ends)] * 60)
    fixed = pa.FixedSizeListArray.from_arrays(pa.nulls(2_000_000_000), 1_000_000_000)
    stream(folder / "fixed-list.arrow", [batch(text=fixed)])
    nothing = pa.Array.from_buffers(pa.list_(pa.null(), 0), 1_000_000_000, [None], children=[pa.nulls(0)])
    stream(folder / "fixed-nothing.arrow", [batch(text=nothing)])
    messages = pa.array([{"role": "user", "content": "x" * 1000}] * 1_000)
    offsets = pa.array([0] * 20_000, pa.int32())
    views = pa.ListViewArray.from_arrays(offsets, pa.array([1_000] * 20_000, pa.int32()), messages)
    stream(folder / "list-views.arrow", [batch(messages=views)], "zstd")
    names = pa.struct([(f"c{i}", pa.null()) for i in range(10_000)])
    stream(
        folder / "names.arrow",
        [pa.RecordBatch.from_arrays([pa.array(["a"]), pa.nulls(1, names)], ["text", "n" * 20_000])],
    )
    nested = pa.null()
    for _ in range(60):
        nested = pa.list_(nested)
    stream(folder / "nested.arrow", [batch(text=["a"], b=pa.nulls(1, nested))])
    wide = pa.RecordBatch.from_arrays([pa.nulls(1)] * 20_000, [f"c{i}" for i in range(20_000)])
    stream(folder / "wide.arrow", [wide] * 5)
    stream(folder / "views.arrow", [batch(text=pa.array(["y" * 60_000] * 2, pa.string_view()))])
    stream(folder / "long-lz4.arrow", [batch(text=pa.array(["word " * (40 * MEBIBYTE)]))], "lz4")
    union = pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.nulls(1)])
    stream(folder / "union.arrow", [batch(text=union)])
    grown_dictionaries(folder / "grown-dictionary.arrow")


def grown_dictionaries(path):
    """A dictionary that grows by one entry with every batch."""
    kind = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema([("text", kind)])
    options = pa.ipc.IpcWriteOptions(emit_dictionary_deltas=True)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, schema, options=options) as writer:
        entries = []
        for number in range(3_000):
            entries.append(str(number))
            values = pa.DictionaryArray.from_arrays(pa.array([number], pa.int32()), pa.array(entries))
            writer.write_batch(pa.RecordBatch.from_arrays([values], schema=schema))


def repeated_blocks(folder, count=5_000):
    """An Arrow file whose footer names the same record batch over and over."""
    path = folder / "repeated-blocks.arrow"
    table = batch(text=pa.array(["a"] * 1000))
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        for _ in range(count):
            writer.write_batch(table)
    data = bytearray(path.read_bytes())
    size = struct.unpack("<i", data[-10:-6])[0]
    # Blocks are structs of offset, length of the header, padding and length of the body; all become the first.
    start = len(data) - 10 - size
    block = None
    for place in range(start, len(data) - 24):
        offset, header, _, body = struct.unpack("<qiiq", data[place : place + 24])
        if 8 <= offset < start and 40 < header < 1000 and 1000 < body < 8000:
            block = data[place : place + 24]
            break
    for number in range(count):
        data[place + 24 * number : place + 24 * number + 24] = block
    offset, header, _, body = struct.unpack("<qiiq", block)
    end = offset + header + body
    path.write_bytes(bytes(data[:end]) + bytes(data[start:]))


def write(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for maker in (plain_parquet, made_parquet, plain_arrow, repeated_blocks):
        maker(folder)
