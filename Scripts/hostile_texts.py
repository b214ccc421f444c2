"""JSON, tables, streams and folders of few bytes that ask much; hostile_test.py runs the program over them."""

import gzip
import json
import struct
import zlib

MEBIBYTE = 1 << 20
MESSAGE = '{"messages": [{"role": "user", "content": "a"}]}\n'


def zstd_runs(count, byte=0x20, window=17):
    """A zstd frame of `count` blocks of 128 KiB of one byte, 4 bytes each; the window is 2^(10 + window)."""
    frame = struct.pack("<IBB", 0xFD2FB528, 0, window << 3)
    for number in range(count):
        header = (128 << 10) << 3 | 1 << 1 | (number == count - 1)
        frame += struct.pack("<I", header)[:3] + bytes([byte])
    return frame


def gzip_of(pieces, level=9):
    packer = zlib.compressobj(level, zlib.DEFLATED, 31)
    return b"".join([*(packer.compress(piece) for piece in pieces), packer.flush()])


def json_files(folder):
    texts = {
        "deep-lists.jsonl": "[" * 2_000_000,
        "deep-objects.jsonl": '{"messages":' * 300_000,
        "deep-content.jsonl": '{"messages": [{"role": "user", "content": ' + "[" * 400 + "]" * 400 + "}]}\n",
        "deep-other.jsonl": ('{"text": "a", "x": ' + "[" * 500 + "]" * 500 + "}\n") * 2_000,
        "number.jsonl": '{"text": "a", "extract_score": ' + "9" * MEBIBYTE + "}\n",
        "fraction.jsonl": '{"text": "a", "extract_score": 0.' + "9" * MEBIBYTE + "}\n",
        "exponent.jsonl": '{"text": "a", "extract_score": 1e' + "9" * 100_000 + "}\n",
        "zeros.jsonl": '{"text": "a", "extract_score": ' + "0." + "0" * MEBIBYTE + "1e999999999}\n",
        "label.jsonl": '{"text": "a", "label": "' + "l" * MEBIBYTE + '"}\n',
        "labels.jsonl": "".join(f'{{"text": "a", "label": "{i}"}}\n' for i in range(100_000)),
        "long-labels.jsonl": ('{"text": "a", "label": "' + "l" * 65_000 + '"}\n') * 60,
        "key.jsonl": '{"' + "k" * MEBIBYTE + '": 1, "text": "a"}\n',
        "members.jsonl": '{"text": "a", ' + ", ".join(f'"k{i}": 1' for i in range(150_000)) + "}\n",
        "same-members.jsonl": "{" + '"text": "a", ' * 200_000 + '"text": "b"}\n',
        "new-columns.jsonl": "".join(f'{{"text": "a", "k{i}": 1}}\n' for i in range(30_000)),
        "own-columns.jsonl": "".join(
            json.dumps({"text": "a"} | {f"k{i * 100 + j}": 1 for j in range(100)}) + "\n" for i in range(1_000)
        ),
        "roles.jsonl": "".join(
            f'{{"messages": [{{"role": "r{i}", "content": "a"}}, {{"role": "r{i}", "content": "b"}}]}}\n'
            for i in range(30_000)
        ),
        "messages.jsonl": '{"messages": [' + ", ".join(['{"role":"user","content":""}'] * 60_000) + "]}\n",
        "lone-surrogates.jsonl": '{"text": "' + "\\ud800" * 200_000 + '"}\n',
        "escapes.jsonl": '{"text": "' + "\\u0000" * 200_000 + '"}\n',
        "blank-lines.jsonl": "\n" * 4_000_000 + MESSAGE,
        "bad-lines.jsonl": "x\n" * 1_000_000,
        "open-list.json": "[" + MESSAGE.strip() + "," * 1_000_000,
        "nested-text.jsonl": json.dumps({"messages": json.dumps([{"role": "user", "content": "["}] * 20_000)}) + "\n",
        "tool-arguments.jsonl": json.dumps(
            {
                "messages": [
                    {"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "[" * 100_000}}]}
                ]
            }
        ),
        "tools.jsonl": json.dumps({"messages": [{"role": "user", "content": "a"}], "tools": "[" * 500 + "]" * 500})
        + "\n",
        "spaces.txt": " " * (8 * MEBIBYTE),
        "marks.txt": "e" + "\u0301" * 500_000,
        "mixed-marks.txt": "a" + "\u0315\u0301\u0300\u0321" * 200_000,
        "one-word.txt": "a" * (4 * MEBIBYTE),
        "control-tokens.txt": "<|im_start|>" * 200_000,
        "half-tokens.txt": "<|im_" * 400_000,
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    (folder / "wide-encoding.jsonl").write_bytes(MESSAGE.encode("utf-16"))
    (folder / "bad-utf8.jsonl").write_bytes(b'{"text": "' + b"\xff\xfe" * 200_000 + b'"}\n')
    (folder / "nul.jsonl").write_bytes(bytes(4 * MEBIBYTE))


def tables(folder):
    header = ",".join(["text", *(f"c{i}" for i in range(16_000))])
    texts = {
        "wide-short-rows.csv": header + "\n" + "a\n" * 60_000,
        "wide-rows.csv": header + "\n" + ("a," + "b," * 15_999 + "b\n") * 200,
        "wide-full-rows.csv": header + "\n" + ("a" + "," * 16_000 + "\n") * 60,
        "too-wide.csv": ",".join(["a"] * 200_000) + "\n",
        "open-quote.csv": 'text,label\n"' + "x,\n" * 1_000_000,
        "quotes.csv": 'text,label\n"' + '""' * 2_000_000 + '",a\n',
        "no-line-end.csv": "text," + "a," * 2_000_000,
        "returns.csv": "text,label\n" + "\r" * 2_000_000,
        "labels.csv": "text,label\n" + "".join(f"a,{i}\n" for i in range(100_000)),
        "tabs.tsv": "text\tlabel\n" + "\t" * 2_000_000 + "\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text)


def streams(folder):
    spaces = b" " * MEBIBYTE
    lines = b"\n" * MEBIBYTE
    (folder / "long-line.jsonl.gz").write_bytes(gzip_of([b'{"text": "', *[spaces] * 600, b'"}\n']))
    (folder / "blank-lines.jsonl.gz").write_bytes(gzip_of([*[lines] * 60, MESSAGE.encode()]))
    (folder / "many-lines.jsonl.gz").write_bytes(gzip_of([b'{"text": "a"}\n' * 100_000] * 20))
    (folder / "members.jsonl.gz").write_bytes(gzip.compress(b"") * 100_000 + gzip.compress(MESSAGE.encode()))
    (folder / "text.txt.gz").write_bytes(gzip_of([b"word " * 200_000] * 600))
    (folder / "cut.jsonl.gz").write_bytes(gzip_of([MESSAGE.encode() * 10_000])[:-30])
    (folder / "rubbish-after.jsonl.gz").write_bytes(gzip.compress(MESSAGE.encode()) + b"rubbish")
    (folder / "runs.jsonl.zst").write_bytes(zstd_runs(40_000))
    (folder / "line-runs.jsonl.zst").write_bytes(zstd_runs(5_000, 0x0A))
    (folder / "window.jsonl.zst").write_bytes(zstd_runs(4, window=21))
    (folder / "skipped.jsonl.zst").write_bytes(struct.pack("<II", 0x184D2A50, 2**32 - 1) + bytes(1000))
    (folder / "skips.jsonl.zst").write_bytes(struct.pack("<II", 0x184D2A50, 0) * 500_000)
    (folder / "frames.jsonl.zst").write_bytes(zstd_runs(1) * 400_000)


def state(folder, name, files, splits=("train",)):
    """A folder as save_to_disk makes it, whose state lists `files`."""
    place = folder / name
    for split in splits:
        (place / split).mkdir(parents=True, exist_ok=True)
        (place / split / "state.json").write_text(json.dumps({"_data_files": [{"filename": file} for file in files]}))
    (place / "dataset_dict.json").write_text(json.dumps({"splits": list(splits)}))
    return place


def folders(folder, stored):
    """Folders of datasets; `stored` is an Arrow file of some rows."""
    place = state(folder, "same-file", ["a.arrow"] * 20_000)
    (place / "train/a.arrow").write_bytes(stored)
    state(folder, "outside", ["../../../../../etc/passwd", "/etc/passwd"])
    state(folder, "no-files", [f"{i}.arrow" for i in range(100_000)])
    place = folder / "many-splits"
    place.mkdir(exist_ok=True)
    (place / "dataset_dict.json").write_text(json.dumps({"splits": [f"s{i}" for i in range(20_000)]}))
    place = folder / "deep-state"
    (place / "train").mkdir(parents=True, exist_ok=True)
    (place / "train/state.json").write_text("[" * 1_000_000)
    (place / "dataset_dict.json").write_text('{"splits": ["train"]}')
    place = folder / "card"
    (place / "data").mkdir(parents=True, exist_ok=True)
    anchors = "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 60))
    (place / "README.md").write_text(f"---\na0: &a0 [x, x]\n{anchors}configs:\n- config_name: d\n---\n")
    (place / "data/train-00000-of-00001.jsonl").write_text(MESSAGE)
    place = folder / "listed"
    place.mkdir(exist_ok=True)
    (place / "dataset_info.json").write_text(json.dumps({f"d{i}": {"file_name": "a.jsonl"} for i in range(100_000)}))
    (place / "a.jsonl").write_text(MESSAGE)
    place = folder / "shards"
    place.mkdir(exist_ok=True)
    (place / "train-00000-of-99999.jsonl").write_text(MESSAGE)


def write(folder, stored):
    folder.mkdir(parents=True, exist_ok=True)
    for maker in (json_files, tables, streams):
        maker(folder)
    (folder / "folders").mkdir(exist_ok=True)
    folders(folder / "folders", stored)
